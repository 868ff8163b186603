"""Rules on ScaledObjects and ScaledJobs, whatever they count.

KEDA's webhook knows some of these, but it fails open, and 2.17 lets others through.
"""

from collections import Counter
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.keda import all_triggers, triggered
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS, scaled_objects

_SPECIFICATION = "KEDA 2.17 ScaledObject specification"
_LONGEST_HPA_NAME = 63
_NOT_CACHED = frozenset({"cpu", "memory", "cron"})


@rule(_SPECIFICATION)
def scaled_object_has_triggers(manifests: Manifests) -> Iterator[Finding]:
    """A ScaledObject, and a ScaledJob, has at least one trigger; KEDA's webhook refuses one without."""
    for each in triggered(manifests):
        if not each.triggers:
            yield finding(each.resource.spec["triggers"], "at least one trigger", "there is nothing to scale on")


@rule(_SPECIFICATION)
def trigger_names_are_unique(manifests: Manifests) -> Iterator[Finding]:
    """Named triggers of one object have different names: KEDA's webhook refuses two alike."""
    for each in triggered(manifests):
        seen = Counter[str]()
        for trigger in each.triggers:
            seen[trigger["name"].text] += 1
            if trigger["name"].text and seen[trigger["name"].text] > 1:
                yield finding(trigger["name"], "a name that no other trigger has", "the formula finds triggers by name")


@rule(_SPECIFICATION)
def trigger_metadata_is_text(manifests: Manifests) -> Iterator[Finding]:
    """Every value of a trigger's metadata is a string: the CRD maps strings to strings, so the object is refused."""
    for _, trigger in all_triggers(manifests):
        for _, value in trigger["metadata"].entries():
            if not isinstance(value.value, str):
                yield finding(value, "a string: put it in quotes", "the CRD refuses anything else")


@rule("KEDA 2.17 admission webhook")
def resource_triggers_cannot_wake(manifests: Manifests) -> Iterator[Finding]:
    """A ScaledObject that only has cpu and memory triggers keeps at least one replica.

    Nothing runs at zero, so nothing can be measured, and the workload would never come back.
    """
    for each in scaled_objects(manifests):
        kinds = {trigger["type"].text for trigger in each.triggers}
        if kinds and kinds <= RESOURCE_TRIGGERS and each.minimum < 1:
            yield finding(each.low, "1 or more", "its cpu and memory triggers cannot be measured at zero replicas")


@rule("KEDA 2.17 to 2.21, GetMetricTargetType in pkg/scalers; KEDA 2.17 CPU and memory scalers")
def metric_type_fits_trigger(manifests: Manifests) -> Iterator[Finding]:
    """Utilization is for cpu and memory triggers, Value is not: a scaler refuses the wrong type."""
    for _, trigger in all_triggers(manifests):
        kind, metric_type = trigger["type"].text, trigger["metricType"]
        if not kind or not metric_type.text or is_placeholder(metric_type.text):
            continue
        if kind in RESOURCE_TRIGGERS and metric_type.text not in ("Utilization", "AverageValue"):
            yield finding(metric_type, "Utilization or AverageValue", f"the {kind} scaler knows no total")
        elif kind not in RESOURCE_TRIGGERS and metric_type.text not in ("AverageValue", "Value"):
            yield finding(metric_type, "AverageValue or Value", f"a {kind} trigger has no request to be a share of")


@rule("KEDA 2.17 admission webhook")
def cached_metrics_fit_trigger(manifests: Manifests) -> Iterator[Finding]:
    """Cpu, memory and cron triggers have no cached metrics: KEDA's webhook refuses useCachedMetrics on them."""
    for _, trigger in all_triggers(manifests):
        if trigger["useCachedMetrics"].value is True and trigger["type"].text in _NOT_CACHED:
            yield finding(
                trigger["useCachedMetrics"],
                "false, or leave it out",
                f"KEDA does not poll a {trigger['type'].text} trigger, so it caches nothing",
            )


@rule("KEDA 2.17 ScaledObject specification; Kubernetes label values")
def scaled_object_name_is_short(manifests: Manifests) -> Iterator[Finding]:
    """A ScaledObject's name has at most 54 characters.

    KEDA names its HPA keda-hpa-<name>, which ends up in labels of at most 63; from 2.20 on it refuses longer ones.
    """
    for each in scaled_objects(manifests):
        length = len(each.hpa_name)
        if length > _LONGEST_HPA_NAME:
            yield finding(
                each.resource.metadata["name"],
                "at most 54 characters",
                f"KEDA's HPA would be keda-hpa-<name>, {length} characters, and 63 is the most",
            )
