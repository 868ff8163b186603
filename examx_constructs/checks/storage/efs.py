"""Rules on volumes and storage classes of EFS."""

import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.storage import efs_directories as directories
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.settings.naming import TEMPORARY_ANNOTATION

DRIVER = "efs.csi.aws.com"

_SOURCE = "AWS EFS CSI driver v3.4.1, docs/parameters.md and pkg/driver/controller.go"
_HANDLE = regex(r"([a-z0-9]+:)?fs-[0-9A-Za-z]+(:(?!fsap-)[^:]*(:fsap-[0-9A-Za-z]+)?)?")
_ATTRIBUTES = frozenset({"encryptInTransit", "mounttargetip", "crossaccount"})
_PROVISIONER_IDENTITY = "storage.kubernetes.io/"
_FILE_SYSTEMS = ("fileSystemId", "fileSystemIdConfigRef", "fileSystemIdSecretRef")
_PARAMETERS = words(
    """provisioningMode directoryPerms uid gid gidRangeStart gidRangeEnd basePath subPathPattern ensureUniqueDirectory
    az enforceZoneAffinity reuseAccessPoint enableTagging fileSystemId fileSystemIdConfigRef
    fileSystemIdSecretRef"""
)
_MODES = frozenset({"efs-ap", "s3files-ap"})
_SWITCHES = ("ensureUniqueDirectory", "reuseAccessPoint", "enforceZoneAffinity", "enableTagging")
_REFUSED = "the driver refuses to provision otherwise, and claims stay pending"
_BAD_SWITCH = {"ensureUniqueDirectory": "the driver takes anything else for true, without a word"}
# Amazon EFS API, CreationInfo and RootDirectory.
_OCTAL = regex(r"[0-7]{3,4}", re.ASCII)
_NUMBER = regex(r"\+?\d{1,10}", re.ASCII)
_LARGEST_ID = 2**32 - 1
_DEEPEST, _LONGEST = 4, 100
_STRANGE = regex(r"[$#<>;`|&?{}^*\n]")
_SHORTEST_CLAIM = directories.Claim("a", "a", "00000000-0000-0000-0000-000000000000")


def _volumes(manifests: Manifests) -> Iterator[Resource]:
    """Return the PersistentVolumes on EFS."""
    return (each for each in manifests.kind("PersistentVolume") if each.spec.at("csi", "driver").text == DRIVER)


@rule("AWS EFS CSI driver, static provisioning")
def efs_volume_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An EFS volume has a handle that the driver can read, and attributes that it knows: it refuses to mount others.

    An access point follows two colons where no path is between them: `fs-…::fsap-…`.
    """
    for volume in _volumes(manifests):
        csi = volume.spec["csi"]
        handle = csi["volumeHandle"].text
        if not _HANDLE.fullmatch(handle) and not is_placeholder(handle):
            yield finding(
                csi["volumeHandle"],
                "fs-ID, fs-ID:path, fs-ID::fsap-ID or fs-ID:path:fsap-ID",
                "the driver could not tell what to mount",
            )
        for key, value in csi["volumeAttributes"].entries():
            if key not in _ATTRIBUTES and not key.startswith(_PROVISIONER_IDENTITY):
                yield finding(
                    value, ", ".join(sorted(_ATTRIBUTES)), "the driver refuses to mount with any other attribute"
                )
        plain = csi.at("volumeAttributes", "encryptInTransit")
        if plain.text == "false" and "tls" in volume.spec["mountOptions"].texts:
            yield finding(plain, '"true", beside the mount option tls', "the driver refuses the contradiction")


@rule(_SOURCE)
def efs_storage_class_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """A StorageClass of EFS has the parameters that provisioning needs, and keeps what it provisioned.

    One that deletes gets a warning, for the driver deletes the access point and not the files, unless it is told to
    (deleteAccessPointRootDir). One that says twice that it does not keep may delete: by its policy, and by the
    annotation `examx.ai/temporary: "true"`.
    One without any parameters only names statically provisioned volumes, and is left alone.
    """
    for storage in _provisioners(manifests):
        yield from _parameter_findings(storage.root["parameters"])
        if storage.root["reclaimPolicy"].text != "Retain" and not _is_temporary(storage):
            yield finding(
                storage.root["reclaimPolicy"],
                "Retain, explicitly",
                "the default is Delete, and with the claim goes its access point",
                # Its files stay, unless the driver is set up with deleteAccessPointRootDir, which is off by default.
                severity=Severity.WARNING,
            )


def _is_temporary(storage: Resource) -> bool:
    return storage.annotations[TEMPORARY_ANNOTATION].text == "true" and storage.root["reclaimPolicy"].text == "Delete"


@rule("AWS EFS CSI driver v3.4.1, pkg/driver/controller.go, DeleteVolume; aws-efs-csi-driver#1695")
def efs_claims_delete_their_own_directory(manifests: Manifests) -> Iterator[Finding]:
    """What a StorageClass of EFS deletes with a claim is the claim's own directory, never the root nor another's.

    Set up with deleteAccessPointRootDir, the driver removes the directory of the access point with all that is in it,
    even if others use it. A class with `examx.ai/temporary: "true"` is made for such a driver, and the root of a file
    system is too much to lose. These are errors, other directories of other classes a warning. Classes that keep what
    they provisioned may share: nothing removes it.
    """
    for storage in _provisioners(manifests):
        if storage.root["reclaimPolicy"].text != "Retain":
            weight = Severity.ERROR if _is_temporary(storage) else Severity.WARNING
            yield from _shared_directory(storage.root["parameters"], weight)
            yield from _directory_of_a_volume(manifests, storage)


def _shared_directory(parameters: Node, weight: Severity) -> Iterator[Finding]:
    given = _texts(parameters)
    reuse, unique = parameters["reuseAccessPoint"], parameters["ensureUniqueDirectory"]
    if reuse.text in directories.TRUE:
        yield finding(
            reuse,
            '"false", where claims are deleted',
            "claims of one name share an access point, in all namespaces, and the first that goes takes it along",
        )
    found = directories.same_directory(given)
    if found is None or directories.has_unknown_variable(given.get("subPathPattern", "")):
        return
    one, other, path = found
    if path == "/":
        yield finding(
            unique,
            '"true", or a basePath and a subPathPattern that lead to a directory of the claim',
            "the access point is the root, and the driver removes all of the file system with the first claim",
        )
    else:
        yield finding(
            unique,
            f'"true", or a subPathPattern with {directories.NAMESPACE}/{directories.NAME}',
            f"claims {one.namespace}/{one.name} and {other.namespace}/{other.name} both get {path}, and the driver "
            "removes it with the first that goes",
            severity=weight,
        )


def _directory_of_a_volume(manifests: Manifests, storage: Resource) -> Iterator[Finding]:
    parameters = storage.root["parameters"]
    given = _texts(parameters)
    for volume in _volumes(manifests):
        file_system, _, rest = volume.spec.at("csi", "volumeHandle").text.removeprefix("efs:").partition(":")
        path, _, access_point = rest.partition(":")
        # A path inside an access point is not one of the file system.
        known = path.strip("/") and not access_point and file_system == parameters["fileSystemId"].text
        same_cluster = volume.scope.cluster == storage.scope.cluster
        if known and same_cluster and directories.may_hold(given, path):
            yield finding(
                parameters["subPathPattern"],
                f"a directory apart from {path}, or ensureUniqueDirectory",
                f"a claim could get the directory of {volume.id.qualified}, and the driver would remove it with "
                "the claim",
                severity=Severity.ERROR if _is_temporary(storage) else Severity.WARNING,
            )


def _provisioners(manifests: Manifests) -> Iterator[Resource]:
    """Yield the StorageClasses by which the driver makes access points; one without parameters names static volumes."""
    for storage in manifests.kind("StorageClass"):
        if storage.root["provisioner"].text == DRIVER and list(storage.root["parameters"].entries()):
            yield storage


def _texts(parameters: Node) -> dict[str, str]:
    return {key: value.value for key, value in parameters.entries() if isinstance(value.value, str)}


def _parameter_findings(parameters: Node) -> Iterator[Finding]:
    for key, value in parameters.entries():
        if key not in _PARAMETERS and not key.startswith("csi.storage.k8s.io/"):
            yield finding(value, ", ".join(sorted(_PARAMETERS)), "the driver does not know it")
    if _is_told(parameters["provisioningMode"]) and parameters["provisioningMode"].text not in _MODES:
        yield finding(parameters["provisioningMode"], "efs-ap", "the driver provisions access points")
    if _is_told(parameters["directoryPerms"]) and not _OCTAL.fullmatch(parameters["directoryPerms"].text):
        yield finding(parameters["directoryPerms"], 'octal digits in quotes, such as "700"', "the driver requires it")
    given = [key for key in _FILE_SYSTEMS if parameters[key].present]
    if len(given) != 1:
        yield finding(
            parameters["fileSystemId"],
            f"exactly one of {', '.join(_FILE_SYSTEMS)}",
            "the driver requires it",
            value=", ".join(given) or "missing",
        )
    yield from _identity_findings(parameters)
    for key in _SWITCHES:
        given = parameters[key]
        if given.present and _is_told(given) and given.text not in directories.TRUE | directories.FALSE:
            yield finding(parameters[key], '"true" or "false"', _BAD_SWITCH.get(key, _REFUSED))
    yield from _path_findings(parameters)


def _identity_findings(parameters: Node) -> Iterator[Finding]:
    for key in ("uid", "gid"):
        given = parameters[key]
        if given.present and _is_told(given) and not _is_number(given, least=0):
            yield finding(parameters[key], f"a number in quotes, 0 to {_LARGEST_ID}", _REFUSED)
    first, last = parameters["gidRangeStart"], parameters["gidRangeEnd"]
    for key, other in ((first, last), (last, first)):
        if key.present and not other.present:
            name = key.path.rpartition(".")[2]
            yield finding(other, f"a value beside {name}", "each is mandatory with the other")
        if key.present and _is_told(key) and not _is_number(key, least=1):
            yield finding(key, f"a number in quotes, 1 to {_LARGEST_ID}", _REFUSED)
    both = _is_number(first, least=1) and _is_number(last, least=1)
    if both and int(last.text) <= int(first.text):
        yield finding(last, f"a number above gidRangeStart, {first.text}", _REFUSED)


def _is_told(given: Node) -> bool:
    """Return whether a parameter, or that it is missing, can be judged.

    It is no placeholder, and no number without quotes.
    """
    return (isinstance(given.value, str) or not given.present) and not is_placeholder(given.text)


def _fixed(pattern: str) -> str:
    """Return a pattern without what is the driver's own to fill in, `${.PVC.labels}` included, which it refuses."""
    return re.sub(r"\$\{\.[^}]*\}", "", pattern)


def _is_number(given: Node, *, least: int) -> bool:
    return bool(_NUMBER.fullmatch(given.text)) and least <= int(given.text) <= _LARGEST_ID


def _path_findings(parameters: Node) -> Iterator[Finding]:
    pattern = parameters["subPathPattern"]
    if directories.has_unknown_variable(pattern.text) and not is_placeholder(_fixed(pattern.text)):
        yield finding(pattern, f"fixed text, and of variables {', '.join(directories.VARIABLES)}", _REFUSED)
        return
    place = pattern if pattern.present else parameters["basePath"]
    if is_placeholder(parameters["basePath"].text) or is_placeholder(_fixed(pattern.text)):
        return
    path = directories.directory(_texts(parameters), _SHORTEST_CLAIM)
    if path.count("/") > _DEEPEST or len(path) > _LONGEST:
        yield finding(
            place,
            f"at most {_DEEPEST} directories and {_LONGEST} characters, basePath included",
            f"EFS makes no access point at {path}",
        )
    if any(part.startswith(".") or _STRANGE.search(part) for part in path.split("/")):
        yield finding(place, "directories that do not begin with a dot, without any of $#<>;`|&?{}^*", _REFUSED)
