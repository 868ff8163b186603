"""The rule on the Pod Security Standard `restricted`, for namespaces that enforce it."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Problem, rule
from examx_constructs.checks.manifests import Manifests, Resource
from examx_constructs.checks.node import Node, words
from examx_constructs.checks.pods import Pod

ENFORCE_LABEL = "pod-security.kubernetes.io/enforce"

_VOLUMES = words("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret")
_SECCOMP = frozenset({"RuntimeDefault", "Localhost"})
_WHY = "the namespace enforces the restricted standard, and its pods would be refused"


@rule("Kubernetes documentation, Pod Security Standards, Restricted")
def pod_meets_restricted_standard(manifests: Manifests) -> Iterator[Problem]:
    """The pods of a namespace that enforces `restricted` meet that standard.

    Otherwise the workload can be applied, and no pod of it ever starts.
    """
    for pod in manifests.pods:
        if _is_restricted(manifests, pod):
            yield from _pod_problems(pod)
            for container in pod.all_containers:
                yield from _container_problems(container, pod.spec["securityContext"])


def _is_restricted(manifests: Manifests, pod: Pod) -> bool:
    scope = manifests.scope_of(pod.template)
    spaces: Iterator[Resource] = manifests.kind("Namespace")
    here = (each for each in spaces if (each.scope.cluster, each.name) == (scope.cluster, scope.namespace))
    return any(each.metadata.at("labels", ENFORCE_LABEL).text == "restricted" for each in here)


def _pod_problems(pod: Pod) -> Iterator[Problem]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec[field].value is True:
            yield pod.spec[field].problem("false, or leave it out", _WHY)
    if pod.spec.at("securityContext", "runAsUser").number == 0:
        yield pod.spec.at("securityContext", "runAsUser").problem("any user but 0", _WHY)
    for volume in pod.spec["volumes"]:
        for kind, source in volume.entries():
            if kind != "name" and kind not in _VOLUMES:
                yield source.problem(f"a volume of type {', '.join(sorted(_VOLUMES))}", _WHY, value=f"a {kind} volume")


def _container_problems(container: Node, pod_context: Node) -> Iterator[Problem]:
    context = container["securityContext"]
    if context["allowPrivilegeEscalation"].value is not False:
        yield context["allowPrivilegeEscalation"].problem("false", _WHY)
    if context["privileged"].value is True:
        yield context["privileged"].problem("false, or leave it out", _WHY)
    if context["runAsUser"].number == 0:
        yield context["runAsUser"].problem("any user but 0", _WHY)
    if _effective(context, pod_context, "runAsNonRoot").value is not True:
        yield _effective(context, pod_context, "runAsNonRoot").problem("true, on the pod or on the container", _WHY)
    seccomp = _effective(context, pod_context, "seccompProfile")["type"]
    if seccomp.text not in _SECCOMP:
        yield seccomp.problem("RuntimeDefault or Localhost, on the pod or on the container", _WHY)
    yield from _capability_problems(context["capabilities"])
    for port in container["ports"]:
        if port["hostPort"].number:
            yield port["hostPort"].problem("no port of the host", _WHY)


def _capability_problems(capabilities: Node) -> Iterator[Problem]:
    if "ALL" not in capabilities["drop"].texts:
        dropped = ", ".join(capabilities["drop"].texts)
        yield capabilities["drop"].problem("[ALL]", _WHY, value=f"[{dropped}]" if dropped else None)
    for added in capabilities["add"]:
        if added.text != "NET_BIND_SERVICE":
            yield added.problem("NET_BIND_SERVICE alone", _WHY)


def _effective(context: Node, pod_context: Node, field: str) -> Node:
    """The field as it applies: the container's own, else the pod's, else the place where the container would set it."""
    inherits = not context[field].present and pod_context[field].present
    return pod_context[field] if inherits else context[field]
