"""git is run on the repository that is meant, whatever the caller's variables, the configuration and old locks say."""

import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest

from examx_cli.deploy.checkout import clean_commit
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.project import Project

LOCAL = subprocess.run(
    ["git", "rev-parse", "--local-env-vars"], check=True, capture_output=True, text=True
).stdout.split()
HOOKS = (
    "post-checkout", "post-commit", "pre-commit", "prepare-commit-msg", "pre-push", "reference-transaction",
    "post-index-change", "post-rewrite", "fsmonitor-watchman",
)  # fmt: skip


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _repository(folder: Path, content: str) -> Path:
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "file.txt").write_text(content)
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", content)
    return folder


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Where the caller's variables lead to."""
    return _repository(tmp_path / "other", "another project")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    upstream = _repository(tmp_path / "upstream", "this project")
    _git(tmp_path, "clone", "--quiet", "--bare", str(upstream), "origin.git")
    return tmp_path / "origin.git"


@pytest.fixture
def mine(origin: Path, tmp_path: Path) -> Path:
    _git(tmp_path, "clone", "--quiet", str(origin), "mine")
    for name, value in (("user.name", "A Tester"), ("user.email", "tester@example.com")):
        _git(tmp_path / "mine", "config", name, value)
    return tmp_path / "mine"


def _release(mine: Path) -> str:
    """What a release does with git."""
    repository = Repository(mine)
    with repository.worktree_of_branch("origin", "main") as checkout:
        (checkout.root / "file.txt").write_text(f"released {uuid.uuid4()}")
        checkout.git("add", "--", "file.txt")
        assert checkout.git("diff", "--cached", "--name-only") == "file.txt"
        checkout.git("commit", "--quiet", "--no-verify", "--message", "Release")
        checkout.git("push", "--quiet", "origin", "HEAD:refs/heads/main")
        return checkout.commit("HEAD")


def _hostile(name: str, other: Path) -> Mapping[str, str]:
    values = {
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / ".git" / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git" / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(other / ".git" / "objects"),
        "GIT_CONFIG": str(other / ".git" / "config"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_PARAMETERS": f"'core.worktree'='{other}'",
        "GIT_PREFIX": "elsewhere/",
        "GIT_SHALLOW_FILE": str(other / "file.txt"),
        "GIT_GRAFT_FILE": str(other / "file.txt"),
    }
    with_count = {"GIT_CONFIG_KEY_0": "core.worktree", "GIT_CONFIG_VALUE_0": str(other)}
    return {name: values.get(name, str(other / ".git")), **(with_count if name == "GIT_CONFIG_COUNT" else {})}


@pytest.mark.parametrize("name", [*LOCAL, "GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES", "GIT_LITERAL_PATHSPECS"])
def test_a_variable_of_the_caller_leads_nowhere(
    mine: Path, origin: Path, other: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before, commit = _git(other, "rev-parse", "main"), _git(mine, "rev-parse", "main")
    with monkeypatch.context() as patch:
        for each, value in _hostile(name, other).items():
            patch.setenv(each, value)
        repository = Repository(mine)
        assert repository.commit("HEAD") == commit
        assert repository.show("HEAD", "file.txt") == "this project"
        assert clean_commit(Project(mine)) == commit
        released = _release(mine)
    assert _git(origin, "rev-parse", "main") == released
    assert _git(other, "rev-parse", "main") == before
    assert _git(other, "status", "--porcelain") == ""
    assert _git(mine, "status", "--porcelain") == ""


def test_all_of_them_together(mine: Path, origin: Path, other: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a hook or an alias of another repository has them."""
    with monkeypatch.context() as patch:
        for name in LOCAL:
            for each, value in _hostile(name, other).items():
                patch.setenv(each, value)
        released = _release(mine)
    assert _git(origin, "rev-parse", "main") == released


def test_no_program_runs_that_nobody_asked_for(
    mine: Path, origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\n')
    program.chmod(0o755)
    for hook in HOOKS:
        (mine / ".git" / "hooks" / hook).symlink_to(program)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "core.editor", "gpg.program", "core.askPass"):
        _git(mine, "config", name, str(program))
    _git(mine, "config", "log.showSignature", "true")
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR"):
        monkeypatch.setenv(name, str(program))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(program))
    mark.unlink(missing_ok=True)
    repository = Repository(mine)
    assert clean_commit(Project(mine)) == repository.commit("HEAD")
    assert repository.git("log", "--format=%H", "HEAD") == repository.commit("HEAD")
    assert _release(mine)
    assert not mark.exists(), mark.read_text()


def test_the_way_to_a_remote_stays_the_users(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\necho "$*" > {tmp_path}/asked\nexit 1\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    _git(mine, "remote", "set-url", "origin", "ssh://git.example.com/project.git")
    with pytest.raises(CommandError):
        _release(mine)
    assert "git.example.com" in (tmp_path / "asked").read_text()


@pytest.mark.parametrize(
    "lock",
    [
        "packed-refs.lock", "index.lock", "HEAD.lock", "FETCH_HEAD.lock", "config.lock", "gc.pid", "ORIG_HEAD.lock",
        "refs/heads/main.lock", "refs/remotes/origin/main.lock", "refs/remotes/origin/HEAD.lock",
    ],
)  # fmt: skip
def test_a_lock_that_was_left_is_not_in_the_way(mine: Path, origin: Path, lock: str) -> None:
    """And is not removed either: whose it is, and whether its git still runs, nobody here knows."""
    left = mine / ".git" / lock
    left.touch()
    assert clean_commit(Project(mine))
    assert _git(origin, "rev-parse", "main") != _release(mine) == _git(origin, "rev-parse", "main")
    assert left.exists()


class TestARoomThatWasLeft:
    def test_goes_with_the_next_release(self, mine: Path) -> None:
        script = (
            "import os, signal, sys; from pathlib import Path; from examx_cli.git import Repository\n"
            "with Repository(Path(sys.argv[1])).worktree('HEAD'): os.kill(os.getpid(), signal.SIGKILL)"
        )
        project = str(Path(__file__).parents[3])
        killed = subprocess.run(
            [sys.executable, "-c", script, str(mine)], check=False, env={**os.environ, "PYTHONPATH": project}
        )
        assert killed.returncode == -9
        assert len(_git(mine, "worktree", "list").splitlines()) == 2
        _release(mine)
        assert len(_git(mine, "worktree", "list").splitlines()) == 1
        assert not list((mine / ".git" / "examx").iterdir())

    @pytest.mark.parametrize("missing", ["gitdir", "HEAD", "commondir", "index"])
    def test_also_one_that_is_not_whole(self, mine: Path, missing: str) -> None:
        self.test_goes_with_the_next_release(mine)
        room = mine / ".git" / "examx" / "examx-half"
        room.mkdir()
        _git(mine, "worktree", "add", "--quiet", "--detach", str(room / "examx-half"))
        (mine / ".git" / "worktrees" / "examx-half" / missing).unlink()
        (mine / ".git" / "worktrees" / "examx-half" / "locked").write_text("initializing")
        _release(mine)
        assert not (mine / ".git" / "worktrees" / "examx-half").exists()

    def test_but_not_one_that_is_used(self, mine: Path) -> None:
        with Repository(mine).worktree("HEAD") as used:
            _release(mine)
            assert (used.root / "file.txt").read_text() == "this project"
            assert used.git("status", "--porcelain") == ""

    def test_nor_anybodys_own(self, mine: Path, tmp_path: Path) -> None:
        """On a disk that is not there now, say."""
        _git(mine, "worktree", "add", "--quiet", "--detach", str(tmp_path / "own"))
        (tmp_path / "own").rename(tmp_path / "unplugged")
        _release(mine)
        (tmp_path / "unplugged").rename(tmp_path / "own")
        assert _git(tmp_path / "own", "status", "--porcelain") == ""

    def test_a_link_in_its_place_is_not_followed(self, mine: Path, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "kept.txt").touch()
        (mine / ".git" / "examx").mkdir()
        (mine / ".git" / "examx" / "examx-left").symlink_to(tmp_path / "elsewhere")
        _release(mine)
        assert (tmp_path / "elsewhere" / "kept.txt").exists()
        assert not list((mine / ".git" / "examx").iterdir())
