"""Triggers of a ScaledObject, as the simulator knows them; others are refused by name.

Sources: KEDA 2.17.2, pkg/scalers: redis_scaler.go, prometheus_scaler.go, cron_scaler.go, cpu_memory_scaler.go and
scaler.go (`GetMetricTargetType`).
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from examx_constructs._schedules import Schedule, ScheduleError
from examx_constructs.manifests import Node
from examx_constructs.scaling.cron import CronWindow
from examx_constructs.scaling.errors import ScalingError
from examx_constructs.scaling.fields import choice, decimal_text, thousandths, whole_text
from examx_constructs.scaling.policy import ExternalMetric, ResourceMetric, Trigger

LISTS = ("redis", "redis-sentinel", "redis-cluster")
RESOURCES = ("cpu", "memory")
MODELLED = (*LISTS, *RESOURCES, "cron", "prometheus")

_DEFAULT_LIST_LENGTH = 5
_TARGET = "replicas are a number divided by it"


def external(trigger: Node) -> Trigger:
    """Return a trigger with a number from outside. Raises ScalingError."""
    match trigger["type"].text:
        case "cron":
            return _cron(trigger)
        case "prometheus":
            return _prometheus(trigger)
        case kind if kind in LISTS:
            return _list(trigger)
        case _:
            allowed = ", ".join(MODELLED)
            raise ScalingError.at(trigger["type"], allowed, "the simulator models no other trigger")


def resource(trigger: Node, worker: str) -> ResourceMetric:
    """Return a cpu or memory trigger.

    Raises ScalingError; also for a container other than the worker's, if that is known.
    """
    metadata = trigger["metadata"]
    given = metadata["type"] if metadata["type"].present else trigger["metricType"]
    kind = choice(given, ("Utilization", "AverageValue"), "", "the scaler knows no other")
    if not kind:
        raise ScalingError.at(given, "Utilization or AverageValue", "the scaler needs one of them")
    own_container(metadata["containerName"], worker)
    value = metadata["value"]
    if kind == "AverageValue":
        return ResourceMetric(trigger["type"].text, thousandths(value, _TARGET), utilization=False)
    return ResourceMetric(trigger["type"].text, whole_text(value, None, _TARGET, low=1))


def own_container(node: Node, worker: str) -> None:
    """Refuse a metric of a container that does not do the work. Raises ScalingError."""
    if node.present and node.text != worker:
        raise ScalingError.at(node, f'"{worker}", or leave it out', "only what the worker uses is modelled")


def _list(trigger: Node) -> Trigger:
    metadata = trigger["metadata"]
    if not metadata["listName"].text:
        raise ScalingError.at(metadata["listName"], "the name of a list", "there is nothing to count")
    target = whole_text(metadata["listLength"], _DEFAULT_LIST_LENGTH, _TARGET, low=1)
    activation = whole_text(metadata["activationListLength"], 0, "it is active above it", low=-(10**18))
    return Trigger(
        ExternalMetric(target * 1000, per_pod=_per_pod(trigger)),
        activation=float(activation),
        cached=trigger["useCachedMetrics"].value is True,
    )


def _prometheus(trigger: Node) -> Trigger:
    metadata = trigger["metadata"]
    target = int(decimal_text(metadata["threshold"], None, _TARGET) * 1000)
    if target < 1:
        raise ScalingError.at(metadata["threshold"], "0.001 or more, as a text", _TARGET)
    return Trigger(
        ExternalMetric(target, per_pod=_per_pod(trigger)),
        activation=decimal_text(metadata["activationThreshold"], 0.0, "it is active above it"),
        counts_running=True,
        connects=False,
        cached=trigger["useCachedMetrics"].value is True,
    )


def _cron(trigger: Node) -> Trigger:
    metadata = trigger["metadata"]
    start, end = _schedule(metadata["start"]), _schedule(metadata["end"])
    if metadata["start"].text == metadata["end"].text:
        raise ScalingError.at(metadata["end"], "another time than the start", "KEDA refuses two alike")
    replicas = whole_text(metadata["desiredReplicas"], None, "it is how many the window wants", low=1)
    window = CronWindow(start, end, _zone(metadata["timezone"]), replicas)
    metric = ExternalMetric(1000, per_pod=_per_pod(trigger))
    return Trigger(metric, connects=False, cron=window)


def _schedule(node: Node) -> Schedule:
    try:
        return Schedule.parse(node.text)
    except ScheduleError as error:
        raise ScalingError.at(node, str(error), "KEDA cannot read another schedule") from None


def _zone(node: Node) -> ZoneInfo:
    try:
        return ZoneInfo(node.text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScalingError.at(
            node, "a name of the IANA database, such as Asia/Kolkata", "KEDA knows no other"
        ) from None


def _per_pod(trigger: Node) -> bool:
    allowed = ("AverageValue", "Value")
    why = f"a {trigger['type'].text} trigger has no request to be a share of"
    return choice(trigger["metricType"], allowed, "AverageValue", why) == "AverageValue"
