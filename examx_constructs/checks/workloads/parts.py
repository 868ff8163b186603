"""Rules on the inside of a workload: its selector, and names that must not repeat."""

from collections.abc import Hashable, Iterable, Iterator

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.choices import Choices
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.selection import selected
from examx_constructs.manifests.selectors import is_empty, matches, written

_API = "Kubernetes API core/v1"
_LASTING = ("Deployment", "StatefulSet", "DaemonSet")
_SELECTING = (*_LASTING, "ReplicaSet")


@rule("Kubernetes API apps/v1")
def selector_matches_own_pods(manifests: Manifests) -> Iterator[Finding]:
    """A workload's selector matches the labels of its own pod template: the API server refuses any other."""
    for workload in manifests.kind(*_SELECTING):
        selector = workload.spec["selector"]
        labels = workload.spec.at("template", "metadata", "labels").labels
        if selector.present and workload.spec["template"].present and not matches(selector, labels):
            yield finding(
                selector,
                "labels that spec.template.metadata.labels has",
                "the workload would not find its own pods",
                value=written(selector),
            )


@rule("Kubernetes documentation, Deployments, Selector")
def selector_matches_no_other_pods(manifests: Manifests) -> Iterator[Finding]:
    """A workload's selector matches no pods of another workload.

    Autoscalers and disruption budgets would count the other's pods, and a pod that lost its owner could get the wrong
    one. It is a warning between files that name no namespace, or define a workload twice, which may be ways to choose
    from, and of DaemonSets.
    """
    choices = Choices(manifests)
    for workload in manifests.kind(*_LASTING):
        selector = workload.spec["selector"]
        for pod in () if is_empty(selector) else selected(manifests, workload.scope, selector):
            other = pod.workload.kind in _LASTING and pod.workload != workload.id
            if other and matches(selector, pod.labels):
                yield finding(
                    selector,
                    "labels that no other workload of the namespace gives its pods",
                    f"{pod.workload.qualified} has them too, so each would count the other's pods",
                    value=written(selector),
                    severity=_weight(choices, workload, manifests.resource_of(pod.template)),
                )


def _weight(choices: Choices, workload: Resource, other: Resource) -> Severity:
    """Lower it where needed.

    Files of one folder that name no namespace may be ways to choose from, where one is applied.

    DaemonSets that share their labels, for nodes of two kinds, are neither scaled nor drained: their owners are enough.
    """
    chosen = not workload.scope.namespace and workload.root.file != other.root.file
    of_nodes = workload.kind == other.kind == "DaemonSet"
    return Severity.WARNING if chosen or of_nodes or choices.between(workload, other) else Severity.ERROR


@rule(_API)
def container_names_are_unique(manifests: Manifests) -> Iterator[Finding]:
    """The containers of a pod have different names, those that initialise included."""
    for pod in manifests.pods:
        names = [container["name"] for container in pod.all_containers]
        yield from _repeated(names, "a name that no other container of the pod has")


@rule(_API)
def volume_names_are_unique(manifests: Manifests) -> Iterator[Finding]:
    """The volumes of a pod have different names."""
    for pod in manifests.pods:
        yield from _repeated([volume["name"] for volume in pod.spec["volumes"]], "a name that no other volume has")


@rule(_API)
def variables_are_unique(manifests: Manifests) -> Iterator[Finding]:
    """A container sets a variable once: of two, the later one silently wins."""
    for pod in manifests.pods:
        for container in pod.all_containers:
            yield from _repeated([each["name"] for each in container["env"]], "a variable that is set once")


@rule(_API)
def mount_paths_are_unique(manifests: Manifests) -> Iterator[Finding]:
    """A container mounts one volume at a path: the API server refuses two."""
    for pod in manifests.pods:
        for container in pod.all_containers:
            paths = [mount["mountPath"] for mount in container["volumeMounts"]]
            yield from _repeated(paths, "a path where nothing else is mounted")


def _repeated(nodes: Iterable[Node], allowed: str) -> Iterator[Finding]:
    return _repeats(((node, node.text) for node in nodes if node.text), allowed)


def _repeats(nodes: Iterable[tuple[Node, Hashable]], allowed: str) -> Iterator[Finding]:
    first: dict[Hashable, Node] = {}
    for node, key in nodes:
        if node.present and first.setdefault(key, node) is not node:
            yield finding(node, allowed, f"{first[key].path} has it already")
