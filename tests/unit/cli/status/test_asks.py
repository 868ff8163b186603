"""What each metric of an HPA asks for, and why there are as many replicas: figures of a real controller.

Those of several metrics and of tolerance were measured on Kubernetes 1.34 (docs/scaling.md); here they are asked of the
HPA's own status.
"""

from fractions import Fraction
from typing import Any

import pytest

from examx_cli.status.asks import Scaled
from examx_cli.status.numbers import why
from examx_cli.status.values import Ask
from examx_constructs.manifests import Versions
from examx_constructs.scaling.proposals import Counts

LIST = "s0-redis-default"
HELD = {"reason": "ScaleDownStabilized"}
NAMED = {LIST: "queue default"}


def hpa(metrics: list[Any], current: list[Any], *, replicas: int, **more: Any) -> dict[str, Any]:
    spec = {"minReplicas": 2, "maxReplicas": 20, "metrics": metrics, "scaleTargetRef": {"kind": "Deployment"}}
    status = {"currentReplicas": replicas, "currentMetrics": current, **more}
    metadata = {"name": "keda-hpa-worker", "namespace": "shop"}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata,
            "spec": spec, "status": status}  # fmt: skip


def wanted(name: str, percent: int) -> dict[str, Any]:
    return {"type": "Resource", "resource": {"name": name, "target": {"averageUtilization": percent}}}


def used(name: str, percent: int) -> dict[str, Any]:
    return {"type": "Resource", "resource": {"name": name, "current": {"averageUtilization": percent}}}


def listed(target: str) -> dict[str, Any]:
    return {"type": "External", "external": {"metric": {"name": LIST}, "target": {"averageValue": target}}}


def seen(average: str) -> dict[str, Any]:
    return {"type": "External", "external": {"metric": {"name": LIST}, "current": {"averageValue": average}}}


def asks(item: dict[str, Any], replicas: int, ready: int | None = None, total: int | None = None) -> list[Ask]:
    counts = Counts(told=replicas, made=replicas, ready=replicas if ready is None else ready)
    totals = {} if total is None else {LIST: Fraction(total)}
    return list(Scaled(item, counts, NAMED, totals, Versions()).asks())


@pytest.mark.parametrize(
    ("percent", "target", "replicas"),
    # 20 pods at 40 % of memory ask for 10, at 60 % for 15, and at 74 % for no other number: within the tolerance.
    [(10, 80, 3), (40, 80, 10), (60, 80, 15), (74, 80, 20), (88, 80, 20), (89, 80, 23)],
)
def test_memory_asks_for_what_the_controller_makes_of_it(percent: int, target: int, replicas: int) -> None:
    item = hpa([wanted("memory", target)], [used("memory", percent)], replicas=20)
    assert asks(item, 20) == [Ask("memory", f"{percent} %", f"{target} %", replicas)]


@pytest.mark.parametrize(("total", "replicas"), [(0, 0), (22, 2), (23, 3), (271, 28)])
def test_a_list_asks_for_its_length_by_the_target(total: int, replicas: int) -> None:
    item = hpa([listed("10")], [seen("1")], replicas=2)
    assert asks(item, 2, total=total) == [Ask("queue default", str(total), "10 a pod", replicas)]


def test_without_a_count_of_its_own_the_last_look_of_the_autoscaler_tells() -> None:
    # The API server writes an average of 271 tasks by 20 pods, 13.55, in thousandths.
    item = hpa([listed("10")], [seen("13550m")], replicas=20)
    assert asks(item, 20) == [Ask("queue default", "271", "10 a pod", 28)]


def test_cpu_of_pods_that_are_not_ready_counts_as_none_on_the_way_up() -> None:
    item = hpa([wanted("cpu", 70)], [used("cpu", 140)], replicas=4)
    assert asks(item, 4)[0].replicas == 8
    assert asks(item, 4, ready=2)[0].replicas == 4


def test_a_metric_that_failed_has_an_empty_place_and_asks_for_nothing() -> None:
    item = hpa([listed("10"), wanted("cpu", 70)], [seen("5"), {"type": ""}], replicas=20)
    found = asks(item, 20)
    assert [each.replicas for each in found] == [10, None]
    said = why(20, 2, 20, found, item)
    assert "is not scaled down while a metric cannot be had" in said
    assert said.endswith("cpu cannot be had")


@pytest.mark.parametrize(
    ("replicas", "highest", "condition", "said"),
    [
        (20, 28, {}, "at its most, 20, where 28 are asked for"),
        (20, 20, {}, "at its most, 20"),
        (2, 0, {}, "at its least, 2"),
        (7, 7, {}, "7 asked for"),
        (6, 15, {}, "on the way from 6 to 15, as fast as its policy lets it"),
        (6, 40, {}, "on the way from 6 to 20, as fast as its policy lets it"),
        (9, 3, {}, "on the way from 9 to 3, as fast as its policy lets it"),
        (9, 0, HELD, "still 9, as more were asked for within its window; 2 are asked for now"),
    ],
)
def test_why_there_are_that_many(replicas: int, highest: int, condition: dict[str, str], said: str) -> None:
    item = hpa([], [], replicas=replicas, conditions=[{"type": "AbleToScale", "status": "True", **condition}])
    told = why(replicas, 2, 20, [Ask("cpu", "1 %", "2 %", highest)], item)
    assert told == f"{said}: cpu asks for {highest} (1 %, target 2 %)"


def test_what_is_not_modelled_is_left_out_and_breaks_no_line() -> None:
    metric = {"type": "Object", "object": {"metric": {"name": "lag"}}}
    odd = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": "many"}}}
    found = asks(hpa([metric, odd], [], replicas=2), 2)
    assert [each.replicas for each in found] == [None, None]
