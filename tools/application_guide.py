"""The parts of docs/application.md that follow from the requirements and from the table of variables.

A part is between `<!-- application NAME -->` and `<!-- /application -->`; `PARTS` says what makes it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from examx_constructs.settings.program_variables import PROGRAM_VARIABLES, ProgramVariable

REQUIREMENTS = Path("requirements")
PACKAGES = ("celery", "kombu", "redis", "gevent", "gunicorn", "django")

_PART = re.compile(r"(?P<head><!-- application (?P<name>[a-z-]+) -->\n).*?(?=<!-- /application -->)", re.DOTALL)
_PIN = re.compile(r"^([a-z][\w.-]*)(?:\[\w+\])?==([\w.]+)", re.MULTILINE)


def filled(text: str) -> str:
    """Return a document with these parts made anew."""
    return _PART.sub(lambda part: f"{part['head']}{PARTS[part['name']]()}\n", text)


def _versions() -> str:
    rows = {name: _pins(name) for name in ("oldest", "dev", "newest")}
    return _table(
        ("package", "oldest", "`make test`", "newest"),
        ((f"`{package}`", *(" or ".join(pins[package]) for pins in rows.values())) for package in PACKAGES),
    )


def _pins(name: str) -> dict[str, list[str]]:
    """Return each package's versions: several where another Python gets another one."""
    pins: dict[str, list[str]] = {}
    for package, version in _PIN.findall((REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")):
        pins.setdefault(package, []).append(version)
    return pins


def _variables() -> str:
    rows = ((_names(row), ", ".join(row.programs), row.does, row.instead, row.source) for row in PROGRAM_VARIABLES)
    return _table(("variable", "read by", "what it would do", "instead", "source"), rows)


def _names(row: ProgramVariable) -> str:
    names = ", ".join(f"`{name}`" for name in row.names)
    return f"{names}, unless {row.allowed}" if row.allowed else names


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(head), *map(tuple, rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |".replace("| --- ", "|---").replace("--- |", "---|") for line in lines)


PARTS: Mapping[str, Callable[[], str]] = {"variables": _variables, "versions": _versions}
