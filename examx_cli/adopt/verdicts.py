"""What becomes of each object: kept, changed in place, replaced, made, left alone, or removed at the end. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examx_cli.adopt import facts
from examx_cli.adopt.inventory import AUTOSCALERS, WORKLOADS, Inventory
from examx_cli.adopt.superseded import selected_by, stays, target_of
from examx_cli.comparison import Difference, Impact, ObjectChange
from examx_cli.comparison.surroundings import Workload
from examx_constructs.manifests import Object, ObjectId, at, mapping, pod_labels, text


class Verdict(StrEnum):
    """What becomes of an object."""

    SAME = "same"
    CHANGED = "changed in place"
    REPLACED = "replaced"
    NEW = "new"
    LEFT = "left alone"
    REMOVED = "removed afterwards"


@dataclass(frozen=True, slots=True)
class Entry:
    """One object: what becomes of it, and why, a sentence each."""

    key: ObjectId
    verdict: Verdict
    why: tuple[str, ...] = ()


def entries(
    inventory: Inventory,
    wanted: Sequence[Object],
    difference: Difference,
    gone: Mapping[ObjectId, str],
    *,
    moves: bool,
) -> list[Entry]:
    """Return all objects, ours in the order in which they are rendered, then those of others."""
    changes = {each.key: each for each in difference.changes}
    ours = [_ours(item, inventory, wanted, changes, moves=moves) for item in wanted]
    others = [
        Entry(key, Verdict.REMOVED, (gone[key],)) if key in gone else _left(item, inventory, wanted, gone)
        for key, item in inventory.objects.items()
        if key not in {each.key for each in ours}
    ]
    return [*ours, *sorted(others, key=lambda each: (each.verdict is Verdict.REMOVED, each.key))]


def _ours(
    item: Object,
    inventory: Inventory,
    wanted: Sequence[Object],
    changes: Mapping[ObjectId, ObjectChange],
    *,
    moves: bool,
) -> Entry:
    key = ObjectId.of(item)
    today = inventory.objects.get(key)
    if today is None:
        return Entry(key, Verdict.NEW)
    change = changes.get(key)
    if key.kind == "Deployment":
        other = template_differs(change)
        if reasons := replaced(today, item, wanted, inventory, other_pods=other, moves=moves):
            return Entry(key, Verdict.REPLACED, (*reasons, _how(item)))
    if change is None:
        return Entry(key, Verdict.SAME)
    effects = [each for each in change.effects if each.impact is not Impact.NONE]
    itself = (str(key), key.name)
    said = dict.fromkeys(
        each.reason if each.subject in itself else f"{each.subject}: {each.reason}" for each in effects
    )
    return Entry(key, Verdict.CHANGED, tuple(said) or ("nothing that runs notices",))


def _how(item: Object) -> str:
    if facts.runs_beat(item):
        return "the old one ends before the new one starts: never two at once"
    return "the old pods go on until the new ones are ready, then finish what they have begun"


def replaced(
    today: Object,
    ours: Object,
    wanted: Sequence[Object],
    inventory: Inventory,
    *,
    other_pods: bool,
    moves: bool = False,
) -> list[str]:
    """Return why a Deployment cannot be changed in place without loss; empty where it can.

    One without pods can, unless its selector differs or its queue has to be drained. `other_pods`: whether the change
    replaces its pods.
    """
    reasons: list[str] = []
    if mapping(today, "spec", "selector") != mapping(ours, "spec", "selector"):
        reasons.append("its selector differs, and a selector cannot change")
    if facts.runs_beat(ours):
        recreate = text(ours, "spec", "strategy", "type") == "Recreate"
        return reasons if reasons or recreate else ["in place, two would run at the same time"]
    if facts.is_celery(ours) and moves:
        reasons.append("its Redis moves, so the old pods stay until the old queue is empty")
    if other_pods and at(today, "spec", "replicas") != 0:
        reasons += lifecycle(today, ours, services_of(ours, wanted), inventory)
    return reasons


def template_differs(change: ObjectChange | None) -> bool:
    """Return whether a change replaces pods."""
    return change is not None and any(each.path[:2] == ("spec", "template") for each in change.fields)


def lifecycle(today: Object, ours: Object, services: Sequence[Object], inventory: Inventory) -> list[str]:
    """Return why a rolling update would lose requests or tasks: how the pods of today end, and where they listen."""
    reasons: list[str] = []
    if facts.grace_of(today) < facts.grace_of(ours):
        what = "tasks" if facts.is_celery(ours) else "requests"
        reasons.append(
            f"its pods are killed {facts.grace_of(today)} s after they are told to end, ours have "
            f"{facts.grace_of(ours)} s: a rolling update would lose {what}"
        )
    if services and not facts.has_pre_stop(today):
        reasons.append("its pods end while the load balancer still sends to them: they have no preStop pause")
    for service in services:
        now = inventory.objects.get(ObjectId.of(service))
        ports = [facts.resolves(each, one) for each in (service, now or service) for one in (today, ours)]
        if any(each != ports[0] for each in ports):
            was, will = (next(iter(each.values()), None) for each in (ports[2], ports[1]))
            reasons.append(
                f"Service {ObjectId.of(service).name} leads to port {was} today and to {will} then: "
                "in between it would lead to pods that do not listen there"
            )
    return reasons


def services_of(workload: Object, objects: Sequence[Object]) -> list[Object]:
    """Return the Services that lead to a workload's pods."""
    return [each for each in objects if ObjectId.of(each).kind == "Service" and selected_by(each, workload)]


def _left(item: Object, inventory: Inventory, wanted: Sequence[Object], gone: Mapping[ObjectId, str]) -> Entry:
    return Entry(ObjectId.of(item), Verdict.LEFT, tuple(_safe(item, inventory, wanted, gone)))


def _safe(item: Object, inventory: Inventory, wanted: Sequence[Object], gone: Mapping[ObjectId, str]) -> Iterator[str]:
    """Yield why an object of others may stay beside ours."""
    key = ObjectId.of(item)
    if key.kind in AUTOSCALERS:
        yield f"it scales {target_of(item)[1]}, which is not ours"
    elif key.kind == "Service":
        ours = [ObjectId.of(each).name for each in wanted if _runs_pods(each) and selected_by(item, each)]
        yield f"it goes on leading to the pods of {', '.join(ours)}" if ours else "it leads to no pod of ours"
    elif key.kind in WORKLOADS:
        yield "not ours; its pods go on"
    elif key.kind == "Secret":
        yield "Secrets are never removed"
    elif key.kind in ("PersistentVolumeClaim", "PersistentVolume"):
        yield "it holds data"
    else:
        from_others = [ObjectId.of(each).name for each in stays(inventory, wanted, gone) if _needs(each, key)]
        yield f"{', '.join(from_others)} uses it" if from_others else "not ours; nothing of ours depends on it"


def _runs_pods(item: Object) -> bool:
    return ObjectId.of(item).kind in WORKLOADS and bool(pod_labels(item))


def _needs(workload: Object, key: ObjectId) -> bool:
    return (key.kind, key.name) in Workload(ObjectId.of(workload), workload).needs()
