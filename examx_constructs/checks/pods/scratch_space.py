"""Rules on what pods fill of their node's disk."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from examx_constructs import settings
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests
from examx_constructs.settings.refusal import SettingError

_RESOURCE = "ephemeral-storage"
_ON_DISK = frozenset({"", "Default"})


@rule("Kubernetes documentation, Local ephemeral storage")
def scratch_space_is_requested(manifests: Manifests) -> Iterator[Finding]:
    """What a pod may fill of its node's disk, by the size limits of its emptyDirs, its containers request.

    Otherwise the scheduler counts none of it. Pods are placed on a node whose disk they can fill together, and the
    kubelet evicts first what uses more than it requests. A directory in memory counts towards memory. Outside of this
    project's namespaces it is a warning: a size limit may be there to end a pod that goes astray, and no more.
    """
    for pod in manifests.pods:
        directories = [volume["emptyDir"] for volume in pod.spec["volumes"]]
        sizes = [
            amount
            for each in directories
            if each["medium"].text in _ON_DISK and (amount := _amount(each["sizeLimit"])) is not None
        ]
        requested = _requested(manifests, pod) if sizes else None
        if requested is not None and _sum(sizes) > requested:
            place = next(each["sizeLimit"] for each in directories if _amount(each["sizeLimit"]) is not None)
            within, whole = settings.Quantity.of(requested), settings.Quantity.of(_sum(sizes))
            yield finding(
                place,
                f"size limits of {within} in all, or requests of {_RESOURCE} for {whole}",
                "the node's disk is counted by what is requested, and a node evicts first what uses more than that",
                value=f"{whole} in all",
                severity=weight_of_advice(manifests, place),
            )


def _sum(amounts: list[Fraction]) -> Fraction:
    return sum(amounts, Fraction())


def _requested(manifests: Manifests, pod: Pod) -> Fraction | None:
    """Return what the pod requests: of containers the sum, or what one that initialises needs more.

    None if it is unclear.

    A container that requests nothing gets what its limit, or a LimitRange of the namespace, says.
    """
    default = _default(manifests, pod)
    running = [_request(each, default) for each in pod.containers]
    before = [_request(each, default) for each in pod.all_containers]
    if any(each is None for each in before):
        return None
    return max(_sum([each or Fraction() for each in running]), *(each or Fraction() for each in before), Fraction())


def _request(container: Node, default: Fraction) -> Fraction | None:
    resources = container["resources"]
    for given in (resources.at("requests", _RESOURCE), resources.at("limits", _RESOURCE)):
        if given.present:
            return _amount(given)
    return default


def _default(manifests: Manifests, pod: Pod) -> Fraction:
    for limits in manifests.in_scope("LimitRange", manifests.scope_of(pod.template)):
        for item in limits.spec["limits"]:
            for given in (item.at("defaultRequest", _RESOURCE), item.at("default", _RESOURCE)):
                if item["type"].text == "Container" and given.present:
                    return _amount(given) or Fraction()
    return Fraction()


def _amount(given: Node) -> Fraction | None:
    """Return the amount in bytes; None where there is none, or none that can be read."""
    return _read(str(given.value)) if given.present else None


@lru_cache(maxsize=1024)
def _read(text: str) -> Fraction | None:
    try:
        return settings.Quantity(text).amount
    except SettingError:
        return None
