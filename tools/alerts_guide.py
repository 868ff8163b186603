"""The runbooks of docs/alerts.md: a table of all alerts, and a section for each, which its `runbook_url` leads to."""

import re
from collections.abc import Iterator

from examx_constructs.alerts import RUNBOOKS, alerts_of
from examx_constructs.alerts.alert import Alert
from examx_constructs.environments import load, read_images
from examx_constructs.settings import Alerting

_PART = re.compile(r"(?<=<!-- alerts -->\n).*?(?=<!-- /alerts -->)", re.DOTALL)


def filled(text: str) -> str:
    """Return a document with the runbooks made anew."""
    return _PART.sub(lambda _: "\n".join([*_lines(), ""]), text) if _PART.search(text) else text


def _lines() -> Iterator[str]:
    first = _firsts()
    yield from ("| alert | severity | lasts | needs |", "|---|---|---|---|")
    for each in RUNBOOKS:
        severity, lasts = (
            (first[each.name].severity, first[each.name].lasts) if each.name in first else ("ticket", "2h")
        )
        yield f"| [{each.name}](#{each.anchor}) | {severity} | {lasts} | {each.needs} |"
    for each in RUNBOOKS:
        yield from ("", f"## {each.name}", "", each.means, "", "Look:", "", "```text", *each.look, "```", "")
        yield f"Mend: {each.mend}"
        if each.name in first:
            yield from ("", "In `prod`:", "", "```text", first[each.name].expr, "```")


def _firsts() -> dict[str, Alert]:
    """Return the first alert of each kind that production has; it has no end, as an environment of a branch has."""
    prod = next(each for each in load(read_images()) if each.name == "prod")
    firsts: dict[str, Alert] = {}
    for each in alerts_of(prod, Alerting()):
        firsts.setdefault(each.runbook.name, each)
    return firsts
