"""Charts with one shape of Redis each, to run their pods."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest
from attrs import evolve
from cdk8s import App, Chart

from examx_constructs.redis import redis
from examx_constructs.settings import (
    Quantity,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    SecretsManagerSecret,
    StandaloneRedis,
)
from tests.runtime.redis.network import Network
from tests.runtime.redis.pods import Pods, running

PASSWORD = "an-invented-password"
_SECRET = SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:team-a-redis-AbCdEf")
_RESOURCES = Resources.of("250m", "64Mi", "500m", "64Mi")
_PERSISTENCE = RedisPersistence(size=Quantity("1Gi"), storage_class="gp3")
STANDALONE = StandaloneRedis(resources=_RESOURCES, persistence=_PERSISTENCE)
REPLICATED = ReplicatedRedis(
    resources=_RESOURCES, sentinel_resources=_RESOURCES, replicas=Replicas.between(1, 5), persistence=_PERSISTENCE
)

Shape = TypeVar("Shape", StandaloneRedis, ReplicatedRedis)
RunPods = Callable[..., Pods]


@pytest.fixture
def pods_of() -> Iterator[RunPods]:
    """Makes the pods of a shape; none is started, and none is left after the test."""
    with ExitStack() as stack:

        def run(
            shape: StandaloneRedis | ReplicatedRedis, *, patient: bool = False, network: Network | None = None
        ) -> Pods:
            chart = Chart(App(), "chart", namespace="team-a", disable_resource_name_hashes=True)
            redis(chart, "redis", shape=shape)
            password = PASSWORD if shape.password else None
            return stack.enter_context(running(chart.to_json(), password=password, patient=patient, network=network))

        yield run


def guarded(shape: Shape) -> Shape:
    """The same shape with a password."""
    return evolve(shape, password=_SECRET)
