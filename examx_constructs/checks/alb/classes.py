"""Which Ingresses the controller reads, and what their class says for them.

pkg/ingress/class_loader.go and group_loader.go of v3.5.0: the annotation `kubernetes.io/ingress.class` first, then
`spec.ingressClassName`, then the default class. A class whose object is not in the manifests is told by its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import annotation, said
from examx_constructs.checks.alb.remembered import remembered
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.resources import Manifests, Resource

OLD_CLASS = "kubernetes.io/ingress.class"
CONTROLLER_NAME = "ingress.k8s.aws/alb"
AUTO_MODE_NAME = "eks.amazonaws.com/alb"
PARAMS_GROUPS = words("elbv2.k8s.aws eks.amazonaws.com")
_DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
_ALB = regex(r"\balb\b", re.IGNORECASE)
# Names that people give to the classes of other controllers; a prefix or a suffix is often added.
_OTHERS = regex(
    r"nginx|traefik|haproxy|contour|kong|istio|gce|azure|ambassador|openshift|cilium|skipper|apisix|tailscale|envoy"
    r"|cloudflare|ngrok|higress|pomerium|webapprouting|application-gateway",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Member:
    """An Ingress that the controller reads, with the IngressClassParams of its class."""

    ingress: Resource
    params: Resource | None
    """None also where the class is not in the manifests."""
    auto_mode: bool = False
    """Whether it is the controller of EKS Auto Mode, which has other defaults."""
    shown: bool = True
    """Whether nothing of its class is elsewhere: neither the IngressClass, nor its parameters."""

    def param(self, *fields: str) -> Node:
        """Return a field of the class's parameters, which goes before the annotation; absent where there are none."""
        return self._params.at(*fields)

    @cached_property
    def _params(self) -> Node:
        return self.params.spec if self.params else self.ingress.root["no such field"]

    def said(self, suffix: str) -> Node:
        """Return the annotation of that suffix; an absent node where there is none."""
        return self._annotations.get(suffix) or annotation(self.ingress, suffix)

    def has(self, suffix: str) -> bool:
        """Return whether it has the annotation, even an empty one."""
        return suffix in self._annotations

    @cached_property
    def _annotations(self) -> dict[str, Node]:
        return dict(said(self.ingress))

    @cached_property
    def group(self) -> str:
        """The name of its IngressGroup; empty for one of its own. EKS Auto Mode takes it from the class alone."""
        return self.param("group", "name").text or ("" if self.auto_mode else self.said("group.name").text)

    @property
    def paths(self) -> Iterator[tuple[Node, Node]]:
        """Its rules, each with one of its paths."""
        for each in self.ingress.spec["rules"]:
            for path in each.at("http", "paths"):
                yield each, path

    @cached_property
    def backends(self) -> tuple[Node, ...]:
        """What it sends to: of its paths, and the default one."""
        default = self.ingress.spec["defaultBackend"]
        return (*((default,) if default.present else ()), *(path["backend"] for _, path in self.paths))


@remembered
def members(manifests: Manifests) -> tuple[Member, ...]:
    """Return the Ingresses that the controller reads, or would if it were there."""
    found = (member_of(manifests, ingress) for ingress in manifests.kind("Ingress"))
    return tuple(member for member in found if member)


def member_of(manifests: Manifests, ingress: Resource) -> Member | None:
    """Return an Ingress as the controller sees it; None where it is another controller's."""
    if ingress.annotations.has(OLD_CLASS):
        return Member(ingress, None) if _is_named(ingress, ingress.annotations[OLD_CLASS].text) else None
    name = ingress.spec["ingressClassName"].text
    shown = _class(manifests, ingress, name)
    if shown is None:
        return Member(ingress, None, shown=False) if _is_named(ingress, name) else None
    controller = shown.spec["controller"].text
    if controller not in (CONTROLLER_NAME, AUTO_MODE_NAME):
        return None
    params, named = params_of(manifests, shown), shown.spec["parameters"].present
    return Member(ingress, params, controller == AUTO_MODE_NAME, shown=params is not None or not named)


def params_of(manifests: Manifests, ingress_class: Resource) -> Resource | None:
    """Return the IngressClassParams that a class names, where they are in the manifests."""
    name = ingress_class.spec.at("parameters", "name").text
    found = [each for each in manifests.kind("IngressClassParams") if each.name == name and each.group in PARAMS_GROUPS]
    return _nearest(found, ingress_class)


def _class(manifests: Manifests, ingress: Resource, name: str) -> Resource | None:
    classes = manifests.kind("IngressClass")
    if name:
        return _nearest([each for each in classes if each.name == name], ingress)
    return _nearest([each for each in classes if each.annotations[_DEFAULT_CLASS].text == "true"], ingress)


def _nearest(found: list[Resource], resource: Resource) -> Resource | None:
    """Return the one of the same cluster, if any says which that is; of the same file before others."""
    same = [each for each in found if each.scope.cluster in ("", resource.scope.cluster)]
    return min(same, key=lambda each: each.root.file != resource.root.file, default=None)


def _is_named(ingress: Resource, name: str) -> bool:
    """Return whether a class that is not in the manifests is this controller's, by its name and the annotations."""
    if _OTHERS.search(name):
        return False
    return _ALB.search(name) is not None or any(said(ingress))
