"""Why the number of a workload's pods does not follow its load: its HPAs, and KEDA's ScaledObjects.

KEDA has told of the HPA's health in three ways. Until 2.19 not at all; in 2.20.0 and 2.20.1 by the condition `Ready`;
from 2.20.2 on by a condition of its own.
"""

from collections.abc import Iterator

from examx_cli.deploy.diagnosis.events import Events, clear
from examx_cli.deploy.diagnosis.family import condition
from examx_cli.deploy.diagnosis.reader import Reader
from examx_constructs.manifests import Object, ObjectId, text
from examx_constructs.manifests.scaling import autoscaler_of

HPAS = "horizontalpodautoscalers.autoscaling"
SCALED_OBJECTS = "scaledobjects.keda.sh"
HPA_CONDITION = "HPAActive"
"""The condition of a ScaledObject that mirrors `ScalingActive` of its HPA, from KEDA 2.20.2 on."""

AMBIGUOUS = "AmbiguousSelector"
_ASLEEP = "ScalingDisabled"
OF_THE_HPA = ("HPAMetricsUnavailable", "ScalingDegraded")
"""Reasons of `Ready=False` that are the HPA's, in KEDA 2.20.0 and 2.20.1."""

# What CPU and memory lack while pods start is no reason but a consequence, and the conditions tell it where it stays.
_EVENTS = ("FailedGetExternalMetric", "FailedRescale", "FailedUpdateStatus")
_KEDA_EVENTS = ("KEDAScalerFailed", "KEDAScaleTargetActivationFailed", "ScaledObjectCheckFailed")


def reasons(reader: Reader, workload: ObjectId, events: Events) -> Iterator[str]:
    """Yield what its autoscalers say that is not as it should be."""
    hpas = [each for each in reader.read(HPAS) if targets(each, workload)]
    scaled = [each for each in reader.read(SCALED_OBJECTS) if targets(each, workload)]
    yield from _ambiguous(hpas)
    told: set[str] = set()
    for hpa in hpas:
        yield from _hpa(hpa, events, told)
    for each in scaled:
        yield from _scaled_object(each, events, told)


def targets(autoscaler: Object, workload: ObjectId) -> bool:
    """Return whether an autoscaler scales a workload."""
    scaler = autoscaler_of(autoscaler)
    return (scaler.target_kind, scaler.target_name) == (workload.kind, workload.name)


def _ambiguous(hpas: list[Object]) -> Iterator[str]:
    """Yield several HPAs for the same pods: current controllers let none of them scale, and say so in each."""
    stopped = [each for each in hpas if text(condition(each, "ScalingActive"), "reason") == AMBIGUOUS]
    names = sorted(text(each, "metadata", "name") for each in hpas)
    if not stopped:
        return
    if len(names) > 1:
        yield f"it does not scale: {len(names)} HPAs are made for it, so none acts ({AMBIGUOUS}): {', '.join(names)}"
    else:
        message = clear(text(condition(stopped[0], "ScalingActive"), "message"))
        yield f"it does not scale: its HPA {names[0]} matches pods of another's ({AMBIGUOUS}): {message}"


def _hpa(hpa: Object, events: Events, told: set[str]) -> Iterator[str]:
    name = text(hpa, "metadata", "name")
    for kind in ("AbleToScale", "ScalingActive"):
        found = condition(hpa, kind)
        reason = text(found, "reason")
        if text(found, "status") == "False" and reason not in (_ASLEEP, AMBIGUOUS):
            told.add(reason)
            yield f"HPA {name} does not scale it: {reason}: {clear(text(found, 'message'))}"
    for event in _latest(events.of(hpa, *_EVENTS)):
        if (reason := text(event, "reason")) not in told:
            told.add(reason)
            yield f"HPA {name}: {reason}: {clear(text(event, 'message'))}"


def _scaled_object(scaled: Object, events: Events, told: set[str]) -> Iterator[str]:
    name = text(scaled, "metadata", "name")
    ready, health = condition(scaled, "Ready"), condition(scaled, HPA_CONDITION)
    if text(ready, "status") == "False":
        about = "says that its HPA does not scale" if text(ready, "reason") in OF_THE_HPA else "is not ready"
        yield f"ScaledObject {name} {about}: {text(ready, 'reason')}: {clear(text(ready, 'message'))}"
    reason = text(health, "reason")
    if text(health, "status") == "False" and reason not in (*told, AMBIGUOUS):
        yield f"ScaledObject {name} says that its HPA does not scale: {reason}: {clear(text(health, 'message'))}"
    if text(ready, "status") != "True":
        for event in _latest(events.of(scaled, *_KEDA_EVENTS)):
            if (message := clear(text(event, "message"))) != clear(text(ready, "message")):
                yield f"ScaledObject {name}: {text(event, 'reason')}: {message}"


def _latest(events: list[Object]) -> list[Object]:
    """Return the last event of each reason."""
    return list({text(each, "reason"): each for each in events}.values())
