"""Which pods a selector reaches, with the labels that pods get of a cluster and not of their manifests.

Sources, Kubernetes 1.34: Well-Known Labels, Annotations and Taints; pkg/controller/deployment/util (pod-template-hash),
pkg/controller/statefulset/stateful_set_utils.go, pkg/controller/job, pkg/controller/daemon. Argo Rollouts 1.8,
utils/rollout (rollouts-pod-template-hash). 1.35 puts a node's zone and region on its pods (PodTopologyLabels).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

from examx_constructs._regex import regex
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope

_ANY = regex(r".*")
_NUMBER = regex(r"\d+")
_HASHED = {"pod-template-hash": _ANY}
_REVISED = {"controller-revision-hash": _ANY}
_OF_PLACE = {"topology.kubernetes.io/zone": _ANY, "topology.kubernetes.io/region": _ANY}
_OF_JOBS = {
    "controller-uid": _ANY,
    "batch.kubernetes.io/controller-uid": _ANY,
    "batch.kubernetes.io/job-completion-index": _NUMBER,
}
_BY_KIND: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "Deployment": _HASHED,
    "ReplicaSet": _HASHED,
    "Rollout": {"rollouts-pod-template-hash": _ANY},
    "DaemonSet": {**_REVISED, "pod-template-generation": _NUMBER},
    "StatefulSet": {**_REVISED, "apps.kubernetes.io/pod-index": _NUMBER},
    "Job": _OF_JOBS,
    "CronJob": _OF_JOBS,
    "ScaledJob": {**_OF_JOBS, "scaledjob.keda.sh/name": _ANY},
}

_JOB_NAMES = {"Job": "{name}", "CronJob": r"{name}-\d+", "ScaledJob": "{name}-.+"}

_GIVEN = frozenset({*_OF_PLACE, *(key for keys in _BY_KIND.values() for key in keys)}) | {
    "statefulset.kubernetes.io/pod-name",
    "job-name",
    "batch.kubernetes.io/job-name",
}
_FEW = 8


def given_labels(pod: Pod) -> Mapping[str, re.Pattern[str]]:
    """Return the labels that a pod's controller adds to those of its template, with their possible values."""
    name = re.escape(pod.workload.name)
    given = {**_OF_PLACE, **_BY_KIND.get(pod.workload.kind, {})}
    if pod.workload.kind == "StatefulSet":
        given["statefulset.kubernetes.io/pod-name"] = re.compile(rf"{name}-\d+")
    if pod.workload.kind in _JOB_NAMES:
        # A CronJob names its Jobs by their minute; a Job of a generated name, and KEDA's, has five characters more.
        job = re.compile(_JOB_NAMES[pod.workload.kind].format(name=name) if name else r".+")
        given |= {"job-name": job, "batch.kubernetes.io/job-name": job}
    return given


def lacking(selector: Node, pod: Pod) -> frozenset[str] | None:
    """Return the labels that a pod lacks for a LabelSelector to match it: none where it matches.

    None where a label that it has is not as the selector wants it: nothing that is added can make it match then.
    """
    return _lacking(_requirements(selector), pod)


def labels_lacking(wanted: Node, pod: Pod) -> frozenset[str] | None:
    """Return the same for plain labels, as a Service selects by them."""
    return _lacking(_equalities(wanted), pod)


def selected(manifests: Manifests, scope: Scope, selector: Node) -> list[Pod]:
    """Return the pods of a scope that a LabelSelector matches."""
    kept = _REACHED.setdefault(manifests, {})
    if (scope, selector) not in kept:
        kept[scope, selector] = _reached(manifests, scope, list(_requirements(selector)))
    return kept[scope, selector]


def served(manifests: Manifests, service: Resource) -> list[Pod]:
    """Return the pods that a Service selects; none where it selects by no label."""
    kept = _REACHED.setdefault(manifests, {})
    place = service.scope, service.root
    if place not in kept:
        kept[place] = _served(manifests, service)
    return kept[place]


def _served(manifests: Manifests, service: Resource) -> list[Pod]:
    wanted = list(_equalities(service.spec["selector"]))
    if not wanted or service.spec["type"].text == "ExternalName":
        return []
    return _reached(manifests, service.scope, wanted)


_Requirement = tuple[str, str, list[str]]
_Index = dict[tuple[str, str], list[Pod]]
_REACHED: "WeakKeyDictionary[Manifests, dict[tuple[Scope, Node], list[Pod]]]" = WeakKeyDictionary()
"""What a selector, or a Service, reaches: many rules ask."""
_INDICES: "WeakKeyDictionary[Manifests, dict[Scope, _Index]]" = WeakKeyDictionary()


def _reached(manifests: Manifests, scope: Scope, wanted: list[_Requirement]) -> list[Pod]:
    return [pod for pod in _candidates(manifests, scope, wanted) if _lacking(iter(wanted), pod) == frozenset()]


def _candidates(manifests: Manifests, scope: Scope, wanted: list[_Requirement]) -> Sequence[Pod]:
    """Return the pods that have the rarest label of those that are wanted, where no controller adds it; else all."""
    pods = manifests.pods_in(scope)
    labels = [
        (key, values[0])
        for key, operator, values in wanted
        if operator == "In" and len(values) == 1 and key not in _GIVEN
    ]
    if not labels or len(pods) < _FEW:
        return pods
    index = _index(manifests, scope, pods)
    return min((index.get(label, ()) for label in labels), key=len)


def _index(manifests: Manifests, scope: Scope, pods: Iterable[Pod]) -> _Index:
    """Return the pods of a scope by each of their labels: a namespace may hold thousands."""
    indices = _INDICES.setdefault(manifests, {})
    if scope not in indices:
        found: defaultdict[tuple[str, str], list[Pod]] = defaultdict(list)
        for pod in pods:
            for label in pod.labels.items():
                found[label].append(pod)
        indices[scope] = dict(found)
    return indices[scope]


def _equalities(wanted: Node) -> Iterator[_Requirement]:
    for key, value in wanted.entries():
        yield key, "In", [value.text]


def _requirements(selector: Node) -> Iterator[_Requirement]:
    yield from _equalities(selector["matchLabels"])
    for expression in selector["matchExpressions"]:
        yield expression["key"].text, expression["operator"].text, expression["values"].texts


def _lacking(requirements: Iterator[_Requirement], pod: Pod) -> frozenset[str] | None:
    missing: set[str] = set()
    given: Mapping[str, re.Pattern[str]] | None = None
    for key, operator, values in requirements:
        value = pod.labels.get(key)
        if value is not None:
            if not _holds(operator, value, values):
                return None
            continue
        given = given_labels(pod) if given is None else given
        fits = _may_hold(operator, given[key], values) if key in given else operator in ("NotIn", "DoesNotExist")
        if not fits:
            if operator not in ("In", "Exists") or key in given:
                return None
            missing.add(key)
    return frozenset(missing)


def _holds(operator: str, value: str, values: list[str]) -> bool:
    match operator:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case _:
            return operator == "Exists"


def _may_hold(operator: str, pattern: re.Pattern[str], values: list[str]) -> bool:
    """Return whether a label known by its form alone may be as it is wanted."""
    if operator == "In":
        return any(pattern.fullmatch(each) for each in values)
    return operator in ("NotIn", "Exists")
