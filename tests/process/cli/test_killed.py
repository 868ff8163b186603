"""Whatever call a command is killed in, the next run succeeds, and nothing of the first is left."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from examx_constructs.environments import read_images
from examx_constructs.features.environment import CLUSTER
from tests.process.cli.cluster import conftest as clusters
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.test_rollback import _release as deployed
from tests.process.cli.test_release import PROJECT, REFERENCES, image, template
from tests.unit.cli.features.conftest import DEV_IMAGE, ME

__all__ = ["template"]

cluster = clusters.played
checkout = clusters.checkout
examx = clusters.examx

# Counts the calls of a program, and kills who calls it at one of them. That is before the program starts, in the middle
# of it, together with it, or when it has done its work.
WRAPPER = """#!/bin/sh
# What the program itself starts is not counted.
[ -z "$EXAMX_INSIDE" ] || exec {program} "$@"
export EXAMX_INSIDE=1
turn=$(($(cat "$EXAMX_TURNS" 2>/dev/null || echo 0) + 1))
echo $turn > "$EXAMX_TURNS"
[ "$turn" = "$EXAMX_KILL_AT" ] || exec {program} "$@"
case $EXAMX_KILL_WHEN in
before) kill -9 $PPID ;;
during) {program} "$@" & sleep 0.0$(($$ % 10)); kill -9 $! $PPID ;;
after) {program} "$@" >/dev/null; kill -9 $PPID ;;
esac
exit 1
"""
WHENS = ("before", "during", "after")


@dataclass
class Killer:
    """Runs the command so that it is killed in a call of a program."""

    folder: Path
    program: str

    def __post_init__(self) -> None:
        wrapper = self.folder / "wrapped" / self.program
        wrapper.parent.mkdir(exist_ok=True)
        real = os.environ.get("EXAMX_KUBECTL") if self.program == "kubectl" else None
        wrapper.write_text(WRAPPER.format(program=real or shutil.which(self.program)))
        wrapper.chmod(0o755)
        self.wrapper = wrapper

    @property
    def environment(self) -> dict[str, str]:
        own = {"PYTHONPATH": str(PROJECT), "PATH": f"{self.wrapper.parent}{os.pathsep}{os.environ['PATH']}"}
        return {**os.environ, **own, **({"EXAMX_KUBECTL": str(self.wrapper)} if self.program == "kubectl" else {})}

    def run(
        self, arguments: Sequence[str], cwd: Path, *, at: int = 0, when: str = "before"
    ) -> subprocess.CompletedProcess[str]:
        """The command, killed in the call of that number; not at all in a call that there is not."""
        turns = self.folder / "turns"
        turns.unlink(missing_ok=True)
        return subprocess.run(
            [sys.executable, "-m", "examx_cli", *arguments],
            cwd=cwd,
            env={**self.environment, "EXAMX_TURNS": str(turns), "EXAMX_KILL_AT": str(at), "EXAMX_KILL_WHEN": when},
            check=False,
            capture_output=True,
            text=True,
            timeout=180,
        )

    @property
    def calls(self) -> int:
        """How many calls the last run made."""
        return int((self.folder / "turns").read_text())


def _killed_somewhen(arguments: Sequence[str], cwd: Path, environment: dict[str, str], seconds: float) -> int:
    """The command with all that it started, killed at one moment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "examx_cli", *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


class TestRelease:
    ARGUMENTS = ("release", "stg", "--image", image("stg"))
    CALLS = 18
    """How often it calls git: the long tests kill it in each."""

    @pytest.fixture
    def clone(self, template: Path, tmp_path: Path) -> Path:
        """A clone of an origin of its own."""
        subprocess.run(["git", "clone", "--quiet", "--bare", str(template), str(tmp_path / "origin.git")], check=True)
        subprocess.run(["git", "clone", "--quiet", str(tmp_path / "origin.git"), str(tmp_path / "mine")], check=True)
        for name, value in (("user.name", "A Tester"), ("user.email", "tester@example.com")):
            subprocess.run(["git", "-C", str(tmp_path / "mine"), "config", name, value], check=True)
        return tmp_path / "mine"

    @staticmethod
    def _is_whole(clone: Path) -> None:
        def git(*arguments: str) -> str:
            done = subprocess.run(["git", "-C", str(clone), *arguments], check=True, capture_output=True, text=True)
            return done.stdout.strip()

        git("fetch", "--quiet", "origin")
        assert git("rev-list", "--count", "HEAD..origin/main") == "1", "released once"
        assert git("diff", "--name-only", "HEAD", "origin/main").split() == ["dist/stg.k8s.yaml", "images.yaml"]
        git("merge", "--quiet", "--ff-only", "origin/main")
        assert read_images(clone / "images.yaml")["stg"] == image("stg")
        assert git("status", "--porcelain") == ""
        assert len(git("worktree", "list").splitlines()) == 1
        assert git("for-each-ref", "--format=%(refname)").splitlines() == REFERENCES
        assert not list((clone / ".git" / "examx").iterdir())
        assert not list((clone / ".git").rglob("*.lock"))

    def _survives(self, clone: Path, tmp_path: Path, at: int, when: str) -> int:
        killer = Killer(tmp_path, "git")
        killed = killer.run(self.ARGUMENTS, clone, at=at, when=when)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        again = killer.run(self.ARGUMENTS, clone)
        assert again.returncode == 0, again.stderr
        self._is_whole(clone)
        return killer.calls

    # The checkout is made; the commit is pushed.
    @pytest.mark.parametrize(("at", "when"), [(3, "after"), (10, "after")])
    def test_at_some_calls(self, clone: Path, tmp_path: Path, at: int, when: str) -> None:
        assert self._survives(clone, tmp_path, at, when) > 5

    @pytest.mark.long
    @pytest.mark.longest
    @pytest.mark.parametrize("when", WHENS)
    @pytest.mark.parametrize("at", range(1, CALLS + 1))
    def test_at_every_call(self, clone: Path, tmp_path: Path, at: int, when: str) -> None:
        self._survives(clone, tmp_path, at, when)

    @pytest.mark.long
    @pytest.mark.longest
    @pytest.mark.parametrize("seed", range(8))
    def test_at_any_moment(self, clone: Path, tmp_path: Path, seed: int) -> None:
        seconds = random.Random(seed).uniform(0.2, 4)
        killer = Killer(tmp_path, "git")
        _killed_somewhen(self.ARGUMENTS, clone, killer.environment, seconds)
        again = killer.run(self.ARGUMENTS, clone)
        assert again.returncode == 0, again.stderr
        self._is_whole(clone)

    def test_there_are_that_many_calls(self, clone: Path, tmp_path: Path) -> None:
        killer = Killer(tmp_path, "git")
        assert killer.run(self.ARGUMENTS, clone).returncode == 0
        assert killer.calls == self.CALLS


# Right before each call to the system that changes files.
SET = """
import os, signal, sys
turn, calls = int(sys.argv[1]), iter(range(1, 1000))
def hook(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if (writes or event in ("os.rename", "os.remove", "os.chmod")) and next(calls) == turn:
        os.kill(os.getpid(), signal.SIGKILL)
from pathlib import Path
from examx_cli.images import set_image
sys.addaudithook(hook)
set_image(Path("images.yaml"), "stg", sys.argv[2])
"""


def test_image_set_in_any_call(tmp_path: Path) -> None:
    before = (PROJECT / "images.yaml").read_bytes()
    file = tmp_path / "images.yaml"
    statuses: list[int] = []
    for turn in range(1, 20):
        file.write_bytes(before)

        def run(at: int) -> int:
            command = [sys.executable, "-c", SET, str(at), image("stg")]
            return subprocess.run(
                command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(PROJECT)}, check=False, timeout=60
            ).returncode

        statuses.append(run(turn))
        left = file.read_bytes()
        assert left == before or statuses[-1] == 0
        assert run(0) == 0
        assert read_images(file)["stg"] == image("stg")
        assert [each.name for each in tmp_path.iterdir()] == ["images.yaml"], "nothing is left beside it"
        if statuses[-1] == 0:
            break
    assert len(statuses) > 3
    assert set(statuses) == {-signal.SIGKILL, 0}


@pytest.mark.parametrize("link", ["elsewhere.txt", "nowhere.txt"])
def test_image_set_follows_no_link_that_waits_for_it(tmp_path: Path, link: str) -> None:
    shutil.copy(PROJECT / "images.yaml", tmp_path)
    (tmp_path / "elsewhere.txt").write_text("kept")
    (tmp_path / ".images.yaml.new").symlink_to(tmp_path / link)
    done = subprocess.run(
        [sys.executable, "-c", SET, "0", image("stg")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert read_images(tmp_path / "images.yaml")["stg"] == image("stg")
    assert (tmp_path / "elsewhere.txt").read_text() == "kept"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["elsewhere.txt", "images.yaml"]


@pytest.mark.long
@pytest.mark.longest
@pytest.mark.parametrize("seed", range(6))
def test_synth_at_any_moment(tmp_path: Path, seed: int) -> None:
    """`main.py`, with all that it started; most of these moments are in the rendering."""
    for name in ("images.yaml", "cdk8s.yaml"):
        shutil.copy(PROJECT / name, tmp_path)
    old = {f"{name}.k8s.yaml": "old\n" for name in ("dev", "stg", "prod", "gone")}
    (tmp_path / "dist").mkdir()
    for name, content in old.items():
        (tmp_path / "dist" / name).write_text(content)
    command = [sys.executable, str(PROJECT / "main.py"), "--publish", "dist"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "CDK8S_OUTDIR": "build"}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(random.Random(seed).uniform(0.5, 4))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    again = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    left = {each.name: each.read_text() for each in (tmp_path / "dist").iterdir()}
    assert set(left) == {"dev.k8s.yaml", "stg.k8s.yaml", "prod.k8s.yaml"}
    assert "old\n" not in left.values()
    assert {each.name for each in (tmp_path / "build").iterdir()} == set(left)


Run = Callable[[int, str], subprocess.CompletedProcess[str]]


def _objects(cluster: TestCluster) -> dict[str, object]:
    """What is in the cluster, but for the moments that it was made at, and what is made at random."""
    assert cluster.state is not None
    content = json.loads(cluster.state.read_text(encoding="utf-8"))["objects"]
    found = {key: each["object"] for key, each in content.items()}
    for key, item in found.items():
        if key.endswith("|examx-releases"):
            history = {name: json.loads(each) for name, each in item["data"].items()}
            assert "begun" not in history, "the last run ended well"
            item["data"] = {"good": [entry["image"] for entry in history["good"]]}
        if item["kind"] == "Secret":
            item["data"] = dict.fromkeys(item["data"], "made at random")
        item["metadata"].get("annotations", {}).pop("examx.ai/expires", None)
    return found


class TestFeatureUp:
    ARGUMENTS = ("feature", "up", "login", "--image", str(DEV_IMAGE), "--owner", ME)

    @pytest.fixture
    def run(self, cluster: TestCluster, tmp_path: Path) -> Run:
        cluster.wish("name", f"arn:aws:eks:ap-south-1:123456789012:cluster/{CLUSTER}")
        killer = Killer(tmp_path, "kubectl")
        self.killer = killer
        return lambda at, when: killer.run(self.ARGUMENTS, PROJECT, at=at, when=when)

    def _survives(self, run: Run, cluster: TestCluster, at: int, when: str) -> None:
        assert cluster.state is not None
        empty = cluster.state.read_text(encoding="utf-8")
        assert run(0, "").returncode == 0
        wanted, calls = _objects(cluster), self.killer.calls
        cluster.state.write_text(empty, encoding="utf-8")
        killed = run(at % calls or calls, when)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        again = run(0, "")
        assert again.returncode == 0, again.stderr
        assert _objects(cluster) == wanted

    # The Namespace is made.
    @pytest.mark.parametrize(("at", "when"), [(6, "after")])
    def test_at_some_calls(self, run: Run, cluster: TestCluster, at: int, when: str) -> None:
        self._survives(run, cluster, at, when)

    @pytest.mark.long
    @pytest.mark.longest
    @pytest.mark.parametrize("when", WHENS)
    @pytest.mark.parametrize("at", range(1, 24, 3))
    def test_at_every_third_call(self, run: Run, cluster: TestCluster, at: int, when: str) -> None:
        self._survives(run, cluster, at, when)


class TestRollback:
    @pytest.fixture
    def killer(self, checkout: Checkout, examx: Examx, tmp_path: Path) -> Killer:
        """After two releases, where the first is to come back."""
        for colour in ("green", "blue"):
            deployed(checkout, examx, colour)
        return Killer(tmp_path, "kubectl")

    def _survives(self, checkout: Checkout, killer: Killer, at: int, when: str) -> None:
        killed = killer.run(("rollback", "dev"), checkout.root, at=at, when=when)
        assert killed.returncode in (-signal.SIGKILL, 0), killed.stderr
        if killed.returncode:
            again = killer.run(("rollback", "dev"), checkout.root)
            assert again.returncode == 0, again.stderr
        settings = checkout.cluster.get("ConfigMap", "settings")
        assert settings is not None
        assert settings["data"]["colour"] == "green", "it does not go on to what was to be left"

    def test_at_some_call(self, checkout: Checkout, killer: Killer) -> None:
        self._survives(checkout, killer, 9, "after")

    @pytest.mark.long
    @pytest.mark.longest
    @pytest.mark.parametrize("when", WHENS)
    @pytest.mark.parametrize("at", range(1, 16))
    def test_at_every_call(self, checkout: Checkout, killer: Killer, at: int, when: str) -> None:
        self._survives(checkout, killer, at, when)
