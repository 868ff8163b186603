"""Charts with one shape of Redis each, to run their pods."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from cdk8s import App, Chart

from examx_constructs.redis import redis
from examx_constructs.settings import (
    Quantity,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    StandaloneRedis,
)
from tests.runtime.redis.network import Network
from tests.runtime.redis.pods import Pods, running
from tests.support import Manifest

_RESOURCES = Resources.of("250m", "64Mi", "500m", "64Mi")
_PERSISTENCE = RedisPersistence(size=Quantity("1Gi"), storage_class="gp3")
STANDALONE = StandaloneRedis(resources=_RESOURCES, persistence=_PERSISTENCE)
REPLICATED = ReplicatedRedis(
    resources=_RESOURCES, sentinel_resources=_RESOURCES, replicas=Replicas.between(1, 5), persistence=_PERSISTENCE
)

RunPods = Callable[..., Pods]


def manifests_of(shape: StandaloneRedis | ReplicatedRedis, *, exporter: bool = True) -> list[Manifest]:
    """A chart with nothing else in it."""
    chart = Chart(App(), "chart", namespace="team-a", disable_resource_name_hashes=True)
    redis(chart, "redis", shape=shape, exporter=exporter)
    return chart.to_json()


@pytest.fixture
def pods_of() -> Iterator[RunPods]:
    """Makes the pods of a shape; none is started, and none is left after the test."""
    with ExitStack() as stack:

        def run(
            shape: StandaloneRedis | ReplicatedRedis,
            *,
            patient: bool = False,
            network: Network | None = None,
            exporter: bool = True,
        ) -> Pods:
            manifests = manifests_of(shape, exporter=exporter)
            return stack.enter_context(running(manifests, patient=patient, network=network))

        yield run
