"""What keeps a pod from a Pod Security level (Kubernetes, "Pod Security Standards"). Pure.

The API server itself is asked as well, about the pods that run. This judges templates whose pods do not run yet, and
manifests without a cluster.
"""

from collections.abc import Iterator

from examx_constructs.manifests import Object, at, items, mapping, template_of, text
from examx_constructs.manifests.object_id import words

ENFORCE_LABEL = "pod-security.kubernetes.io/enforce"

_BASELINE_CAPABILITIES = words(
    """AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
    SYS_CHROOT"""
)
_RESTRICTED_VOLUMES = words("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret")


def violations(workload: Object, level: str) -> list[str]:
    """Why the pods of a workload would be refused where a level is enforced; empty where they would not."""
    spec = mapping(template_of(workload), "spec")
    if level not in ("baseline", "restricted"):
        return []
    found = list(_baseline(spec))
    if level == "restricted":
        found += _restricted(spec)
    return list(dict.fromkeys(found))


def _containers(spec: Object) -> list[object]:
    return [each for part in ("initContainers", "containers", "ephemeralContainers") for each in items(spec, part)]


def _baseline(spec: Object) -> Iterator[str]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name) is True:
            yield name
    if any("hostPath" in mapping(each) for each in items(spec, "volumes")):
        yield "a hostPath volume"
    for container in _containers(spec):
        context = mapping(container, "securityContext")
        if context.get("privileged") is True:
            yield "privileged"
        if set(items(context, "capabilities", "add")) - _BASELINE_CAPABILITIES:
            yield "capabilities"
        if any(at(port, "hostPort") for port in items(container, "ports")):
            yield "hostPort"
        if text(context, "seccompProfile", "type") == "Unconfined":
            yield "seccompProfile"
    if text(spec, "securityContext", "seccompProfile", "type") == "Unconfined":
        yield "seccompProfile"


def _restricted(spec: Object) -> Iterator[str]:
    pod = mapping(spec, "securityContext")
    for volume in items(spec, "volumes"):
        yield from (f"a {kind} volume" for kind in mapping(volume) if kind not in {"name", *_RESTRICTED_VOLUMES})
    if pod.get("runAsUser") == 0:
        yield "runAsUser is 0"
    for container in _containers(spec):
        context = mapping(container, "securityContext")
        if context.get("allowPrivilegeEscalation") is not False:
            yield "allowPrivilegeEscalation is not false"
        if (context if "runAsNonRoot" in context else pod).get("runAsNonRoot") is not True:
            yield "runAsNonRoot is not true"
        if context.get("runAsUser") == 0:
            yield "runAsUser is 0"
        profile = context if "seccompProfile" in context else pod
        if text(profile, "seccompProfile", "type") not in ("RuntimeDefault", "Localhost"):
            yield "no seccompProfile"
        capabilities = mapping(context, "capabilities")
        if "ALL" not in items(capabilities, "drop") or set(items(capabilities, "add")) - {"NET_BIND_SERVICE"}:
            yield "capabilities are not dropped"
