"""A release of the library: which tags are one, what is published, and by whom."""

import os
import subprocess
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tests.unit.workflows.runner import read_workflow
from tests.unit.workflows.test_credentials import is_refusal

PROJECT = Path(__file__).parents[3]
WORKFLOW = read_workflow(PROJECT / ".github" / "workflows" / "release-package.yaml")
JOBS: Mapping[str, Any] = WORKFLOW["jobs"]
IDENTITY = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false")


def _steps(job: str) -> dict[str, Mapping[str, Any]]:
    return {step["name"]: step for step in JOBS[job]["steps"]}


def _git(folder: Path, *arguments: str | Path) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone whose main has a changelog with 1.4.0."""
    origin, folder = tmp_path / "origin", tmp_path / "checkout"
    _git(tmp_path, "init", "--quiet", "--initial-branch=main", origin)
    (origin / "CHANGELOG.md").write_text("# Changes\n\n## 1.4.0 (2026-11-29)\n")
    _git(origin, "add", "--all")
    _git(origin, "commit", "--quiet", "--message=Release 1.4.0")
    _git(tmp_path, "clone", "--quiet", origin, folder)
    return folder


def _check(checkout: Path, tag: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _steps("build")["Check the tag"]["run"]],
        cwd=checkout,
        env={**os.environ, "TAG": tag},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


def test_a_tag_on_main_whose_changes_are_told_is_released(checkout: Path) -> None:
    assert _check(checkout, "v1.4.0") == (0, "")


@pytest.mark.parametrize("tag", ["v1.5.0", "v1.4", "v11.4.0"])
def test_a_release_without_a_changelog_is_refused(checkout: Path, tag: str) -> None:
    status, said = _check(checkout, tag)
    assert status == 1
    assert said.startswith(f"::error::CHANGELOG.md has no {tag[1:]}: run 'towncrier build --version {tag[1:]}'")


def test_what_is_not_on_main_is_refused(checkout: Path) -> None:
    _git(checkout, "commit", "--quiet", "--allow-empty", "--message=Not reviewed")
    assert _check(checkout, "v1.4.0") == (
        1,
        "::error::the tag v1.4.0 is not on main: a release is what was reviewed\n",
    )


@pytest.mark.parametrize(("tag", "released"), [("v1.4.0", True), ("v1.4", False), ("prod-2026", False)])
def test_which_tags_start_it(tag: str, *, released: bool) -> None:
    (pattern,) = WORKFLOW["on"]["push"]["tags"]
    # GitHub's `+` is one or more of what is before it, which fnmatch has not: one digit will do here.
    assert fnmatch(tag, pattern.replace("+", "")) is released


def test_what_is_published_is_what_was_tested() -> None:
    """The job that PyPI trusts runs no code of this repository: it takes the files that the build handed on."""
    assert JOBS["publish"]["needs"] == ["build", "test"]
    assert JOBS["publish"]["environment"] == "pypi"
    refusal, *steps = JOBS["publish"]["steps"]
    assert is_refusal(refusal)
    assert not [step for step in steps if "run" in step or step["uses"].startswith("./")]
    taken = [_steps(job)["Take the distributions"]["with"]["name"] for job in ("test", "publish")]
    assert taken == [_steps("build")["Hand on"]["with"]["name"]] * 2
    folder = _steps("publish")["Take the distributions"]["with"]["path"]
    assert _steps("publish")["Attest where they were built"]["with"] == {"subject-path": f"{folder}/*"}


def test_no_password_is_kept_for_it() -> None:
    assert "secrets." not in (PROJECT / ".github" / "workflows" / "release-package.yaml").read_text(encoding="utf-8")
    assert _steps("publish")["Publish"]["with"] == {"attestations": True}
