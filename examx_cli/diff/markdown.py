"""The report for a comment on a pull request: one for all environments, found again by its first line.

What is in a manifest may be anybody's text. It is put into code blocks and code spans that it cannot end, so that it
neither becomes markup nor calls people by their names.
"""

import html
import re
from collections.abc import Iterator, Sequence

from examx_cli.comparison.difference import some
from examx_cli.diff.charts import chart
from examx_cli.diff.report import FORECAST, NOT_OURS, SUMS, Entry, Line, Section, sections
from examx_cli.diff.sources import Comparison

MARKER = "<!-- examx diff -->"
"""The first line, by which a workflow finds its earlier comment."""

LIMIT = 60_000
"""The most characters. GitHub takes 65536."""

_MOST_LINES = 120
_ROOM_FOR_THE_END = 400


def report(comparisons: Sequence[Comparison], *, limit: int = LIMIT) -> str:
    """Return all environments. What is too much is left out, and it is said how much that is."""
    text = "\n".join(
        [
            MARKER,
            "### What this would change",
            "",
            *_table(comparisons),
            "",
            *_forecasts(comparisons),
            *_sums(comparisons),
        ]
    )
    for number, comparison in enumerate(comparisons):
        share = (limit - len(text)) // (len(comparisons) - number)
        text += _details(comparison, share)
    return text


def _table(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield "| environment | impact | what happens |"
    yield "|---|---|---|"
    for each in comparisons:
        impact = each.difference.impact.title if each.difference else "nothing"
        phrases = [f"{words} {_codes(names)}" for words, names in each.difference.phrases()]
        words = "; ".join(
            [f"{each.difference.count()}{':' if phrases else ''} {phrases[0] if phrases else ''}", *phrases[1:]]
        )
        unknown = len(each.difference.not_compared)
        also = f"; {unknown} not compared" if unknown else ""
        stays = len(each.difference.staying)
        also += f"; {stays} fields of others stay" if stays else ""
        name = f"{each.environment} (new)" if each.is_new else each.environment
        yield f"| {name} | **{impact}** | {words.strip()}{also} |"


def _forecasts(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield what becomes of waits and pod hours: not folded, for no field that changes says it."""
    for each in comparisons:
        if each.forecast:
            yield f"**{each.environment}: {FORECAST}**"
            yield ""
            for outcome in each.forecast.outcomes:
                sign = "" if outcome.keeps_level else ":warning: "
                yield f"- {sign}{code(outcome.queue)}, {prose(f'{outcome.workload}: {outcome.said}')}"
            yield from (f"- {prose(line)}" for line in each.forecast.not_foretold)
            yield ""


def _sums(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield what is asked for in all: not folded either, for the fields say it of one pod."""
    for each in comparisons:
        if each.asked and (figures := each.asked.as_texts()):
            yield f"**{each.environment}: {SUMS}**"
            yield ""
            yield from (f"- {prose(unit)}: {prose(change)}" for unit, change in figures.items())
            yield ""


def _codes(names: Sequence[str]) -> str:
    return some([code(name).replace("|", "\\|") for name in names])


def _details(comparison: Comparison, room: int) -> str:
    """Return one environment, folded, in at most that many characters."""
    blocks = list(_blocks(comparison))
    if not blocks:
        return ""
    against = f"<code>{html.escape(comparison.against)}</code>"
    of = f"new: {against} has nothing of it" if comparison.is_new else f"against {against}"
    text = f"\n<details><summary>{comparison.environment}, {of}</summary>\n\n"
    for number, block in enumerate(blocks):
        if len(text) + len(block) + _ROOM_FOR_THE_END > room:
            left = len(blocks) - number
            text += f"**Cut here: {left} of {len(blocks)} parts do not fit**; "
            text += f"`examx diff {comparison.environment}` shows all.\n"
            break
        text += f"{block}\n"
    return f"{text}\n</details>\n"


def _blocks(comparison: Comparison) -> Iterator[str]:
    for section in sections(comparison.difference):
        yield "\n".join(_heading(section))
        for entry in section.entries:
            yield _block(entry)
    for stays, title in NOT_OURS.items():
        if theirs := [each for each in comparison.difference.not_ours if each.stays is stays]:
            named = [f"- {code(f'{each.key}: {each.path}')}, of {code(each.manager)}" for each in theirs]
            yield "\n".join([f"**{title}**", "", *named, ""])
    if comparison.difference.not_compared:
        missing = [f"- {code(each.what)}: {prose(each.reason)}" for each in comparison.difference.not_compared]
        yield "\n".join(["**not compared**", "", *missing, ""])
    # Last, for what does not fit is cut from the end.
    for outcome in comparison.forecast.outcomes:
        yield from (f"{chart(outcome, each)}\n" for each in outcome.curves)


def _heading(section: Section) -> Iterator[str]:
    yield f"**{section.impact.title}**"
    yield ""
    for names, reason in section.effects:
        yield f"- {code(names)}: {prose(reason)}"
    yield ""


def _block(entry: Entry) -> str:
    body = [line for change in entry.changes for line in change]
    shown = [f"{line.sign} {line.text}" for line in body[:_MOST_LINES]]
    if len(body) > _MOST_LINES:
        shown.append(f"  ... {len(body) - _MOST_LINES} more lines")
    fence = "`" * max(3, 1 + _longest_run([*body, Line(" ", entry.title)]))
    return "\n".join([f"{fence}diff", f"# {entry.title}", *shown, fence, ""])


def _longest_run(body: Sequence[Line]) -> int:
    return max((len(run) for line in body for run in re.findall("`+", line.text)), default=0)


def code(text: str) -> str:
    """Return a code span that the text cannot end."""
    line = " ".join(text.split())
    fence = "`" * (1 + _longest_run([Line(" ", line)]))
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def prose(text: str) -> str:
    """Return text that stays text: no markup, no links, nobody is called."""
    escaped = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", html.escape(text, quote=False))
    return re.sub(r"@|://|www\.", lambda found: f"{found[0]}\u2060", escaped)
