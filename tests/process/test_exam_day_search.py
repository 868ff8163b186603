"""The search finds the figures of the exam day."""

import pytest

from tests.guides import PROJECT
from tests.unit.test_exam_day import found, pytestmark
from tools import exam_day
from tools.exam_day import TUNED, Outcome

__all__ = ["found", "pytestmark"]


@pytest.mark.long
@pytest.mark.parametrize("queue", [*TUNED])
def test_the_search_finds_these_figures(found: list[Outcome], queue: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(PROJECT)
    assert exam_day.search(queue, exam_day.level(queue, found)).best.settings == TUNED[queue]
