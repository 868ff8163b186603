"""The steps of an adoption, in their order: which objects each touches, and what it does in words. Pure.

What lets traffic through or serves it comes first; what could harm the pods of today comes when they are gone. So
policies with Egress, default-deny and the Namespace with its Pod Security level come last. Where Redis moves, our
workers are there before anything sends to the new one, and those of today stay until the old one is empty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from examx_cli.adopt import facts
from examx_cli.adopt.inventory import AUTOSCALERS, WORKLOADS, Inventory
from examx_cli.adopt.superseded import target_of
from examx_cli.adopt.verdicts import services_of
from examx_constructs.manifests import Object, ObjectId, items, mapping, pod_labels, selects

RECORD, FOUNDATION, REDIS, INGRESS, DRAIN, POLICIES, CLEANUP, FINISH = (
    "record",
    "foundation",
    "redis",
    "ingress",
    "drain",
    "policies",
    "cleanup",
    "finish",
)
WORKLOAD = "workload"
END = "end"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `kind` says what is done, `objects` with which of the rendered ones, `workload` is its Deployment."""

    kind: str
    title: str
    objects: tuple[Object, ...] = ()
    workload: ObjectId | None = None

    @property
    def name(self) -> str:
        """As --until takes it: `foundation`, `workload/celery-beat`."""
        return f"{self.kind}/{self.workload.name}" if self.workload else self.kind


@dataclass(frozen=True, slots=True)
class Parts:
    """The rendered objects by the step that they belong to."""

    deployments: Mapping[ObjectId, tuple[Object, ...]]
    """Each Deployment, with its Services and autoscalers."""
    redis: tuple[Object, ...]
    ingress: tuple[Object, ...]
    last: tuple[Object, ...]
    budgets: tuple[Object, ...]
    foundation: tuple[Object, ...]


def parts(wanted: Sequence[Object], inventory: Inventory) -> Parts:
    """Sort what is rendered into steps."""
    deployments = {
        ObjectId.of(each): (each, *services_of(each, wanted), *autoscalers_of(each, wanted))
        for each in wanted
        if ObjectId.of(each).kind == "Deployment"
    }
    taken = {ObjectId.of(each) for group in deployments.values() for each in group}
    sets = [each for each in wanted if ObjectId.of(each).kind == "StatefulSet"]
    redis = [each for one in sets for each in (one, *autoscalers_of(one, wanted))]
    ingress = [each for each in wanted if ObjectId.of(each).kind == "Ingress"]
    budgets = [each for each in wanted if ObjectId.of(each).kind == "PodDisruptionBudget"]
    last = [each for each in wanted if _comes_last(each, inventory)]
    taken |= {ObjectId.of(each) for each in (*redis, *ingress, *budgets, *last)}
    rest = [each for each in wanted if ObjectId.of(each) not in taken]
    return Parts(deployments, tuple(redis), tuple(ingress), tuple(last), tuple(budgets), tuple(rest))


def autoscalers_of(workload: Object, objects: Sequence[Object]) -> list[Object]:
    """Return the autoscalers of a workload."""
    key = ObjectId.of(workload)
    return [
        each for each in objects if ObjectId.of(each).kind in AUTOSCALERS and target_of(each) == (key.kind, key.name)
    ]


def _comes_last(item: Object, inventory: Inventory) -> bool:
    key = ObjectId.of(item)
    if key.kind == "Namespace":
        return True
    if key.kind != "NetworkPolicy":
        return False
    if "Egress" in items(item, "spec", "policyTypes"):
        return True
    selector = mapping(item, "spec", "podSelector")
    return any(selects(selector, pod_labels(each)) for each in inventory.of_kind(*WORKLOADS))


def steps(made: Parts, gone: Mapping[ObjectId, str], *, moves: bool, replaced: Collection[ObjectId] = ()) -> list[Step]:
    """Return all steps, in their order. `replaced`: the Deployments that cannot be changed in place."""
    backends, workers, beats = _sorted(made)
    serving = [_workload(each, made, replaced) for each in backends]
    working = [_workload(each, made, replaced, stays=moves) for each in workers]
    found = [
        Step(RECORD, "write down what is there, in the Secret examx-adoption"),
        Step(FOUNDATION, _count(made.foundation, "apply {} that no pod of today notices"), made.foundation),
    ]
    if made.redis:
        found.append(Step(REDIS, _count(made.redis, "apply {} of Redis, and wait for it"), made.redis))
    found += [*working, *serving] if moves else [*serving, *working]
    found += [_workload(each, made, replaced) for each in beats]
    if made.ingress:
        found.append(Step(INGRESS, _count(made.ingress, "apply {}: its routes and its load balancer"), made.ingress))
    if moves:
        found.append(Step(DRAIN, "wait until the old Redis has no task left"))
        found += [Step(END, "end its old pods, now that their queue is empty", (), each) for each in workers]
    if gone:
        found.append(Step(CLEANUP, f"remove {', '.join(str(each) for each in gone)}"))
    if made.last:
        title = _count(made.last, "apply {}: the network policies, and the Namespace with its Pod Security level")
        found.append(Step(POLICIES, title, made.last))
    found.append(Step(FINISH, "apply all of it once more, wait for all rollouts, and write the release down"))
    return found


def _sorted(made: Parts) -> tuple[list[ObjectId], list[ObjectId], list[ObjectId]]:
    """Return the Deployments: those behind a Service, the others, and beat."""
    beats = [key for key, group in made.deployments.items() if facts.runs_beat(group[0])]
    serving = [
        key
        for key, group in made.deployments.items()
        if key not in beats and any(ObjectId.of(each).kind == "Service" for each in group)
    ]
    return serving, [key for key in made.deployments if key not in (*beats, *serving)], beats


def _workload(key: ObjectId, made: Parts, replaced: Collection[ObjectId], *, stays: bool = False) -> Step:
    group = made.deployments[key]
    others = [str(ObjectId.of(each)) for each in group[1:]]
    along = f", with {', '.join(others)}" if others else ""
    if key not in replaced:
        return Step(WORKLOAD, f"apply it{along}, and wait for it", group, key)
    if facts.runs_beat(group[0]):
        return Step(WORKLOAD, f"end the old one, then start the new one{along}", group, key)
    kept = "; the old ones stay until the drain is over" if stays else ", then end the old ones"
    return Step(WORKLOAD, f"start the new pods beside the old ones{along}{kept}", group, key)


def _count(objects: Sequence[Object], words: str) -> str:
    return words.format("1 object" if len(objects) == 1 else f"{len(objects)} objects")
