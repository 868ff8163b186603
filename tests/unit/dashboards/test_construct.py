"""The ConfigMap that Grafana's sidecar finds, and what is refused before it is made."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from cdk8s import App, Chart

from examx_constructs import Dashboard, DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import ConfigurationError, Dashboards, Duration
from tests.unit.settings.support import refusal

QUERY = DashboardQuery(expr='up{namespace="team-a"}', legend="{{pod}}")
PANEL = DashboardPanel(title="Up", means="1: it answers.", unit="short", queries=(QUERY,))
ROW = DashboardRow(title="Now", panels=(PANEL,))


def rendered(namespace: str = "team-a", **more: Any) -> dict[str, Any]:
    chart = Chart(App(), "team", namespace=namespace)
    Dashboard(chart, "dashboard", **{"name": "team-dashboard", "title": "Team", "rows": [ROW], **more})
    (found,) = chart.to_json()
    return found


def test_the_smallest_has_the_label_of_the_sidecar_and_a_file_of_its_own():
    made = rendered()
    assert (made["kind"], made["metadata"]) == (
        "ConfigMap",
        {"labels": {"grafana_dashboard": "1"}, "name": "team-dashboard", "namespace": "team-a"},
    )
    # The sidecar puts the files of all namespaces into one directory.
    ((name, text),) = made["data"].items()
    dashboard = json.loads(text)
    assert (name, dashboard["uid"], dashboard["title"]) == (
        "team-a.team-dashboard.json",
        "team-a_team-dashboard",
        "Team",
    )
    assert [each["title"] for each in dashboard["panels"]] == ["Now", "Up"]


def test_the_fullest_says_where_it_is_listed():
    settings = Dashboards(labels={"dashboards": "exams"}, folder="Exams", folder_annotation="example.com/folder")
    metadata = rendered(settings=settings, labels={"app": "team"})["metadata"]
    assert metadata["labels"] == {"app": "team", "dashboards": "exams"}
    assert metadata["annotations"] == {"example.com/folder": "Exams"}


def test_a_long_namespace_has_a_uid_that_grafana_takes():
    one, other = (json.loads(next(iter(rendered(name)["data"].values())))["uid"] for name in ("a" * 63, "a" * 62))
    assert len(one) == len(other) == 40
    assert one != other


def test_what_kubernetes_would_not_take_is_refused():
    wide = DashboardRow(title="All", panels=(PANEL,) * 1200)
    message = refusal(lambda: rendered(rows=[wide]))
    assert message.startswith('Dashboard.rows is "1 rows of 1200 panels"; they are ')
    assert message.endswith(" bytes, the most is 1048576: Kubernetes takes no larger ConfigMap")


def test_without_grafanas_types_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "examx_constructs.monitoring.grafana", raising=False)
    for each in ("grafana_foundation_sdk", "grafana_foundation_sdk.builders"):
        monkeypatch.setitem(sys.modules, each, None)
    with pytest.raises(ConfigurationError, match=r"not installed, which makes dashboards; install .*\[dashboards\]$"):
        rendered()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: rendered(rows=[]), "Dashboard.rows is (); it must have one"),
        (lambda: rendered(name="Team"), 'Dashboard.name is "Team"; it must be a DNS label'),
        (
            lambda: DashboardPanel(title="Up", means="?", unit="short", queries=()),
            "DashboardPanel.queries is (); it must have one: there is nothing to show of Up",
        ),
        (lambda: Dashboards(folder="../etc"), 'Dashboards.folder is "../etc"; it must be one folder'),
        (lambda: Dashboards(labels={}), "Dashboards.labels is {}; it must have one"),
        (lambda: Dashboards(labels={"a b": "1"}), 'Dashboards.labels key is "a b"; it must be a label key'),
        (lambda: Dashboards(labels={"a": "1 2"}), 'Dashboards.labels[a] is "1 2"; it must be a label value'),
        (lambda: Dashboards(folder_annotation="a b"), 'Dashboards.folder_annotation is "a b"; it must be'),
        (lambda: Dashboards(refresh=Duration("1s")), "Dashboards.refresh is 1s; it must be from 5s to 3600s"),
        (lambda: Dashboards(shows=Duration("30s")), "Dashboards.shows is 30s; it must be from 60s to 604800s"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(make: Callable[[], object], told: str):
    message = refusal(make)
    assert message.startswith(told)
    assert "\n" not in message
