"""Every query of every panel, asked of a real Prometheus that holds three hours of a production that is played."""

import math
import re
from collections.abc import Iterator

import pytest

from examx_constructs.dashboards import DashboardPanel, rows_of
from examx_constructs.monitoring.queue_metrics import page
from tests.dashboards.programs import METRICS, TARGET
from tools import played
from tools.prometheus import Prometheus, installed, serving

PANELS = [panel for row in rows_of(played.environment(), played.WATCHED) for panel in row.panels]
QUERIES = [pytest.param(query.expr, id=f"{panel.title}: {query.legend}") for panel in PANELS for query in panel.queries]
_SELECTED = re.compile(r"\b([a-zA-Z_:][\w:]*)\{([^}]*)\}")
_OWN = {each.name: TARGET | {"queue"} for each in vars(page).values() if isinstance(each, page.Metric)}
KNOWN = METRICS | _OWN


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    if not installed():
        pytest.skip("no prometheus with its promtool is on the PATH (Debian's package prometheus has both)")
    with serving(tmp_path_factory.mktemp("prometheus"), played.openmetrics()) as server:
        yield server


def asked(query: str) -> Iterator[tuple[str, set[str]]]:
    """The metrics of a query, each with the labels that it is asked by."""
    for name, matchers in _SELECTED.findall(query):
        yield name, set(re.findall(r"(\w+)\s*[=!]", matchers))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_what_a_program_tells_by_labels_that_it_has(query: str):
    metrics = list(asked(query))
    assert metrics
    for name, labels in metrics:
        assert name in KNOWN
        assert labels <= KNOWN[name], name
        assert {"namespace", "exported_namespace"} & labels, f"{name} is asked of all namespaces"
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"\b(?:by|on) \(([^)]*)\)", query))))
    assert grouped <= set().union(*(KNOWN[name] for name, _ in metrics))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_has_an_answer(prometheus: Prometheus, query: str):
    found = prometheus.over(query, played.START + 3600, played.END, 60)
    assert found, "a panel without data looks like a calm one"
    assert all(math.isfinite(value) for each in found for _, value in each.values)


def test_what_is_played_is_what_programs_tell():
    for name, labels, _ in played.series():
        assert labels.keys() <= KNOWN[name], name


def panel(title: str) -> DashboardPanel:
    (found,) = (each for each in PANELS if each.title == title)
    return found


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
