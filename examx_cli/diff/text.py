"""The report for a terminal, a log or a file."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from examx_cli.comparison.impact import Impact
from examx_cli.diff.report import FORECAST, NOT_OURS, SUMS, Line, Section, sections, visible
from examx_cli.diff.sources import Comparison

_STYLES = {"-": "red", "+": "green", " ": ""}
_HEAVY = {Impact.RESTART: "bold yellow", Impact.STOP: "bold red", Impact.REFUSED: "bold red", Impact.DATA: "bold red"}


def report(comparisons: Sequence[Comparison]) -> Text:
    """Return all environments, without the end of the last line. As plain text it reads the same."""
    lines = [Text(visible(part), style) for part, style in _all_parts(comparisons)]
    return Text("\n").join(lines)


def _all_parts(comparisons: Sequence[Comparison]) -> Iterator[tuple[str, str]]:
    for number, comparison in enumerate(comparisons):
        if number:
            yield "", ""
        yield from _parts(comparison)


def _parts(comparison: Comparison) -> Iterator[tuple[str, str]]:
    difference = comparison.difference
    yield comparison.title, "bold"
    yield difference.summary(), ""
    for section in sections(difference):
        yield "", ""
        yield from _section(section)
    yield from _consequences(comparison)
    for stays, title in NOT_OURS.items():
        if theirs := [each for each in difference.not_ours if each.stays is stays]:
            yield "", ""
            yield title, "bold"
            for each in theirs:
                yield f"  {each.key}: {each.path} ({each.manager}){f': {each.why}' if each.why else ''}", ""
    if difference.not_compared:
        yield "", ""
        yield "not compared", "bold yellow"
        for each in difference.not_compared:
            yield f"  {each.what}: {each.reason}", ""


def _consequences(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Yield what no field that changes says by itself."""
    if comparison.forecast:
        yield "", ""
        yield FORECAST, "bold"
        for outcome in comparison.forecast.outcomes:
            yield f"  {outcome}", "" if outcome.keeps_level else "bold yellow"
        for each in comparison.forecast.not_foretold:
            yield f"  {each}", ""
    if comparison.asked and (figures := comparison.asked.as_texts()):
        yield "", ""
        yield SUMS, "bold"
        for unit, change in figures.items():
            yield f"  {unit}: {change}", ""


def _section(section: Section) -> Iterator[tuple[str, str]]:
    yield section.impact.title, _HEAVY.get(section.impact, "bold")
    for names, reason in section.effects:
        yield f"  {names}: {reason}", ""
    for entry in section.entries:
        yield f"  * {entry.title}", ""
        for change in entry.changes:
            for line in change:
                yield _line(line), _STYLES[line.sign]


def _line(line: Line) -> str:
    return f"    {line.sign} {line.text}"
