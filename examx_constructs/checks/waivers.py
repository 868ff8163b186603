"""Waivers: findings that somebody accepts, each with a reason, and for as long as it holds.

In code a waiver is a value, for `add_checks`. In a project it is in `checks-waivers.toml`:

    [[waiver]]
    rule = "secret-is-not-literal"
    object = "ConfigMap dev/web-*"
    field = "data.password"
    reason = "The password of a database that lives as long as a test."
    expires = 2027-01-31
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

from examx_constructs.checks.finding import NO_OBJECT, Finding, Rule

_SOURCE = "docs/checks.md, Waive a finding"


class WaiverError(ValueError):
    """A waiver that cannot be meant: names the setting, the value, what is allowed and why, in one line.

    `setting` is the key of the file of waivers, `value` what was there, `allowed` what would be taken.
    """

    def __init__(self, setting: str, value: str, allowed: str) -> None:
        super().__init__(" ".join(f"{setting} is {value}; {allowed}".split()))
        self._said = setting, value, allowed

    def at(self, place: str) -> Self:
        """Return the same of a waiver in its place."""
        setting, value, allowed = self._said
        return type(self)(f"{place}: {setting}", value, allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Findings that are accepted. In `object`, `field` and `file` `*` means any text.

    `object`: as findings name it, `Deployment prod/celery-*`. `file`: seen from the folder of the file of
    waivers. `expires`: the last day on which it counts, in UTC.
    """

    rule: str
    """The id of the rule."""
    object: str
    reason: str
    """Why it is accepted, for those who read the file later."""
    field: str | None = None
    file: str | None = None
    expires: date | None = None

    def __post_init__(self) -> None:
        for name in ("rule", "object", "reason", "field", "file"):
            value: object = getattr(self, name)
            if name in ("field", "file") and value is None:
                continue
            if not isinstance(value, str) or not value.strip():
                raise WaiverError(f"waiver.{name}", _shown(value), f"it must be a text, {_MEANT[name]}")
        if self.rule not in _known():
            raise WaiverError("waiver.rule", _shown(self.rule), f"it must be the id of a rule{_nearest(self.rule)}")
        # A time is a date too, for Python, and says more than is looked at.
        if self.expires is not None and type(self.expires) is not date:
            raise WaiverError("waiver.expires", _shown(self.expires), f"it must be {_MEANT['expires']}")

    def covers(self, found: Finding, file: str | None) -> bool:
        """Return whether it accepts a finding in a file, as `file` patterns see that."""
        return (
            found.rule == self.rule
            and _matches(self.object, found.object.qualified.strip())
            and (self.field is None or _matches(self.field, found.field))
            and self.is_of(file)
        )

    def is_of(self, file: str | None) -> bool:
        """Return whether it is for findings of that file, as `file` patterns see it."""
        return self.file is None or _matches(self.file, file or "")

    def __str__(self) -> str:
        places = "".join(f", {name} {each}" for name in ("field", "file") if (each := getattr(self, name)))
        return f"{self.rule} for {self.object}{places}"


@dataclass(frozen=True, slots=True)
class Waived:
    """What is left of findings, with what is wrong with the waivers, and how many are accepted."""

    findings: list[Finding]
    accepted: int


class Waivers:
    """Waivers that belong together: of one file, or of one app."""

    def __init__(self, waivers: Iterable[Waiver], *, file: Path | None = None, lines: Iterable[int] = ()) -> None:
        self._waivers = tuple(waivers)
        self._file = file
        self._lines = tuple(lines)

    def __len__(self) -> int:
        return len(self._waivers)

    def applied(
        self, findings: Iterable[Finding], *, files: Collection[str | None] = (), today: date | None = None
    ) -> Waived:
        """Return the findings without those that are accepted; then a finding for each waiver that is of no use.

        `files`: which were checked. A waiver for a file that is there and was not checked may be of use another time.
        """
        today = datetime.now(UTC).date() if today is None else today
        left: list[Finding] = []
        matched: set[int] = set()
        accepted = 0
        for found in findings:
            file = self._seen(found.file)
            covering = {number for number, each in enumerate(self._waivers) if each.covers(found, file)}
            matched |= covering
            if any(_counts(self._waivers[number], today) for number in covering):
                accepted += 1
            else:
                left.append(found)
        return Waived([*left, *self._useless(matched, files, today)], accepted)

    def _useless(self, matched: set[int], files: Collection[str | None], today: date) -> Iterator[Finding]:
        checked = {self._seen(file) for file in files}
        for number, waiver in enumerate(self._waivers):
            if number not in matched:
                if not any(map(waiver.is_of, checked)) and self._is_of_another_file(waiver):
                    continue
                yield WAIVER_IS_USED.named(self._finding(number, "", str(waiver), *_UNUSED))
            elif not _counts(waiver, today):
                yield WAIVER_HAS_NOT_EXPIRED.named(
                    self._finding(number, ".expires", f"{waiver.expires}, of {waiver}", *_EXPIRED)
                )

    def _is_of_another_file(self, waiver: Waiver) -> bool:
        if waiver.file is None or self._file is None or waiver.file.startswith(("/", "..")):
            return False
        folder = self._file.parent
        if "*" not in waiver.file:
            return (folder / waiver.file).is_file()
        above = folder / waiver.file.partition("*")[0].rpartition("/")[0]
        return any(waiver.is_of(path.relative_to(folder).as_posix()) for path in above.rglob("*") if path.is_file())

    def _finding(self, number: int, field: str, value: str, allowed: str, why: str) -> Finding:
        line = self._lines[number] if number < len(self._lines) else None
        return Finding(
            NO_OBJECT,
            str(self._file) if self._file else None,
            f"waiver[{number}]{field}",
            value,
            allowed,
            why,
            line=line,
        )

    def _seen(self, file: str | None) -> str | None:
        """Return a file as seen from the folder of the waivers."""
        if file is None or self._file is None:
            return file
        folder, path = self._file.parent.resolve(), Path(file).resolve()
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


_MEANT = {
    "rule": "the id of a rule",
    "object": "an object as findings name it, such as `Deployment dev/web`, with * for any text",
    "reason": "why the finding does no harm, or why it is borne",
    "field": "a field as findings name it, such as `spec.replicas`, with * for any text",
    "file": "a file as seen from the folder of the waivers, with * for any text",
    "expires": "a day, written without quotes, such as 2027-01-31",
}
_UNUSED = ("a waiver that a finding needs, or none", "the next finding that it matches would pass unseen")
_EXPIRED = ("a day that is not over, or no waiver", "what it waives is a finding again")


WAIVER_IS_USED = Rule.of("waiver-is-used", "A waiver matches a finding.", _SOURCE)
WAIVER_HAS_NOT_EXPIRED = Rule.of(
    "waiver-has-not-expired", "A waiver is renewed or removed when its last day is over.", _SOURCE
)
RULES_ON_WAIVERS = (WAIVER_IS_USED, WAIVER_HAS_NOT_EXPIRED)
"""What `applied` finds; no waiver waives it."""


def _counts(waiver: Waiver, today: date) -> bool:
    return waiver.expires is None or today <= waiver.expires


def _matches(pattern: str, text: str) -> bool:
    """Return whether a text is as the pattern.

    `*` is any text, and brackets, which fields are full of, mean themselves.
    """
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)


def _known() -> frozenset[str]:
    from examx_constructs.checks import RULES  # noqa: PLC0415 - the rules are put together above this file

    return frozenset(rule.id for rule in RULES)


def _nearest(rule: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - of use once in a while

    near = get_close_matches(rule, sorted(_known()), 1)
    return f"; the nearest is {near[0]}" if near else "; `python -m examx_constructs.checks --list` shows them"


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    return f'"{value}"' if isinstance(value, str) else str(value)
