"""What pods get beside their own: what is allowed, what all of it comes to, and how two of them are put together."""

from collections.abc import Callable

import attrs
import pytest

from examx_constructs.settings import (
    AllOfSecret,
    CommandProbe,
    ContainerSize,
    Environment,
    ExtraContainer,
    FromConfigMap,
    FromField,
    FromResource,
    FromSecret,
    HttpProbe,
    NodeRule,
    PodExtras,
    PodGroup,
    PodRule,
    PreferredNodes,
    Quantity,
    Resources,
    ScratchVolume,
    SecretVolume,
    TcpProbe,
    Toleration,
    VolumeMount,
)
from tests.unit.settings.samples import ENVIRONMENT, IMAGE, LIMITS, REPLICATED
from tests.unit.settings.support import refusal

SMALL = Resources.of("100m", "64Mi", "200m", "128Mi")
SIDECAR = ExtraContainer(name="shipper", image=IMAGE, resources=SMALL)
PROBE = TcpProbe(port=9000)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: PodExtras(variables={"REDIS_URL": FromSecret(secret="a", key="b")}),
            'PodExtras.variables key is "REDIS_URL"; it is taken: its value comes from Environment.redis',
        ),
        (
            lambda: PodExtras(variables={"GUNICORN_CMD_ARGS": FromSecret(secret="a", key="b")}),
            'PodExtras.variables key is "GUNICORN_CMD_ARGS"; it must be left out: ',
        ),
        (lambda: PodExtras(variables={"A-B": "c"}), 'PodExtras.variables key is "A-B"; it must be the name of a var'),
        (lambda: PodExtras(variables={"A": {"b": "c"}}), "PodExtras.variables is "),
        (lambda: FromSecret(secret="a_b", key="c"), 'FromSecret.secret is "a_b"; it must be the name of an object'),
        (lambda: FromConfigMap(config_map="a", key="b c"), 'FromConfigMap.key is "b c"; it must be a key of a Secret'),
        (
            lambda: FromField(path="status.phase"),
            'FromField.path is "status.phase"; it must be a field that Kubernetes',
        ),
        (
            lambda: FromResource(resource="limits.cpu", divisor=Quantity("1Mi")),
            "FromResource.divisor is 1Mi; it must be one of 1, 1m: Kubernetes takes no other for limits.cpu",
        ),
        (lambda: FromResource(resource="limits.gpu"), 'FromResource.resource is "limits.gpu"; it must be one of '),
        (lambda: AllOfSecret(secret="a", prefix="1"), 'AllOfSecret.prefix is "1"; it must be how names of variables'),
        (lambda: ScratchVolume(name="a", size=Quantity("1")), "ScratchVolume.size is 1; it must be whole bytes"),
        (lambda: SecretVolume(name="A", secret="a"), 'SecretVolume.name is "A"; it must be a DNS label'),
        (lambda: VolumeMount(volume="a", path="/"), 'VolumeMount.path is "/"; it must be an absolute path'),
        (lambda: VolumeMount(volume="a", path="/a/../b"), "; it must be an absolute path, without '..'"),
        (lambda: VolumeMount(volume="a", path="/a", file="../b"), '.file is "../b"; it must be a path in the volume'),
        (
            lambda: PodExtras(
                volumes=(ScratchVolume(name="a", size=Quantity("1Gi")), SecretVolume(name="a", secret="b"))
            ),
            'PodExtras.volumes is "a"; it is given 2 times, it may be given once',
        ),
        (
            lambda: PodExtras(mounts=(VolumeMount(volume="a", path="/a"), VolumeMount(volume="b", path="/a"))),
            'PodExtras.mounts is "/a"; it is given 2 times',
        ),
        (lambda: CommandProbe(command=()), "CommandProbe.command is (); it must name a program"),
        (lambda: CommandProbe(command=("",)), 'CommandProbe.command is ""; it must be a word of a command'),
        (lambda: HttpProbe(port=1, path="a"), 'HttpProbe.path is "a"; it must be an absolute path'),
        (lambda: TcpProbe(port=65536), "TcpProbe.port is 65536; the most is 65535"),
        (lambda: attrs.evolve(SIDECAR, ports={"Admin": 1}), 'ExtraContainer.ports key is "Admin"; it must be a port'),
        (lambda: attrs.evolve(SIDECAR, ports={"a": 0}), "ExtraContainer.ports[a] is 0; the least is 1"),
        (lambda: attrs.evolve(SIDECAR, ports={"a": 1, "b": 1}), "ExtraContainer.ports is 1; it is given 2 times"),
        (lambda: attrs.evolve(SIDECAR, image="shop:latest"), 'ExtraContainer.image is "shop:latest"; it must be Image'),
        (
            lambda: PodExtras(sidecars=(SIDECAR,), native_sidecars=(SIDECAR,)),
            'PodExtras container is "shipper"; it is given 2 times',
        ),
        (
            lambda: PodExtras(init_containers=(attrs.evolve(SIDECAR, liveness=PROBE),)),
            'ExtraContainer.liveness is "shipper"; it must be left out of an init container, which runs to its end',
        ),
        (
            lambda: PodExtras(init_containers=(attrs.evolve(SIDECAR, pre_stop=("sleep", "1")),)),
            'ExtraContainer.pre_stop is "shipper"; it must be left out of an init container',
        ),
        (
            lambda: PodExtras(labels={"app.kubernetes.io/name": "a"}),
            'PodExtras.labels key is "app.kubernetes.io/name"; it must be another one: pods are selected by',
        ),
        (lambda: PodExtras(labels={"app": "a"}), 'PodExtras.labels key is "app"; it must be another one'),
        (lambda: PodExtras(labels={"pod-template-hash": "a"}), "; it must be another one: pods are selected by"),
        (lambda: PodExtras(labels={"a": "b c"}), 'PodExtras.labels[a] is "b c"; it must be a label value'),
        (lambda: PodExtras(annotations={"a b": "c"}), 'PodExtras.annotations key is "a b"; it must be a label key'),
        (lambda: PodExtras(priority_class="A"), 'PodExtras.priority_class is "A"; it must be the name of an object'),
        (lambda: Toleration(key="a", seconds=5), "Toleration.seconds is 5; it must be None with the effect None"),
        (lambda: NodeRule(key="a b"), 'NodeRule.key is "a b"; it must be a label key'),
        (lambda: PreferredNodes(rules=()), "PreferredNodes.rules is (); it must name a rule"),
        (lambda: PreferredNodes(rules=(NodeRule(key="a", values=("b",)),), weight=101), "; the most is 100"),
        (lambda: PodRule(labels={}), "PodRule.labels is {}; it must name a label, or no pod is meant"),
        (
            lambda: attrs.evolve(ENVIRONMENT, workload_extras={"celery-bat": PodExtras()}),
            'Environment.workload_extras key is "celery-bat"; it must be a workload: examxv2-backend, celery-worker,',
        ),
        (
            lambda: attrs.evolve(
                ENVIRONMENT,
                extras=PodExtras(sidecars=(SIDECAR,)),
                workload_extras={"celery-worker": PodExtras(sidecars=(SIDECAR,))},
            ),
            'PodExtras container is "shipper"; it is given 2 times',
        ),
    ],
)
def test_refuses_what_no_pod_can_have(make: Callable[[], object], message: str) -> None:
    assert message in refusal(make)


def test_two_are_put_together_and_the_second_counts_where_both_set_one_of_a_name() -> None:
    shared = PodExtras(
        variables={"A": "1", "B": "1"}, priority_class="low", tolerations=(Toleration(key="a"),), sidecars=(SIDECAR,)
    )
    own = PodExtras(variables={"B": "2"}, priority_class="high", tolerations=(Toleration(key="a"),), labels={"c": "d"})
    both = shared + own
    assert (dict(both.variables), both.priority_class) == ({"A": "1", "B": "2"}, "high")
    assert (both.tolerations, both.sidecars, dict(both.labels)) == ((Toleration(key="a"),), (SIDECAR,), {"c": "d"})
    assert (shared + PodExtras()).priority_class == "low"


@pytest.mark.parametrize(
    ("beside", "cpu", "disk"),
    [
        ({}, "300m", "1088Mi"),
        ({"sidecars": ("100m",)}, "400m", "1152Mi"),
        ({"native_sidecars": ("100m",)}, "400m", "1152Mi"),
        ({"first": ("200m", "100m")}, "300m", "1088Mi"),
        ({"first": ("200m", "500m")}, "500m", "1088Mi"),
        ({"first": ("500m",), "native_sidecars": ("100m",), "sidecars": ("300m",)}, "700m", "1216Mi"),
    ],
)
def test_a_pod_counts_as_schedulers_count_it(beside: dict[str, tuple[str, ...]], cpu: str, disk: str) -> None:
    """Kubernetes v1.34, component-helpers/resource/helpers.go, PodRequests."""
    sizes = {
        name: tuple(ContainerSize(resources=Resources.of(each, "8Mi", each, "8Mi")) for each in given)
        for name, given in beside.items()
    }
    own = Resources.of("300m", "8Mi", "300m", "8Mi")
    group = PodGroup(containers=(own,), most=1, scratch=Quantity("1Gi"), **sizes)
    assert Quantity.of(group.amount("cpu_request")) == Quantity(cpu)
    assert group.disk == Quantity(disk)


def quota(environment: Environment) -> dict[str, Quantity]:
    return dict(LIMITS.hard(environment.pods))


def test_the_quota_has_room_for_them() -> None:
    volume = ScratchVolume(name="room", size=Quantity("1Gi"))
    mounted = VolumeMount(volume="room", path="/room")
    extras = PodExtras(volumes=(volume,), mounts=(mounted,), sidecars=(attrs.evolve(SIDECAR, mounts=(mounted,)),))
    before = quota(ENVIRONMENT)
    after = quota(attrs.evolve(ENVIRONMENT, workload_extras={"celery-beat": extras}))
    more = {name: Quantity.of(after[name].amount - before[name].amount) for name in before}
    # One pod: the shipper, its logs, and the volume as each of two containers requests it.
    assert more["requests.cpu"] == Quantity("100m")
    assert more["limits.memory"] == Quantity("128Mi")
    assert more["requests.ephemeral-storage"] == Quantity("2112Mi")
    assert more["pods"] == Quantity("0")
    in_memory = attrs.evolve(extras, volumes=(attrs.evolve(volume, in_memory=True),))
    less = quota(attrs.evolve(ENVIRONMENT, workload_extras={"celery-beat": in_memory}))
    assert Quantity.of(less["requests.ephemeral-storage"].amount - before["requests.ephemeral-storage"].amount) == (
        Quantity("64Mi")
    )


def test_those_of_the_application_are_not_for_redis() -> None:
    shared, own = PodExtras(priority_class="low"), PodExtras(priority_class="high")
    environment = attrs.evolve(
        ENVIRONMENT, redis=REPLICATED, extras=shared, workload_extras={"redis-sentinel": own, "celery-beat": own}
    )
    classes = {name: environment.extras_of(name).priority_class for name in environment.workloads}
    assert classes == {
        "examxv2-backend": "low",
        "celery-worker": "low",
        "celery-beat": "high",
        "redis-primary": None,
        "redis-replica": None,
        "redis-sentinel": "high",
    }
