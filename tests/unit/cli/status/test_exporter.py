"""What `examx status` reads of the exporter of queue metrics, off the page that the exporter makes."""

import pytest

from examx_cli.status import screen, words
from examx_cli.status.exporter import Told, read
from examx_cli.status.queues import with_rates, with_told
from examx_cli.status.values import Queue, Unread
from examx_constructs.monitoring.queue_metrics.broker import Look
from examx_constructs.monitoring.queue_metrics.page import Queue as Drained
from examx_constructs.monitoring.queue_metrics.page import page

DRAINED = [Drained("celery-default", ["default", "late"]), Drained("celery-ai", ["ai"])]
LISTS: list[str] = ["default", "late", "ai"]
LENGTHS: list[Queue | Unread] = [Queue("default", "celery-default", 31), Queue("ai", "celery-ai", 0)]


def look(**growth: float) -> Look:
    nothing: dict[str, int] = dict.fromkeys(LISTS, 0)
    ages: dict[str, float] = {"default": 754.25, "late": 0.0, "ai": 1e-05}
    return Look(0, {**nothing, "default": 31}, ages, nothing, nothing, nothing, growth)


def lines(queues: list[Queue | Unread]) -> str:
    return screen.plain(words.queue_lines(queues))


def test_ages_and_growth_are_read_off_its_page() -> None:
    told = read(
        page("shop", DRAINED, look(default=-12.5, late=0.0, ai=3.0), {"celery-default": (1, 1), "celery-ai": (0, 0)})
    )
    assert told == Told({"default": 754.25, "late": 0, "ai": 1e-05}, {"default": -12.5, "late": 0, "ai": 3})
    assert not isinstance(told, Unread)
    assert lines(with_told(LENGTHS, told)).splitlines() == [
        "  default  31 waiting, shrinks by 12 a minute, the oldest 12 min old",
        "  ai       0 waiting, grows by 3 a minute",
    ]


def test_growth_is_not_told_right_after_its_start_and_two_looks_of_ours_tell_it() -> None:
    told = read(page("shop", DRAINED, look(), None))
    assert not isinstance(told, Unread)
    assert told.rates == {}
    queues = with_told(LENGTHS, told)
    assert "minute" not in lines(queues)
    earlier: list[Queue | Unread] = [Queue("default", "celery-default", 21)]
    assert "grows by 20 a minute, the oldest 12 min old" in lines(with_rates(queues, earlier, 30))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            page("shop", DRAINED, None, None),
            "celery-queue-metrics cannot read Redis (examx_queue_exporter_up is 0): its log says why",
        ),
        ("<html>a proxy</html>", "celery-queue-metrics answers without examx_queue_exporter_up"),
        ("", "celery-queue-metrics answers without examx_queue_exporter_up"),
    ],
    ids=["without Redis", "somebody else", "nothing"],
)
def test_what_tells_nothing_is_said_once_and_lengths_stay(answer: str, why: str) -> None:
    told = read(answer)
    assert told == Unread(why)
    shown = lines(with_told(LENGTHS, told))
    assert shown.count(why) == 1
    assert "default  31 waiting" in shown


def test_a_list_that_it_does_not_know_is_said() -> None:
    told = Told({"default": 3.0}, {})
    assert "age of the oldest task of ai not known: the exporter of queue metrics does not know the list" in lines(
        with_told(LENGTHS, told)
    )


def test_an_age_is_shown_where_the_length_is_not_known() -> None:
    unread: list[Queue | Unread] = [Queue("default", "celery-default", Unread("KEDA is away"))]
    assert lines(with_told(unread, Told({"default": 130.0}, {"default": 4.0}))).splitlines() == [
        "  default  length not known: KEDA is away, grows by 4 a minute, the oldest 2 min old"
    ]
