"""Bringing one Deployment, with its Services and autoscalers, to what it shall be: in place, or beside the old pods.

Everything is decided by what is live, so it can be stopped anywhere and done again. The order, where pods are replaced:

1. Its Services are narrowed to the pods that serve now.
2. Its Deployment is deleted without its pods, and their ReplicaSets are set aside (`aside`).
3. The new Deployment is created with as many pods, and waited for.
4. Its Services lead to the new pods, in one go: selector and port change together.
5. Its autoscaler is put in the place of the old one.
6. The old pods end, with the time that they need; then the Services select by the wanted labels alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examx_cli import output
from examx_cli.adopt import facts
from examx_cli.adopt.aside import HASH_LABEL, Aside, hash_of
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.inventory import Inventory
from examx_cli.adopt.verdicts import replaced
from examx_cli.adopt.waiting import wait_for
from examx_cli.adopt.ways import Way
from examx_cli.errors import Refusal
from examx_constructs.manifests import Object, ObjectId, at, mapping, text
from examx_constructs.manifests.scaling import autoscaler_of
from examx_constructs.settings.naming import LONGEST_TASK_ANNOTATION

_AFTER_THE_LONGEST_TASK = 30


@dataclass(frozen=True, slots=True)
class Group:
    """A Deployment as it shall be, its Services, its autoscalers, and those that must go before them."""

    key: ObjectId
    deployment: Object
    services: Sequence[Object] = ()
    autoscalers: Sequence[Object] = ()
    gone: Sequence[ObjectId] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How pods are replaced. `moves`: whether the broker does. `deregistration`: the load balancer's seconds."""

    moves: bool
    deregistration: float


def bring(way: Way, group: Group, manner: Manner) -> None:
    """Bring a Deployment to what it shall be. With a broker that moves, the old pods of a worker stay set aside."""
    hands, aside = way.hands, Aside(way.hands, group.key.name)
    live = hands.get(group.key)
    if live is not None and text(live, "metadata", "deletionTimestamp"):
        aside.orphan(live)
        live = None
    if live is not None and not way.has_pods_of(live, group.deployment):
        if _why_beside(hands, live, group, manner):
            _narrow(hands, live, group.services)
            aside.orphan(live)
            live = None
        else:
            way.put([group.deployment])
    stays = manner.moves and facts.is_celery(group.deployment)
    if live is None:
        aside.hide()
        aside.take_back(way.returning(group.key.name))
        way.create(group.deployment, aside.count())
        if stays:
            aside.keep_one()
    elif aside.count():
        way.complete(group.deployment, aside.count())
    wait_for(hands, [group.key])
    _lead_to_new(way, group, aside)
    _scale(way, group)
    if aside.count():
        _wait_for_one(hands, group)
    if stays:
        return
    finish(way, group, manner)


def finish(way: Way, group: Group, manner: Manner) -> None:
    """End the old pods, and let the Services select by the wanted labels alone."""
    aside = Aside(way.hands, group.key.name)
    aside.retire(grace_for(group.deployment), deregistration=manner.deregistration if group.services else 0)
    way.put(group.services)
    # What an apply leaves undone where the pods were right already, such as labels of the Deployment itself.
    way.put([_with_live_replicas(way, group)])


def grace_for(deployment: Object) -> int:
    """Return the seconds that old pods get to finish what they have begun: those of ours, or the longest task's."""
    longest = text(deployment, "metadata", "annotations", LONGEST_TASK_ANNOTATION)
    tasks = int(longest) + _AFTER_THE_LONGEST_TASK if longest.isdigit() else 0
    return max(facts.grace_of(deployment), tasks)


def _with_live_replicas(way: Way, group: Group) -> Object:
    """Return the Deployment; where it is one of the record, with the number that its autoscaler decided on."""
    live = way.hands.get(group.key)
    if live is None or not group.autoscalers or at(group.deployment, "spec", "replicas") is None:
        return group.deployment
    spec = {**mapping(group.deployment, "spec"), "replicas": at(live, "spec", "replicas")}
    return {**group.deployment, "spec": spec}


def _why_beside(hands: Hands, live: Object, group: Group, manner: Manner) -> list[str]:
    there = [found for each in group.services if (found := hands.get(ObjectId.of(each))) is not None]
    inventory = Inventory(hands.namespace, {ObjectId.of(each): each for each in there})
    wanted = [group.deployment, *group.services]
    return replaced(live, group.deployment, wanted, inventory, other_pods=True, moves=manner.moves)


def _narrow(hands: Hands, live: Object, services: Sequence[Object]) -> None:
    """Let Services lead to the pods that a Deployment has now, and to no others that have its labels."""
    number = hash_of(hands, live)
    for each in services if number else ():
        service = hands.get(ObjectId.of(each))
        if service is not None and HASH_LABEL not in mapping(service, "spec", "selector"):
            hands.patch(ObjectId.of(each), {"spec": {"selector": {HASH_LABEL: number}}})
            output.note(f"{ObjectId.of(each)}: leads to the pods that serve now alone, until the new ones are ready")


def _lead_to_new(way: Way, group: Group, aside: Aside) -> None:
    """Let the Services lead to the new pods; to nothing else, as long as old ones with the same labels are there."""
    sleeps = at(group.deployment, "spec", "replicas") == 0
    if not group.services or sleeps or not aside.has_pods():
        way.put(group.services)
        return
    live = way.hands.get(group.key)
    number = hash_of(way.hands, live) if live is not None else ""
    if not number:
        raise Refusal(f"{group.key} lost its pods while it was taken over: run the same command again")
    way.put([_with_selector(each, {HASH_LABEL: number}) for each in group.services])


def _with_selector(service: Object, more: Mapping[str, object]) -> Object:
    spec = mapping(service, "spec")
    return {**service, "spec": {**spec, "selector": {**mapping(spec, "selector"), **more}}}


def _scale(way: Way, group: Group) -> None:
    """Put the autoscaler in the place of the old one: of two on one target neither works."""
    for key in group.gone:
        if way.hands.get(key) is not None:
            way.hands.delete(key)
            output.note(f"{key}: removed, its place is taken")
    way.put(group.autoscalers)


def _wait_for_one(hands: Hands, group: Group) -> None:
    """Wait until a new pod is ready: the autoscaler of before may have put the new Deployment to sleep."""
    sleeps = at(group.deployment, "spec", "replicas") == 0
    if sleeps or not group.autoscalers or autoscaler_of(group.autoscalers[0]).minimum == 0:
        return

    def is_ready() -> bool:
        ready = at(hands.get(group.key) or {}, "status", "readyReplicas")
        return isinstance(ready, int) and ready > 0

    hands.until(is_ready, f"a new pod of {group.key.name} to get ready")
