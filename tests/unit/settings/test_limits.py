"""How much a namespace may use."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings import ExternalRedis, NamespaceLimits, PodGroup, Quantity, Resources
from tests.unit.settings import strategies as own
from tests.unit.settings.samples import (
    ENVIRONMENT,
    EXTERNAL,
    LIMITS,
    PERSISTENCE,
    PODS,
    REPLICATED,
    RESOURCES,
    STANDALONE,
)
from tests.unit.settings.support import refusal, reproducible


@pytest.mark.parametrize(
    ("most", "rolling", "at_once"),
    [(1, False, 1), (7, False, 7), (1, True, 3), (4, True, 6), (5, True, 9), (0, True, 0)],
)
def test_a_rollout_adds_a_quarter_and_what_still_ends(*, most: int, rolling: bool, at_once: int) -> None:
    assert PodGroup(containers=(RESOURCES,), most=most, rolling=rolling).at_once == at_once


def test_the_quota_is_the_sum_of_all_pods_and_the_spare_ones() -> None:
    web = PodGroup(
        containers=(Resources.of("500m", "1Gi", "1", "2Gi"), Resources.of("50m", "64Mi", "100m", "128Mi")), most=1
    )
    store = PodGroup(containers=(Resources.of("1", "2Gi", "1", "2Gi"),), most=2, claims=1, scratch=Quantity("1Gi"))
    limits = NamespaceLimits(container=Resources.of("10m", "16Mi", "20m", "32Mi"), spare_pods=1)
    assert {what: str(amount) for what, amount in limits.hard([web, store]).items()} == {
        "pods": "4",
        "requests.cpu": "2560m",
        "requests.memory": f"{1024 + 64 + 4096 + 16}Mi",
        # The logs of five containers, and two times the scratch space.
        "requests.ephemeral-storage": f"{5 * 64 + 2 * 1024}Mi",
        "limits.cpu": "3120m",
        "limits.memory": f"{2048 + 128 + 4096 + 32}Mi",
        "persistentvolumeclaims": "3",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


groups = st.builds(
    PodGroup,
    containers=st.lists(own.resources(), min_size=1, max_size=2).map(tuple),
    most=st.integers(0, 50),
    rolling=st.booleans(),
    claims=st.integers(0, 1),
)


@reproducible
@given(st.lists(groups, max_size=6))
def test_every_group_fits_beside_the_others(pods: list[PodGroup]) -> None:
    hard = LIMITS.hard(pods)
    assert int(str(hard["pods"])) == sum(group.at_once for group in pods) + LIMITS.spare_pods
    for group in pods:
        without = LIMITS.hard([each for each in pods if each is not group])
        used = sum(size.memory_request.amount for size in group.containers) * group.at_once
        assert hard["requests.memory"].amount == without["requests.memory"].amount + used


@pytest.mark.parametrize(
    ("redis", "pods", "claims"),
    [
        (STANDALONE, 1, 1),
        (attrs.evolve(STANDALONE, persistence=None), 1, 0),
        (attrs.evolve(STANDALONE, persistence=PERSISTENCE), 1, 1),
        (REPLICATED, 2 + 3 + 3, 5),
        (EXTERNAL, 0, 0),
    ],
)
def test_an_environment_knows_its_pods(redis: ExternalRedis, pods: int, claims: int) -> None:
    groups = attrs.evolve(ENVIRONMENT, redis=redis).pods
    # Backend and one worker, three each, with a rollout's surge twice; beat.
    assert [group.at_once for group in groups[:3]] == [5, 5, 1]
    assert len(groups[0].containers) == 2
    assert sum(group.at_once for group in groups[3:]) == pods
    assert sum(group.at_once * group.claims for group in groups) == claims


@pytest.mark.parametrize(
    ("sample", "changes", "message"),
    [
        (PODS, {"most": -1}, "PodGroup.most is -1; the least is 0: a number of pods"),
        (PODS, {"claims": -1}, "PodGroup.claims is -1; the least is 0"),
        (PODS, {"containers": RESOURCES}, "it must be a tuple of Resources"),
        (LIMITS, {"spare_pods": -1}, "NamespaceLimits.spare_pods is -1; the least is 0"),
        (LIMITS, {"container": Quantity("1Gi")}, "NamespaceLimits.container is 1Gi; it must be Resources"),
    ],
)
def test_refuses(sample: object, changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(sample, **changes))
