"""What the model refuses, as the command says it."""

from collections.abc import Generator
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
