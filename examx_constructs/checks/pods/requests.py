"""Rules on requests and limits: what the API server and the LimitRanges of a namespace refuse."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.quantities import quantity
from examx_constructs.manifests.resources import Manifests

_NATIVE = frozenset({"cpu", "memory", "ephemeral-storage"})
_POD_LEVEL_SINCE = "1.34"
_REFUSED = "the API server refuses it"
_PODS_REFUSED = "the namespace admits no pod of it"


def _is_overcommitted(name: str) -> bool:
    """Return whether a limit may be above its request: of huge pages and of devices it must be equal."""
    return name in _NATIVE or not ("/" in name or name.startswith("hugepages-"))


@rule("Kubernetes v1.34 pkg/apis/core/validation/validation.go, validateResourceRequirements")
def request_fits_limit(manifests: Manifests) -> Iterator[Finding]:
    """A request is at most its limit, and equal to it for huge pages and devices: the API server refuses any other."""
    for pod in manifests.pods:
        for holder in (pod.spec, *pod.all_containers):
            limits = holder.at("resources", "limits")
            for name, request in holder.at("resources", "requests").entries():
                asked, most = quantity(request), quantity(limits[name])
                if asked is None:
                    continue
                if most is not None and asked > most:
                    yield finding(request, f"at most the limit, {_said(limits[name])}", _REFUSED)
                elif not _is_overcommitted(name) and most != asked and (most is not None or not limits[name].present):
                    equal = (
                        f"the limit, {_said(limits[name])}" if most is not None else f"a limit of {name} equal to it"
                    )
                    yield finding(request, equal, f"{name} cannot be shared, and {_REFUSED}")


def _said(amount: Node) -> str:
    return str(amount.value)


@rule("Kubernetes v1.34 pkg/apis/core/validation/validation.go, validateContainerResourceName")
def resource_name_is_known(manifests: Manifests) -> Iterator[Finding]:
    """A container asks for `cpu`, `memory`, `ephemeral-storage`, `hugepages-SIZE`, or a device by `domain/name`."""
    for pod in manifests.pods:
        for container in pod.all_containers:
            for field in ("requests", "limits"):
                for name, amount in container.at("resources", field).entries():
                    if "/" not in name and name not in _NATIVE and not name.startswith("hugepages-"):
                        known = "cpu, memory, ephemeral-storage, hugepages-SIZE, or domain/name of a device"
                        yield finding(amount, known, f"there is no resource {name}, and {_REFUSED}")


@rule("Kubernetes v1.34 pkg/apis/core/validation/validation.go, validatePodResources")
def pod_resources_hold_containers(manifests: Manifests) -> Iterator[Finding]:
    """Requests of a pod as a whole hold those of its containers, and its limits each of theirs (1.34 and later)."""
    for pod in manifests.pods:
        resources = pod.spec["resources"]
        if not (resources.present and manifests.versions_of(pod.template).kubernetes_has(_POD_LEVEL_SINCE)):
            continue
        for name, given in resources["requests"].entries():
            whole, needed = quantity(given), _sum(pod, name)
            if whole is not None and needed > whole:
                yield finding(given, f"what the containers request together, or more: {_plain(needed)}", _REFUSED)
        for container in pod.all_containers:
            for name, limit in container.at("resources", "limits").entries():
                most, own = quantity(resources.at("limits", name)), quantity(limit)
                if most is not None and own is not None and own > most:
                    yield finding(
                        limit, f"at most the limit of the pod, {_said(resources.at('limits', name))}", _REFUSED
                    )


def _sum(pod: Pod, name: str) -> Fraction:
    """Return what the containers of a pod request together: those that run, or one before them that needs more."""
    together = sum((_request(each, name) for each in pod.containers), Fraction())
    return max(together, *(_request(each, name) for each in pod.all_containers), Fraction())


def _request(container: Node, name: str) -> Fraction:
    requested = container.at("resources", "requests", name)
    given = requested if requested.present else container.at("resources", "limits", name)
    return quantity(given) or Fraction()


def _plain(amount: Fraction) -> str:
    return str(amount) if amount.denominator == 1 else f"{float(amount):g}"


class _Bounds(NamedTuple):
    """What a LimitRange says of one resource of a container, in the places where it does."""

    name: str
    least: Node
    most: Node
    default: Node


@rule("Kubernetes v1.34 plugin/pkg/admission/limitranger; Kubernetes documentation, Limit Ranges")
def limit_range_admits_containers(manifests: Manifests) -> Iterator[Finding]:
    """What containers request and are limited to is within the LimitRanges of the namespace: other pods are refused.

    A container without a limit gets the default one, or the most that is allowed: a request above it is refused too.
    """
    for pod in manifests.pods:
        bounds = _bounds(manifests, pod)
        for container in pod.all_containers if bounds else ():
            for each in bounds:
                yield from _outside(container, each)


def _bounds(manifests: Manifests, pod: Pod) -> Sequence[_Bounds]:
    return [
        _Bounds(name, item.at("min", name), item.at("max", name), item.at("default", name))
        for limits in manifests.in_scope("LimitRange", manifests.scope_of(pod.template))
        for item in limits.spec["limits"]
        if item["type"].text == "Container"
        for name in sorted({key for field in ("min", "max", "default") for key, _ in item[field].entries()})
    ]


def _outside(container: Node, bounds: _Bounds) -> Iterator[Finding]:
    request, limit = (container.at("resources", field, bounds.name) for field in ("requests", "limits"))
    where = f"of {bounds.most.object_id.qualified}"
    least, most = quantity(bounds.least), quantity(bounds.most)
    for given in (request, limit):
        amount = quantity(given)
        if amount is None:
            continue
        if least is not None and amount < least:
            yield finding(given, f"at least the min {where}, {_said(bounds.least)}", _PODS_REFUSED)
        if most is not None and amount > most:
            yield finding(given, f"at most the max {where}, {_said(bounds.most)}", _PODS_REFUSED)
    default = bounds.default if bounds.default.present else bounds.most
    asked, given_limit = quantity(request), quantity(default)
    if limit.present or asked is None or given_limit is None or (most is not None and asked > most):
        return
    if asked > given_limit:
        yield finding(
            request,
            f"at most the default limit {where}, {_said(default)}, or a limit of its own",
            f"a container without a limit gets the default, below its request, and {_PODS_REFUSED}",
        )
