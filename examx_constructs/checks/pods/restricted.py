"""What the Pod Security Standard `restricted` refuses, by version.

Source: kubernetes/pod-security-admission v0.34 to v0.37, policy/check_*.go.
"""

from collections.abc import Iterator

from examx_constructs.checks.pods import baseline as pod_baseline
from examx_constructs.checks.pods.breach import Breach, containers, has_own_users, is_windows
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.versions import Versions

_VOLUMES = words("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret")
_SECCOMP = frozenset({"RuntimeDefault", "Localhost"})
_NOT_ROOT = "true, on the pod or on the container"
_FILTERED = "RuntimeDefault or Localhost, on the pod or on the container"


def breaches(pod: Pod, versions: Versions) -> Iterator[Breach]:
    """Yield all that `restricted` refuses of a pod."""
    yield from pod_baseline.of_host(pod)
    own_users = has_own_users(pod, versions)
    context = pod.spec["securityContext"]
    if not own_users:
        yield from _root(context)
        if context["runAsNonRoot"].value is False:
            yield Breach(context["runAsNonRoot"], _NOT_ROOT)
    if context.at("seccompProfile", "type").present and not is_windows(pod):
        yield from _unfiltered(context)
    yield from _volumes(pod)
    for container in containers(pod):
        yield from _of_container(container, pod, own_users=own_users)
        yield from pod_baseline.host_ports(container)
    yield from pod_baseline.proc_mounts(pod, versions, relaxed=False)
    yield from pod_baseline.common(pod, versions)


def _of_container(container: Node, pod: Pod, *, own_users: bool) -> Iterator[Breach]:
    """Yield what a container must say itself, or has of its pod. A pod for Windows cannot say what is about Linux."""
    context, pods = container["securityContext"], pod.spec["securityContext"]
    linux = not is_windows(pod)
    if linux and context["allowPrivilegeEscalation"].value is not False:
        yield Breach(context["allowPrivilegeEscalation"], "false")
    yield from pod_baseline.privileged(container)
    if not own_users:
        yield from _root(context)
        own = context["runAsNonRoot"]
        inherits = not own.present and pods["runAsNonRoot"].present
        if not inherits and own.value is not True:
            yield Breach(own, _NOT_ROOT)
    if linux and (context["seccompProfile"].present or not pods.at("seccompProfile", "type").present):
        yield from _unfiltered(context)
    if linux:
        yield from _capabilities(context["capabilities"])


def _root(context: Node) -> Iterator[Breach]:
    if context["runAsUser"].number == 0:
        yield Breach(context["runAsUser"], "any user but 0")


def _unfiltered(context: Node) -> Iterator[Breach]:
    kind = context.at("seccompProfile", "type")
    if kind.text not in _SECCOMP:
        yield Breach(kind, _FILTERED)


def _volumes(pod: Pod) -> Iterator[Breach]:
    for volume in pod.spec["volumes"]:
        for kind, source in volume.entries():
            if kind != "name" and source.present and kind not in _VOLUMES:
                yield Breach(source, f"a volume of type {', '.join(sorted(_VOLUMES))}", f"a {kind} volume")


def _capabilities(given: Node) -> Iterator[Breach]:
    if "ALL" not in given["drop"].texts:
        dropped = ", ".join(given["drop"].texts)
        yield Breach(given["drop"], "[ALL]", f"[{dropped}]" if dropped else None)
    for added in given["add"]:
        if added.text != "NET_BIND_SERVICE":
            yield Breach(added, "NET_BIND_SERVICE alone")
