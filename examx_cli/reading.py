"""Manifests that a command needs whole: what cannot be read is the command's error."""

from collections.abc import Callable
from pathlib import Path

from examx_cli.errors import CommandError
from examx_constructs import manifests
from examx_constructs.manifests import LoadError, Object


def parse(content: str, source: str) -> list[Object]:
    """Return the objects of a YAML stream, in its order.

    Raises CommandError that names the source, and the line if known.
    """
    return _read(lambda: manifests.parse(content, source))


def read(file: Path) -> list[Object]:
    """Return the objects of a file, in its order. Raises CommandError that names the file."""
    return _read(lambda: manifests.read(file))


def _read(reader: Callable[[], list[Object]]) -> list[Object]:
    try:
        return reader()
    except LoadError as error:
        raise CommandError(str(error)) from error
