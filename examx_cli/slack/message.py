"""How an outcome reads in Slack: Block Kit, escaped, and within its limits.

Sources: "Block Kit" (header, section, text object) and "Formatting text for app surfaces" of Slack's documentation.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import cast

from slack_sdk.models.blocks import Block, HeaderBlock, MarkdownTextObject, SectionBlock

from examx_cli.github import Run
from examx_cli.images import tag_of
from examx_cli.slack.outcome import Outcome, Status

Payload = dict[str, object]

_SECTION_ROOM = SectionBlock.text_max_length - 100  # for what is around a text: fences, a mention, "... more lines"
_TITLE_ROOM = HeaderBlock.text_max_length - 30  # for the symbol and the dots
_LINE_ROOM = 600
_FIELD_ROOM = 300

_COMMIT = re.compile("[0-9a-f]{7,64}")

_SYMBOL_AND_WORD = {
    Status.SUCCESS: (":white_check_mark:", "succeeded"),
    Status.REFUSED: (":no_entry:", "refused"),
    Status.FAILURE: (":x:", "failed"),
    Status.CANCELLED: (":warning:", "cancelled"),
}
_ALARMED = ("prod",)
"""The environments whose channel is mentioned when somebody must act: a failure, a refusal, a cluster that may be
half-way. What calls everybody for less is soon muted."""


def payload(outcome: Outcome, environment: str, who: str, run: Run | None) -> Payload:
    """Return the message, as Slack's webhook takes it."""
    symbol, word = _SYMBOL_AND_WORD[outcome.status]
    title = _cut(f"{environment}: {outcome.title or f'{outcome.kind} {word}'}", _TITLE_ROOM)
    text = _cut(outcome.text, _SECTION_ROOM)
    blocks: list[Block] = [HeaderBlock(text=f"{symbol} {title}")]
    if said := " ".join(filter(None, (_mention(outcome, environment), text))):
        blocks.append(SectionBlock(text=_markdown(said)))
    if fields := [_markdown(f"*{name}*\n{value}") for name, value in _fields(outcome, who, run)]:
        blocks.append(SectionBlock(fields=fields))
    for heading, lines in (
        ("", outcome.summary),
        ("*Scaling, simulated at the standard workloads*\n", outcome.scaling),
    ):
        if lines.strip():
            blocks.append(SectionBlock(text=_markdown(f"{heading}```{_lines(lines)}```")))
    return {"text": f"{symbol} {title}. {text}".rstrip(), "blocks": [_json(block) for block in blocks]}


def _mention(outcome: Outcome, environment: str) -> str:
    urgent = outcome.half_way or outcome.status in (Status.FAILURE, Status.REFUSED)
    return "<!channel>" if urgent and environment in _ALARMED else ""


def _fields(outcome: Outcome, who: str, run: Run | None) -> Iterator[tuple[str, str]]:
    if who:
        yield "Who", _cut(who, _FIELD_ROOM)
    if run:
        yield "Run", f"<{_escaped(run.url)}|{_cut(run.workflow or 'run', _FIELD_ROOM)}>"
    if outcome.url:
        yield "Address", f"<{_escaped(outcome.url)}>"
    if outcome.image:
        yield "Image", f"`{_cut(tag_of(outcome.image), _FIELD_ROOM)}`"
    if outcome.commit:
        yield "Commit", _commit(outcome.commit, run)


def _commit(commit: str, run: Run | None) -> str:
    short = _cut(commit[:10], _FIELD_ROOM)
    return f"<{run.commit_url(commit)}|{short}>" if run and _COMMIT.fullmatch(commit) else f"`{short}`"


def _lines(text: str) -> str:
    """Return as many whole lines as there is room for, and how many are left out."""
    lines = [_cut(line.rstrip(), _LINE_ROOM) for line in text.replace("```", "'''").strip("\n").splitlines()]
    shown = _fitting([f"{line}\n" for line in lines], _SECTION_ROOM)
    left_out = len(lines) - shown
    return "\n".join(lines[:shown] + ([f"... {left_out} more lines: see the run"] if left_out else []))


def _cut(text: str, room: int) -> str:
    """Return a text, escaped; what does not fit is left out, and dots say so."""
    characters = [_escaped(character) for character in text]
    shown = _fitting(characters, room)
    return "".join(characters[:shown]) + ("..." if shown < len(characters) else "")


def _fitting(parts: Sequence[str], room: int) -> int:
    """Return how many of the parts, from the first on, fit into a number of characters."""
    return sum(length <= room for length in accumulate(map(len, parts)))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json(block: Block) -> Payload:
    return cast("Payload", block.to_dict())  # pyright: ignore[reportUnknownMemberType] - slack_sdk only says `dict`


def _markdown(text: str) -> MarkdownTextObject:
    # Verbatim: Slack makes no links and no mentions out of what somebody wrote.
    return MarkdownTextObject(text=text, verbatim=True)
