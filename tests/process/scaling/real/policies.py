"""Random policies of an HPA."""

from random import Random

from examx_constructs.scaling.policy import (
    Behavior,
    Direction,
    ExternalMetric,
    HpaPolicy,
    Limit,
    Metric,
    ResourceMetric,
    Select,
)


def policy(random: Random) -> HpaPolicy:
    low = random.choice((1, 1, 2, 3))
    kinds: list[Metric] = [
        ExternalMetric(random.choice((1, 2, 5, 10)) * 1000),
        ExternalMetric(random.choice((1500, 12000)), per_pod=random.random() < 0.5),
        ResourceMetric("cpu", random.choice((50, 70, 130))),
        ResourceMetric("memory", random.choice((60, 80))),
        ResourceMetric("cpu", random.choice((50, 400)), utilization=False),
    ]
    metrics = tuple(random.sample(kinds, random.randint(1, 3)))
    behavior = None if random.random() < 0.15 else Behavior(_direction(random, up=True), _direction(random, up=False))
    return HpaPolicy(low, random.choice((3, 10, 20, 45)), metrics, behavior)


def _direction(random: Random, *, up: bool) -> Direction:
    def limit() -> Limit:
        percent = random.random() < 0.5
        value = random.choice((10, 50, 70, 100, 150)) if percent else random.choice((1, 2, 4, 8))
        return Limit(value, random.choice((15, 30, 60, 90, 300)), percent)

    window = random.choice((0, 0, 30, 120)) if up else random.choice((None, 0, 60, 300))
    select = random.choice((Select.MAX, Select.MAX, Select.MAX, Select.MIN, Select.DISABLED))
    tolerance = random.choice((None, None, None, 0.0, 0.02, 0.3))
    return Direction(tuple(limit() for _ in range(random.randint(1, 3))), window, select, tolerance)
