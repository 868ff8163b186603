"""IngressGroups: the Ingresses that share a load balancer, in the order in which the controller takes them."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from examx_constructs.checks.alb.annotations import truth, whole
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.alb.listeners import listeners
from examx_constructs.checks.alb.remembered import remembered
from examx_constructs.manifests.resources import Manifests


@dataclass(frozen=True, eq=False)
class Group:
    """The members that the manifests show. Of a named group others may be elsewhere, in any namespace."""

    name: str
    """Empty for an Ingress that shares with none."""
    members: tuple[Member, ...]

    @cached_property
    def on_port(self) -> dict[int, list[Member]]:
        """The ports that are listened on, each with the members that do."""
        found: defaultdict[int, list[Member]] = defaultdict(list)
        for member in self.members:
            for port in listeners(member) or ():
                found[port].append(member)
        return dict(found)

    @cached_property
    def protocols(self) -> dict[int, str]:
        """The protocol of each port, by the first member that has it."""
        found: dict[int, str] = {}
        for member in self.members:
            for port, protocol in (listeners(member) or {}).items():
                found.setdefault(port, protocol)
        return found

    @property
    def is_read(self) -> bool:
        """Whether it is known of each member what it listens on."""
        return all(listeners(member) is not None for member in self.members)

    @property
    def redirects(self) -> bool:
        """Whether HTTP listeners only redirect, because a member asks for it."""
        return any(member.param("sslRedirectPort").text or member.said("ssl-redirect").text for member in self.members)


@remembered
def groups(manifests: Manifests) -> tuple[Group, ...]:
    """Return the groups of each cluster, and each Ingress that is in none as one of its own.

    By pkg/ingress/group_loader.go of v3.5.0: in the order of `group.order`, and of namespace and name where that is
    equal. One that cannot be read counts as 0 here; it is a finding elsewhere.
    """
    alone: list[Group] = []
    found: defaultdict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in members(manifests):
        if member.group:
            scope = member.ingress.scope
            found[scope.cluster or scope.folder, member.group].append(member)
        else:
            alone.append(Group("", (member,)))
    shared = (Group(name, tuple(sorted(those, key=_order))) for (_, name), those in found.items())
    return (*alone, *shared)


def _order(member: Member) -> tuple[int, str]:
    ingress = member.ingress.id
    return whole(member.said("group.order").text) or 0, f"{ingress.namespace}/{ingress.name}"


def frontend_is_on(group: Group) -> bool:
    """Return whether a network load balancer is before the group's."""
    return any(truth(member.said("enable-frontend-nlb").text) for member in group.members)
