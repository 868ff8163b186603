"""Systems to send tasks to."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from celery import Celery
from examx_celery import configure

from tests.runtime.celery.proxy import Proxy
from tests.runtime.celery.system import System
from tests.runtime.conftest import MakeNode
from tests.runtime.redis import pods as redis
from tests.runtime.redis.passwords import PASSWORDS
from tests.support import Manifest, one, variables

StartSystem = Callable[..., System]

REDIS = ("redis-0",)
PRIMARY, REPLICA = "redis-primary-0", "redis-replica-0"
SENTINELS = ("redis-sentinel-0", "redis-sentinel-1", "redis-sentinel-2")


@pytest.fixture
def start_system(make_node: MakeNode) -> Iterator[StartSystem]:
    """Starts the Redis of some manifests, for the settings of an `.env`."""
    yield from _start_systems(make_node)


@pytest.fixture(scope="module")
def dev(make_node_for_session: MakeNode, rendered: dict[str, list[Manifest]]) -> Iterator[System]:
    """The system of `dev`, for tests that leave no task in it."""
    for start in _start_systems(make_node_for_session):
        yield start(rendered["dev"])


def _start_systems(make_node: MakeNode) -> Iterator[StartSystem]:
    with ExitStack() as stack:

        def start(
            manifests: list[Manifest],
            *,
            patient: bool = False,
            proxied: bool = False,
            remote_control: bool = False,
            **settings: object,
        ) -> System:
            if remote_control:
                settings["CELERY_SETTINGS"] = json.dumps({"remote_control": True})
            servers = stack.enter_context(redis.running(manifests, patient=patient))
            names = _redis_pods(manifests)
            servers.start(*names)
            if len(names) > 1:
                servers.eventually(lambda: _settled(servers, replicas=len(names) - 1 - len(SENTINELS)))
            ways = {name: _proxy(stack, servers[name]) for name in names} if proxied else {}
            hosts = {_host(manifests, name): ways[name].address if proxied else servers[name].address for name in names}
            node = make_node(manifests, hosts=hosts, **settings)
            producer = Celery("producer", set_as_current=False)
            environment = _environment(manifests, hosts, _password_file(stack))
            configure(producer, environment=environment, remote_control=remote_control)
            system = System(manifests, servers, node, producer, ways, environment)
            stack.callback(system.close)
            return system

        yield start


def _proxy(stack: ExitStack, pod: redis.Pod) -> Proxy:
    """A way to a server, at an address beside its own."""
    subnet, _, last = pod.address.rpartition(".")
    proxy = Proxy((f"{subnet}.{int(last) + 100}", pod.port), (pod.address, pod.port))
    stack.callback(proxy.close)
    return proxy


def _is_standalone(manifests: list[Manifest]) -> bool:
    return any(each["kind"] == "StatefulSet" and each["metadata"]["name"] == "redis" for each in manifests)


def _redis_pods(manifests: list[Manifest]) -> tuple[str, ...]:
    if _is_standalone(manifests):
        return REDIS
    primaries: int = one(manifests, "StatefulSet", "redis-primary")["spec"]["replicas"]
    replicas: int = one(manifests, "HorizontalPodAutoscaler", "redis-replica-pod-autoscaler")["spec"]["minReplicas"]
    servers = (("redis-primary", primaries), ("redis-replica", replicas))
    return (*(f"{name}-{ordinal}" for name, count in servers for ordinal in range(count)), *SENTINELS)


def _settled(servers: redis.Pods, *, replicas: int) -> bool:
    """Whether the primary has its replicas, and every Sentinel knows them and both other Sentinels."""
    masters = [servers[name].call("SENTINEL", "MASTER", "examx") for name in SENTINELS]
    known = [dict(zip(each[::2], each[1::2], strict=True)) for each in masters]
    return servers[PRIMARY].information("replication")["connected_slaves"] == str(replicas) and all(
        (each["num-slaves"], each["num-other-sentinels"]) == (str(replicas), "2") for each in known
    )


def _host(manifests: list[Manifest], pod: str) -> str:
    namespace = one(manifests, "Namespace")["metadata"]["name"]
    workload = pod.rpartition("-")[0]
    service = f"{workload}.{namespace}.svc.cluster.local"
    return service if _is_standalone(manifests) else f"{pod}.{service}"


def _password_file(stack: ExitStack) -> str:
    """A file of this machine, as clients' pods have one."""
    path = Path(stack.enter_context(TemporaryDirectory(prefix="examx-client-"))) / "password"
    path.write_text(PASSWORDS["application"], encoding="utf-8")
    return str(path)


def _environment(manifests: list[Manifest], hosts: dict[str, str], password_file: str) -> dict[str, str]:
    """What tells a client where Redis is and who it is, with addresses for names."""
    container = one(manifests, "Deployment", "celery-beat")["spec"]["template"]["spec"]["containers"][0]
    values = {name: text for name, text in variables(container).items() if isinstance(text, str)}
    for host, address in hosts.items():
        values["REDIS_URL"] = values["REDIS_URL"].replace(host, address)
    values["REDIS_URL"] = values["REDIS_URL"].replace("$(REDIS_PASSWORD)", PASSWORDS["application"])
    return values | {"REDIS_PASSWORD_FILE": password_file}
