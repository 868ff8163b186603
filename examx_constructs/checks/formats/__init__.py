"""The forms in which a report is printed, for people and for machines."""

from collections.abc import Iterable
from enum import StrEnum
from importlib import import_module

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.report import Report


class Format(StrEnum):
    """A form; each is a module here of the same name, which is imported when it is asked for."""

    TEXT = "text"
    """A line for each finding, `file:line:column: severity: …`, as editors read it; then how many there are."""

    JSON = "json"
    """Everything that is known of each finding."""

    SARIF = "sarif"
    """SARIF 2.1.0, for code scanning."""

    GITHUB = "github"
    """Annotations of a run of GitHub Actions, which its page and a pull request show at the lines."""


def formatted(report: Report, form: Format, rules: Iterable[Rule]) -> str:
    """Return a report in one of the forms. `rules`: all that may have been broken."""
    form_of_it: str = import_module(f"{__name__}.{form}").formatted(report, tuple(rules))
    return form_of_it
