"""How other programs are run: without a shell, without a terminal's input, and with what they said when they fail."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from examx_cli.errors import CommandError


class ProcessError(CommandError):
    """A program ended with a failure: which, what it said, and what it had printed until then."""

    def __init__(self, command: Sequence[str], status: int, said: str, printed: str = "") -> None:
        self.status_of_program = status
        self.said = said.strip()
        self.printed = printed
        super().__init__(f"`{' '.join(command)}` failed with status {status}: {self.said or 'it said nothing'}")


def run(
    command: Sequence[str],
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """Run a program and return its standard output. Raises ProcessError, and CommandError where it can not start."""
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env=env,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise CommandError(f"`{command[0]}` is not installed: no such program on the PATH") from error
    except OSError as error:
        raise CommandError(f"`{command[0]}` can not be run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"`{' '.join(command)}` did not end within {timeout:g} s") from error
    if done.returncode:
        raise ProcessError(command, done.returncode, done.stderr or done.stdout, done.stdout)
    return done.stdout
