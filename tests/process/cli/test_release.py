"""`examx release` with real repositories: what lands on the branch when several people push at the same time."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examx_cli import release as releases
from examx_cli import synth
from examx_cli.app import app
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.release import Branch, Order, release
from examx_constructs.environments import read_images
from examx_constructs.settings import ConfigurationError

PROJECT = Path(__file__).parents[3]
REFERENCES = ["refs/heads/main", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]
REPOSITORY = "399600302704.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend"


def image(environment: str, build: str = "20260102-030405-abcdef0") -> str:
    digest = f"@sha256:{'0123456789abcdef' * 4}" if environment == "prod" else ""
    return f"{REPOSITORY}:{environment}-{build}{digest}"


@dataclass
class Clone:
    """A person's clone of the project."""

    root: Path

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(self.root), *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    def fetched(self, what: str) -> str:
        self.git("fetch", "--quiet", "origin")
        return self.git(*what.split())

    def process(self, *arguments: str) -> "subprocess.Popen[str]":
        """The command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "examx_cli", "release", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def before_pushing(self, script: str, *, times: int = 1) -> None:
        """Let something happen between what this clone has seen and its push, at its first pushes."""
        turns = [self.root / ".git" / f"turn-{number}" for number in range(times)]
        for each in turns:
            each.touch()
        remote = self.root / ".git" / "receive-pack"
        cases = "\n".join(f"elif rm {each} 2>/dev/null; then\n{script}" for each in turns).removeprefix("el")
        remote.write_text(f'#!/bin/sh\n(\n{cases}\nfi) >&2\nexec git receive-pack "$@"\n', encoding="utf-8")
        remote.chmod(0o755)
        self.git("config", "remote.origin.receivepack", str(remote))

    def order(self, environment: str, build: str = "20260102-030405-abcdef0") -> Order:
        return Order(environment, image(environment, build), f"Release {environment}")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository of the project as it is here, with what it renders now."""
    folder = tmp_path_factory.mktemp("release")
    checkout = folder / "project"
    checkout.mkdir()
    for name in (".gitignore", "examx_constructs", "imports", "main.py", "cdk8s.yaml", "images.yaml"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, checkout / name)
    synth.synthesize(checkout, checkout / "dist")
    identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com")
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "Begin"],
        # One file instead of hundreds, for each clone to copy.
        ["repack", "-a", "-d", "-q", "--window=0"],
    ):
        subprocess.run(["git", "-C", str(checkout), *identity, *command], check=True)
    subprocess.run(["git", "clone", "--quiet", "--bare", str(checkout), str(folder / "origin.git")], check=True)
    return folder / "origin.git"


@pytest.fixture
def origin(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "origin.git"))


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Callable[[], Clone]:
    numbers = iter(range(100))

    def made() -> Clone:
        root = tmp_path / f"clone-{next(numbers)}"
        subprocess.run(["git", "clone", "--quiet", str(origin), str(root)], check=True)
        one = Clone(root)
        one.git("config", "user.name", "A Tester")
        one.git("config", "user.email", "tester@example.com")
        return one

    return made


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "PAUSE_SECONDS", 0.01)


def test_one_line_and_what_it_renders(clone: Callable[[], Clone], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    mine = clone()
    (mine.root / "images.yaml").write_text("my own unfinished work\n", encoding="utf-8")
    (mine.root / "images.yaml").rename(mine.root / "notes.txt")
    mine.git("checkout", "--quiet", "images.yaml")
    monkeypatch.chdir(mine.root)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    done = CliRunner().invoke(app, ["release", "stg", "--image", image("stg"), "--commit", "abcdef0123"])
    assert done.exit_code == 0, done.output
    commit = mine.fetched("rev-parse origin/main")
    assert done.stdout.startswith(f"stg: released as {commit[:10]}, image {image('stg')}\n")
    assert mine.git("diff", "--stat=80", "HEAD", commit).splitlines()[0].split()[0] == "dist/stg.k8s.yaml"
    assert mine.git("diff", "--numstat", "HEAD", commit, "--", "images.yaml").split() == ["1", "1", "images.yaml"]
    assert set(mine.git("diff", "--name-only", "HEAD", commit).split()) == {"dist/stg.k8s.yaml", "images.yaml"}
    assert mine.git("log", "-1", "--format=%an: %s / %b", commit) == (
        "A Tester: Release stg: examxv2-backend:stg-20260102-030405-abcdef0 / Application-Commit: abcdef0123"
    )
    assert mine.git("status", "--porcelain") == "?? notes.txt", "nobody's own files are touched"
    outputs = (tmp_path / "outputs").read_text(encoding="utf-8")
    for line in (f"\n{commit}\n", f"\n{image('stg')}\n", "\ntrue\n"):
        assert line in outputs


def test_prod_is_released_by_digest_only(clone: Callable[[], Clone], monkeypatch: pytest.MonkeyPatch):
    mine = clone()
    monkeypatch.chdir(mine.root)
    before = mine.git("rev-parse", "HEAD")
    refused = CliRunner().invoke(app, ["release", "prod", "--image", image("prod").partition("@")[0]])
    assert refused.exit_code == 2
    assert "it must end in @sha256:DIGEST: prod runs what was built" in refused.stderr
    assert mine.fetched("rev-parse origin/main") == before


def test_what_is_so_already_is_not_committed(clone: Callable[[], Clone], monkeypatch: pytest.MonkeyPatch):
    mine = clone()
    monkeypatch.chdir(mine.root)
    before = mine.git("rev-parse", "HEAD")
    done = CliRunner().invoke(app, ["release", "dev", "--json"])
    assert done.exit_code == 0, done.output
    assert '"changed": false' in done.stdout
    assert before in done.stdout
    assert mine.fetched("rev-parse origin/main") == before


def test_three_at_once_all_land(clone: Callable[[], Clone]):
    environments = ("dev", "stg", "prod")
    racing = [clone().process(name, "--image", image(name)) for name in environments]
    outputs = [each.communicate(timeout=300)[0] for each in racing]
    assert [each.returncode for each in racing] == [0, 0, 0], outputs
    fresh = clone()
    assert read_images(fresh.root / "images.yaml") == {name: image(name) for name in environments}
    assert sorted(fresh.git("log", "-3", "--format=%s").splitlines()) == [
        f"Release {name}: {image(name).rpartition('/')[2]}" for name in sorted(environments)
    ]
    with synth.fresh(fresh.root) as rendered:
        for name in environments:
            file = f"{name}.k8s.yaml"
            assert (fresh.root / "dist" / file).read_bytes() == (rendered / file).read_bytes()


def test_the_later_push_is_done_again_on_top(clone: Callable[[], Clone], capsys: pytest.CaptureFixture[str]):
    mine, theirs = clone(), clone()
    change = f"cd {theirs.root} && git commit --quiet --allow-empty -m 'Something else' && git push --quiet"
    mine.before_pushing(change)
    made = release(Repository(mine.root), mine.order("stg"))
    assert "origin/main has moved on; attempt 1 of 10 is done again" in capsys.readouterr().err
    assert mine.fetched("log -2 --format=%s origin/main").splitlines() == ["Release stg", "Something else"]
    assert made.commit == mine.git("rev-parse", "origin/main")


def test_a_second_deployment_of_the_same_environment_does_not_win_by_accident(clone: Callable[[], Clone]):
    mine, theirs = clone(), clone()
    other = image("stg", "20260102-030406-fedcba9")
    change = f"sed -i 's|^stg: .*|stg: {other}|' images.yaml && git commit --quiet -a -m Other && git push --quiet"
    mine.before_pushing(f"cd {theirs.root} && {change}")
    with pytest.raises(
        CommandError, match="another deployment of stg came first: origin/main has the image"
    ) as refused:
        release(Repository(mine.root), mine.order("stg"))
    assert refused.value.status == 1
    assert mine.fetched("log -1 --format=%s origin/main") == "Other"


def test_a_branch_that_never_rests(clone: Callable[[], Clone]):
    mine, theirs = clone(), clone()
    mine.before_pushing(f"cd {theirs.root} && git commit --quiet --allow-empty -m More && git push --quiet", times=2)
    with pytest.raises(CommandError, match="moved on 2 times while this was pushed; nothing was released"):
        release(Repository(mine.root), mine.order("dev"), attempts=2)


def test_a_protected_branch_is_no_race(clone: Callable[[], Clone], origin: Path):
    hook = origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'main is protected'\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    mine = clone()
    with pytest.raises(CommandError, match=r"(?s)the push to origin/main was refused.*main is protected"):
        release(Repository(mine.root), mine.order("dev"))


def test_a_main_branch_that_is_not_fresh_is_not_mended_in_passing(clone: Callable[[], Clone]):
    mine = clone()
    stale = mine.root / "dist" / "prod.k8s.yaml"
    stale.write_text(stale.read_text(encoding="utf-8").replace("replicas", "replica"), encoding="utf-8")
    mine.git("commit", "--quiet", "--all", "--message", "By hand")
    mine.git("push", "--quiet")
    with pytest.raises(CommandError, match=r"dist/prod\.k8s\.yaml on the branch is not what its code renders"):
        release(Repository(mine.root), mine.order("dev"))
    release(Repository(mine.root), mine.order("prod"))


def test_a_synth_that_fails_releases_nothing(clone: Callable[[], Clone]):
    mine = clone()
    settings = mine.root / "examx_constructs" / "environments" / "dev.py"
    settings.write_text(settings.read_text(encoding="utf-8").replace("workers=2", "workers=0"), encoding="utf-8")
    mine.git("commit", "--quiet", "--all", "--message", "A mistake")
    mine.git("push", "--quiet")
    with pytest.raises(CommandError, match=r"environments/dev\.py:\d+: dev\.backend\.workers is 0; the least"):
        release(Repository(mine.root), mine.order("dev"))
    assert mine.fetched("log -1 --format=%s origin/main") == "A mistake"


def test_nobody_commits_before_git_knows_who(
    clone: Callable[[], Clone], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    checkout = clone()
    for name in ("user.name", "user.email"):
        subprocess.run(["git", "config", "--unset", name], cwd=checkout.root, check=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    done = checkout.process("dev")
    told = done.communicate()[0]
    assert done.returncode == 2
    assert told.splitlines()[-1].startswith(
        f"error: git does not know who commits in {checkout.root}: `git -C {checkout.root} config user.name NAME`"
    )


def test_nothing_is_left_behind(clone: Callable[[], Clone]):
    mine = clone()
    release(Repository(mine.root), mine.order("dev"))
    with pytest.raises(ConfigurationError, match="runs images of that repository only"):
        release(Repository(mine.root), Order("dev", "registry.example.com/other:dev-1", "Wrong"))
    assert len(mine.git("worktree", "list").splitlines()) == 1
    assert list((mine.root / ".git" / "examx").iterdir()) == []
    assert not list((mine.root / ".git" / "worktrees").glob("*"))
    assert mine.git("for-each-ref", "--format=%(refname)").splitlines() == REFERENCES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--image", image("stg")), 'it must start with "dev-"'),
        (("--image", "latest"), "it must be registry/repository:tag"),
        (("--image", image("dev"), "--commit", "1234567"), 'the tag of the image ends in "abcdef0"'),
        (("--remote", "nowhere"), "nowhere"),
        (("--branch", "nowhere"), "nowhere"),
    ],
)
def test_wrong_input_is_named(
    clone: Callable[[], Clone], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
):
    mine = clone()
    monkeypatch.chdir(mine.root)
    done = CliRunner().invoke(app, ["release", "dev", *arguments])
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_environment_that_the_branch_does_not_have(clone: Callable[[], Clone]):
    mine = clone()
    mine.git("rm", "--quiet", "dist/prod.k8s.yaml")
    images = mine.root / "images.yaml"
    images.write_text("".join(line for line in images.read_text().splitlines(keepends=True) if "prod" not in line))
    mine.git("commit", "--quiet", "--all", "--message", "No production")
    mine.git("push", "--quiet")
    with pytest.raises(CommandError, match=r'images\.yaml has no image for "prod"; known are dev, stg'):
        release(Repository(mine.root), mine.order("prod"), branch=Branch())
