"""Who gets through to whom by all NetworkPolicies that select a pod, as far as manifests tell.

Policies add up: a pod lets in what one of them lets in. What manifests do not tell counts as let through. Addresses may
be those of pods, and namespaces that are chosen by labels of their own may be any.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.remembered import remembered
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.selection import lacking, selected
from examx_constructs.manifests.selectors import is_empty

NAMESPACE_NAME = "kubernetes.io/metadata.name"
# Other kinds may allow, or forbid, more than NetworkPolicies show.
_OTHER_KINDS = (
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "ClusterNetworkPolicy",
    "GlobalNetworkPolicy",
)
_NAMES = ("app", "name", "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/part-of")
"""Labels that say what a pod is: with another value it is something else."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Pods in other manifests, known by what they are called."""

    name: re.Pattern[str]
    """In the values of their labels, and mostly in the name of their namespace."""
    never: re.Pattern[str]
    """In the names of namespaces that are others' for sure."""


@dataclass(frozen=True, slots=True)
class Door:
    """One of the ports of a pod: its number, and its name if it has one."""

    number: int | None
    name: str


class Paths:
    """The NetworkPolicies of a set, by the pods that they restrict."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._known = not any(True for _ in manifests.kind(*_OTHER_KINDS))
        self._inwards: defaultdict[Pod, list[Resource]] = defaultdict(list)
        self._outwards: defaultdict[Pod, list[Resource]] = defaultdict(list)
        for policy in manifests.kind("NetworkPolicy") if self._known else ():
            types = policy.spec["policyTypes"].texts
            outwards = "Egress" in types if types else bool(list(policy.spec["egress"]))
            for pod in selected(manifests, policy.scope, policy.spec["podSelector"]):
                if pod.spec["hostNetwork"].value is not True:
                    if not types or "Ingress" in types:
                        self._inwards[pod].append(policy)
                    if outwards:
                        self._outwards[pod].append(policy)

    def inwards(self, pod: Pod) -> Sequence[Resource]:
        """Return the policies that restrict what a pod lets in.

        None where it lets in all, or where that is not known.
        """
        return _complete(self._inwards.get(pod, []))

    def outwards(self, pod: Pod) -> Sequence[Resource]:
        """Return the policies that restrict what a pod calls."""
        return _complete(self._outwards.get(pod, []))

    def lets_in(self, pod: Pod, caller: Pod | Stranger, doors: Sequence[Door]) -> bool:
        """Return whether a pod lets a caller in at one of these ports."""
        policies = self.inwards(pod)
        return not policies or any(
            opens(rule, doors) and self._is_among(rule["from"], policy, caller) for policy, rule in rules(policies)
        )

    def lets_out(self, pod: Pod, called: Pod, doors: Sequence[Door]) -> bool:
        """Return whether a pod may call another one at one of these ports."""
        policies = self.outwards(pod)
        return not policies or any(
            opens(rule, doors) and self._is_among(rule["to"], policy, called)
            for policy, rule in rules(policies, "egress")
        )

    def _is_among(self, peers: Node, policy: Resource, other: Pod | Stranger) -> bool:
        each: Callable[[Node], bool]
        if isinstance(other, Pod):
            each = lambda peer: _may_be_pod(self._manifests, policy, peer, other)  # noqa: E731
        else:
            each = lambda peer: _may_be_stranger(policy, peer, other)  # noqa: E731
        found = list(peers)
        return not found or any(map(each, found))


@remembered
def paths_of(manifests: Manifests) -> Paths:
    """Return the policies of a set, looked up once for all the rules that ask."""
    return Paths(manifests)


def rules(policies: Sequence[Resource], direction: str = "ingress") -> Iterator[tuple[Resource, Node]]:
    """Yield the rules of policies for one direction."""
    for policy in policies:
        for rule in policy.spec[direction]:
            yield policy, rule


def opens(rule: Node, doors: Sequence[Door]) -> bool:
    """Return whether a rule is about one of these ports."""
    ports = list(rule["ports"])
    return not ports or any(_is_door(port, door) for port in ports for door in doors)


def _complete(policies: list[Resource]) -> Sequence[Resource]:
    return policies if all(policy.complete for policy in policies) else ()


def _is_door(port: Node, door: Door) -> bool:
    if port["protocol"].text not in ("", "TCP"):
        return False
    given, last = port["port"], port["endPort"].number
    if given.number is None or door.number is None:
        return not given.present or given.text == door.name or is_placeholder(given.text)
    return given.number <= door.number <= (given.number if last is None else last)


def _may_be_pod(manifests: Manifests, policy: Resource, peer: Node, pod: Pod) -> bool:
    if peer["ipBlock"].present:
        return True
    scope = manifests.scope_of(pod.template)
    if peer["namespaceSelector"].present:
        there = _may_be_namespace(manifests, peer["namespaceSelector"], scope)
    else:
        there = scope.namespace == policy.scope.namespace
    selector = peer["podSelector"]
    return there and (is_empty(selector) or lacking(selector, pod) == frozenset())


def _may_be_namespace(manifests: Manifests, selector: Node, scope: Scope) -> bool:
    """Return whether a selector of namespaces may choose that of a scope; one that is not shown may have any labels."""
    shown = manifests.find("Namespace", scope.namespace, Scope(scope.cluster, "", "", scope.unit))
    labels = {**(shown.metadata["labels"].labels if shown else {}), NAMESPACE_NAME: scope.namespace}
    if not scope.namespace:
        return True
    return all(_may_hold(each, labels, complete=shown is not None) for each in _requirements(selector))


_Requirement = tuple[str, str, list[str]]


def _requirements(selector: Node) -> Iterator[_Requirement]:
    for key, value in selector["matchLabels"].entries():
        yield key, "In", [value.text]
    for each in selector["matchExpressions"]:
        yield each["key"].text, each["operator"].text, each["values"].texts


def _may_hold(requirement: _Requirement, labels: Mapping[str, str], *, complete: bool) -> bool:
    key, operator, values = requirement
    if key not in labels and not complete:
        return True
    if any(map(is_placeholder, values)):
        return True
    value = labels.get(key)
    match operator:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case _:
            return value is None


def _may_be_stranger(policy: Resource, peer: Node, stranger: Stranger) -> bool:
    if peer["ipBlock"].present:
        return True
    if not peer["namespaceSelector"].present:
        # The stranger's own namespace, if its name says so.
        return bool(stranger.name.search(policy.scope.namespace)) or not policy.scope.namespace
    return all(_may_be_home(each, stranger) for each in _requirements(peer["namespaceSelector"])) and all(
        _may_be_called(each, stranger) for each in _requirements(peer["podSelector"])
    )


def _may_be_home(requirement: _Requirement, stranger: Stranger) -> bool:
    """Return whether namespaces that are chosen may be the stranger's: by labels of their own any, by name most.

    So may the policy's own namespace: a policy that names it, where a podSelector would do, means who is a guest there.
    """
    key, operator, values = requirement
    if key != NAMESPACE_NAME or operator != "In":
        return True
    return any(stranger.name.search(value) or not stranger.never.search(value) for value in values)


def _may_be_called(requirement: _Requirement, stranger: Stranger) -> bool:
    """Return whether pods that are chosen may be the stranger's.

    They are not where a label says that they are something else.
    """
    key, operator, values = requirement
    if key not in _NAMES or operator != "In":
        return True
    return any(stranger.name.search(value) or is_placeholder(value) for value in values)
