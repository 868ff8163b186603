from fnmatch import fnmatchcase

import pytest
from attrs import evolve
from cdk8s import App, Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import ExternalServer, ReplicatedServers, StandaloneServer
from examx_constructs.redis import redis
from examx_constructs.redis.users import all_but
from examx_constructs.settings import (
    ExternalRedis,
    KubernetesSecret,
    Quantity,
    RedisPersistence,
    RedisShape,
    Replicas,
    ReplicatedRedis,
    Resources,
    SettingError,
    StandaloneRedis,
)
from tests.support import Manifest, containers, matches, of_kind, one, pod_templates, synth, variables
from tests.unit.constructs.conftest import PASSWORD, RESOURCES

PERSISTENCE = RedisPersistence(size=Quantity("2Gi"), storage_class="gp3")
STANDALONE = StandaloneRedis(resources=RESOURCES, persistence=PERSISTENCE)
REPLICATED = ReplicatedRedis(
    resources=Resources.of("500m", "1Gi", "1", "2Gi"),
    sentinel_resources=RESOURCES,
    replicas=Replicas.between(1, 5),
    persistence=PERSISTENCE,
)

GIVEN = KubernetesSecret(name="given")


def test_standalone_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    StandaloneServer(chart, "redis", settings=evolve(STANDALONE, persistence=None))
    assert synth(chart) == snapshot


def test_standalone_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    StandaloneServer(chart, "redis", settings=evolve(STANDALONE, passwords=GIVEN))
    assert synth(chart) == snapshot


def test_replicated_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    ReplicatedServers(chart, "redis", settings=REPLICATED)
    assert synth(chart) == snapshot


def test_replicated_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    settings = evolve(
        REPLICATED,
        passwords=GIVEN,
        master_name="broker",
        replicas=Replicas.between(2, 4),
        minimum_synced_replicas=2,
        replica_cpu_utilization=50,
    )
    ReplicatedServers(chart, "redis", settings=settings)
    assert synth(chart) == snapshot


def test_external_renders_nothing_but_its_password(chart: Chart) -> None:
    external = ExternalRedis(host="cache.example.com", port=6380, database=3)
    assert ExternalServer(chart, "plain", settings=external).connection.address.url == (
        "rediss://cache.example.com:6380/3?ssl_cert_reqs=required"
    )
    assert synth(chart) == []
    guarded = ExternalServer(chart, "guarded", settings=evolve(external, password=PASSWORD, username="app"))
    assert guarded.connection.address.url.startswith("rediss://app:$(REDIS_PASSWORD)@cache.example.com:6380/3")
    assert guarded.connection.address.trigger_metadata["username"] == "app"
    assert {each["kind"] for each in synth(chart)} == {"SecretProviderClass", "TriggerAuthentication"}


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (STANDALONE, StandaloneServer),
        (REPLICATED, ReplicatedServers),
        (ExternalRedis(host="a.example.com"), ExternalServer),
    ],
)
def test_a_shape_has_its_construct(chart: Chart, shape: RedisShape, kind: type) -> None:
    assert isinstance(redis(chart, "redis", shape=shape), kind)


def test_a_server_is_never_scaled(chart: Chart) -> None:
    StandaloneServer(chart, "redis", settings=STANDALONE)
    manifests = synth(chart)
    assert one(manifests, "StatefulSet")["spec"]["replicas"] == 1
    assert of_kind(manifests, "HorizontalPodAutoscaler") == []


def test_only_replicas_scale_and_not_on_memory(chart: Chart) -> None:
    ReplicatedServers(chart, "redis", settings=REPLICATED)
    manifests = synth(chart)
    autoscaler = one(manifests, "HorizontalPodAutoscaler")["spec"]
    assert autoscaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "redis-replica"}
    assert [metric["resource"]["name"] for metric in autoscaler["metrics"]] == ["cpu"]
    replicas = {each["metadata"]["name"]: each["spec"].get("replicas") for each in of_kind(manifests, "StatefulSet")}
    assert replicas == {"redis-primary": 2, "redis-replica": None, "redis-sentinel": 3}


def test_sentinels_refuse_to_share_a_node(chart: Chart) -> None:
    ReplicatedServers(chart, "redis", settings=REPLICATED)
    pod = one(synth(chart), "StatefulSet", "redis-sentinel")["spec"]["template"]["spec"]
    (term,) = pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert term["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == "sentinel"


def test_no_node_holds_all_copies_and_no_drain_takes_two(chart: Chart) -> None:
    ReplicatedServers(chart, "redis", settings=REPLICATED)
    manifests = synth(chart)
    servers = {"app.kubernetes.io/name": "redis", "app.kubernetes.io/component": "server"}
    templates = pod_templates(manifests)
    for name in ("redis-primary", "redis-replica"):
        assert matches(servers, templates[name]["metadata"]["labels"])
        by_node = templates[name]["spec"]["topologySpreadConstraints"][1]
        assert (by_node["topologyKey"], by_node["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "DoNotSchedule")
        assert by_node["labelSelector"]["matchLabels"] == servers
    assert one(manifests, "PodDisruptionBudget", "redis-server")["spec"]["selector"]["matchLabels"] == servers


def test_data_leave_memory_of_the_request_for_rewriting(chart: Chart) -> None:
    StandaloneServer(chart, "redis", settings=STANDALONE)
    configuration = one(synth(chart), "ConfigMap")["data"]["redis.conf"]
    assert STANDALONE.resources.memory_request == Quantity("256Mi")
    assert "maxmemory 102mb\n" in configuration  # 40 % of it
    assert "client-output-buffer-limit replica 25mb 25mb 0\n" in configuration  # 10 % of it
    assert "maxmemory-policy noeviction\n" in configuration
    assert "appendonly yes\n" in configuration


def test_a_changed_file_rolls_the_pods(chart: Chart) -> None:
    def checksum(settings: StandaloneRedis) -> str:
        scope = Chart(App(), "other", namespace="team-a")
        StandaloneServer(scope, "redis", settings=settings)
        return one(synth(scope), "StatefulSet")["spec"]["template"]["metadata"]["annotations"]["checksum/config"]

    assert checksum(STANDALONE) == checksum(evolve(STANDALONE, passwords=GIVEN))
    assert checksum(STANDALONE) != checksum(evolve(STANDALONE, persistence=None))


@pytest.fixture
def replicated(chart: Chart) -> list[Manifest]:
    ReplicatedServers(chart, "redis", settings=REPLICATED)
    return synth(chart)


def test_no_password_is_in_an_argument_a_variable_or_a_file(replicated: list[Manifest]) -> None:
    for template in pod_templates(replicated).values():
        for container in containers(template):
            assert "REDIS" not in " ".join(container["command"])
            assert set(variables(container)) <= {"GOVERNING_SERVICE"}
    assert of_kind(replicated, "Secret") == []


def test_every_server_and_sentinel_sees_a_changed_secret(replicated: list[Manifest]) -> None:
    for template in pod_templates(replicated).values():
        (volume,) = (each for each in template["spec"]["volumes"] if "secret" in each)
        assert volume["secret"] == {"secretName": "redis-auth", "defaultMode": 0o440}
        for container in containers(template):
            (mount,) = (each for each in container["volumeMounts"] if each["name"] == volume["name"])
            assert mount == {"name": volume["name"], "mountPath": "/run/secrets/redis", "readOnly": True}


def test_apply_makes_the_secret_unless_it_is_given(replicated: list[Manifest], chart: Chart) -> None:
    def annotations(manifests: list[Manifest]) -> list[object]:
        return [each["metadata"].get("annotations") for each in of_kind(manifests, "StatefulSet")]

    assert annotations(replicated) == [{"examx.ai/made-secret": "redis-auth"}] * 3
    other = Chart(App(), "other", namespace="team-a")
    StandaloneServer(other, "redis", settings=evolve(STANDALONE, passwords=GIVEN))
    assert annotations(synth(other)) == [None]


def test_keda_has_a_user_of_its_own_at_sentinels_too(replicated: list[Manifest]) -> None:
    assert one(replicated, "TriggerAuthentication")["spec"]["secretTargetRef"] == [
        {"parameter": parameter, "name": "redis-auth", "key": "keda"} for parameter in ("password", "sentinelPassword")
    ]


def test_a_client_mounts_its_own_password_only(chart: Chart) -> None:
    connection = StandaloneServer(chart, "redis", settings=STANDALONE).connection
    (mount,) = connection.mounts
    assert mount.volume is not None
    assert mount.mount.sub_path is None
    names = [each.name for each in connection.variables]
    assert names == ["REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "REDIS_URL"]


@pytest.mark.parametrize("key", ["examx:lea", "examx:leader", "examx:leaving", "examx:lea*"])
def test_some_keys_are_left_out(key: str) -> None:
    assert not any(fnmatchcase(key, each.replace("[^", "[!")) for each in all_but("examx:lea"))


@pytest.mark.parametrize("key", ["e", "examx", "examx:", "examx:le", "examx:let", "xexamx:leader", "default", "-"])
def test_all_other_keys_are_matched(key: str) -> None:
    assert any(fnmatchcase(key, each.replace("[^", "[!")) for each in all_but("examx:lea"))


def test_an_address_needs_a_namespace() -> None:
    with pytest.raises(SettingError, match=r"Chart\.namespace is None; it must be given: Redis renders addresses"):
        StandaloneServer(Chart(App(), "chart"), "redis", settings=STANDALONE)
