"""The command line: one file of commands/ for each command; here they are put together."""

import typer
from typer.core import TyperGroup

from examx_cli import output
from examx_cli.errors import INTERRUPTED, CommandError
from examx_constructs.settings import ConfigurationError

UNUSABLE = CommandError.status


class _Commands(TyperGroup):
    """Turns what ends a command early into a message and an exit status: nobody sees a traceback."""

    def invoke(self, ctx: typer.Context) -> object:  # pyright: ignore[reportIncompatibleMethodOverride]
        try:
            return super().invoke(ctx)
        except CommandError as problem:
            output.error(str(problem))
            ctx.exit(problem.status)
        except ConfigurationError as mistake:
            output.error(str(mistake))
            ctx.exit(UNUSABLE)
        except KeyboardInterrupt:
            output.error("interrupted")
            ctx.exit(INTERRUPTED)


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
