"""Which objects go at the end: those of others that ours take the place of, and those that somebody names. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from examx_cli.adopt.inventory import AUTOSCALERS, WORKLOADS, Inventory
from examx_cli.comparison.surroundings import Surroundings, Workload
from examx_cli.errors import CommandError
from examx_constructs.manifests import Object, ObjectId, mapping, pod_labels, selects, selects_all
from examx_constructs.manifests.scaling import autoscaler_of

KEPT_KINDS = frozenset({"Namespace", "PersistentVolume", "PersistentVolumeClaim", "Secret", "StorageClass"})
"""What is never removed, no matter who asks."""


def removals(inventory: Inventory, wanted: Sequence[Object], named: Sequence[str]) -> dict[ObjectId, str]:
    """Return the objects that go at the end, and why.

    Raises CommandError for a name that must not go or is not there.
    """
    rendered = {ObjectId.of(each): each for each in wanted}
    asked = _asked(inventory, rendered, named)
    gone = {**asked, **dict(_with_their_workload(inventory, asked))}
    foreign = [item for key, item in inventory.objects.items() if key not in rendered and key not in gone]
    for item in foreign:
        if why := _why(item, inventory, wanted, gone):
            gone[ObjectId.of(item)] = why
    _refuse_needed(inventory, rendered, gone, asked)
    return gone


def target_of(autoscaler: Object) -> tuple[str, str]:
    """Return the kind and name of what an autoscaler scales. A ScaledObject that names no kind means a Deployment."""
    scaler = autoscaler_of(autoscaler)
    return scaler.target_kind, scaler.target_name


def stays(inventory: Inventory, wanted: Sequence[Object], gone: Mapping[ObjectId, str]) -> list[Object]:
    """Return the workloads of others that go on running."""
    rendered = {ObjectId.of(each) for each in wanted}
    return [
        each
        for each in inventory.of_kind(*WORKLOADS)
        if ObjectId.of(each) not in rendered and ObjectId.of(each) not in gone
    ]


def _asked(inventory: Inventory, rendered: Mapping[ObjectId, Object], named: Sequence[str]) -> dict[ObjectId, str]:
    found: dict[ObjectId, str] = {}
    for each in named:
        kind, slash, name = each.partition("/")
        if not slash or not kind or not name:
            raise CommandError(f'--remove is "{each}"; it must be KIND/NAME, such as Deployment/celery-old-worker')
        keys = [key for key in inventory.objects if key.kind.lower() == kind.lower() and key.name == name]
        if not keys:
            raise CommandError(f"--remove {each}: there is no such object in {inventory.namespace}")
        if keys[0].kind in KEPT_KINDS:
            raise CommandError(
                f"--remove {each}: a {keys[0].kind} is never removed here; delete it by hand if it must go"
            )
        if keys[0] in rendered:
            raise CommandError(f"--remove {each}: this environment renders it; take it out of the environment first")
        found |= dict.fromkeys(keys, "--remove names it")
    return found


def _with_their_workload(inventory: Inventory, asked: Mapping[ObjectId, str]) -> Iterator[tuple[ObjectId, str]]:
    workloads = {(key.kind, key.name) for key in asked if key.kind in WORKLOADS}
    for item in inventory.of_kind(*AUTOSCALERS):
        if target_of(item) in workloads:
            yield ObjectId.of(item), f"it scales {target_of(item)[1]}, which goes"


def _why(item: Object, inventory: Inventory, wanted: Sequence[Object], gone: Mapping[ObjectId, str]) -> str | None:
    match ObjectId.of(item).kind:
        case "HorizontalPodAutoscaler" | "ScaledObject":
            return _second_autoscaler(item, wanted)
        case "PodDisruptionBudget":
            return _second_budget(item, wanted)
        case "ConfigMap":
            return _unused(item, inventory, wanted, gone)
        case _:
            return None


def _second_autoscaler(item: Object, wanted: Sequence[Object]) -> str | None:
    for ours in wanted:
        key = ObjectId.of(ours)
        if key.kind in AUTOSCALERS and target_of(ours) == target_of(item):
            return f"{key} scales {target_of(item)[1]} from now on, and of two autoscalers on one target neither works"
    return None


def _second_budget(item: Object, wanted: Sequence[Object]) -> str | None:
    for ours in wanted:
        key = ObjectId.of(ours)
        if key.kind != "PodDisruptionBudget":
            continue
        covered = [
            each
            for each in wanted
            if ObjectId.of(each).kind in WORKLOADS
            and selects(mapping(ours, "spec", "selector"), pod_labels(each))
            and selects(mapping(item, "spec", "selector"), pod_labels(each))
        ]
        if covered:
            name = ObjectId.of(covered[0]).name
            return f"{key} guards the pods of {name}, and a pod under two budgets cannot be evicted at all"
    return None


def _unused(item: Object, inventory: Inventory, wanted: Sequence[Object], gone: Mapping[ObjectId, str]) -> str | None:
    key = ObjectId.of(item)
    rendered = {ObjectId.of(each) for each in wanted}
    readers = Surroundings(inventory.objects.values()).readers(key)
    replaced = [each for each in readers if each.key in rendered]
    if not replaced or any(each.key not in rendered and each.key not in gone for each in readers):
        return None
    if Surroundings(wanted).readers(key):
        return None
    return f"only pods that are replaced mounted it ({', '.join(each.key.name for each in replaced)})"


def _refuse_needed(
    inventory: Inventory,
    rendered: Mapping[ObjectId, Object],
    gone: Mapping[ObjectId, str],
    asked: Mapping[ObjectId, str],
) -> None:
    """Raise CommandError where something that was named is needed by a workload that stays."""
    staying = [item for key, item in inventory.objects.items() if key.kind in WORKLOADS and key not in gone]
    staying = [rendered.get(ObjectId.of(each), each) for each in staying]
    for key in asked:
        for each in staying:
            if (key.kind, key.name) in Workload(ObjectId.of(each), each).needs():
                raise CommandError(f"--remove {key.kind}/{key.name}: {ObjectId.of(each)} needs it and stays")


def selected_by(service: Object, workload: Object) -> bool:
    """Return whether a Service leads to a workload's pods."""
    selector = {"matchLabels": mapping(service, "spec", "selector")}
    return not selects_all(selector) and selects(selector, pod_labels(workload))
