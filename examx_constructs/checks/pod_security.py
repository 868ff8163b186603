"""Rules on the Pod Security Standard `restricted`: the namespaces that enforce it, and their pods."""

from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.settings.naming import APP_LABEL, CLUSTER_ANNOTATION, GUESTS_ANNOTATION

ENFORCE_LABEL = "pod-security.kubernetes.io/enforce"

_VOLUMES = words("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret")
_SECCOMP = frozenset({"RuntimeDefault", "Localhost"})
_REFUSED = "the namespace enforces the restricted standard, and its pods would be refused"
_FOR_GUESTS_ONLY = "baseline is enforced for the guests of the namespace, and for no other pod"


@rule("Kubernetes documentation, Pod Security Standards")
def namespace_is_restricted(manifests: Manifests) -> Iterator[Finding]:
    """A namespace of this project (one with `examx.ai/cluster`) enforces `restricted`, or `baseline` for its guests."""
    for space in manifests.kind("Namespace"):
        enforced = space.metadata.at("labels", ENFORCE_LABEL)
        for_guests = enforced.text == "baseline" and bool(space.annotations[GUESTS_ANNOTATION].text)
        if space.annotations[CLUSTER_ANNOTATION].present and enforced.text != "restricted" and not for_guests:
            yield finding(
                enforced,
                f"restricted, or baseline beside the annotation {GUESTS_ANNOTATION}",
                "any pod could run as root, without a word for whom",
            )


@rule("Kubernetes documentation, Pod Security Standards, Restricted")
def pod_meets_restricted_standard(manifests: Manifests) -> Iterator[Finding]:
    """The pods of a namespace that enforces `restricted` meet that standard.

    Otherwise the workload can be applied, and no pod of it ever starts. Where `baseline` is enforced for guests
    (`examx.ai/guests`), all other pods meet `restricted` none the less.
    """
    for pod in manifests.pods:
        if why := _why_restricted(manifests, pod):
            for node, allowed, value in _breaches(pod):
                yield finding(node, allowed, why, value=value)


def _why_restricted(manifests: Manifests, pod: Pod) -> str | None:
    scope = manifests.scope_of(pod.template)
    space = manifests.find("Namespace", scope.namespace, Scope(scope.cluster, "", ""))
    enforced = space.metadata.at("labels", ENFORCE_LABEL).text if space else ""
    if enforced == "restricted":
        return _REFUSED
    guests = manifests.listed_on_namespace(GUESTS_ANNOTATION, scope)
    return _FOR_GUESTS_ONLY if enforced == "baseline" and guests and pod.labels.get(APP_LABEL) not in guests else None


class _Breach(NamedTuple):
    """A place that breaks the standard, what may stand there, and what to show of it where that is not its value."""

    node: Node
    allowed: str
    value: str | None = None


def _breaches(pod: Pod) -> Iterator[_Breach]:
    yield from _pod_findings(pod)
    for container in pod.all_containers:
        yield from _container_findings(container, pod.spec["securityContext"])


def _pod_findings(pod: Pod) -> Iterator[_Breach]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec[field].value is True:
            yield _Breach(pod.spec[field], "false, or leave it out")
    if pod.spec.at("securityContext", "runAsUser").number == 0:
        yield _Breach(pod.spec.at("securityContext", "runAsUser"), "any user but 0")
    for volume in pod.spec["volumes"]:
        for kind, source in volume.entries():
            if kind != "name" and kind not in _VOLUMES:
                yield _Breach(source, f"a volume of type {', '.join(sorted(_VOLUMES))}", f"a {kind} volume")


def _container_findings(container: Node, pod_context: Node) -> Iterator[_Breach]:
    context = container["securityContext"]
    if context["allowPrivilegeEscalation"].value is not False:
        yield _Breach(context["allowPrivilegeEscalation"], "false")
    if context["privileged"].value is True:
        yield _Breach(context["privileged"], "false, or leave it out")
    if context["runAsUser"].number == 0:
        yield _Breach(context["runAsUser"], "any user but 0")
    if _effective(context, pod_context, "runAsNonRoot").value is not True:
        yield _Breach(_effective(context, pod_context, "runAsNonRoot"), "true, on the pod or on the container")
    seccomp = _effective(context, pod_context, "seccompProfile")["type"]
    if seccomp.text not in _SECCOMP:
        yield _Breach(seccomp, "RuntimeDefault or Localhost, on the pod or on the container")
    yield from _capability_findings(context["capabilities"])
    for port in container["ports"]:
        if port["hostPort"].number:
            yield _Breach(port["hostPort"], "no port of the host")


def _capability_findings(capabilities: Node) -> Iterator[_Breach]:
    if "ALL" not in capabilities["drop"].texts:
        dropped = ", ".join(capabilities["drop"].texts)
        yield _Breach(capabilities["drop"], "[ALL]", f"[{dropped}]" if dropped else None)
    for added in capabilities["add"]:
        if added.text != "NET_BIND_SERVICE":
            yield _Breach(added, "NET_BIND_SERVICE alone")


def _effective(context: Node, pod_context: Node, field: str) -> Node:
    """The field as it applies: the container's own, else the pod's, else the place where the container would set it."""
    inherits = not context[field].present and pod_context[field].present
    return pod_context[field] if inherits else context[field]
