"""Bringing a Deployment to what it shall be whose pods must never run twice at once: beat. Level-triggered."""

from examx_cli import output
from examx_cli.adopt.aside import Aside
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.inventory import ASIDE_LABEL
from examx_cli.adopt.waiting import wait_for
from examx_cli.adopt.ways import Way
from examx_cli.adopt.workload import Group
from examx_constructs.manifests import Object, mapping, text


def bring_single(way: Way, group: Group) -> None:
    """Bring it in place where the new Deployment ends its pods before it starts others; else the old one goes first."""
    hands = way.hands
    live = hands.get(group.key)
    if live is not None and (_goes_already(live) or _must_go(way, live, group.deployment)):
        remove_single(hands, live)
        live = None
    if live is None:
        hands.until(lambda: not _pods(hands, group.deployment), f"the old pods of {group.key.name} to end")
        _forget_returning(way, group)
        way.create(group.deployment, 1)
    else:
        way.put([group.deployment])
    way.put([*group.services, *group.autoscalers])
    wait_for(hands, [group.key])


def remove_single(hands: Hands, live: Object) -> None:
    """Delete a Deployment, and wait until its pods have ended."""
    name = text(live, "metadata", "name")
    pods = [text(each, "metadata", "name") for each in _pods(hands, live)]
    output.note(f"{name}: ends, and is waited for, before another starts")
    hands.delete(Aside(hands, name).deployment, "--cascade=foreground")
    hands.until(
        lambda: not {text(each, "metadata", "name") for each in hands.all("pods")} & set(pods), f"{name} to end"
    )


def _goes_already(live: Object) -> bool:
    return bool(text(live, "metadata", "deletionTimestamp"))


def _must_go(way: Way, live: Object, wanted: Object) -> bool:
    if way.has_pods_of(live, wanted):
        return False
    same = mapping(live, "spec", "selector") == mapping(wanted, "spec", "selector")
    return not same or text(wanted, "spec", "strategy", "type") != "Recreate"


def _pods(hands: Hands, deployment: Object) -> list[Object]:
    labels = mapping(deployment, "spec", "selector", "matchLabels")
    return hands.all("pods", ",".join(f"{name}={value}" for name, value in labels.items()))


def _forget_returning(way: Way, group: Group) -> None:
    """Forget ReplicaSets that an earlier step set aside have no pods any more: nothing of them returns."""
    for each in way.hands.all("replicasets.apps", f"{ASIDE_LABEL}={group.key.name}"):
        way.hands.delete(way.hands.key("ReplicaSet", text(each, "metadata", "name"), "apps"))
