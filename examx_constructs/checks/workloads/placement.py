"""Rules on where pods are placed: spread constraints and affinities that select what is there."""

from collections.abc import Iterator

from examx_constructs.checks.absence import is_near, weight_of_absence
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.selection import lacking, selected
from examx_constructs.manifests.selectors import is_empty, written

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@rule("Kubernetes documentation, Pod Topology Spread Constraints; Kubernetes v1.34 pkg/api/pod/warnings.go")
def spread_constraint_selects_own_pods(manifests: Manifests) -> Iterator[Finding]:
    """A spread constraint selects the pods that it is in: otherwise it counts others, or none, and spreads nothing.

    Without a labelSelector it matches no pod. Labels count that controllers add. One that selects pods of other
    workloads, and not its own, is a warning: somebody may want to be near to or far from these.
    """
    for pod in manifests.pods:
        if not manifests.resource_of(pod.template).complete:
            continue
        for constraint in pod.spec["topologySpreadConstraints"]:
            selector = constraint["labelSelector"]
            if not selector.present:
                yield finding(
                    selector, "labels of the pod itself", "a constraint without one matches no pod, and spreads nothing"
                )
            elif lacking(selector, pod) != frozenset() and not is_placeholder(written(selector)):
                others = selected(manifests, manifests.scope_of(selector), selector)
                yield finding(
                    selector,
                    f"labels of the pod itself: {_labels(pod)}",
                    "it counts other pods, and its own are not spread"
                    if others
                    else "it counts no pod, and spreads nothing",
                    value=written(selector),
                    severity=Severity.WARNING if others else Severity.ERROR,
                )


def _labels(pod: Pod) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(pod.labels.items())) or "none"


@rule("Kubernetes documentation, Assigning Pods to Nodes, Inter-pod affinity and anti-affinity")
def affinity_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """Labels that an affinity or an anti-affinity goes by are those of pods of its namespace.

    A required affinity to pods that are nowhere keeps the pod pending for ever; an anti-affinity to them does nothing.
    Terms that name other namespaces cannot be told from here. It is a warning where the pods may be in manifests that
    are not given.
    """
    for pod in manifests.pods:
        scope = manifests.scope_of(pod.template)
        if not (manifests.shows_all_pods(scope) and manifests.resource_of(pod.template).complete):
            continue
        for kind, term in _terms(pod):
            selector = term["labelSelector"]
            if _is_elsewhere(term, scope) or is_empty(selector) or is_placeholder(written(selector)):
                continue
            if not selected(manifests, scope, selector):
                yield _of_nobody(manifests, scope, selector, kind)


def _terms(pod: Pod) -> Iterator[tuple[str, Node]]:
    """Yield the terms of a pod's affinities, each with what comes of one that selects no pod."""
    for field, why in (
        ("podAffinity", "no pod has them, and this one waits for a place for ever"),
        ("podAntiAffinity", "no pod has them, so it keeps apart from nothing"),
    ):
        affinity = pod.spec.at("affinity", field)
        for term in affinity[_REQUIRED]:
            yield why, term
        for weighed in affinity[_PREFERRED]:
            yield "no pod has them, so it changes nothing", weighed["podAffinityTerm"]


def _is_elsewhere(term: Node, scope: Scope) -> bool:
    named = set(term["namespaces"].texts) - {scope.namespace}
    return bool(named) or term["namespaceSelector"].present


def _of_nobody(manifests: Manifests, scope: Scope, selector: Node, why: str) -> Finding:
    pods = manifests.pods_in(scope)
    wanted = [(key, value.text) for key, value in selector["matchLabels"].entries()]
    slipped = any(is_near(value, {pod.labels.get(key, "") for pod in pods}) for key, value in wanted)
    return finding(
        selector,
        "labels of a workload of the namespace",
        why,
        value=written(selector),
        severity=weight_of_absence(manifests, scope, slipped=slipped),
    )
