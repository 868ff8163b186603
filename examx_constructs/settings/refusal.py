"""What a setting refuses, and how it says so. Apart from `_value`, because attrs takes longer to load than all else."""

import json
import re
from collections.abc import Callable

Check = Callable[[object], str | None]
"""A rule for one field: returns what is allowed and why when the value breaks it, else None."""


class ConfigurationError(ValueError):
    """A mistake that stops the synth: its message is all that a person needs to mend it."""


class SettingError(ConfigurationError):
    """A setting that would not work: names the setting, the value, what is allowed and why, in one line.

    `setting` is its path, `value` what was given, `allowed` what would be taken, and why.
    """

    def __init__(self, setting: str, value: object, allowed: str) -> None:
        self.setting, self.value, self.said = setting, value, f"is {_shown(value)}; {allowed}"
        super().__init__(f"{setting} {self.said}")


class MissingError(ConfigurationError):
    """A setting that has no default and was not given."""

    def __init__(self, setting: str) -> None:
        self.setting, self.said = setting, "is missing; it has no default and must be given"
        super().__init__(f"{setting} {self.said}")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    # One line, whatever an object says of itself.
    return repr(value) if _is_plain(value) else " ".join(str(value).split())


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | tuple | dict)


def at_least(lowest: int, why: str) -> Check:
    """Return a number of at least this much."""

    def check(given: object) -> str | None:
        return f"the least is {lowest}: {why}" if isinstance(given, int) and given < lowest else None

    return check


def at_most(highest: int, why: str) -> Check:
    """Return a number of at most this much."""

    def check(given: object) -> str | None:
        return f"the most is {highest}: {why}" if isinstance(given, int) and given > highest else None

    return check


def pattern(regex: str, allowed: str) -> Check:
    """Return a text that matches the whole of a regular expression, with ASCII classes only."""
    compiled = re.compile(regex, re.ASCII)

    def check(given: object) -> str | None:
        return allowed if isinstance(given, str) and not compiled.fullmatch(given) else None

    return check
