"""The version comes from tags, where there is git, and where there is none."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copy

import pytest

from tests.process.packaging.conftest import PROJECT

IDENTITY = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false")


def _git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", folder, *IDENTITY, *arguments], check=True, capture_output=True, timeout=60
    ).stdout


def _version(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "version"],
        cwd=folder,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", ".git_archival.txt", ".gitattributes"):
        copy(PROJECT / name, folder)
    return folder


@pytest.fixture
def repository(project: Path) -> Path:
    _git(project, "init", "--quiet")
    _git(project, "add", "--all")
    _git(project, "commit", "--quiet", "--message", "Begin")
    return project


def test_a_folder_without_git_has_a_version(project: Path) -> None:
    assert _version(project) == "0.0.0"


def test_a_checkout_without_tags_has_a_version(repository: Path) -> None:
    assert _version(repository).startswith("0.0.1.dev1+g")


def test_a_tag_is_the_version(repository: Path) -> None:
    _git(repository, "tag", "v1.4.0")
    assert _version(repository) == "1.4.0"


def test_a_commit_after_the_tag_comes_before_the_next_version(repository: Path) -> None:
    _git(repository, "tag", "v1.4.0")
    _git(repository, "commit", "--quiet", "--allow-empty", "--message", "Go on")
    assert _version(repository).startswith("1.4.1.dev1+g")


def test_tags_of_deployments_are_no_versions(repository: Path) -> None:
    _git(repository, "tag", "v1.4.0")
    _git(repository, "tag", "prod-20260102")
    assert _version(repository) == "1.4.0"


@pytest.mark.parametrize(("tag", "version"), [("v1.4.0", "1.4.0"), (None, "0.0")])
def test_an_archive_of_the_source_has_the_version_of_its_commit(
    repository: Path, tmp_path: Path, tag: str | None, version: str
) -> None:
    """As GitHub makes one of each tag."""
    if tag:
        _git(repository, "tag", tag)
    archive = tmp_path / "archive"
    archive.mkdir()
    subprocess.run(
        ["tar", "-x", "-C", archive], input=_git(repository, "archive", tag or "HEAD"), check=True, timeout=60
    )
    assert _version(archive) == version
