"""What becomes of each object."""

import pytest

from examx_cli.adopt.verdicts import Verdict
from examx_cli.errors import CommandError
from tests.unit.cli.adopt.support import autoscaler, changed, deployment, entry, item, planned, service, worker

REDIS = "redis://redis.example.com:6379/0"
STOPS = {"preStop": {"exec": {"command": ["sleep", "10"]}}}
OURS = deployment(
    "web", pod={"terminationGracePeriodSeconds": 210}, ports=[{"name": "http", "containerPort": 8080}], lifecycle=STOPS
)
TODAY = deployment("web", replicas=2, ports=[{"containerPort": 80}])


def test_what_is_as_rendered_is_the_same() -> None:
    plan = planned([service("web", "web", "http")], [service("web", "web", "http")])
    assert entry(plan, "Service web").verdict is Verdict.SAME


def test_what_is_not_there_is_new() -> None:
    assert entry(planned([], [service("web", "web", "http")]), "Service web").verdict is Verdict.NEW


def test_a_backend_that_listens_elsewhere_is_replaced_with_every_reason() -> None:
    plan = planned([TODAY, service("web", "web", 80)], [OURS, service("web", "web", "http")])
    found = entry(plan, "Deployment web")
    assert found.verdict is Verdict.REPLACED
    assert "killed 30 s after" in found.why[0]
    assert "no preStop pause" in found.why[1]
    assert found.why[2].startswith("Service web leads to port 80 today and to 8080 then")


def test_a_backend_without_pods_is_changed_in_place() -> None:
    today = changed(TODAY, {"spec": {"replicas": 0}})
    plan = planned([today, service("web", "web", 80)], [OURS, service("web", "web", "http")])
    assert entry(plan, "Deployment web").verdict is Verdict.CHANGED


def test_a_backend_that_ends_as_well_as_ours_is_changed_in_place() -> None:
    today = changed(OURS, {"spec": {"replicas": 3, "minReadySeconds": 7}})
    plan = planned([today, service("web", "web", "http")], [OURS, service("web", "web", "http")])
    assert entry(plan, "Deployment web").verdict in (Verdict.SAME, Verdict.CHANGED)


def test_another_selector_is_a_replacement_even_without_pods() -> None:
    today = changed(TODAY, {"spec": {"replicas": 0, "selector": {"matchLabels": {"tier": "x"}}}})
    plan = planned([today], [OURS])
    assert entry(plan, "Deployment web").verdict is Verdict.REPLACED
    assert not plan.refusals


def test_a_worker_whose_grace_period_is_short_is_replaced() -> None:
    plan = planned([worker("slow", "slow", redis=REDIS)], [worker("slow", "slow", redis=REDIS, grace=900)])
    assert entry(plan, "Deployment slow").why[0].endswith("a rolling update would lose tasks")


def test_beat_is_changed_in_place_only_where_no_two_would_run() -> None:
    command = ["celery", "-A", "shop", "beat"]
    today = deployment("beat", replicas=1, command=command)
    rolling = deployment("beat", command=[*command, "-l", "info"])
    recreated = changed(rolling, {"spec": {"strategy": {"type": "Recreate"}}})
    assert entry(planned([today], [recreated]), "Deployment beat").verdict is Verdict.CHANGED
    assert "never two at once" in entry(planned([today], [rolling]), "Deployment beat").why[-1]


def test_an_autoscaler_of_another_name_on_our_target_goes() -> None:
    plan = planned([TODAY, autoscaler("old", "web")], [OURS, autoscaler("web-pod-autoscaler", "web")])
    assert entry(plan, "HorizontalPodAutoscaler old").verdict is Verdict.REMOVED


def test_an_autoscaler_of_anothers_target_stays() -> None:
    plan = planned([autoscaler("other", "other")], [autoscaler("web-pod-autoscaler", "web")])
    assert entry(plan, "HorizontalPodAutoscaler other").verdict is Verdict.LEFT


def test_a_second_budget_on_our_pods_goes() -> None:
    def budget(name: str, app: str) -> dict[str, object]:
        return item("PodDisruptionBudget", name, {"selector": {"matchLabels": {"app": app}}})

    plan = planned([TODAY, budget("old", "web"), budget("other", "other")], [OURS, budget("web", "web")])
    assert entry(plan, "PodDisruptionBudget old").verdict is Verdict.REMOVED
    assert entry(plan, "PodDisruptionBudget other").verdict is Verdict.LEFT


def test_a_config_map_goes_only_when_nothing_that_stays_mounts_it() -> None:
    mounts = {"spec": {"template": {"spec": {"volumes": [{"name": "c", "configMap": {"name": "nginx"}}]}}}}
    config = {**item("ConfigMap", "nginx"), "data": {}}
    unused = {**item("ConfigMap", "unused"), "data": {}}
    plan = planned([changed(TODAY, mounts), config, unused], [OURS])
    assert entry(plan, "ConfigMap nginx").verdict is Verdict.REMOVED
    assert entry(plan, "ConfigMap unused").verdict is Verdict.LEFT
    guest = changed(deployment("guest"), mounts)
    plan = planned([changed(TODAY, mounts), guest, config], [OURS])
    assert entry(plan, "ConfigMap nginx").why == ("guest uses it",)


def test_secrets_and_claims_of_others_stay() -> None:
    plan = planned([item("Secret", "keys"), item("PersistentVolumeClaim", "data", {})], [OURS])
    assert entry(plan, "Secret keys").verdict is Verdict.LEFT
    assert entry(plan, "PersistentVolumeClaim data").why == ("it holds data",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "it must be KIND/NAME"),
        ("Deployment/missing", "there is no such object in shop"),
        ("secret/keys", "a Secret is never removed here"),
        ("Deployment/web", "this environment renders it"),
        ("ServiceAccount/guest", "Deployment guest needs it and stays"),
    ],
)
def test_what_must_not_be_removed_is_told_in_one_line(name: str, said: str) -> None:
    guest = changed(deployment("guest"), {"spec": {"template": {"spec": {"serviceAccountName": "guest"}}}})
    today = [TODAY, guest, item("ServiceAccount", "guest"), item("Secret", "keys")]
    with pytest.raises(CommandError, match=said) as caught:
        planned(today, [OURS], name)
    assert "\n" not in str(caught.value)


def test_what_scales_a_removed_workload_goes_with_it() -> None:
    plan = planned([deployment("guest"), autoscaler("guest", "guest")], [OURS], "deployment/guest")
    assert entry(plan, "HorizontalPodAutoscaler guest").verdict is Verdict.REMOVED
