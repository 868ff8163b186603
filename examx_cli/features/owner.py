"""Whose a feature environment is. Everybody goes by the name that GitHub knows them by, in workflows and by hand."""

import os
from pathlib import Path

from examx_cli import github
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.processes import ProcessError

OWNER_VARIABLE = "EXAMX_OWNER"


def whoever(given: str | None) -> str | None:
    """Return who runs this: the one given, else EXAMX_OWNER, who started the workflow, git's github.user.

    None if unknown.
    """
    run = github.Run.current(os.environ)
    return given or os.environ.get(OWNER_VARIABLE) or (run.actor if run else None) or _login()


def me(given: str | None) -> str:
    """Return who runs this. Raises CommandError where nothing says so."""
    if owner := whoever(given):
        return owner
    raise CommandError(
        "nothing says who you are: give --owner, your login of GitHub, or write it down once with "
        "`git config --global github.user LOGIN`"
    )


def _login() -> str | None:
    try:
        return Repository(Path.cwd()).git("config", "--get", "github.user") or None
    except (ProcessError, CommandError):
        return None
