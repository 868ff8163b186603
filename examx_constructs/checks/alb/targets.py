"""What an Ingress sends to: Services, as they become target groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from examx_constructs.checks.alb.actions import USE_ANNOTATION, actions
from examx_constructs.checks.alb.annotations import annotation, has
from examx_constructs.checks.alb.classes import Member
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A Service and one of its ports, to which an Ingress sends."""

    member: Member
    name: Node
    """Where the Service is named."""
    port: Node
    """Its port: a number, or a name."""
    service: Resource | None
    """None where the manifests do not show it."""
    alone: bool = True
    """Whether all goes there. If it is not there, the controller answers 503 for it; one of several it refuses."""

    def said(self, suffix: str) -> Node:
        """Return an annotation: the Service's goes before the Ingress's."""
        return settled(suffix, self.service, self.member.ingress)

    @property
    def type(self) -> str:
        """How its pods are reached: `ip` or `instance`."""
        of_class = self.member.param("targetType").text
        return of_class or self.said("target-type").text or ("ip" if self.member.auto_mode else "instance")


def settled(suffix: str, *resources: Resource | None) -> Node:
    """Return an annotation of the first object that has it; an absent node where none has."""
    those = [each for each in resources if each]
    return next((annotation(each, suffix) for each in those if has(each, suffix)), annotation(those[0], suffix))


_KNOWN: WeakKeyDictionary[Manifests, dict[Member, tuple[Target, ...]]] = WeakKeyDictionary()


def targets(manifests: Manifests, member: Member) -> tuple[Target, ...]:
    """Return all that an Ingress sends to, by its backends and by the actions that they ask for."""
    known = _KNOWN.setdefault(manifests, {})
    if member not in known:
        known[member] = tuple(_targets(manifests, member))
    return known[member]


def _targets(manifests: Manifests, member: Member) -> Iterator[Target]:
    by_name = {name: found.content["forwardConfig"] for name, _, found in actions(member)}
    for backend in member.backends:
        name, port = backend.at("service", "name"), backend.at("service", "port")
        if port["name"].text != USE_ANNOTATION:
            if name.text:
                yield _target(manifests, member, name, port["name"] if port["name"].present else port["number"])
        elif name.text in by_name:
            groups = list(by_name[name.text]["targetGroups"])
            for group in groups:
                if group["serviceName"].text:
                    alone = len(groups) == 1
                    yield _target(manifests, member, group["serviceName"], group["servicePort"], alone=alone)


def _target(manifests: Manifests, member: Member, name: Node, port: Node, *, alone: bool = True) -> Target:
    service = manifests.find("Service", name.text, member.ingress.scope)
    return Target(member, name, port, service, alone)
