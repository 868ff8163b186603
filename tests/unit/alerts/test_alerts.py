"""Each alert fires when it should and is silent when it should be, as Prometheus itself reads the rules."""

import pytest
from attrs import evolve
from cdk8s import App, Chart

from examx_constructs.alerts import RUNBOOKS, alerts_of
from examx_constructs.monitoring.alert_rules import AlertRules
from examx_constructs.settings import (
    Alerting,
    Duration,
    Environment,
    Monitoring,
    Replicas,
    ServiceLevel,
    SettingError,
    StandardBurst,
)
from examx_constructs.settings.naming import EXPIRES_ANNOTATION
from tests.unit.alerts.cases import CASES, NAMESPACE
from tests.unit.settings.samples import ENVIRONMENT, INGRESS, QUEUE, REPLICATED


def environment() -> Environment:
    """One that every kind of alert is made of."""
    level = ServiceLevel(wait_p95=Duration("60s"), task=Duration("2s"), workloads=(StandardBurst(tasks=100),))
    return evolve(
        ENVIRONMENT,
        namespace=NAMESPACE,
        annotations={EXPIRES_ANNOTATION: "1970-01-01T01:00:00Z"},
        ingress=evolve(INGRESS, host="exams.example.com", other_hosts=("*.exams.example.com",)),
        queues=(evolve(QUEUE, replicas=Replicas.between(2, 20)),),
        redis=REPLICATED,
        service_levels={"default": level},
    )


def rendered(alerting: Alerting) -> dict[str, object]:
    chart = Chart(App(), "alerts", namespace=NAMESPACE)
    AlertRules(chart, "rules", name="alerts", alerts=tuple(alerts_of(environment(), alerting)), alerting=alerting)
    return chart.to_json()[0]


def test_every_kind_of_alert_has_a_case_that_fires_and_one_that_does_not():
    names = {each.name for each in RUNBOOKS}
    assert {each.runbook.name for each in alerts_of(environment(), Alerting())} == names
    for fires in (True, False):
        assert {each.alert for each in CASES if each.fires is fires} == names


def test_an_alert_carries_what_routes_it_and_what_helps():
    made = rendered(Alerting(runbooks="https://wiki.example.com/alerts#", labels={"team": "exams"}))
    rules = made["spec"]["groups"][0]["rules"]  # pyright: ignore[reportIndexIssue] - JSON
    first = rules[0]
    assert first["labels"] == {
        "namespace": NAMESPACE,
        "queue": "default",
        "severity": "page",
        "team": "exams",
        "worker": "celery-worker",
    }
    assert first["annotations"]["runbook_url"] == "https://wiki.example.com/alerts#queuewithoutworker"
    assert {rule["labels"]["severity"] for rule in rules} == {"page", "ticket"}
    assert all(rule["annotations"]["summary"] and rule["annotations"]["description"] for rule in rules)


def test_a_figure_of_the_environment_is_what_an_alert_measures_against():
    busier = evolve(environment(), queues=(evolve(QUEUE, replicas=Replicas.between(2, 31)),))
    drifted = [each.expr for each in alerts_of(busier, Alerting()) if each.runbook.name == "ScalingBoundsDrifted"]
    assert any("!= 31" in each for each in drifted)


def test_what_is_not_scraped_has_no_alerts():
    bare = Monitoring(queues=None, redis=None, application_path=None, nginx=None)
    names = {each.runbook.name for each in alerts_of(evolve(environment(), monitoring=bare), Alerting())}
    assert not {name for name in names if name.startswith(("Queue", "Oldest", "Redis", "Sentinel", "Backend"))}
    assert "BeatSilent" in names


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"runbooks": "docs/alerts.md"}, "Alerting.runbooks"),
        ({"labels": {"severity": "low"}}, "Alerting.labels key"),
        ({"labels": {"a-b": "x"}}, "Alerting.labels key"),
        ({"labels": {"team": "the exams"}}, r"Alerting.labels\[team\]"),
        ({"error_percent": 0}, "Alerting.error_percent"),
        ({"memory_percent": 101}, "Alerting.memory_percent"),
        ({"certificate_days": 0}, "Alerting.certificate_days"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused(settings: dict[str, object], message: str):
    with pytest.raises(SettingError, match=message):
        Alerting(**settings)  # pyright: ignore[reportArgumentType] - refused at run time
