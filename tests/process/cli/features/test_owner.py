"""Whose an environment is."""

from pathlib import Path

import pytest

from examx_cli.errors import CommandError
from examx_cli.features.owner import me, whoever

NOBODY = (
    "nothing says who you are: give --owner, your login of GitHub, or write it down once with "
    "`git config --global github.user LOGIN`"
)


@pytest.fixture
def login(tmp_path: Path) -> Path:
    """What git is told about who uses it."""
    file = tmp_path / "gitconfig"
    file.write_text("[github]\n\tuser = of-git\n", encoding="utf-8")
    return file


def _in_workflow(monkeypatch: pytest.MonkeyPatch, **actors: str) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for name, login in actors.items():
        monkeypatch.setenv(name, login)


def test_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert whoever(None) is None
    with pytest.raises(CommandError) as unknown:
        me(None)
    assert str(unknown.value) == NOBODY
    _in_workflow(monkeypatch)
    assert whoever(None) is None


@pytest.mark.usefixtures("login")
def test_one_is_asked_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert me(None) == "of-git"
    _in_workflow(monkeypatch, GITHUB_ACTOR="who-pushed")
    assert me(None) == "who-pushed"
    _in_workflow(monkeypatch, GITHUB_TRIGGERING_ACTOR="who-started-it-again")
    assert me(None) == "who-started-it-again"
    monkeypatch.setenv("EXAMX_OWNER", "of-the-variable")
    assert me(None) == "of-the-variable"
    assert me("given") == "given"


@pytest.mark.usefixtures("login")
def test_outside_of_a_workflow_its_variables_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", "left-over")
    assert me(None) == "of-git"


def test_an_empty_login_is_none(login: Path) -> None:
    login.write_text("[github]\n\tuser =\n", encoding="utf-8")
    assert whoever(None) is None


def test_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert whoever(None) is None
