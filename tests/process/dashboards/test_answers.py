"""Every query of every panel, asked of a real Prometheus that holds three hours of a production that is played."""

import math
from collections.abc import Iterator

import pytest

from tests.unit.dashboards.test_queries import PANELS, QUERIES, panel
from tools import played
from tools.prometheus import Prometheus, installed, serving


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    if not installed():
        pytest.skip("no prometheus with its promtool is on the PATH (Debian's package prometheus has both)")
    with serving(tmp_path_factory.mktemp("prometheus"), played.openmetrics()) as server:
        yield server


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_has_an_answer(prometheus: Prometheus, query: str):
    found = prometheus.over(query, played.START + 3600, played.END, 60)
    assert found, "a panel without data looks like a calm one"
    assert all(math.isfinite(value) for each in found for _, value in each.values)


def last(prometheus: Prometheus, title: str, at: float, number: int = 0) -> dict[tuple[str, ...], float]:
    found = prometheus.instant(panel(title).queries[number].expr, at)
    return {tuple(sorted(each.labels.values())): each.values[0][1] for each in found}


def test_the_panels_tell_what_happened(prometheus: Prometheus):
    """At the top of the burst: what waits, for how long, and which metric asks for how many pods."""
    at = played.START + 7200 + 30
    waits = last(prometheus, "Oldest task of default", at)[()]
    assert 20 < waits <= 45
    assert last(prometheus, "Longest wait, of its promise", at)[()] == pytest.approx(100 * waits / 60)
    queue = played.environment().queues[0]
    why = last(prometheus, f"Why {queue.worker} has so many", at)
    replicas = last(prometheus, f"Replicas of {queue.worker}", at, 1)[()]
    waiting = last(prometheus, "Tasks of default", at)[()]
    assert why[("average", "s0-redis-default")] == pytest.approx(waiting / queue.list_length)
    assert max(why.values()) == why[("average", "s0-redis-default")] > replicas
    assert last(prometheus, "Pods that are missing", at)[()] > 0
    assert last(prometheus, "Alerts that fire", at)[()] == 1


def test_an_empty_database_leaves_no_figure_that_looks_well(prometheus: Prometheus):
    """Before anything was scraped: no panel shows a number, but for those where nothing is a number too."""
    told = {each.title: prometheus.instant(each.queries[0].expr, played.START - 7200) for each in PANELS}
    assert {title for title, found in told.items() if found} == {
        "Alerts that fire",
        "Beat",
        "Followers that lost their leader",
    }
