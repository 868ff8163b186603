"""The order of the steps, and what belongs to which."""

from examx_constructs.manifests import ObjectId
from tests.unit.cli.adopt.support import autoscaler, deployment, item, planned, service, worker

HERE, THERE = "redis://redis.example.com:6379/0", "redis://redis.shop.svc.cluster.local:6379/0"
BEAT = deployment("beat", command=["celery", "-A", "shop", "beat"])
WEB = [deployment("web"), service("web", "web", 80), autoscaler("web-pod-autoscaler", "web")]
INGRESS = item("Ingress", "shop", {"rules": []})
DENY = item("NetworkPolicy", "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
NAMESPACE = item("Namespace", "shop")


def _names(today: list[dict[str, object]], wanted: list[dict[str, object]]) -> list[str]:
    return [each.name for each in planned(today, wanted).steps]


def test_what_serves_comes_first_and_what_could_harm_comes_last() -> None:
    wanted = [NAMESPACE, DENY, item("ConfigMap", "c"), *WEB, worker("slow", "slow", redis=HERE), BEAT, INGRESS]
    assert _names([worker("slow", "slow", redis=HERE)], wanted) == [
        "record",
        "foundation",
        "workload/web",
        "workload/slow",
        "workload/beat",
        "ingress",
        "policies",
        "finish",
    ]


def test_where_redis_moves_our_workers_are_there_first_and_the_old_ones_stay_until_it_is_drained() -> None:
    redis = item("StatefulSet", "redis", {"selector": {"matchLabels": {"app": "redis"}}})
    wanted = [NAMESPACE, *WEB, worker("slow", "slow", redis=THERE), redis, BEAT]
    assert _names([worker("slow", "slow", redis=HERE)], wanted) == [
        "record",
        "foundation",
        "redis",
        "workload/slow",
        "workload/web",
        "workload/beat",
        "drain",
        "end/slow",
        "policies",
        "finish",
    ]


def test_services_and_autoscalers_belong_to_their_workload() -> None:
    made = planned([], WEB)
    (group,) = made.parts.deployments.values()
    assert [ObjectId.of(each).kind for each in group] == ["Deployment", "Service", "HorizontalPodAutoscaler"]
    assert made.parts.foundation == ()


def test_a_policy_for_our_pods_alone_comes_early_one_for_pods_of_today_late() -> None:
    def policy(name: str, app: str) -> dict[str, object]:
        return item("NetworkPolicy", name, {"podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Ingress"]})

    made = planned([deployment("web")], [policy("ours", "redis"), policy("theirs", "web")])
    assert [ObjectId.of(each).name for each in made.parts.foundation] == ["ours"]
    assert [ObjectId.of(each).name for each in made.parts.last] == ["theirs"]
