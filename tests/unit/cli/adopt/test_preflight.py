"""What is in the way, and what somebody should know."""

import pytest

from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION
from tests.unit.cli.adopt.support import changed, deployment, item, planned, refusals, service, warnings, worker

NAMESPACE = item("Namespace", "shop", labels={"pod-security.kubernetes.io/enforce": "restricted"})
BASELINE = item("Namespace", "shop", labels={"pod-security.kubernetes.io/enforce": "baseline"})
DENY = item("NetworkPolicy", "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
GUESTS = item(
    "NetworkPolicy",
    "guests",
    {
        "podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["guest"]}]},
        "policyTypes": ["Ingress", "Egress"],
        "egress": [{}],
        "ingress": [{}],
    },
)
HERE, THERE = "redis://redis.example.com:6379/0", "redis://redis.shop.svc.cluster.local:6379/0"


def test_root_pods_that_stay_are_refused_where_restricted_is_enforced() -> None:
    (found,) = refusals(planned([deployment("guest")], [NAMESPACE]))
    assert found.startswith("Deployment guest: the namespace enforces restricted")
    assert "Environment.guests" in found
    assert "--remove Deployment/guest" in found
    assert "\n" not in found


def test_baseline_takes_them() -> None:
    assert not refusals(planned([deployment("guest")], [BASELINE]))


def test_baseline_takes_no_host_path() -> None:
    guest = deployment("guest", pod={"volumes": [{"name": "host", "hostPath": {"path": "/"}}]})
    assert "a hostPath volume" in refusals(planned([guest], [BASELINE]))[0]


def test_what_is_removed_stands_in_nobodys_way() -> None:
    assert not refusals(planned([deployment("guest")], [NAMESPACE, DENY], "Deployment/guest"))


def test_default_deny_needs_a_policy_for_guests() -> None:
    assert "cut its pods off" in refusals(planned([deployment("guest")], [DENY]))[0]
    assert not refusals(planned([deployment("guest")], [DENY, GUESTS]))


def test_a_foreign_worker_may_not_be_left_behind_at_the_old_redis() -> None:
    today = [worker("default", "default", redis=HERE), worker("guest", "exams", redis=HERE)]
    (found,) = refusals(planned(today, [worker("default", "default", redis=THERE, grace=150)]))
    assert found.startswith("Deployment guest: it would go on reading exams from the Redis of today")
    assert "ExternalRedis" in found


def test_a_redis_that_stays_hurts_no_foreign_worker() -> None:
    today = [worker("default", "default", redis=HERE), worker("guest", "exams", redis=HERE)]
    assert not refusals(planned(today, [worker("default", "default", redis=HERE)]))


LOGS_IN = HERE.replace("redis://", "redis://application:$(REDIS_PASSWORD)@")
SERVER = item("StatefulSet", "redis", {}, annotations={MADE_SECRET_ANNOTATION: "redis-auth"})


@pytest.mark.parametrize(
    ("today", "who"),
    [(HERE, "nobody"), (HERE.replace("redis://", "redis://:secret@"), "default")],
    ids=["no login", "a password alone"],
)
def test_a_redis_that_gets_users_locks_pods_of_today_out(today: str, who: str) -> None:
    ours = [worker("default", "default", redis=LOGS_IN), SERVER]
    (found,) = refusals(planned([worker("default", "default", redis=today)], ours))
    assert found.startswith(f"Deployment default: its pods of today log in to redis.example.com:6379 as {who}")
    assert "secret" not in found
    assert not refusals(planned([worker("default", "default", redis=LOGS_IN)], ours)), "it is as ours already"
    without = [worker("default", "default", redis=LOGS_IN)]
    assert not refusals(planned([worker("default", "default", redis=today)], without)), "that server is another's"


def test_where_only_the_env_file_knows_an_external_redis_is_taken_for_the_same() -> None:
    plan = planned([worker("default", "default")], [worker("default", "default", redis=HERE)])
    assert not plan.redis.moves
    assert "make sure that it is redis.example.com:6379" in warnings(plan)[0]


def test_where_only_the_env_file_knows_a_redis_of_ours_is_a_move() -> None:
    assert planned([worker("default", "default")], [worker("default", "default", redis=THERE)]).redis.moves


def test_two_beats_are_refused() -> None:
    beat = deployment("beat", command=["celery", "-A", "shop", "beat"])
    other = deployment("scheduler", command=["sh", "-c", "exec celery -A shop worker -B"])
    assert "runs beat too" in refusals(planned([other], [beat]))[0]


def test_a_service_that_leads_to_others_is_refused() -> None:
    found = refusals(planned([deployment("redis"), service("redis", "redis", 6379)], [service("redis", "redis", 6379)]))
    assert found[0].startswith("Service redis: it leads to the pods of Deployment redis, and would lead to ours")


def _ingress(name: str, host: str, backend: str) -> dict[str, object]:
    path = {"path": "/", "backend": {"service": {"name": backend}}}
    return item("Ingress", name, {"rules": [{"host": host, "http": {"paths": [path]}}]})


def test_an_ingress_needs_its_services() -> None:
    ours = _ingress("shop", "shop.example.com", "frontend")
    assert "it leads / to Service frontend, and there is none" in refusals(planned([], [ours]))[0]
    assert not refusals(planned([service("frontend", "frontend", 80)], [ours]))
    (found,) = warnings(planned([ours], [ours]))
    assert "so does today's" in str(found)


def test_a_host_is_claimed_once() -> None:
    today = [_ingress("other", "shop.example.com", "web"), service("web", "web", 80)]
    assert "has the host shop.example.com" in refusals(planned(today, [_ingress("shop", "shop.example.com", "web")]))[0]


def test_another_target_port_behind_a_load_balancer_is_told_of() -> None:
    ours = [_ingress("shop", "shop.example.com", "web"), service("web", "web", "http")]
    (found,) = warnings(planned([service("web", "web", 80)], ours))
    assert found.startswith("Service web: its target port changes from 80 to http")
    assert not warnings(planned([service("web", "web", "http")], ours))


def test_a_rollout_that_is_under_way_is_refused() -> None:
    today = {**deployment("web", replicas=2), "status": {"replicas": 3, "updatedReplicas": 1}}
    assert "a rollout is under way" in refusals(planned([today], [deployment("web")]))[0]


def test_a_bound_claim_cannot_change() -> None:
    today = item("PersistentVolumeClaim", "media", {"storageClassName": "standard", "volumeName": "media"})
    ours = item("PersistentVolumeClaim", "media", {"storageClassName": "efs", "volumeName": "media"})
    assert "spec.storageClassName of a claim" in refusals(planned([today], [ours]))[0]


def test_workers_that_stop_cold_are_told_of() -> None:
    remapped = changed(worker("slow", "slow"), {})
    container = remapped["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": "REMAP_SIGTERM", "value": "SIGQUIT"}]
    shell = deployment("slow", command=["sh", "-c", "python manage.py migrate; celery -A shop worker -Q slow"])
    for today in (remapped, shell):
        assert any(
            "may not finish their tasks" in each for each in warnings(planned([today], [worker("slow", "slow")]))
        )
    exec_form = deployment("slow", command=["sh", "-c", "exec celery -A shop worker -Q slow"])
    assert not warnings(planned([exec_form], [worker("slow", "slow")]))


def test_a_service_account_without_a_role_is_told_of() -> None:
    secrets = item("SecretProviderClass", "env", {"provider": "aws"})
    pods = deployment("web", pod={"serviceAccountName": "web"})
    account = item("ServiceAccount", "web")
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/web"}
    assert any("role-arn" in each for each in warnings(planned([], [secrets, pods, account])))
    assert not warnings(planned([item("ServiceAccount", "web", annotations=role)], [secrets, pods, account]))


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}}, "argocd app set shop"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "shop"}}, "flux suspend kustomization shop"),
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, "helm upgrade shop"),
    ],
)
def test_another_owner_is_told_of_with_what_to_stop(metadata: dict[str, object], said: str) -> None:
    (found,) = warnings(planned([changed(deployment("web"), {"metadata": metadata})], [deployment("web")]))
    assert found.startswith("1 object says that somebody else keeps them")
    assert said in found
