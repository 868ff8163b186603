"""Read `prose.toml`: the words, and what is left alone, each with its reason."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Self, cast

_TABLES = ("words", "statements", "skipped")
_EXCEPTION = {"files", "rule", "reason"}


@dataclass(frozen=True)
class Configuration:
    """What is asked for, and where it is not.

    `words`: patterns with what to write instead. `statements`: decorators of functions whose docstrings state
    something. `skipped`: patterns of paths that are not read. `exceptions`: patterns of paths, each with a rule that
    does not bind them.
    """

    words: Mapping[str, str]
    statements: frozenset[str]
    skipped: frozenset[str]
    exceptions: frozenset[tuple[str, str]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file. Raises ValueError for an exception without a reason, and for what is no text."""
        given: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
        words, statements, skipped = (_texts(path, each, given.get(each, {})) for each in _TABLES)
        listed = cast("list[object]", given.get("exceptions", []))
        tables = [_texts(path, "exceptions", each) for each in listed]
        if any(table.keys() != _EXCEPTION for table in tables):
            raise ValueError(
                f"{path}: every [[exceptions]] must have {', '.join(sorted(_EXCEPTION))}, and nothing else"
            )
        exceptions = frozenset((table["files"], table["rule"]) for table in tables)
        return cls(words, frozenset(statements), frozenset(skipped), exceptions)

    def covers(self, path: Path) -> bool:
        """Return whether a file is read."""
        return path.is_file() and not any(fnmatch(path.as_posix(), pattern) for pattern in self.skipped)

    def excepts(self, path: Path, rule: str) -> bool:
        """Return whether a rule leaves a file alone."""
        return any(rule == each and fnmatch(path.as_posix(), pattern) for pattern, each in self.exceptions)


def _texts(path: Path, name: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise ValueError(f"{path}: [{name}] must be a table")
    texts = cast("dict[str, object]", table)
    for key, value in texts.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"{path}: {key} of [{name}] must be a text, with a reason or what to write instead")
    return cast("dict[str, str]", texts)
