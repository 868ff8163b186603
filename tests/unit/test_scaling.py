"""The figures of the worked examples: against cases done by hand, a real controller, and what dist/ says."""

from fractions import Fraction
from math import ceil

import pytest
from attrs import evolve

from examx_constructs.environments import ENVIRONMENTS, load, read_images
from examx_constructs.settings import Duration, Queue, Replicas
from tests import own
from tests.guides import rendered
from tests.support import Manifest, of_kind
from tools import modelled, spans
from tools.keda_guide import BACKLOGS

SCALED = [(name, each) for name in ENVIRONMENTS for each in of_kind(rendered(name), "ScaledObject")]


@pytest.fixture
def own_figures(monkeypatch: pytest.MonkeyPatch):
    """The policies of manifests with the figures of tests, for cases that are done by hand."""
    monkeypatch.setattr(modelled, "policies", own.policies)


by_hand = pytest.mark.usefixtures("own_figures")


def _queue(environment: str, name: str) -> Queue:
    chosen = next(each for each in load(read_images()) if each.name == environment)
    return next(queue for queue in chosen.queues if queue.name == name)


@by_hand
@pytest.mark.parametrize(
    ("name", "waiting", "sizes"),
    [
        ("default", 0, [2]),
        ("default", 20, [2]),
        ("default", 22, [2]),  # a tenth more than 20, which is within
        ("default", 23, [2, 3]),
        ("default", 60, [2, 6]),
        # What a kube-controller-manager of 1.34 did with these figures.
        ("default", 250, [2, 6, 11, 19, 20]),
        ("bulk_upload", 60, [2, 6, 10]),
        ("question_enrichment", 60, [2, 6, 11]),  # 12 are asked for; 60 is within a tenth of 55
        ("question_generator_ai", 15, [2, 6, 8]),
    ],
)
def test_growth_by_hand(name: str, waiting: int, sizes: list[int]):
    assert modelled.growth("prod", name, waiting) == sizes


@pytest.mark.parametrize(("name", "length"), [("default", 191), ("bulk_upload", 28)])
def test_the_shortest_list_for_the_most_replicas(name: str, length: int):
    queue = own.queue("prod", name)
    assert modelled.shortest_for_most(queue) == length
    assert modelled.asked(length, queue) == queue.replicas.maximum
    assert modelled.asked(length - 1, queue) == queue.replicas.maximum - 1


@by_hand
@pytest.mark.parametrize(
    ("use", "sizes"),
    [
        ((10, 10), [20, 3, 2]),
        ((7, 8), [20, 2]),
        ((8, 8), [20, 3, 2]),
        ((5, 40), [20, 10, 5, 3, 2]),
        ((5, 74), [20]),
        ((95, 5), [20]),
    ],
)
def test_each_window_ends_with_what_cpu_or_memory_wants(use: tuple[int, int], sizes: list[int]):
    assert modelled.shrinking("prod", "default", use) == sizes


@by_hand
def test_the_highest_use_for_one_step_down():
    assert [modelled.highest_for_one_step("prod", "default", each) for each in ("cpu", "memory")] == [7, 8]


@by_hand
def test_moments():
    """A look comes each 15 s, and a little later each time; KEDA's own, each polling interval."""
    assert spans.steps_up("prod", "default", 250) == [(1, 16), (16, 31), (31, 46), (46, 61)]
    assert spans.first_step_down("prod", "default") == (287, 302)
    sleepy = evolve(own.queue("prod", "default"), replicas=Replicas.between(0, 1), cooldown=Duration("180s"))
    assert (spans.wakes(sleepy), spans.sleeps(sleepy)) == ((1, 15), (166, 180))


def test_a_share_of_a_list_is_worked_off_in_rounds():
    assert modelled.share_time(own.queue("dev", "bulk_upload")) == 3 * 900
    assert modelled.share_time(own.queue("prod", "bulk_upload")) == 900


@pytest.mark.parametrize(("environment", "scaler"), SCALED, ids=lambda each: each if isinstance(each, str) else "")
def test_growth_is_what_the_rendered_object_says(environment: str, scaler: Manifest):
    queue = _queue(environment, scaler["spec"]["triggers"][0]["metadata"]["listName"])
    for waiting in (0, 1, 4, 9, 22, 23, 60, 110, 111, 250, 399):
        assert modelled.growth(environment, queue.name, waiting) == _growth_as_rendered(waiting, scaler["spec"])


def _growth_as_rendered(waiting: int, spec: Manifest) -> list[int]:
    """The same out of the manifest alone, in whole numbers, with the policies as they come."""
    target = int(spec["triggers"][0]["metadata"]["listLength"])
    up = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleUp"]
    assert (up["selectPolicy"], up["stabilizationWindowSeconds"]) == ("Max", 0)
    sizes = [spec["minReplicaCount"]]
    while True:
        now = sizes[-1]
        wanted = -(-waiting // target)
        if 10 * abs(waiting - target * now) <= target * now or wanted <= now:
            return sizes
        limit = max(_after(now, policy) for policy in up["policies"])
        following = min(wanted, limit, spec["maxReplicaCount"])
        if following == now:
            return sizes
        sizes.append(following)


def _after(replicas: int, policy: Manifest) -> int:
    # The controller looks every 15 s: with periods as long, each look may take a whole step.
    assert policy["periodSeconds"] == 15
    if policy["type"] == "Pods":
        return replicas + policy["value"]
    return ceil(replicas * Fraction(100 + policy["value"], 100))


def test_no_example_stands_on_the_edge_of_the_tolerance():
    """There, versions differ: before Kubernetes 1.33, 1.1 was more than a tenth above 1, in floating point."""
    for queue in next(each for each in load(read_images()) if each.name == "prod").queues:
        for waiting in BACKLOGS:
            for size in modelled.growth("prod", queue.name, waiting):
                target = queue.list_length * size
                assert 10 * abs(waiting - target) != target
