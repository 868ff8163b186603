"""The HPA controller's rules, by examples. Equality with its own code is tried in tests/process/scaling/real."""

from dataclasses import replace

import pytest

from examx_constructs.manifests import Versions
from examx_constructs.scaling.hpa import Controller
from examx_constructs.scaling.policy import (
    Behavior,
    Direction,
    ExternalMetric,
    HpaPolicy,
    Limit,
    ResourceMetric,
    Select,
)
from examx_constructs.scaling.proposals import Counts, Measured, Tolerances, external, resource
from tests.unit.scaling.support import DOWN, UP

TENTH = Tolerances(0.1, 0.1)
LIST = ExternalMetric(10_000)
CPU, MEMORY = ResourceMetric("cpu", 70), ResourceMetric("memory", 80)


def controller(policy: HpaPolicy | None = None, **more: object) -> Controller:
    policy = policy or HpaPolicy(2, 20, (LIST,), Behavior(UP, DOWN))
    return Controller(policy, tolerance=0.1, down_window=300.0, **more)  # pyright: ignore[reportArgumentType]


def looks(made: Controller, replicas: int, wanted: list[int | None], *, period: float = 15.25) -> list[int]:
    """The replicas after each look, at which one metric wants so many."""
    found: list[int] = []
    for index, each in enumerate(wanted):
        replicas = made.look(index * period, replicas, lambda asked=each: [asked])
        found.append(replicas)
    return found


@pytest.mark.parametrize(
    ("tasks", "replicas", "wanted"),
    [(22, 2, 2), (23, 2, 3), (18, 2, 2), (17, 2, 2), (250, 2, 25), (0, 2, 0), (9, 1, 1), (8, 1, 1), (12, 1, 2)],
)
def test_a_list_asks_for_its_length_by_target_and_tolerance_is_inclusive(tasks: int, replicas: int, wanted: int):
    assert external(LIST, tasks * 1000, Counts(replicas, replicas, replicas), TENTH) == wanted


def test_a_whole_number_multiplies_the_ready_pods():
    whole = ExternalMetric(10_000, per_pod=False)
    assert external(whole, 20_000, Counts(4, 4, 3), TENTH) == 6
    assert external(whole, 11_000, Counts(4, 4, 3), TENTH) == 4
    assert external(whole, 25_000, Counts(0, 0, 0), TENTH) == 3
    assert external(whole, 25_000, Counts(4, 0, 0), TENTH) is None


def test_no_pods_were_made_yet():
    assert external(LIST, 25_000, Counts(2, 0, 0), TENTH) == 3
    assert external(LIST, 0, Counts(2, 0, 0), TENTH) == 0


@pytest.mark.parametrize(
    ("metric", "pods", "replicas", "wanted"),
    [
        (CPU, Measured(2, 1900, request=1000), 2, 3),
        (CPU, Measured(2, 1540, request=1000), 2, 2),  # 77 %, a ratio of exactly 1.1
        (CPU, Measured(20, 2000, request=1000), 20, 3),
        (CPU, Measured(2, 1900, unready=1, request=1000), 3, 3),  # a new pod counts as idle on the way up
        (CPU, Measured(2, 200, unready=1, request=1000), 3, 1),  # and not at all on the way down
        (CPU, Measured(2, 200, missing=1, request=1000), 3, 2),  # one without metrics as busy on the way down
        (CPU, Measured(2, 1900, missing=1, request=1000), 3, 3),
        (CPU, Measured(2, 1400, missing=1, request=1000), 3, 3),  # a ratio of exactly 1
        (CPU, Measured(4, 4000, unready=1, request=1000), 5, 6),
        (ResourceMetric("cpu", 130), Measured(1, 900, missing=1, request=1000), 2, 2),
        (CPU, Measured(0, 0, unready=2, request=1000), 2, None),
        (CPU, Measured(2, 200), 2, None),
        (ResourceMetric("memory", 500, utilization=False), Measured(2, 3000), 2, 6),
        (ResourceMetric("memory", 500, utilization=False), Measured(2, 100, missing=2), 4, 3),
        (ResourceMetric("memory", 500, utilization=False), Measured(0, 0, missing=2), 2, None),
    ],
)
def test_what_pods_use_asks_for(metric: ResourceMetric, pods: Measured, replicas: int, wanted: int | None):
    assert resource(metric, pods, replicas, TENTH) == wanted


def test_the_larger_of_two_limits_leads_up():
    assert looks(controller(), 2, [25] * 5) == [6, 11, 19, 20, 20]


def test_the_smaller_one_where_it_is_selected():
    behavior = Behavior(replace(UP, select=Select.MIN), DOWN)
    assert looks(controller(HpaPolicy(2, 20, (LIST,), behavior)), 2, [25] * 4) == [4, 7, 11, 15]


def test_a_disabled_direction_stays():
    behavior = Behavior(replace(UP, select=Select.DISABLED), replace(DOWN, select=Select.DISABLED, window=0))
    assert looks(controller(HpaPolicy(2, 20, (LIST,), behavior)), 5, [25, 25, 1, 1]) == [5, 5, 5, 5]


def test_a_period_counts_what_it_changed_before():
    behavior = Behavior(Direction((Limit(4, 60),), 0), DOWN)
    assert looks(controller(HpaPolicy(2, 20, (LIST,), behavior)), 2, [25] * 6) == [6, 6, 6, 6, 10, 10]


def test_down_waits_for_the_window_to_end():
    found = looks(controller(), 2, [6, *[0] * 22])
    assert found[:20] == [6] * 20
    assert found[20] == 2


def test_each_fall_begins_the_window_again():
    """CPU asks for a share of the replicas that there are: 20 to 3, and after another window to 2."""
    made = controller()
    replicas, found = 20, list[tuple[int, int]]()
    for index in range(60):
        after = made.look(index * 15.0, replicas, lambda now=replicas: [0, -(-now * 10 // 70)])
        if after != replicas:
            found.append((index, after))
        replicas = after
    assert [size for _, size in found] == [3, 2]
    assert found[1][0] - found[0][0] == 20


def test_up_can_wait_too():
    behavior = Behavior(replace(UP, window=60), DOWN)
    assert looks(controller(HpaPolicy(2, 20, (LIST,), behavior)), 2, [25] * 6) == [2, 2, 2, 2, 6, 11]


def test_bounds_count_at_once():
    made = controller()
    assert made.look(0.0, 30, lambda: pytest.fail("nothing is asked")) == 20
    assert made.look(15.0, 1, lambda: pytest.fail("nothing is asked")) == 2
    assert made.look(30.0, 0, lambda: pytest.fail("nothing is asked")) == 0


def test_a_failed_metric_stops_the_way_down_alone():
    made = controller()
    assert made.look(0.0, 4, lambda: [None, 1]) == 4
    assert made.look(400.0, 4, lambda: [None, None]) == 4
    assert made.look(800.0, 4, lambda: [None, 6]) == 6


def test_failed_looks_record_nothing_so_the_window_ages():
    made = controller()
    assert made.look(0.0, 6, lambda: [6]) == 6
    for at in range(15, 400, 15):
        assert made.look(float(at), 6, lambda: [None]) == 6
    assert made.look(400.0, 6, lambda: [1]) == 2


def test_without_a_behavior_the_older_rules_count():
    found = looks(controller(HpaPolicy(1, 50, (LIST,))), 1, [40, 40, 40, 40, 40, *[1] * 21])
    assert found[:5] == [4, 8, 16, 32, 40]
    assert found[5:24] == [40] * 19
    assert found[24] == 1


@pytest.mark.parametrize(("kubernetes", "wanted"), [("1.34", 2), ("1.35", 3)])
def test_a_tolerance_of_a_direction_counts_from_1_35_on(kubernetes: str, wanted: int):
    behavior = Behavior(replace(UP, tolerance=0.02), DOWN)
    made = controller(HpaPolicy(2, 20, (LIST,), behavior), versions=Versions(kubernetes=kubernetes))
    counts = Counts(2, 2, 2)
    assert external(LIST, 21_000, counts, made.tolerances) == wanted
    assert external(LIST, 18_000, counts, made.tolerances) == 2
