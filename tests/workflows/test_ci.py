"""What happens to a pull request and to a push."""

from collections.abc import Mapping
from typing import Any

from tests.workflows.conftest import REPOSITORY, World, git
from tests.workflows.model import Event, JobRun


def open_pull_request(world: World, *, repository: str = REPOSITORY, **files: str) -> JobRun:
    """Change files on a branch, and start what a pull request starts. As on GitHub, it runs on the merge with main."""
    folder = world.scratch / "change"
    git(world.scratch, "clone", "--quiet", world.remote, folder)
    git(folder, "checkout", "--quiet", "-b", "change")
    for name, content in files.items():
        (folder / name.replace("__", "/").replace("_", ".")).write_text(content, encoding="utf-8")
    git(folder, "commit", "--quiet", "--all", "--allow-empty", "--message=A change")
    git(folder, "push", "--quiet", "origin", "change")
    payload: Mapping[str, Any] = {"pull_request": {"head": {"repo": {"full_name": repository}}}}
    return world.start("ci.yaml", Event("pull_request", payload, "refs/heads/change"))


def results(run: JobRun) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items()}


def test_a_pull_request_shows_what_it_changes(world: World) -> None:
    manifests = git(world.remote, "show", "main:dist/dev.k8s.yaml")
    changed = manifests.replace("dev-20261123-000000-0000000", "dev-20261124-101500-a1b2c3d") + "\n"
    images = git(world.remote, "show", "main:images.yaml")
    run = open_pull_request(
        world,
        dist__dev_k8s_yaml=changed,
        images_yaml=images.replace("dev-20261123-000000-0000000", "dev-20261124-101500-a1b2c3d") + "\n",
    )

    assert results(run) == {"check": "success", "dist": "success", "diff": "success", "comment": "success"}, run.log()
    (comment,) = world.stand_ins.comments
    assert "dev-20261124-101500-a1b2c3d" in comment
    assert comment in world.summary()
    assert [line for line in run.jobs["check"].log().splitlines() if line.startswith("made ")] == [
        line
        for target in ("lint", "checkov", "test", "test-long", "e2e", "docs")
        for line in ("made .venv/.runtime", f"made {target}")
    ]


def test_a_fork_gets_no_comment_and_manifests_must_be_fresh(world: World) -> None:
    images = git(world.remote, "show", "main:images.yaml")
    stale = images.replace("stg-20261123", "stg-20261124") + "\n"
    run = open_pull_request(world, repository="somebody/examx-deployment", images_yaml=stale)

    assert results(run) == {"check": "success", "dist": "failure", "diff": "success", "comment": "skipped"}
    assert "dist/ is not what a fresh synth renders" in run.log()
    assert not world.stand_ins.comments


def test_a_push_is_checked_and_has_nobody_to_tell(world: World) -> None:
    run = world.start("ci.yaml", Event("push", {}))
    assert results(run) == {"check": "success", "dist": "success", "diff": "skipped", "comment": "skipped"}
