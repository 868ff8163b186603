"""The command `examx`: what people and workflows type to look at an environment, to deploy it and to take it back."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with its exit status."""
    from examx_cli.app import app  # noqa: PLC0415 - importing the package alone stays cheap

    app(args=None if arguments is None else list(arguments), prog_name="examx")
