"""What the model refuses, as the command says it, and options that would change nothing."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from examx_cli.errors import CommandError
from examx_constructs.manifests import LoadError
from examx_constructs.scaling import ScalingError


@contextmanager
def told() -> Generator[None]:
    """Tell in one line what the reader or the model refuses. Raises CommandError."""
    try:
        yield
    except (ScalingError, LoadError) as error:
        raise CommandError(str(error)) from error


def refuse_idle(of: str, options: Mapping[str, object], *, given: bool) -> None:
    """Raise CommandError for an option that was typed without what it is of: it would be ignored.

    `of` says so in words; `options` are values by the names of their options, None and False where none was typed.
    """
    if given:
        return
    for option, value in options.items():
        if value is not None and value is not False:
            raise CommandError(f"{option} is of {of}; leave it out")
