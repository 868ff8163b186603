"""A status on a real terminal: colours, each look in the place of the one before, and an end by Ctrl-C."""

from dataclasses import replace

import pytest

from examx_cli.status import screen, words
from examx_cli.status.values import Queue, Status, Unread, Workload
from examx_cli.status.words import Tone
from tests.unit.cli.status.sample import STATUS

BUSY = replace(
    STATUS,
    workloads=[
        *(
            Workload("Deployment", f"celery-{number}", 2, 2, 1, 4, why="as many as its queue asks for")
            for number in range(9)
        ),
        *STATUS.workloads,
    ],
    queues=[Queue(f"queue-{number}", "celery", number, oldest=Unread("no pod of it runs")) for number in range(8)],
)


def fitted(status: Status, width: int, height: int) -> list[str]:
    found = screen.fitting([*words.lines(status)], width, height, "see `examx status prod`")
    return screen.wrapped(found, width).plain.splitlines()


@pytest.mark.parametrize("height", [12, 16, 23, 30, 40])
def test_what_matters_fits_the_height_and_the_rest_is_counted(height: int) -> None:
    shown = fitted(BUSY, 120, height)
    assert len(shown) <= height
    everything = [each for each in words.lines(BUSY) if each.text and each.tone is not Tone.TITLE]
    titles = [each.text for each in words.lines(BUSY) if each.tone is Tone.TITLE]
    there = sum(line not in titles for line in shown[:-1] if not line.startswith("      "))
    assert shown[0].startswith("prod: examxv2-production in prod-cluster")
    left = len(everything) - there
    assert shown[-1].startswith(f"{left} more lines"), shown
    assert shown[-1].endswith("; see `examx status prod`")
    if height >= 23:
        trouble = [each.text for each in everything if each.tone is Tone.TROUBLE]
        assert all(any(each[:60] in line for line in shown) for each in trouble)
        assert "of them trouble" not in shown[-1]
    assert [each for each in titles if each in shown] == [each for each in shown if each in titles], "in their order"


def test_trouble_that_does_not_fit_is_counted_by_itself() -> None:
    assert "of them trouble; see `examx status prod`" in fitted(BUSY, 120, 5)[-1]


def test_lines_between_go_first_and_nothing_is_cut_where_all_fits() -> None:
    whole = screen.wrapped(words.lines(STATUS), 120).plain.splitlines()
    assert fitted(STATUS, 120, len(whole)) == whole
    close = [each for each in whole if each]
    assert fitted(STATUS, 120, len(close)) == close
    assert "more line" in fitted(STATUS, 120, len(close) - 1)[-1]


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_narrow_terminal_is_not_overrun(width: int) -> None:
    for height in range(6, 40):
        assert len(fitted(BUSY, width, height)) <= height
