"""A folder of manifests is all old or all new: on a disk that is full, and whatever call the process is killed in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examx_cli.project import Project
from examx_constructs.publishing import PublishingError, publish, refuse_half

PROJECT = Path(__file__).parents[2]
OLD = {"a.k8s.yaml": "old a\n", "b.k8s.yaml": "old b\n", "gone.k8s.yaml": "stale\n", "same.k8s.yaml": "same\n"}
NEW = {"a.k8s.yaml": "new a\n" * 2000, "b.k8s.yaml": "new b\n" * 2000, "same.k8s.yaml": "same\n"}


def _write(folder: Path, content: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_text(text)
    return folder


def _read(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(folder.iterdir()) if file.is_file()}


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    return _write(tmp_path / "rendered", NEW)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    return _write(tmp_path / "dist", OLD)


# One process for each call to the system that changes files: it is killed right before that call.
KILLED = """
import json, os, shutil, signal, sys
from pathlib import Path
from examx_constructs.publishing import PublishingError, publish, refuse_half

CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}
rendered, before, dist = map(Path, sys.argv[1:])

def killed_at(turn):
    calls = iter(range(1, 1000))
    def hook(event, arguments):
        if event in CHANGES and str(dist) in str(arguments[0]) and next(calls) == turn:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

def read():
    return {file.name: file.read_text() for file in sorted(dist.iterdir()) if file.is_file()}

results = []
for turn in range(1, 1000):
    shutil.rmtree(dist, ignore_errors=True)
    shutil.copytree(before, dist)
    child = os.fork()
    if not child:
        killed_at(turn)
        publish(rendered, dist)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    try:
        refuse_half(dist)
        half = False
    except PublishingError:
        half = True
    left = read()
    publish(rendered, dist)
    results.append({"left": left, "half": half, "after": read(), "names": sorted(os.listdir(dist))})
    if not status:
        break
print(json.dumps(results))
"""


def test_killed_in_any_call_the_next_run_completes_it(rendered: Path, dist: Path, tmp_path: Path) -> None:
    before = Path(shutil.copytree(dist, tmp_path / "before"))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(rendered), str(before), str(dist)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    results = json.loads(done.stdout)
    assert len(results) > 15, "it was killed in each of many calls"
    for each in results:
        assert each["half"] or each["left"] in (OLD, NEW)
        assert each["after"] == NEW
        assert each["names"] == sorted(NEW), "nothing is left beside them"
    assert {each["half"] for each in results} == {True, False}
    assert OLD in [each["left"] for each in results]


# A disk of its own, in a namespace of its own; of that size, beside what the old files take.
FULL = """
mount -t tmpfs -o size=$3k none $1 && cp $2/* $1 && shift 3 && "$@"; status=$?; cp -r $OUT/. $KEPT; exit $status
"""
PUBLISH = """
import sys
from pathlib import Path
from examx_constructs.publishing import PublishingError, publish
try:
    publish(Path(sys.argv[1]), Path(sys.argv[2]))
except PublishingError as error:
    sys.exit(str(error))
"""


def _on_a_disk_of(kib: int, rendered: Path, dist: Path, kept: Path) -> tuple[int, str]:
    mount = kept.parent / "mount"
    mount.mkdir(exist_ok=True)
    kept.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", FULL, "sh", str(mount), str(dist)]
    done = subprocess.run(
        [*command, str(kib), sys.executable, "-c", PUBLISH, str(rendered), str(mount)],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OUT": str(mount), "KEPT": str(kept)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


def _has_namespaces() -> bool:
    tried = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return bool(shutil.which("unshare")) and not subprocess.run(tried, check=False, capture_output=True).returncode


@pytest.mark.skipif(not _has_namespaces(), reason="this machine gives no user namespaces")
def test_a_full_disk_leaves_all_old_or_all_new(rendered: Path, dist: Path, tmp_path: Path) -> None:
    statuses: list[int] = []
    for kib in range(16, 64, 4):
        kept = tmp_path / f"kept-{kib}"
        status, said = _on_a_disk_of(kib, rendered, dist, kept)
        statuses.append(status)
        assert _read(kept) == (OLD if status else NEW)
        assert {each.name for each in kept.iterdir()} == set(OLD if status else NEW)
        if status:
            assert said == f"{tmp_path}/mount cannot be written: No space left on device; it is as it was\n"
    assert statuses == sorted(statuses, reverse=True)
    assert set(statuses) == {0, 1}, "too small a disk, and one that is large enough"


@pytest.mark.parametrize("name", [".publishing", ".published"])
def test_a_link_in_its_way_is_not_followed(rendered: Path, dist: Path, tmp_path: Path, name: str) -> None:
    elsewhere = _write(tmp_path / "elsewhere", {"dev.k8s.yaml": "not of this project\n"})
    (dist / name).symlink_to(elsewhere)
    publish(rendered, dist)
    assert _read(dist) == NEW
    assert _read(elsewhere) == {"dev.k8s.yaml": "not of this project\n"}


def test_what_is_marked_to_go_stands_in_the_folder(rendered: Path, dist: Path, tmp_path: Path) -> None:
    """A folder that somebody put there, as a branch could, reaches nothing outside."""
    outside = tmp_path / "outside.k8s.yaml"
    outside.touch()
    complete = dist / ".published"
    complete.mkdir()
    (complete / "a.k8s.yaml.goes").touch()
    (complete / "b.k8s.yaml").symlink_to(outside)
    publish(rendered, dist)
    assert _read(dist) == NEW
    assert outside.read_text() == ""


def test_a_folder_in_the_place_of_a_file_changes_nothing(rendered: Path, dist: Path) -> None:
    (dist / "b.k8s.yaml").unlink()
    (dist / "b.k8s.yaml").mkdir()
    before = _read(dist)
    with pytest.raises(PublishingError, match=r"dist cannot be written: b\.k8s\.yaml is a folder; it is as it was"):
        publish(rendered, dist)
    assert _read(dist) == before


def test_half_of_it_is_not_read(dist: Path, tmp_path: Path) -> None:
    refuse_half(dist)
    assert Project(tmp_path).manifests("dev") == dist / "dev.k8s.yaml"
    (dist / ".published").mkdir()
    with pytest.raises(PublishingError, match=r"is half new, half old: .* run `make synth` again"):
        Project(tmp_path).manifests("dev")


def test_two_at_the_same_time(rendered: Path, dist: Path, tmp_path: Path) -> None:
    other = _write(tmp_path / "other", {name: text.replace("new", "other") for name, text in NEW.items()})
    command = [sys.executable, "-c", "import sys\nfor _ in range(30):\n exec(sys.argv[3])", "", "", PUBLISH]
    racing = [
        subprocess.Popen([*command[:3], str(each), str(dist), PUBLISH], env={**os.environ, "PYTHONPATH": str(PROJECT)})
        for each in (rendered, other)
    ]
    assert [each.wait(timeout=120) for each in racing] == [0, 0]
    assert _read(dist) in (NEW, _read(other))
