"""The workloads of the namespace: how many pods are ready and wanted, between which bounds, and why that many."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from examx_cli.deploy.diagnosis import autoscalers
from examx_cli.deploy.diagnosis.autoscalers import HPAS, SCALED_OBJECTS
from examx_cli.deploy.diagnosis.events import Events, clear
from examx_cli.deploy.diagnosis.family import PODS, Family, condition
from examx_cli.status.asks import Scaled
from examx_cli.status.numbers import why
from examx_cli.status.reading import DEPLOYMENTS, EVENTS, STATEFUL_SETS, Reading
from examx_cli.status.triggers import sources
from examx_cli.status.values import Ask, Unread, Workload
from examx_constructs.manifests import Object, ObjectId, Versions, at, items, mapping, text
from examx_constructs.manifests.scaling import Autoscaler, autoscaler_of
from examx_constructs.scaling.proposals import Counts

_FAILING = "Failing"


def workloads(reading: Reading, totals: Mapping[str, Fraction], versions: Versions) -> Iterator[Workload | Unread]:
    """Yield each Deployment and StatefulSet, also those that others made. `totals`: what is counted now, by metric."""
    for resource in (PODS, HPAS, SCALED_OBJECTS):
        # Without what is not installed nothing is missing: a cluster without KEDA has no ScaledObjects.
        if isinstance(found := reading.objects(resource), Unread) and not reading.is_unknown(resource):
            yield found
    for resource in (DEPLOYMENTS, STATEFUL_SETS):
        found = reading.objects(resource)
        if isinstance(found, Unread):
            yield found
            continue
        for item in sorted(found, key=lambda each: text(each, "metadata", "name")):
            yield _workload(reading, item, totals, versions)


def _workload(reading: Reading, item: Object, totals: Mapping[str, Fraction], versions: Versions) -> Workload:
    key = ObjectId.of(item)
    wanted = _number(item, "spec", "replicas", 1)
    made, ready = _number(item, "status", "replicas"), _number(item, "status", "readyReplicas")
    hpas, scaled = _of(reading, HPAS, key), _of(reading, SCALED_OBJECTS, key)
    low, high = _bounds([*scaled, *hpas])
    asks: tuple[Ask, ...] = ()
    reason = _without_hpa(reading, key, wanted, scaled)
    if hpas and wanted:
        hpa = hpas[0]
        counts = Counts(told=wanted, made=made, ready=ready)
        asks = tuple(Scaled(hpa, counts, dict(sources(scaled)), totals, versions).asks())
        reason = why(wanted, low or 0, high if high is not None else wanted, asks, hpa)
    return Workload(
        kind=key.kind,
        name=key.name,
        ready=ready,
        wanted=wanted,
        least=low,
        most=high,
        asks=asks,
        why=reason,
        trouble=tuple(_trouble(reading, item, key, scaled)),
    )


def _number(item: Object, part: str, name: str, default: int = 0) -> int:
    found = at(item, part, name)
    return found if isinstance(found, int) else default


def _of(reading: Reading, resource: str, workload: ObjectId) -> list[Object]:
    """Return the autoscalers of a workload."""
    found = reading.objects(resource)
    return [] if isinstance(found, Unread) else [each for each in found if autoscalers.targets(each, workload)]


def _bounds(found: Sequence[Object]) -> tuple[int | None, int | None]:
    """Return those of its ScaledObject, which may be none at least, else of its HPA."""
    scaler: Autoscaler | None = next(map(autoscaler_of, found), None)
    return (scaler.minimum, scaler.maximum) if scaler else (None, None)


def _without_hpa(reading: Reading, key: ObjectId, wanted: int, scaled: Sequence[Object]) -> str:
    """Return why it has that many where no HPA says so."""
    for resource in (SCALED_OBJECTS, HPAS):
        if isinstance(found := reading.objects(resource), Unread) and not reading.is_unknown(resource):
            return f"why that many is not known: {found.why}"
    for each in scaled:
        if autoscaler_of(each).is_paused:
            return "an annotation stops KEDA"
        active = condition(each, "Active")
        if not wanted and text(active, "status") == "False":
            return f"asleep: {clear(text(active, 'message')) or 'no trigger is active'}"
        return "KEDA has made no HPA yet"
    return f"always {wanted}: nothing scales it" if key.kind in ("Deployment", "StatefulSet") else ""


def _trouble(reading: Reading, item: Object, key: ObjectId, scaled: Sequence[Object]) -> Iterator[str]:
    """Yield what keeps it from being ready, and its number from following its load."""
    family = Family.of_workload(reading.reader, key, item)
    for pod in family.waiting:
        yield f"{text(pod, 'metadata', 'name')} is not ready: {_of_pod(pod)}"
    yield from autoscalers.reasons(reading.reader, key, Events(reading.reader.read(EVENTS)))
    for each in scaled:
        yield from _of_source(each)


def _of_source(scaled: Object) -> Iterator[str]:
    """Yield what KEDA tells of its triggers beside `Ready`, which stays True in most outages of a source."""
    name = text(scaled, "metadata", "name")
    if text(condition(scaled, "Fallback"), "status") == "True":
        yield f"ScaledObject {name} goes by its fallback: {clear(text(condition(scaled, 'Fallback'), 'message'))}"
    for metric, health in mapping(scaled, "status", "health").items():
        if text(health, "status") == _FAILING:
            failures = at(health, "numberOfFailures")
            what = dict(sources([scaled])).get(metric, metric)
            yield f"ScaledObject {name} cannot count {what}: {failures} failures in a row"


def _of_pod(pod: Object) -> str:
    """Return why a pod is not ready, in a few words: what its containers wait for, or what its conditions say."""
    for kind in ("initContainerStatuses", "containerStatuses"):
        for each in items(pod, "status", kind):
            waiting = text(each, "state", "waiting", "reason")
            if waiting and waiting not in ("PodInitializing", "ContainerCreating"):
                ended = text(each, "lastState", "terminated", "reason")
                return f"{text(each, 'name')}: {waiting}{f' after {ended}' if ended else ''}"
    for kind in ("PodScheduled", "ContainersReady", "Ready"):
        found = condition(pod, kind)
        if text(found, "status") == "False":
            return clear(text(found, "message")) or text(found, "reason")
    return text(pod, "status", "phase") or "its node does not say why"
