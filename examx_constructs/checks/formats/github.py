"""Findings as annotations of a run of GitHub Actions.

Source: GitHub documentation, Workflow commands for GitHub Actions; how values are escaped, from
packages/core/src/command.ts of actions/toolkit. GitHub shows ten errors and ten warnings of a step as annotations; the
log has all of them.
"""

from collections.abc import Iterator, Sequence

from examx_constructs.checks.finding import Finding, Rule
from examx_constructs.checks.report import Report
from examx_constructs.manifests.loader import STREAM


def formatted(report: Report, _rules: Sequence[Rule]) -> str:
    """Return a command for each finding, then the number of them, which is no command."""
    return "\n".join([*_annotations(report.findings), report.summary])


def _annotations(findings: Sequence[Finding]) -> Iterator[str]:
    for found in findings:
        # Without a file GitHub shows the annotation on the run, so there is no line to name.
        named = found.file and found.file != STREAM
        place = {"file": found.file, "line": found.line, "col": found.column} if named else {}
        properties = {**place, "title": found.rule}
        given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
        yield f"::{found.severity} {given}::{_data(f'{found.said} ({found.source})')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
