"""An examination, for people, for a comment in Markdown, and for programs."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from examx_cli.doctor.verdict import State, Verdict

_SIGNS = {State.OK: "ok      ", State.MISSING: "MISSING ", State.UNKNOWN: "unknown "}
_INDENT = " " * 10


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return how many preconditions hold, are missing, and cannot be told."""
    count = {state: sum(each.state is state for each in verdicts) for state in State}
    return f"{count[State.OK]} hold, {count[State.MISSING]} are missing, {count[State.UNKNOWN]} cannot be told"


def text(where: str, verdicts: Sequence[Verdict]) -> str:
    """Return a line for each precondition; below those that do not hold, what breaks and what to do."""
    return "\n".join(_lines(where, verdicts))


def _lines(where: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield where
    for topic, found in groupby(verdicts, lambda each: each.topic):
        yield ""
        yield f"{topic}"
        for each in found:
            yield f"  {_SIGNS[each.state]}{each.what}: {each.said}"
            if each.state is not State.OK:
                yield f"{_INDENT}without it: {each.breaks}"
                yield f"{_INDENT}to do: {each.mend}"
    yield ""
    yield summary(verdicts)


def markdown(where: str, verdicts: Sequence[Verdict]) -> str:
    """Return a table of what does not hold, and the names of what does.

    What a cluster says cannot end a cell or a span.
    """
    wrong = [each for each in verdicts if each.state is not State.OK]
    lines = [f"### {_code(where)}", "", f"{summary(verdicts)}.", ""]
    if wrong:
        lines += ["| | precondition | what the cluster says | without it | to do |", "|---|---|---|---|---|"]
        lines += [
            f"| **{each.state}** | {each.topic}: {each.what} | {_code(each.said)} | {_plain(each.breaks)} "
            f"| {_code(each.mend)} |"
            for each in wrong
        ]
        lines.append("")
    held = ", ".join(f"{each.topic}: {each.what}" for each in verdicts if each.state is State.OK)
    return "\n".join([*lines, f"These hold: {held or 'none'}.", ""])


def _code(said: str) -> str:
    """Return a span of code that its text cannot end, in a table or outside of one."""
    line = " ".join(said.split()).replace("|", "\\|")
    longest = max((len(each) for each in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _plain(said: str) -> str:
    return said.replace("|", "\\|").replace("`", "'")


def document(environment: str, cluster: str, namespace: str, verdicts: Sequence[Verdict]) -> dict[str, object]:
    """Return everything, for `--format json`."""
    return {
        "environment": environment,
        "cluster": cluster,
        "namespace": namespace,
        "counts": {state.value: sum(each.state is state for each in verdicts) for state in State},
        "preconditions": [
            {
                "topic": each.topic,
                "what": each.what,
                "state": each.state.value,
                "said": each.said,
                "breaks": each.breaks,
                "mend": each.mend,
            }
            for each in verdicts
        ],
    }
