"""Findings for people, and for editors, which read the place at the beginning of a line."""

from collections.abc import Iterator, Sequence

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.report import Report, counted


def formatted(report: Report, _rules: Sequence[Rule]) -> str:
    """Return a line for each finding; then, apart, what was looked at."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    for found in report.findings:
        yield " ".join(f"{found.place}: {found.severity}: {found}".splitlines())
    if report.findings:
        yield ""
    if report.passed_over:
        verb = "is no manifest and was" if report.passed_over == 1 else "are no manifests and were"
        yield f"{counted(report.passed_over, 'file')} {verb} passed over"
    yield report.summary
