"""The command line: what all commands have in common. They are listed in commands/."""

import io
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import rich.console
import typer
from typer.exceptions import TyperException

from examx_cli import missing_package, output
from examx_cli.commands import COMMANDS
from examx_cli.errors import INTERRUPTED, CommandError
from examx_cli.lazy import LazyGroup

UNUSABLE = CommandError.status
TRACEBACK_VARIABLE = "EXAMX_TRACEBACK"
"""Set, it shows where a mistake of the command itself happened."""


class _Commands(LazyGroup):
    """Turns what ends a command early into a message and an exit status: nobody sees a traceback."""

    waiting = COMMANDS

    def main(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is declared
        # Help is printed before a command is known: what keeps it from that is one line too.
        try:
            with output.printing():
                return super().main(*args, **options)
        except CommandError as problem:
            output.error(str(problem))
            sys.exit(problem.status)

    def invoke(self, ctx: typer.Context) -> object:  # pyright: ignore[reportIncompatibleMethodOverride]
        # A workflow that is cancelled sends SIGTERM: both stop a command in the same way.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # Texts of others are printed; JSON may hold halves of characters, which no encoding has.
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except CommandError as problem:
            output.error(str(problem))
            ctx.exit(problem.status)
        except KeyboardInterrupt:
            output.error("interrupted")
            ctx.exit(INTERRUPTED)
        except (typer.Exit, typer.Abort, TyperException, BrokenPipeError):
            raise
        except Exception as mistake:
            if _of_settings(mistake):
                output.error(str(mistake))
                ctx.exit(UNUSABLE)
            # The last net: what nobody thought of is one line too, with all that a report of it needs.
            if os.environ.get(TRACEBACK_VARIABLE) or missing_package(mistake):
                raise
            output.error(str(_unprinted(mistake) or _unexpected(mistake)))
            ctx.exit(UNUSABLE)


def _of_settings(mistake: Exception) -> bool:
    from examx_constructs.settings import ConfigurationError  # noqa: PLC0415 - help does without settings

    return isinstance(mistake, ConfigurationError)


def _unprinted(mistake: Exception) -> CommandError | None:
    """Return why help, which Rich prints by itself, does not get out; None for every other mistake."""
    if traceback.extract_tb(mistake.__traceback__)[-1].filename != rich.console.__file__:
        return None
    try:
        with output.printing():
            raise mistake
    except CommandError as problem:
        return problem
    except Exception:
        return None


def _unexpected(mistake: Exception) -> str:
    place = traceback.extract_tb(mistake.__traceback__)[-1]
    said = " ".join(str(mistake).split())[:200]
    return (
        f"examx did not expect this: {type(mistake).__name__}: {said} ({Path(place.filename).name}, line "
        f"{place.lineno}); that is a mistake of its own: report it, with what {TRACEBACK_VARIABLE}=1 shows"
    )


app = typer.Typer(
    name="examx",
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def examx() -> None:
    """Look at the environments of ExamX, deploy them, and take a deployment back.

    Exit status: 0 done or nothing to do, 1 the answer is no, 2 unusable input, 130 interrupted.
    """
