"""What happens to a pull request and to a push."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.process.workflows.conftest import REPOSITORY, World, git
from tests.unit.workflows.model import Event, JobRun

OLD, NEW = "dev-20261123-000000-0000000", "dev-20261124-101500-a1b2c3d"


def change(world: World, edit: Mapping[str, tuple[str, str]]) -> Path:
    """Push a branch on which texts in files are others."""
    folder = world.scratch / "change"
    git(world.scratch, "clone", "--quiet", world.remote, folder)
    git(folder, "checkout", "--quiet", "-b", "change")
    for name, (before, after) in edit.items():
        content = (folder / name).read_text(encoding="utf-8")
        assert before in content
        (folder / name).write_text(content.replace(before, after), encoding="utf-8")
    push(folder)
    return folder


def push(folder: Path) -> None:
    """Commit what is there. GitHub keeps the branch of a pull request under the request's number too."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=A change")
    git(folder, "push", "--quiet", "origin", "change", "change:refs/pull/7/head")


def open_pull_request(world: World, workflow: str, *, repository: str = REPOSITORY) -> JobRun:
    """Start what a pull request starts: `ci` on the change as it is, `diff` on main."""
    commit = git(world.remote, "rev-parse", "refs/pull/7/head")
    head: Mapping[str, Any] = {"sha": commit, "repo": {"full_name": repository}}
    payload = {"pull_request": {"number": 7, "head": head}}
    if workflow == "ci.yaml":
        return world.start(workflow, Event("pull_request", payload, "refs/heads/change"))
    return world.start(workflow, Event("pull_request_target", payload))


def results(run: JobRun) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items()}


def test_a_pull_request_is_checked(world: World) -> None:
    change(world, {})
    run = open_pull_request(world, "ci.yaml")
    assert results(run) == {"check": "success", "dist": "success"}, run.log()
    assert [line for line in run.jobs["check"].log().splitlines() if line.startswith("made ")] == [
        line
        for target in ("lint", "checkov", "coverage", "test-long", "e2e", "docs")
        for line in ("made .venv/.runtime", f"made {target}")
    ]


def test_manifests_must_be_fresh(world: World) -> None:
    change(world, {"images.yaml": ("stg-20261123", "stg-20261124")})
    run = open_pull_request(world, "ci.yaml")
    assert results(run) == {"check": "success", "dist": "failure"}
    assert "dist/ is not what a fresh synth renders" in run.log()


def test_a_pull_request_shows_what_it_changes_and_nothing_of_it_runs(world: World) -> None:
    folder = change(world, {"dist/dev.k8s.yaml": (OLD, NEW), "images.yaml": (OLD, NEW)})
    # Whatever a change brings that would run or be read where main's own is: all of it is left alone.
    for name in ("examx_cli/__init__.py", "main.py", "Makefile", ".github/actions/setup/action.yaml"):
        (folder / name).write_text("this is not what main has (", encoding="utf-8")
    push(folder)
    run = open_pull_request(world, "diff.yaml", repository="somebody/examx-deployment")

    assert run.result == "success", run.log()
    (comment,) = world.stand_ins.comments
    assert NEW in comment
    assert comment in world.summary()
    assert "this is not what main has" not in comment + run.log()


def test_what_a_change_puts_in_the_place_of_manifests_is_refused_in_a_line(world: World) -> None:
    folder = change(world, {})
    (folder / "dist/dev.k8s.yaml").unlink()
    (folder / "dist/dev.k8s.yaml").symlink_to("/proc/self/environ")
    push(folder)
    run = open_pull_request(world, "diff.yaml")

    assert run.result == "failure"
    assert "it must be a file of at most 4 MiB, and has mode 120000" in run.log()
    assert "Traceback" not in run.log()
    assert not world.stand_ins.comments


def test_a_push_is_checked(world: World) -> None:
    assert results(world.start("ci.yaml", Event("push", {}))) == {"check": "success", "dist": "success"}
