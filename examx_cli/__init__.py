"""The command `examx`: what people and workflows type to look at an environment, to deploy it and to take it back."""

import sys
from collections.abc import Sequence

from examx_cli import standard_streams


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with its exit status."""
    standard_streams.replace_closed()
    try:
        from examx_cli.app import app  # noqa: PLC0415 - importing the package alone stays cheap

        app(args=None if arguments is None else list(arguments), prog_name="examx")
    except ModuleNotFoundError as error:
        missing = missing_package(error)
        if not missing:
            raise
        sys.exit(
            f"error: examx needs the package {missing}, which is not installed; the extra `cli` brings all of them:"
            ' pip install "examx-constructs[cli]"'
        )


def missing_package(mistake: Exception) -> str:
    """Return the package of others that is not installed; nothing where a mistake is another one, or our own."""
    if not isinstance(mistake, ModuleNotFoundError):
        return ""
    missing = (mistake.name or "").partition(".")[0]
    return "" if missing in ("examx_cli", "examx_constructs") else missing
