"""Files of waivers: which one belongs to what is checked, and what is in it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from examx_constructs import _files
from examx_constructs._regex import regex
from examx_constructs.checks.waivers import Waiver, WaiverError, Waivers

FILE_NAME = "checks-waivers.toml"
MOST_BYTES = 1024 * 1024

_KEYS = ("rule", "object", "reason", "field", "file", "expires")
_HEADER = regex(r"^\s*\[\[\s*waiver\s*\]\]", re.MULTILINE)


def read_waivers(file: Path) -> Waivers:
    """Return the waivers of a file. Raises WaiverError that names the file, and the line where that is known."""
    import tomllib  # noqa: PLC0415 - most projects have no such file

    try:
        text = _files.read_text(file, MOST_BYTES)
        content = tomllib.loads(text)
    except _files.UnreadableError as error:
        raise WaiverError(str(file), "a file that cannot be read", str(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise WaiverError(str(file), "no TOML", str(error)) from None
    except RecursionError:
        raise WaiverError(str(file), "no file of waivers", "it nests too deep") from None
    entries = _entries(file, content)
    headers = [text.count("\n", 0, found.end()) + 1 for found in _HEADER.finditer(text)]
    # A reason of several lines may hold one too: then nobody knows which is which.
    lines = headers if len(headers) == len(entries) else []
    waivers = [
        _waiver(entry, f"{file}:{lines[number]}" if lines else str(file)) for number, entry in enumerate(entries)
    ]
    return Waivers(waivers, file=file, lines=lines)


def waiver_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files of waivers that belong to these paths, each once.

    It is in the folder of the path or above it, up to the root of its repository. Outside of a repository, up to the
    working folder where the path is below that, else beside it: nobody's file in `/tmp` counts.
    """
    return list(dict.fromkeys(found for path in paths for found in _nearest(path)))


def _nearest(path: Path) -> Iterator[Path]:
    for folder in _folders(path):
        if (folder / FILE_NAME).is_file():
            yield folder / FILE_NAME
            return


def _folders(path: Path) -> Iterator[Path]:
    """Yield the folders that may have a file of waivers, the nearest first, said in the way that the path is."""
    start = path if path.is_dir() else path.parent
    place, here = start.resolve(), Path.cwd()
    above = [place, *place.parents]
    root = next((each for each in above if (each / ".git").exists()), None)
    last = root or (here if place.is_relative_to(here) else place)
    for folder in above[: above.index(last) + 1]:
        yield folder.relative_to(here) if folder.is_relative_to(here) else folder


def _entries(file: Path, content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if unknown := sorted(content.keys() - {"waiver"}):
        raise WaiverError(f"{file}: {unknown[0]}", "unknown", "a file of waivers holds [[waiver]] alone")
    entries: object = content.get("waiver", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in cast("list[object]", entries)):
        raise WaiverError(f"{file}: waiver", "no list of tables", "each waiver begins with a line [[waiver]]")
    return cast("list[Mapping[str, Any]]", entries)


def _waiver(entry: Mapping[str, Any], place: str) -> Waiver:
    if unknown := sorted(entry.keys() - {*_KEYS}):
        raise WaiverError(f"{place}: waiver.{unknown[0]}", "unknown", f"a waiver has {', '.join(_KEYS)}")
    given: dict[str, Any] = {key: entry.get(key) for key in _KEYS}
    try:
        return Waiver(**given)
    except WaiverError as error:
        raise error.at(place) from None
