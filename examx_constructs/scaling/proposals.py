"""How many replicas one metric asks for: the arithmetic of the HPA controller's replica calculator.

Source: Kubernetes 1.34.4, pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go. Amounts are
whole thousandths and ratios are floating point, as there: both round, and a step may hang on it.
"""

from math import ceil
from typing import NamedTuple

from examx_constructs.scaling.policy import ExternalMetric, ResourceMetric

_INT32 = (1 << 31) - 1


class Tolerances(NamedTuple):
    """How far a ratio may be from 1 either way, inclusively, before anything is done."""

    down: float
    up: float

    def hold(self, ratio: float) -> bool:
        """Return whether nothing is to be done."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


class Measured(NamedTuple):
    """The pods of a look, as `groupPods` sorts them. All request the same."""

    ready: int
    """Pods whose use counts."""
    used: int
    """What these use together, in thousandths."""
    unready: int = 0
    """Pods that do not run, or whose CPU time says nothing yet."""
    missing: int = 0
    """Pods that run, and that the metrics API does not know."""
    request: int | None = None
    """What each requests, in thousandths; None where a container requests nothing."""
    leaving: int = 0
    """Pods that are being deleted, which count nowhere."""


class Counts(NamedTuple):
    """How many replicas there are."""

    told: int
    """What the workload is told to have."""
    made: int
    """What it says that it has (`status.replicas`)."""
    ready: int


def external(metric: ExternalMetric, amount: int, counts: Counts, hold: Tolerances) -> int | None:
    """Return what a number from outside asks for (`GetExternalPerPodMetricReplicas`, `GetExternalMetricReplicas`).

    None where the look fails, for want of pods.
    """
    replicas, made, ready = counts
    if metric.per_pod:
        # In Go a division by zero replicas is infinite, or no number: neither is within the tolerance.
        if made and hold.hold(amount / (float(metric.target) * made)):
            return made
        return min(ceil(amount / metric.target), _INT32)
    ratio = amount / metric.target
    if replicas == 0:
        return ceil(ratio)
    if hold.hold(ratio):
        return replicas
    return ceil(ratio * ready) if made else None


def resource(metric: ResourceMetric, pods: Measured, replicas: int, hold: Tolerances) -> int | None:
    """Return what CPU or memory asks for (`GetResourceReplicas`, `calcPlainMetricReplicas`).

    None where the look fails.
    """
    if pods.ready == 0 or (metric.utilization and not pods.request):
        return None
    ratio = _ratio(metric, pods.used, pods.ready, pods.request or 0)
    with_unready = pods.unready > 0 and ratio > 1.0
    if not with_unready and not pods.missing:
        return replicas if hold.hold(ratio) else ceil(ratio * pods.ready)
    used, counted = pods.used, pods.ready
    if pods.missing and ratio != 1.0:
        # On the way down a missing pod uses all that it may, on the way up nothing.
        counted += pods.missing
        used += pods.missing * _assumed(metric, pods.request or 0) if ratio < 1.0 else 0
    if with_unready:
        counted += pods.unready
    again = _ratio(metric, used, counted, pods.request or 0)
    if hold.hold(again) or (ratio < 1.0 < again) or (again < 1.0 < ratio):
        return replicas
    asked = ceil(again * counted)
    turns = (again < 1.0 and asked > replicas) or (again > 1.0 and asked < replicas)
    return replicas if turns else asked


def _ratio(metric: ResourceMetric, used: int, pods: int, request: int) -> float:
    """Return what is used, as a multiple of the target.

    It is in whole percents and whole thousandths, as the controller counts.
    """
    if metric.utilization:
        return (used * 100 // (request * pods)) / metric.target
    return (used // pods) / metric.target


def _assumed(metric: ResourceMetric, request: int) -> int:
    if metric.utilization:
        return request * max(100, metric.target) // 100
    return metric.target
