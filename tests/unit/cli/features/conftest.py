"""The command that looks after feature environments, without a cluster."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from examx_cli.app import app
from examx_cli.images import current_image

PROJECT = Path(__file__).parents[4]
DEV_IMAGE = current_image(PROJECT / "images.yaml", "dev")
SOURCE = f"{DEV_IMAGE.registry}/{DEV_IMAGE.repository}"
ME = "ada"


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project itself, which renders the environments; and nobody who is known to run the command."""
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "RUNNER_", "EXAMX_OWNER"))]:
        monkeypatch.delenv(name)
    (tmp_path / "gitconfig").touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(PROJECT)


def feature(*arguments: str, status: int = 0, stdin: bytes | None = None) -> Result:
    """The command, in this process."""
    done = CliRunner().invoke(app, ["feature", *arguments], input=stdin)
    assert done.exit_code == status, done.output
    return done


@pytest.fixture
def workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, str]]:
    """A step of a workflow, started by grace; returns what it handed on."""
    file = tmp_path / "output"
    file.touch()
    (tmp_path / "summary").touch()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", "grace")
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    return lambda: outputs(file.read_text(encoding="utf-8"))


def outputs(written: str) -> dict[str, str]:
    """The outputs of a step as the runner reads them."""
    values: dict[str, str] = {}
    lines = iter(written.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        values[name] = "\n".join(iter(lambda: next(lines), end))
    return values
