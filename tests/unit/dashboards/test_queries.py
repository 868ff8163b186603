"""Every query of every panel, asked of a real Prometheus that holds three hours of a production that is played."""

import re
from collections.abc import Iterator

import pytest

from examx_constructs.dashboards import DashboardPanel, rows_of
from examx_constructs.monitoring.queue_metrics import page
from tests.unit.dashboards.programs import METRICS, TARGET
from tools import played

PANELS = [panel for row in rows_of(played.environment(), played.WATCHED) for panel in row.panels]
QUERIES = [pytest.param(query.expr, id=f"{panel.title}: {query.legend}") for panel in PANELS for query in panel.queries]
_SELECTED = re.compile(r"\b([a-zA-Z_:][\w:]*)\{([^}]*)\}")
_OWN = {each.name: TARGET | {"queue"} for each in vars(page).values() if isinstance(each, page.Metric)}
KNOWN = METRICS | _OWN


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


def test_what_is_played_is_what_programs_tell():
    for name, labels, _ in played.series():
        assert labels.keys() <= KNOWN[name], name


def panel(title: str) -> DashboardPanel:
    (found,) = (each for each in PANELS if each.title == title)
    return found
