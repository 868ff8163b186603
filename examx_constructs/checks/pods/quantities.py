"""Rules on amounts of CPU, memory and storage: that they can be read, and mean what they seem to."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.quantities import is_written_as_number, quantity
from examx_constructs.manifests.remembered import remembered
from examx_constructs.manifests.resources import Manifests

_FORM = "digits with a suffix of Kubernetes: Ki, Mi, Gi (powers of 1024), k, M, G (of 1000), m (a thousandth)"
_QUOTA = "ResourceQuota"
_SMALLEST_MEMORY = 2**20
_SMALLEST_DISK = 2**10
_OF_BYTES = ("Ki", "Mi", "Gi", "Ti", "M", "G", "T")
_MANY_CPUS, _MOST_CPUS = 100, 200
_MEANT = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<letter>[kmgtp])?i?(?P<byte>b|ib|bytes?)?\s*", re.IGNORECASE)


class _Amount(NamedTuple):
    """An amount, and of what: the name of a resource, or `storage`."""

    of: str
    node: Node


@remembered
def _odd_amounts(manifests: Manifests) -> tuple[_Amount, ...]:
    """Return the amounts that may be wrong: a set says few texts, and says them thousands of times."""
    return tuple(each for each in _amounts(manifests) if not _is_sound(each.of, str(each.node.value)))


@lru_cache(maxsize=4096)
def _is_sound(of: str, text: str) -> bool:
    """Return whether an amount is beyond doubt, as one of a size that is usual, with a unit, is."""
    amount = quantity(Node.of(text))
    if amount is None or amount <= 0 or "/" in of:
        return False
    if of == "cpu":
        return amount < _MANY_CPUS and not text.endswith(_OF_BYTES)
    return amount.denominator == 1 and amount >= _SMALLEST_MEMORY


def _amounts(manifests: Manifests) -> Iterator[_Amount]:
    for pod in manifests.pods:
        yield from _of_pod(pod)
    for claim in manifests.kind("PersistentVolumeClaim"):
        yield from _claimed(claim.spec)
    for volume in manifests.kind("PersistentVolume"):
        yield from _listed(volume.spec["capacity"])
    for quota in manifests.kind("ResourceQuota"):
        yield from _listed(quota.spec["hard"])
    for limits in manifests.kind("LimitRange"):
        for limit in limits.spec["limits"]:
            for field in ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio"):
                yield from (_Amount("", each.node) for each in _listed(limit[field]))


def _of_pod(pod: Pod) -> Iterator[_Amount]:
    for holder in (*pod.all_containers, pod.spec):
        yield from _claimed(holder)
    for volume in pod.spec["volumes"]:
        yield _Amount("ephemeral-storage", volume.at("emptyDir", "sizeLimit"))
        yield from _claimed(volume.at("ephemeral", "volumeClaimTemplate", "spec"))
    for claim in pod.owner.at("spec", "volumeClaimTemplates"):
        yield from _claimed(claim["spec"])


def _claimed(holder: Node) -> Iterator[_Amount]:
    for field in ("requests", "limits"):
        yield from _listed(holder.at("resources", field))


def _listed(amounts: Node) -> Iterator[_Amount]:
    for name, node in amounts.entries():
        yield _Amount(name.removeprefix("requests.").removeprefix("limits."), node)


@rule("Kubernetes v1.34 apimachinery pkg/api/resource/quantity.go and pkg/apis/core/validation")
def quantity_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An amount of CPU, memory or storage is written as Kubernetes reads it, and is not negative.

    The API server refuses `512MB`, `1g` and `1,5`: there is no letter for bytes, and suffixes are case-sensitive.
    Devices come whole.
    """
    for of, node in _odd_amounts(manifests):
        if not node.present or is_placeholder(node.text):
            continue
        amount = quantity(node)
        if amount is None:
            yield finding(node, f"{_FORM}{_meant(node.text)}", "the API server refuses it")
        elif amount < 0:
            yield finding(node, "0 or more", "the API server refuses it")
        elif "/" in of and amount.denominator != 1:
            yield finding(
                node, "a whole number", f"{of} is counted in pieces, and the API server refuses a part of one"
            )


def _meant(text: str) -> str:
    """Return what a quantity that cannot be read was meant to be, where that is near at hand."""
    form = _MEANT.fullmatch(text)
    if form is None or not form["letter"]:
        return ""
    letter = form["letter"].upper()
    decimal = "k" if letter == "K" else letter
    return f"; {form['number']}{letter}i, or {form['number']}{decimal}"


@rule("Kubernetes documentation, Resource Management for Pods and Containers, Resource units in Kubernetes")
def quantity_has_its_unit(manifests: Manifests) -> Iterator[Finding]:
    """Memory and storage are whole bytes in a size that something fits into, and CPUs a number that a node may have.

    `500m` of memory is half a byte, `512000m` and `512` of it are 512 bytes: no container starts with that. `cpu: 500`
    asks for 500 CPUs, where `500m` is half of one; no node has as many, and the pod is never placed. `cpu: 100Mi` is an
    amount of memory.
    """
    for of, node in _odd_amounts(manifests):
        amount = quantity(node)
        if amount is None or amount <= 0:
            continue
        in_bytes = of in ("memory", "storage", "ephemeral-storage") or of.startswith("hugepages-")
        smallest = _SMALLEST_DISK if of == "ephemeral-storage" else _SMALLEST_MEMORY
        if in_bytes and amount.denominator != 1:
            yield finding(node, "whole bytes, such as 512Mi", "m is a thousandth: this is a fraction of a byte")
        elif in_bytes and amount < smallest and (is_written_as_number(node) or node.text.endswith("m")):
            severity = Severity.ERROR if of == "memory" else Severity.WARNING
            unit = "in thousandths" if node.text.endswith("m") else "without a unit"
            why = f"{unit} these are bytes, and nothing fits into {amount} of them"
            yield finding(node, f"an amount with its unit, such as {amount}Mi", why, severity=severity)
        elif of == "cpu" and node.text.endswith(_OF_BYTES):
            yield finding(
                node, "a number of CPUs, such as 0.5 or 500m", "this counts bytes, and no node has as many CPUs"
            )
        elif (
            of == "cpu"
            and amount >= _MANY_CPUS
            and is_written_as_number(node)
            and node.object_id.kind != "ResourceQuota"
        ):
            severity = Severity.ERROR if amount >= _MOST_CPUS else Severity.WARNING
            why = f"without the m these are {amount} CPUs, and a pod that asks for them is not placed anywhere"
            yield finding(node, f"{amount}m for thousandths of a CPU", why, severity=severity)
