"""Whom policies keep from a server: by each form of its address, over namespaces, and by every sort of peer."""

import pytest

from examx_constructs.checks import Manifests, check
from examx_constructs.checks.finding import Severity
from tests.unit.checks.cases.network_sets import KEDA, REDIS, SERVICE, WORKER, inwards, outwards
from tests.unit.checks.support import Object, obj, scaler, workload

NAME = "kubernetes.io/metadata.name"
RULES = ("policies-let-keda-in", "policies-let-workers-through", "policies-keep-strangers-out")


def speak(*objects: Object) -> list[str]:
    """The rules on policies together that have a finding."""
    return [found.rule for found in check(Manifests.of(objects)) if found.rule in RULES]


def asks(metadata: str, kind: str = "redis", **more: str) -> Object:
    """A ScaledObject with this trigger, of the Deployment `worker`."""
    return scaler("worker", target="worker", triggers=f"[{{type: {kind}, metadata: {{{metadata}}}}}]", **more)


@pytest.mark.parametrize(
    "metadata",
    [
        "address: 'redis.dev:6379'",
        "address: 'redis:6379'",
        "address: 'redis.dev.svc:6379'",
        "address: 'redis.dev.svc.cluster.local:6379'",
        "address: 'redis-0.redis.dev.svc.cluster.local:6379'",
        "addresses: 'elsewhere.example.com:6379, redis.dev:6379'",
        "host: redis.dev, port: '6379'",
        "addressFromEnv: REDIS",
    ],
)
def test_a_server_is_known_by_each_form_of_its_address(metadata: str) -> None:
    worker = workload("worker", "env: [{name: REDIS, value: 'redis.dev:6379'}]")
    policy = inwards("{podSelector: {matchLabels: {app: worker}}}")
    assert speak(REDIS, SERVICE, worker, policy, asks(f"{metadata}, listName: a")) == ["policies-let-keda-in"]


@pytest.mark.parametrize(
    "address", ["redis.other:6379", "redis.example.com:6379", "10.0.0.1:6379", "redis.dev:6380", "${REDIS}", "a b"]
)
def test_another_server_is_left_alone(address: str) -> None:
    policy = inwards("{podSelector: {}}")
    assert speak(REDIS, SERVICE, WORKER, policy, asks(f"address: '{address}', listName: a")) == []


def test_credentials_and_paths_are_no_part_of_a_host() -> None:
    server = workload("rabbit", "image: rabbitmq:4\nports: [{containerPort: 5672}]")
    service = obj("Service", "rabbit", "{selector: {app: rabbit}, ports: [{port: 5672}]}")
    policy = inwards("{podSelector: {matchLabels: {app: worker}}}", pods="{matchLabels: {app: rabbit}}", port="5672")
    trigger = asks("host: 'amqp://guest@rabbit.dev.svc:5672/vhost', queueName: a", "rabbitmq")
    assert speak(server, service, WORKER, policy, trigger) == ["policies-let-keda-in"]


SCALER = asks("address: 'redis.dev:6379', listName: a")


@pytest.mark.parametrize(
    ("peer", "shut_out"),
    [
        ("{namespaceSelector: {}}", False),
        (
            f"{{namespaceSelector: {{matchExpressions: [{{key: {NAME}, operator: In, values: [keda, a]}}]}}}}",
            False,
        ),
        (
            f"{KEDA[:-1]}, podSelector: {{matchLabels: {{app: keda-operator}}}}}}",
            False,
        ),
        (
            f"{KEDA[:-1]}, podSelector: {{matchLabels: {{app: web}}}}}}",
            True,
        ),
        ("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}", True),
        ("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: dev}}}", False),
        ("{namespaceSelector: {matchLabels: {team: platform}}}", False),
        ("{ipBlock: {cidr: 10.0.0.0/8}}", False),
        ("{podSelector: {matchLabels: {app: keda-operator}}}", True),
    ],
)
def test_keda_is_let_in_by_what_may_be_keda(peer: str, *, shut_out: bool) -> None:
    allowing = inwards("{podSelector: {matchLabels: {app: worker}}}", name="workers")
    found = speak(REDIS, SERVICE, WORKER, allowing, inwards(peer, name="keda"), SCALER)
    assert ("policies-let-keda-in" in found) is shut_out


def test_a_whole_namespace_may_have_keda_in_it() -> None:
    found = check(Manifests.of([REDIS, SERVICE, WORKER, inwards("{podSelector: {}}"), SCALER]))
    assert [each.severity for each in found if each.rule in RULES] == [Severity.WARNING]


@pytest.mark.parametrize(("labels", "shut_out"), [("{team: jobs}", False), ("{team: web}", True), ("{}", True)])
def test_workers_of_another_namespace_come_in_by_its_labels(labels: str, *, shut_out: bool) -> None:
    jobs = obj("Namespace", "jobs", labels=labels)
    policy = inwards(KEDA, "{namespaceSelector: {matchLabels: {team: jobs}}}")
    worker = workload("worker", namespace="jobs")
    trigger = asks("address: 'redis.dev:6379', listName: a")
    trigger["metadata"]["namespace"] = "jobs"
    found = speak(jobs, REDIS, SERVICE, worker, policy, trigger)
    assert found == (["policies-let-workers-through"] if shut_out else [])


def test_a_namespace_that_is_not_shown_may_have_any_labels() -> None:
    policy = inwards(KEDA, "{namespaceSelector: {matchLabels: {team: jobs}}}")
    trigger = asks("address: 'redis.dev:6379', listName: a")
    trigger["metadata"]["namespace"] = "jobs"
    assert speak(REDIS, SERVICE, workload("worker", namespace="jobs"), policy, trigger) == []


def test_pods_on_the_network_of_their_node_are_restricted_by_nobody() -> None:
    server = workload("redis", "ports: [{name: redis, containerPort: 6379}]", pod="hostNetwork: true")
    assert speak(server, SERVICE, WORKER, inwards("{podSelector: {matchLabels: {app: web}}}"), SCALER) == []


def test_egress_that_is_denied_is_seen_on_the_side_of_the_worker() -> None:
    deny = obj("NetworkPolicy", "deny", "{podSelector: {matchLabels: {app: worker}}, policyTypes: [Egress]}")
    assert speak(REDIS, SERVICE, WORKER, deny, SCALER) == ["policies-let-workers-through"]
    out = outwards("{podSelector: {matchLabels: {app: redis}}}", port="redis")
    assert speak(REDIS, SERVICE, WORKER, deny, out, SCALER) == []
