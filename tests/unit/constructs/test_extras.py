"""What pods get beside their own: rendered for every workload, in one place, and refused where it clashes."""

import pytest
from attrs import evolve
from cdk8s import App, Chart
from syrupy.assertion import SnapshotAssertion

from examx_cli.schemas.kubernetes import VERSIONS, findings
from examx_constructs import Backend, CeleryBeat, CeleryWorker, DjangoApp, NginxConfig, ReplicatedServers
from examx_constructs.checks import Manifests, check
from examx_constructs.checks.finding import Severity
from examx_constructs.redis import StandaloneServer
from examx_constructs.settings import (
    Affinity,
    AllOfConfigMap,
    AllOfSecret,
    ClaimVolume,
    CommandProbe,
    ConfigMapVolume,
    Duration,
    ExtraContainer,
    FromConfigMap,
    FromField,
    FromResource,
    FromSecret,
    HttpProbe,
    ImageReference,
    NodeFigure,
    NodeRule,
    PodExtras,
    PodRule,
    PreferredNodes,
    Quantity,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    ScratchVolume,
    SecretVolume,
    StandaloneRedis,
    TcpProbe,
    Toleration,
    VolumeMount,
)
from tests.support import Manifest, containers, pod_templates, synth, variables
from tests.unit.constructs.conftest import BACKEND, QUEUE, RESOURCES
from tests.unit.settings.support import refusal

PROXY = ExtraContainer(
    name="database-proxy",
    image=ImageReference.parse("registry.example.com/tools/proxy:2.14"),
    resources=Resources.of("50m", "64Mi", "100m", "128Mi"),
    arguments=("--port", "5433"),
    variables={"NODE": FromField(path="spec.nodeName"), "LOG": "plain"},
    variable_sets=(AllOfConfigMap(config_map="proxy", prefix="PROXY_"),),
    mounts=(VolumeMount(volume="proxy-socket", path="/run/proxy"), VolumeMount(volume="proxy-keys", path="/etc/keys")),
    ports={"database": 5433},
    startup=HttpProbe(port=9801, path="/startup", period=Duration("1s"), failures=60),
    liveness=CommandProbe(command=("proxy", "ping")),
    pre_stop=("proxy", "drain"),
)
FULL = PodExtras(
    variables={
        "DATABASE_URL": FromSecret(secret="shop-database", key="url"),
        "GREETING": FromConfigMap(config_map="shop", key="greeting", optional=True),
        "MEMORY": FromResource(resource="limits.memory", divisor=Quantity("1Mi")),
        "PLAIN": "text",
    },
    variable_sets=(AllOfSecret(secret="shop-more", optional=True),),
    volumes=(
        ScratchVolume(name="proxy-socket", size=Quantity("16Mi"), in_memory=True),
        ScratchVolume(name="exports", size=Quantity("2Gi")),
        SecretVolume(name="proxy-keys", secret="proxy-keys"),
        ConfigMapVolume(name="fonts", config_map="fonts"),
        ClaimVolume(name="models", claim="models", read_only=True),
    ),
    mounts=(
        VolumeMount(volume="exports", path="/srv/exports"),
        VolumeMount(volume="fonts", path="/usr/share/fonts/shop.ttf", file="shop.ttf"),
        VolumeMount(volume="models", path="/srv/models"),
        VolumeMount(volume="proxy-socket", path="/run/proxy"),
    ),
    init_containers=(
        ExtraContainer(
            name="fetch",
            image=ImageReference.parse("registry.example.com/tools/fetch:1.2"),
            resources=Resources.of("2", "1Gi", "2", "1Gi"),
            command=("fetch", "--to", "/tmp/fetched"),
            mounts=(VolumeMount(volume="tmp", path="/tmp"),),
        ),
    ),
    native_sidecars=(PROXY,),
    sidecars=(
        ExtraContainer(
            name="log-shipper",
            image=ImageReference.parse("registry.example.com/tools/shipper:0.9"),
            resources=Resources.of("10m", "32Mi", "50m", "64Mi"),
            mounts=(VolumeMount(volume="exports", path="/srv/exports", read_only=True),),
            readiness=TcpProbe(port=9802),
        ),
    ),
    tolerations=(Toleration(key="dedicated", value="shop", effect="NoSchedule"), Toleration(key="arm")),
    affinity=Affinity(
        nodes=(NodeFigure(key="karpenter.k8s.aws/instance-generation", operator="Gt", figure=5),),
        preferred=(PreferredNodes(rules=(NodeRule(key="topology.kubernetes.io/zone", values=("a",)),), weight=10),),
        near=(PodRule(labels={"app": "redis"}, topology="topology.kubernetes.io/zone", weight=50),),
        apart=(PodRule(labels={"app": "batch"}),),
    ),
    priority_class="business-critical",
    runtime_class="gvisor",
    image_pull_secrets=("registry",),
    labels={"cost-center": "shop"},
    annotations={"example.com/owner": "team a"},
)


def make(chart: Chart, app: DjangoApp, extras: PodExtras) -> None:
    """Every kind of workload, with the same extras."""
    Backend(chart, "backend", app=app, settings=BACKEND, nginx=NginxConfig(chart, "nginx"), host="a.b.c", extras=extras)
    CeleryWorker(chart, "worker", app=app, queue=QUEUE, resources=RESOURCES, extras=extras)
    CeleryBeat(chart, "beat", app=app, resources=RESOURCES, extras=extras)


def templates(chart: Chart) -> dict[str, Manifest]:
    return pod_templates(synth(chart))


def test_full(chart: Chart, minimal_app: DjangoApp, snapshot: SnapshotAssertion) -> None:
    CeleryBeat(chart, "beat", app=minimal_app, resources=RESOURCES, extras=FULL)
    assert [templates(chart)["celery-beat"]] == snapshot


def test_every_workload_takes_them_and_the_api_server_too(chart: Chart, minimal_app: DjangoApp) -> None:
    make(chart, minimal_app, FULL)
    rendered = synth(chart)
    built_in = [each for each in rendered if not each["apiVersion"].startswith("keda.sh")]
    assert [problem for each in built_in for problem in findings(each, VERSIONS[-1])] == []
    found = check(Manifests.of(rendered))
    assert [str(each) for each in found if each.severity is Severity.ERROR] == []
    for name, program in {
        "examxv2-backend": "backend",
        "reports-worker": "celery-worker",
        "celery-beat": "celery-beat",
    }.items():
        template = pod_templates(rendered)[name]
        spec, metadata = template["spec"], template["metadata"]
        (main,) = [each for each in spec["containers"] if each["name"] == program]
        assert variables(main)["DATABASE_URL"] == {"secretKeyRef": {"name": "shop-database", "key": "url"}}
        assert main["envFrom"] == [{"secretRef": {"name": "shop-more", "optional": True}}]
        assert "/srv/exports" in [each["mountPath"] for each in main["volumeMounts"]]
        assert [(each["name"], each.get("restartPolicy")) for each in spec["initContainers"]] == [
            ("database-proxy", "Always"),
            ("fetch", None),
        ]
        assert (spec["priorityClassName"], spec["runtimeClassName"]) == ("business-critical", "gvisor")
        assert spec["imagePullSecrets"] == [{"name": "registry"}]
        assert (metadata["labels"]["cost-center"], metadata["labels"]["app"]) == ("shop", name)
        assert metadata["annotations"]["example.com/owner"] == "team a"
        for each in containers(template):
            assert each["securityContext"]["readOnlyRootFilesystem"] is True


def test_redis_takes_them_by_role(chart: Chart) -> None:
    persistence = RedisPersistence(size=Quantity("1Gi"), storage_class="gp3")
    settings = ReplicatedRedis(
        resources=RESOURCES, sentinel_resources=RESOURCES, replicas=Replicas.between(1, 2), persistence=persistence
    )
    ReplicatedServers(chart, "redis", settings=settings, extras={"sentinel": PodExtras(priority_class="high")})
    classes = {name: each["spec"].get("priorityClassName") for name, each in templates(chart).items()}
    assert classes == {"redis-primary": None, "redis-replica": None, "redis-sentinel": "high"}


def test_an_application_gives_them_to_all_its_pods_and_a_workload_adds_its_own(
    chart: Chart, minimal_app: DjangoApp
) -> None:
    shared = PodExtras(priority_class="low", labels={"team": "a"}, variables={"WHO": "all"})
    app = DjangoApp(image=minimal_app.image, redis=minimal_app.redis, extras=shared)
    make(chart, app, PodExtras(priority_class="high", variables={"WHO": "one"}))
    for name in ("examxv2-backend", "reports-worker", "celery-beat"):
        template = templates(chart)[name]
        assert template["spec"]["priorityClassName"] == "high"
        assert template["metadata"]["labels"]["team"] == "a"
        assert variables(template["spec"]["containers"][0])["WHO"] == "one"


def test_preferences_stand_beside_those_of_spot(chart: Chart, minimal_app: DjangoApp) -> None:
    app = DjangoApp(image=minimal_app.image, spot=True)
    CeleryBeat(chart, "beat", app=app, resources=RESOURCES, extras=FULL)
    spec = templates(chart)["celery-beat"]["spec"]
    preferred = spec["affinity"]["nodeAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert [each["weight"] for each in preferred] == [100, 100, 10]
    assert [each["key"] for each in spec["tolerations"]] == [
        "karpenter.sh/capacity-type",
        "eks.amazonaws.com/capacityType",
        "dedicated",
        "arm",
    ]


def container(**changes: object) -> ExtraContainer:
    return evolve(
        ExtraContainer(name="own", image=ImageReference.parse("registry.example.com/a:1"), resources=RESOURCES),
        **changes,
    )


@pytest.mark.parametrize(
    ("extras", "message"),
    [
        (
            PodExtras(sidecars=(container(name="nginx"),)),
            'examxv2-backend: container is "nginx"; it must be another one: the pod has it already',
        ),
        (
            PodExtras(native_sidecars=(container(ports={"admin": 8080}),)),
            'examxv2-backend: port is "8080"; it must be another one: the pod has it already',
        ),
        (PodExtras(sidecars=(container(ports={"http": 9000}),)), 'examxv2-backend: name of a port is "http"; it must'),
        (PodExtras(sidecars=(container(ports={"app": 8000}),)), 'examxv2-backend: port is "8000"; it must be another'),
        (PodExtras(variables={"HTTPS_ONLY": "x"}), 'examxv2-backend: variable of backend is "HTTPS_ONLY"; it must be'),
        (
            PodExtras(volumes=(ScratchVolume(name="tmp", size=Quantity("1Gi")),)),
            'PodExtras.volumes is "tmp"; it must be another name: the pod has ',
        ),
        (
            PodExtras(volumes=(ScratchVolume(name="room", size=Quantity("1Gi")),)),
            'PodExtras.volumes is "room"; it must be mounted by a container of the pod',
        ),
        (
            PodExtras(mounts=(VolumeMount(volume="nothing", path="/srv/a"),)),
            'VolumeMount.volume is "nothing"; it must be the name of a volume of the pod: redis-auth, tmp, ',
        ),
        (
            PodExtras(mounts=(VolumeMount(volume="tmp", path="/tmp"),)),
            'examxv2-backend: mount of backend is "/tmp"; it must be elsewhere: /tmp is mounted already',
        ),
        (
            PodExtras(mounts=(VolumeMount(volume="tmp", path="/run"),)),
            'examxv2-backend: mount of backend is "/run"; it must be elsewhere: /run/',
        ),
        (
            PodExtras(mounts=(VolumeMount(volume="tmp", path="/tmp/inside"),)),
            'examxv2-backend: mount of backend is "/tmp/inside"; it must be elsewhere: /tmp is mounted already',
        ),
        (
            PodExtras(labels={"team": "b"}),
            'examxv2-backend: label is "team"; it must be another one: the pod has it, as a',
        ),
        (
            PodExtras(annotations={"prometheus.io/port": "1"}),
            'examxv2-backend: annotation is "prometheus.io/port"; it must be another one: the pod has it, as 8080',
        ),
    ],
)
def test_what_the_pod_has_already_is_refused(extras: PodExtras, message: str, image: ImageReference) -> None:
    chart = Chart(App(), "chart", namespace="team-a", labels={"team": "a"})
    redis = StandaloneServer(chart, "redis", settings=StandaloneRedis(resources=RESOURCES, persistence=None))
    app = DjangoApp(image=image, redis=redis.connection, variables={"HTTPS_ONLY": "1"})
    settings = evolve(BACKEND, metrics_path="/metrics")
    refused = refusal(
        lambda: Backend(
            chart, "backend", app=app, settings=settings, nginx=NginxConfig(chart, "nginx"), host="a.b", extras=extras
        )
    )
    assert refused.startswith(message)
