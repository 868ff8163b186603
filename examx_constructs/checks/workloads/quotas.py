"""Rules on quotas and default sizes of a namespace: pods that they keep from ever being made."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.quantities import quantity
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import fewest_replicas

_LASTING = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"})
# A name in a quota, and what of a container it counts. Requests may be named without their prefix.
_COUNTED: Mapping[str, tuple[str, str]] = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    **{f"{part}.{name}": (part, name) for part in ("requests", "limits") for name in ("cpu", "memory")},
    "requests.ephemeral-storage": ("requests", "ephemeral-storage"),
}


@rule("Kubernetes documentation, Resource Quotas")
def quota_holds_workloads(manifests: Manifests) -> Iterator[Finding]:
    """A quota holds at least the fewest pods that the workloads of its namespace keep: beyond it none is made.

    Counted is what the manifests say: sizes that a LimitRange fills in come on top. A quota for some pods alone, by
    scopes, is left alone.
    """
    for quota in manifests.kind("ResourceQuota"):
        if quota.spec["scopes"].present or quota.spec["scopeSelector"].present or not quota.complete:
            continue
        kept = list(_kept(manifests, quota.scope))
        for name, limit in quota.spec["hard"].entries():
            allowed, needed = quantity(limit), _needed(kept, name)
            if allowed is not None and needed > allowed:
                yield finding(
                    limit,
                    f"at least {_written(needed, name)}, which the fewest pods of the workloads take",
                    "the API server refuses pods beyond it, and the last ones are never made",
                )


def _kept(manifests: Manifests, scope: Scope) -> Iterator[tuple[Pod, int]]:
    for pod in manifests.pods_in(scope):
        if pod.workload.kind in _LASTING:
            yield pod, fewest_replicas(manifests, pod)
        elif pod.workload.kind == "Pod":
            yield pod, 1


def _needed(kept: list[tuple[Pod, int]], name: str) -> Fraction:
    if name in ("pods", "count/pods"):
        return Fraction(sum(count for _, count in kept))
    if name not in _COUNTED:
        return Fraction(0)
    part, resource = _COUNTED[name]
    return sum((count * _size(pod, part, resource) for pod, count in kept), Fraction(0))


def _size(pod: Pod, part: str, resource: str) -> Fraction:
    """Return what a pod counts for. A limit is the request too, where none is given.

    What runs together adds up, native sidecars included. Of the other init containers, one after the other, the largest
    counts where it is more, with the native sidecars that are there by then (Kubernetes v1.34,
    component-helpers/resource/helpers.go, AggregateContainerRequests).
    """
    whole = pod.spec.at("resources", part, resource)
    if whole.present:
        return quantity(whole) or Fraction(0)
    together = sum((_of(each["resources"], part, resource) for each in pod.containers), Fraction(0))
    sidecars, before = Fraction(0), Fraction(0)
    for each in pod.spec["initContainers"]:
        size = _of(each["resources"], part, resource)
        if each["restartPolicy"].text == "Always":
            sidecars += size
        before = max(before, sidecars if each["restartPolicy"].text == "Always" else sidecars + size)
    return max(together, before)


def _of(sizes: Node, part: str, resource: str) -> Fraction:
    given = quantity(sizes[part][resource])
    if given is None and part == "requests":
        given = quantity(sizes["limits"][resource])
    return given or Fraction(0)


def _written(amount: Fraction, name: str) -> str:
    """Return an amount as people write it: cores in thousandths, bytes in MiB."""
    if name.endswith("cpu"):
        return f"{-(-amount * 1000 // 1)}m"
    return f"{-(-amount // 1)}" if "pods" in name else f"{-(-amount // 2**20)}Mi"


_ORDER = (("min", "defaultRequest"), ("min", "default"), ("defaultRequest", "default"), ("default", "max"))
_FURTHER = (("min", "max"), ("defaultRequest", "max"))


@rule("Kubernetes v1.34 pkg/apis/core/validation/validation.go, ValidateLimitRange")
def limit_range_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """Of a LimitRange the least is not above the default, nor that above the most: the API server refuses it."""
    for limits in manifests.kind("LimitRange"):
        for item in limits.spec["limits"]:
            for low, high in (*_ORDER, *_FURTHER):
                for resource, given in item[low].entries():
                    least, most = quantity(given), quantity(item[high][resource])
                    if least is not None and most is not None and least > most:
                        yield finding(
                            given, f"at most {item[high][resource].value}, the {high}", "the API server refuses it"
                        )
