"""A status in words: on a terminal, in a pipe, and for machines; and as docs/cluster.md shows it."""

import json
from dataclasses import fields, replace

import pytest

from examx_cli.status import screen, words
from examx_cli.status.document import document
from examx_cli.status.values import Unread
from tests.blocks import PROJECT, section
from tests.unit.cli.status.sample import STATUS

GUIDE = PROJECT / "docs" / "cluster.md"


def test_the_guide_shows_what_is_printed() -> None:
    (shown,) = (each for each in section(GUIDE, "Status") if each.language == "console")
    assert shown.text == f"$ examx status prod\n{screen.wrapped(words.lines(STATUS), 100).plain}\n"


@pytest.mark.parametrize("width", [40, 80, 100])
def test_a_narrow_terminal_breaks_lines_and_no_words(width: int) -> None:
    whole = screen.plain(words.lines(STATUS))
    narrow = screen.wrapped(words.lines(STATUS), width).plain
    assert narrow.split() == whole.split()
    assert all(len(line) <= width for line in narrow.splitlines() if len(line.split()) > 1)


def test_a_pipe_gets_each_line_whole() -> None:
    assert max(map(len, screen.plain(words.lines(STATUS)).splitlines())) > 100


def test_a_machine_gets_everything_and_why_the_rest_is_missing() -> None:
    told = json.loads(json.dumps(document(STATUS)))
    assert told.keys() == {each.name for each in fields(STATUS)}
    assert told["workloads"][1]["asks"][0] == {
        "metric": "queue default",
        "current": "271",
        "target": "10 a pod",
        "replicas": 28,
    }
    assert told["expiries"][1]["unread"].endswith("may not read their Secret")
    assert told["release"]["good"][0]["by"] == "ada"
    assert told["time"] == "2026-11-28T09:41:30+00:00"


def test_what_is_missing_is_said_in_its_place_and_keeps_nothing_else() -> None:
    no = Unread("this identity may not read it")
    nothing = replace(
        STATUS, release=no, workloads=[no], queues=[no], redis=[no], balancer=no, expiries=[no], warnings=no
    )
    told = screen.plain(words.lines(nothing))
    assert told.count("not known: this identity may not read it") == 7
    for title in ("release", "workloads", "queues", "redis", "load balancer", "certificates and secrets", "warnings"):
        assert f"\n{title}" in told
    assert "celery-beat" in screen.plain(words.lines(replace(STATUS, queues=[no])))


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172800, "2 d")]
)
def test_a_time_is_told_by_the_unit_that_counts(seconds: float, said: str) -> None:
    assert words.span(seconds) == said
