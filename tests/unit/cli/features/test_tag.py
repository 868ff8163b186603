"""`examx feature tag`."""

import json
from collections.abc import Callable

import pytest

from examx_cli.images import check_image
from examx_constructs.settings import ImageReference
from tests.unit.cli.features.conftest import DEV_IMAGE, SOURCE, feature

COMMIT = ("--commit", "ABCDEF0123456789", "--now", "2026-11-23T10:15:00Z")


@pytest.mark.parametrize(
    ("branch", "tag"),
    [
        ("login", "feat-login-20261123-101500-abcdef0"),
        ("feature/login", "feat-feature-logi-h29f2w2-20261123-101500-abcdef0"),
        ("dev", "feat-dev-kbcmt7s-20261123-101500-abcdef0"),
    ],
)
def test_is_made_of_slug_time_and_commit(branch: str, tag: str) -> None:
    assert feature("tag", branch, *COMMIT).stdout == f"{tag}\n"
    check_image(tag.rsplit("-", 3)[0], ImageReference.parse(f"{SOURCE}:{tag}"), DEV_IMAGE)


def test_for_machines(workflow: Callable[[], dict[str, str]]) -> None:
    tag = "feat-login-20261123-101500-abcdef0"
    values = {"tag": tag, "image": f"{SOURCE}:{tag}"}
    assert json.loads(feature("tag", "login", *COMMIT, "--json").stdout) == values
    assert workflow() == values


@pytest.mark.parametrize(
    ("branch", "reason"), [("a b", "git allows no space"), ("refs/heads/login", "without refs/heads/")]
)
def test_what_is_no_branch_is_refused(branch: str, reason: str) -> None:
    said = feature("tag", branch, *COMMIT, status=2).stderr
    assert said.startswith(f'error: branch is "{branch}"; ')
    assert reason in said


def test_what_is_no_commit_is_refused() -> None:
    assert "commit" in feature("tag", "login", "--commit", "HEAD", status=2).stderr
