"""Rules on claims, and on the volumes that they are bound to.

What binds is what Kubernetes v1.34 compares, pkg/controller/volume/persistentvolume/pv_controller.go
(checkVolumeSatisfyClaim): capacity, class, volume mode and access modes.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from examx_constructs import settings
from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.slips import slip_of
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.selectors import is_empty, matches
from examx_constructs.settings.refusal import SettingError

_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_PROVISIONED_ANNOTATION = "pv.kubernetes.io/provisioned-by"
_STATIC = "kubernetes.io/no-provisioner"
# Names that people give to classes which nothing provisions, after the example of the documentation.
_STATIC_NAME = regex(r"manual|static|(.*-)?no-?provisioner", re.IGNORECASE)
_PENDING = "the claim would stay pending"
_NEVER_BIND = "the claim and the volume would never bind"
_ON_ONE_NODE = ("hostPath", "local")


def class_of(resource: Resource) -> Node:
    """Return the storage class of a claim or a volume; absent where it has none."""
    old = resource.annotations[_CLASS_ANNOTATION]
    return old if old.present else resource.spec["storageClassName"]


def _cluster(resource: Resource) -> Scope:
    """Return where the volumes and classes are that a claim, or a volume, meets."""
    return Scope(resource.scope.cluster, "", "", resource.scope.unit)


def bound(manifests: Manifests) -> Iterator[tuple[Resource, Resource]]:
    """Yield the claims and volumes that name one another."""
    reserved: defaultdict[tuple[str, str, str], list[Resource]] = defaultdict(list)
    for volume in manifests.kind("PersistentVolume"):
        reference = volume.spec["claimRef"]
        if reference["name"].text:
            reserved[volume.scope.cluster, reference["namespace"].text, reference["name"].text].append(volume)
    for claim in manifests.kind("PersistentVolumeClaim"):
        volume = manifests.find("PersistentVolume", claim.spec["volumeName"].text, _cluster(claim))
        if volume is not None:
            yield claim, volume
        for each in reserved.get((claim.scope.cluster, claim.scope.namespace, claim.name), ()):
            if each is not volume and each is manifests.find("PersistentVolume", each.name, _cluster(claim)):
                yield claim, each


@rule("Kubernetes documentation, Persistent Volumes, Class and Binding")
def claim_and_volume_agree(manifests: Manifests) -> Iterator[Finding]:
    """A claim and the volume that it is bound to name each other, the same storage class, and a size that fits.

    A claim without storageClassName gets the cluster's default class, and then a volume of that class. An explicit ""
    says that it wants the one it names.
    """
    for claim, volume in bound(manifests):
        yield from _class_findings(claim, volume)
        yield from _fit_findings(claim, volume)
        yield from _disagreement(claim, volume)
    for claim, volumes in unbound(manifests):
        yield from _nothing_fits(manifests, claim, volumes)


def _class_findings(claim: Resource, volume: Resource) -> Iterator[Finding]:
    asked, offered = class_of(claim), class_of(volume)
    if is_placeholder(asked.text) or is_placeholder(offered.text):
        return
    if not asked.present:
        # Where the cluster has no default class the two would bind, if the volume has none either.
        weight = Severity.ERROR if offered.text else Severity.WARNING
        yield finding(
            asked, f'"{offered.text}", explicitly', "left out it means the cluster's default class", severity=weight
        )
    elif asked.text != offered.text:
        yield finding(
            asked, f'"{offered.text}", as {volume.id.qualified} has it', "a claim only binds to a volume of its class"
        )


def _fit_findings(claim: Resource, volume: Resource) -> Iterator[Finding]:
    yield from filter(None, (_size_finding(claim, volume), _modes_finding(claim, volume)))
    asked, offered = (each.spec["volumeMode"].text or "Filesystem" for each in (claim, volume))
    if asked != offered:
        yield finding(
            claim.spec["volumeMode"], f"{offered}, as {volume.id.qualified} has it", _PENDING, value=f'"{asked}"'
        )


def _size_finding(claim: Resource, volume: Resource) -> Finding | None:
    wanted, offered = claim.spec.at("resources", "requests", "storage"), volume.spec.at("capacity", "storage")
    asked, given = amount(wanted), amount(offered)
    if asked is None or given is None or asked <= given:
        return None
    return finding(
        wanted, f"at most {offered.value}, as much as {volume.id.qualified} has", f"it is too small, and {_PENDING}"
    )


def _modes_finding(claim: Resource, volume: Resource) -> Finding | None:
    modes = set(claim.spec["accessModes"].texts) - set(volume.spec["accessModes"].texts)
    if not modes:
        return None
    place = claim.spec["accessModes"]
    return finding(place, f"access modes of {volume.id.qualified}", _PENDING, value=", ".join(sorted(modes)))


def amount(node: Node) -> int | None:
    """Return whole bytes, as a volume controller counts them; None where there are none, or none that can be read."""
    try:
        return math.ceil(settings.Quantity(str(node.value)).amount) if node.present else None
    except SettingError:
        return None


def _disagreement(claim: Resource, volume: Resource) -> Iterator[Finding]:
    named, reference = claim.spec["volumeName"], volume.spec["claimRef"]
    if named.text and named.text != volume.name and not is_placeholder(named.text):
        yield finding(named, f"{volume.name}, which is reserved for it", _NEVER_BIND)
    # A claim that names no namespace goes into the one that the volume names, for all that these manifests say.
    given = {"namespace": reference["namespace"].text, "name": reference["name"].text}
    mine = {"namespace": claim.scope.namespace or given["namespace"], "name": claim.name}
    if given["name"] and given != mine and not any(map(is_placeholder, (*given.values(), *mine.values()))):
        yield finding(
            reference["name"],
            f"{claim.scope.namespace}/{claim.name}, which asks for it",
            _NEVER_BIND,
            value=f"{given['namespace']}/{given['name']}",
        )


def unbound(manifests: Manifests) -> Iterator[tuple[Resource, list[Resource]]]:
    """Yield the claims that name no volume, each with the volumes of its class that no other claim has."""
    by_class: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
    for volume in manifests.kind("PersistentVolume"):
        if not volume.spec["claimRef"].present:
            by_class[volume.scope.cluster, class_of(volume).text].append(volume)
    for claim in manifests.kind("PersistentVolumeClaim") if by_class else ():
        name = class_of(claim)
        if name.present and not claim.spec["volumeName"].text and not is_placeholder(name.text):
            selector = claim.spec["selector"]
            candidates = [
                each
                for each in by_class.get((claim.scope.cluster, name.text), ())
                if is_empty(selector) or matches(selector, each.metadata["labels"].labels)
            ]
            if candidates:
                yield claim, candidates


def _nothing_fits(manifests: Manifests, claim: Resource, volumes: list[Resource]) -> Iterator[Finding]:
    """Yield that all volumes of a class that nothing provisions are too small, or are mounted otherwise."""
    name = class_of(claim).text
    storage = manifests.find("StorageClass", name, _cluster(claim))
    if storage is not None and storage.root["provisioner"].text != _STATIC:
        return
    misfits = [_size_finding(claim, each) or _modes_finding(claim, each) for each in volumes]
    found = misfits[0] if all(misfits) else None
    static = not name or storage is not None or _STATIC_NAME.fullmatch(name)
    if found is not None and (static or len(volumes) == 1):
        yield replace(found, severity=Severity.ERROR if static else Severity.WARNING)


@rule("Kubernetes documentation, Persistent Volumes, Reserving a PersistentVolume")
def reserved_volume_has_claim(manifests: Manifests) -> Iterator[Finding]:
    """A volume's claimRef names a claim of the set, where the set defines claims in that namespace.

    A volume that a claim asks for by name is the business of the rule before. A claim may be made elsewhere, so it is
    an error only where a name differs by a slip, or the Namespace is there too.
    """
    asked_for = {(each.scope.cluster, each.spec["volumeName"].text) for each in manifests.kind("PersistentVolumeClaim")}
    for volume in manifests.kind("PersistentVolume"):
        reference = volume.spec["claimRef"]
        name, scope = reference["name"].text, _cluster(volume)._replace(namespace=reference["namespace"].text)
        if not name or is_placeholder(name) or (volume.scope.cluster, volume.name) in asked_for:
            continue
        shown = {each.name for each in manifests.in_scope("PersistentVolumeClaim", scope)}
        if shown and name not in shown and not _may_be_of_a_set(manifests, name, scope):
            whole = manifests.find("Namespace", scope.namespace, _cluster(volume)) or slip_of(name, shown)
            yield finding(
                reference["name"],
                f"a claim of {scope.namespace}: {', '.join(sorted(shown))}",
                "nothing in these manifests has that name, and no other claim can have the volume",
                severity=Severity.ERROR if whole else Severity.WARNING,
            )


def _may_be_of_a_set(manifests: Manifests, name: str, scope: Scope) -> bool:
    """Return whether a StatefulSet of the scope may make a claim of that name."""
    return any(
        re.fullmatch(rf".+-{re.escape(each.name)}-\d+", name) for each in manifests.in_scope("StatefulSet", scope)
    )


@rule("Kubernetes documentation, Persistent Volumes, Reclaiming")
def volume_outlives_claim(manifests: Manifests) -> Iterator[Finding]:
    """A volume in manifests is retained when its claim goes.

    It means data that was there before. With Delete the data goes along, or, where nothing can delete it, the volume
    fails and binds to no claim again. Recycle wipes it, and is deprecated. A volume that a provisioner made says what
    its class does, and is left alone; one on a node's own disk gets a warning.
    """
    for volume in manifests.kind("PersistentVolume"):
        policy = volume.spec["persistentVolumeReclaimPolicy"]
        if policy.text in ("Delete", "Recycle") and not volume.annotations[_PROVISIONED_ANNOTATION].present:
            on_node = any(volume.spec[key].present for key in _ON_ONE_NODE)
            yield finding(
                policy,
                "Retain",
                "its data goes with the claim, or the volume fails then and no claim gets it again",
                severity=Severity.WARNING if on_node and policy.text == "Delete" else Severity.ERROR,
            )
