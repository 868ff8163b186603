"""What a change does to what runs, in plain lines without fields: for a message, whose reader looks up no path."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from examx_cli.comparison.impact import Impact
from examx_cli.diff.report import sections, visible
from examx_cli.diff.sources import Comparison

_ROOM = 10_000
"""Characters: more than Slack shows. All results of a run go through one variable, for which Linux has 128 KiB."""


def published(comparison: Comparison) -> dict[str, str]:
    """Return what a step of a workflow gives to the job that tells Slack."""
    return {"summary": changes(comparison), "scaling": scaling(comparison)}


def changes(comparison: Comparison) -> str:
    """Say what changes: how many objects, then what that does to which workload, the heaviest first, a line each."""
    return _bounded(_changes(comparison))


def _changes(comparison: Comparison) -> Iterator[str]:
    yield f"{comparison.difference.count()}, against {comparison.against}"
    for section in sections(comparison.difference):
        if section.impact is not Impact.NONE:
            yield from (f"{names}: {reason}" for names, reason in section.effects)


def scaling(comparison: Comparison) -> str:
    """Say what becomes of queues at the standard workloads, a line each; empty where no figure of scaling changes."""
    forecast = comparison.forecast
    broken_first = sorted(forecast.outcomes, key=lambda each: each.keeps_level)
    return _bounded([*map(str, broken_first), *forecast.not_foretold])


def _bounded(lines: Iterable[str]) -> str:
    """Return as many whole lines as there is room for, and how many are left out."""
    all_lines = [visible(" ".join(each.split())) for each in lines]
    shown = sum(length <= _ROOM for length in accumulate(len(each) + 1 for each in all_lines))
    left_out = len(all_lines) - shown
    return "\n".join([*all_lines[:shown], *([f"... {left_out} more lines: `examx diff`"] if left_out else [])])
