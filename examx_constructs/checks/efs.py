"""Rules on EFS volumes, and on how a claim and its volume agree."""

import re
from collections.abc import Iterator

from examx_constructs.checks.finding import Problem, rule
from examx_constructs.checks.manifests import Manifests, Resource, Scope
from examx_constructs.checks.node import Node, words
from examx_constructs.settings.naming import TEMPORARY_ANNOTATION

DRIVER = "efs.csi.aws.com"

_SOURCE = "AWS EFS CSI driver, parameters"
_HANDLE = re.compile(r"([a-z0-9]+:)?fs-[0-9A-Za-z]+(:[^:]*(:fsap-[0-9A-Za-z]+)?)?")
_ATTRIBUTES = frozenset({"encryptInTransit", "mounttargetip", "crossaccount"})
_PROVISIONER_IDENTITY = "storage.kubernetes.io/"
_FILE_SYSTEMS = ("fileSystemId", "fileSystemIdConfigRef", "fileSystemIdSecretRef")
_PARAMETERS = words(
    """provisioningMode directoryPerms uid gid gidRangeStart gidRangeEnd basePath subPathPattern ensureUniqueDirectory
    az enforceZoneAffinity reuseAccessPoint enableTagging fileSystemId fileSystemIdConfigRef
    fileSystemIdSecretRef"""
)


def _volumes(manifests: Manifests) -> Iterator[Resource]:
    """The PersistentVolumes on EFS."""
    return (each for each in manifests.kind("PersistentVolume") if each.spec.at("csi", "driver").text == DRIVER)


def _bound(manifests: Manifests) -> Iterator[tuple[Resource, Resource]]:
    """The claims and volumes that name one another."""
    for claim in manifests.kind("PersistentVolumeClaim"):
        for volume in manifests.kind("PersistentVolume"):
            same_cluster = claim.scope.cluster == volume.scope.cluster
            if same_cluster and (claim.spec["volumeName"].text == volume.name or _is_reserved(volume, claim)):
                yield claim, volume


def _is_reserved(volume: Resource, claim: Resource) -> bool:
    reference = volume.spec["claimRef"]
    return (reference["namespace"].text, reference["name"].text) == (claim.scope.namespace, claim.name)


@rule("Kubernetes documentation, Persistent Volumes, Class")
def claim_and_volume_agree(manifests: Manifests) -> Iterator[Problem]:
    """A claim and the volume that it is bound to name each other and the same storage class.

    A claim without storageClassName gets the cluster's default class, and then a volume of that class: an explicit ""
    says that it wants the one it names.
    """
    for claim, volume in _bound(manifests):
        asked, offered = claim.spec["storageClassName"], volume.spec["storageClassName"]
        if not asked.present:
            yield asked.problem(f'"{offered.text}", explicitly', "left out it means the cluster's default class")
        elif asked.text != offered.text:
            yield asked.problem(
                f'"{offered.text}", as {volume.id} has it', "a claim only binds to a volume of its class"
            )
        modes = set(claim.spec["accessModes"].texts) - set(volume.spec["accessModes"].texts)
        if modes:
            yield claim.spec["accessModes"].problem(
                f"access modes of {volume.id}", "the claim would stay pending", value=", ".join(sorted(modes))
            )
        yield from _disagreement(claim, volume)


def _disagreement(claim: Resource, volume: Resource) -> Iterator[Problem]:
    named, reference = claim.spec["volumeName"], volume.spec["claimRef"]
    if named.text and named.text != volume.name:
        yield named.problem(f"{volume.name}, which is reserved for it", "the claim and the volume would never bind")
    if reference["name"].text and not _is_reserved(volume, claim):
        yield reference["name"].problem(
            f"{claim.scope.namespace}/{claim.name}, which asks for it",
            "the claim and the volume would never bind",
            value=f"{reference['namespace'].text}/{reference['name'].text}",
        )


@rule("Kubernetes documentation, Persistent Volumes, Reserving a PersistentVolume")
def reserved_volume_has_claim(manifests: Manifests) -> Iterator[Problem]:
    """A volume's claimRef names a claim of the set, where the set defines claims in that namespace.

    A volume that a claim asks for by name is the business of the rule before.
    """
    for volume in manifests.kind("PersistentVolume"):
        reference = volume.spec["claimRef"]
        scope = Scope(volume.scope.cluster, "", reference["namespace"].text)
        shown = manifests.in_scope("PersistentVolumeClaim", scope)
        asked_for = any(each.spec["volumeName"].text == volume.name for each in manifests.kind("PersistentVolumeClaim"))
        missing = reference["name"].text not in {each.name for each in shown}
        if shown and reference["name"].text and missing and not asked_for:
            yield reference["name"].problem(
                f"a claim of {scope.namespace}: {', '.join(sorted(each.name for each in shown))}",
                "nothing in these manifests has that name, and no other claim can have the volume",
            )


@rule("AWS EFS CSI driver, static provisioning")
def efs_volume_is_valid(manifests: Manifests) -> Iterator[Problem]:
    """An EFS volume has a handle that the driver can read, and attributes that it knows: it refuses to mount others.

    An access point follows two colons where no path is between them: `fs-…::fsap-…`.
    """
    for volume in _volumes(manifests):
        csi = volume.spec["csi"]
        if not _HANDLE.fullmatch(csi["volumeHandle"].text):
            yield csi["volumeHandle"].problem(
                "fs-ID, fs-ID:path, fs-ID::fsap-ID or fs-ID:path:fsap-ID", "the driver could not tell what to mount"
            )
        for key, value in csi["volumeAttributes"].entries():
            if key not in _ATTRIBUTES and not key.startswith(_PROVISIONER_IDENTITY):
                yield value.problem(
                    ", ".join(sorted(_ATTRIBUTES)), "the driver refuses to mount with any other attribute"
                )
        plain = csi.at("volumeAttributes", "encryptInTransit")
        if plain.text == "false" and "tls" in volume.spec["mountOptions"].texts:
            yield plain.problem('"true", beside the mount option tls', "the driver refuses the contradiction")


@rule(_SOURCE)
def efs_storage_class_is_valid(manifests: Manifests) -> Iterator[Problem]:
    """A StorageClass of EFS has the parameters that provisioning needs, and keeps what it provisioned.

    One that says twice that it does not may delete: by its policy, and by the annotation `examx.ai/temporary: "true"`.
    One without any parameters only names statically provisioned volumes, and is left alone.
    """
    for storage in manifests.kind("StorageClass"):
        parameters = storage.root["parameters"]
        if storage.root["provisioner"].text == DRIVER and list(parameters.entries()):
            yield from _parameter_problems(parameters)
            if storage.root["reclaimPolicy"].text != "Retain" and not _is_temporary(storage):
                yield storage.root["reclaimPolicy"].problem(
                    "Retain, explicitly", "the default is Delete, and with the claim goes its access point"
                )


def _is_temporary(storage: Resource) -> bool:
    return storage.annotations[TEMPORARY_ANNOTATION].text == "true" and storage.root["reclaimPolicy"].text == "Delete"


def _parameter_problems(parameters: Node) -> Iterator[Problem]:
    for key, value in parameters.entries():
        if key not in _PARAMETERS and not key.startswith("csi.storage.k8s.io/"):
            yield value.problem(", ".join(sorted(_PARAMETERS)), "the driver does not know it")
    if parameters["provisioningMode"].text != "efs-ap":
        yield parameters["provisioningMode"].problem("efs-ap", "the driver provisions access points")
    if not parameters["directoryPerms"].text:
        yield parameters["directoryPerms"].problem('octal digits in quotes, such as "700"', "the driver requires it")
    given = [key for key in _FILE_SYSTEMS if parameters[key].present]
    if len(given) != 1:
        yield parameters["fileSystemId"].problem(
            f"exactly one of {', '.join(_FILE_SYSTEMS)}", "the driver requires it", value=", ".join(given) or "missing"
        )
    for one, other in (("gidRangeStart", "gidRangeEnd"), ("gidRangeEnd", "gidRangeStart")):
        if parameters[one].present and not parameters[other].present:
            yield parameters[other].problem(f"a value beside {one}", "each is mandatory with the other")
