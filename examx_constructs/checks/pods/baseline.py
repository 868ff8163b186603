"""What the Pod Security Standard `baseline` refuses, by version.

Source: kubernetes/pod-security-admission v0.34 to v0.37, policy/check_*.go. `restricted` refuses all of it as well.
"""

from collections.abc import Iterator

from examx_constructs.checks.pods.breach import Breach, containers, contexts, has_own_users
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.versions import Versions

_CAPABILITIES = words(
    """AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
    SYS_CHROOT"""
)
_PROFILES = frozenset({"RuntimeDefault", "Localhost"})
_SELINUX_TYPES = words("container_t container_init_t container_kvm_t")
_SELINUX_TYPES_SINCE = {"1.31": "container_engine_t"}
_SYSCTLS = words(
    """kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range
    net.ipv4.ip_unprivileged_port_start"""
)
_SYSCTLS_SINCE = {
    "1.27": words("net.ipv4.ip_local_reserved_ports"),
    "1.29": words(
        """net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl
        net.ipv4.tcp_keepalive_probes"""
    ),
    "1.32": words("net.ipv4.tcp_rmem net.ipv4.tcp_wmem"),
    "1.37": words("net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat"),
}
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_HOOKS = ("postStart", "preStop")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_LEAVE = "nothing, leave it out"


def of_host(pod: Pod) -> Iterator[Breach]:
    """Yield the namespaces of the host."""
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec[field].value is True:
            yield Breach(pod.spec[field], "false, or leave it out")


def host_paths(pod: Pod) -> Iterator[Breach]:
    """Yield directories of the host."""
    for volume in pod.spec["volumes"]:
        if volume["hostPath"].present:
            yield Breach(volume["hostPath"], "a volume that is no directory of the host", "a hostPath volume")


def capabilities(container: Node) -> Iterator[Breach]:
    """Yield capabilities beyond those that runtimes give by default."""
    for added in container.at("securityContext", "capabilities", "add"):
        if added.text not in _CAPABILITIES:
            yield Breach(added, f"one of {', '.join(sorted(_CAPABILITIES))}")


def seccomp(pod: Pod) -> Iterator[Breach]:
    """Yield system calls without a filter."""
    for context in contexts(pod):
        kind = context.at("seccompProfile", "type")
        if kind.present and kind.text not in _PROFILES:
            yield Breach(kind, "RuntimeDefault or Localhost")


def privileged(container: Node) -> Iterator[Breach]:
    """Yield all of the host's privileges."""
    given = container.at("securityContext", "privileged")
    if given.value is True:
        yield Breach(given, "false, or leave it out")


def host_ports(container: Node) -> Iterator[Breach]:
    """Yield ports that a container takes on its node."""
    for port in container["ports"]:
        if port["hostPort"].number:
            yield Breach(port["hostPort"], "no port of the host")


def common(pod: Pod, versions: Versions) -> Iterator[Breach]:
    """Yield what `baseline` and `restricted` refuse alike, besides the above."""
    yield from _windows_and_selinux(pod, versions)
    yield from _sysctls(pod, versions)
    yield from _apparmor(pod)
    for container in containers(pod):
        yield from _hosts_of_probes(container, versions)


def proc_mounts(pod: Pod, versions: Versions, *, relaxed: bool) -> Iterator[Breach]:
    """Yield an unmasked /proc; `relaxed` where a pod of its own users may have one."""
    if relaxed and has_own_users(pod, versions):
        return
    for container in containers(pod):
        given = container.at("securityContext", "procMount")
        if given.present and given.text != "Default":
            yield Breach(given, "Default, or leave it out")


def _hosts_of_probes(container: Node, versions: Versions) -> Iterator[Breach]:
    """Yield other hosts that a kubelet would call for a pod, from within the network of the nodes."""
    if not versions.kubernetes_has("1.34"):
        return
    handlers = [*(container[name] for name in _PROBES), *(container.at("lifecycle", name) for name in _HOOKS)]
    for handler in handlers:
        for host in (handler.at("httpGet", "host"), handler.at("tcpSocket", "host")):
            if host.text:
                yield Breach(host, "no host: the kubelet asks the pod itself")


def _windows_and_selinux(pod: Pod, versions: Versions) -> Iterator[Breach]:
    types = _SELINUX_TYPES | {each for since, each in _SELINUX_TYPES_SINCE.items() if versions.kubernetes_has(since)}
    for context in contexts(pod):
        process = context.at("windowsOptions", "hostProcess")
        if process.value is True:
            yield Breach(process, "false, or leave it out")
        options = context["seLinuxOptions"]
        if options["type"].text and options["type"].text not in types:
            yield Breach(options["type"], ", ".join(sorted(types)))
        for field in ("user", "role"):
            if options[field].text:
                yield Breach(options[field], _LEAVE)


def _sysctls(pod: Pod, versions: Versions) -> Iterator[Breach]:
    since = [names for version, names in _SYSCTLS_SINCE.items() if versions.kubernetes_has(version)]
    safe = _SYSCTLS.union(*since)
    for sysctl in pod.spec.at("securityContext", "sysctls"):
        if sysctl["name"].text not in safe:
            yield Breach(sysctl["name"], f"one that touches no other pod: {', '.join(sorted(safe))}")


def _apparmor(pod: Pod) -> Iterator[Breach]:
    for context in contexts(pod):
        kind = context.at("appArmorProfile", "type")
        if context["appArmorProfile"].present and kind.text not in _PROFILES:
            yield Breach(kind, "RuntimeDefault or Localhost")
    for key, value in pod.template.at("metadata", "annotations").entries():
        allowed = value.text in ("", "runtime/default") or value.text.startswith("localhost/")
        if key.startswith(_APPARMOR) and not allowed:
            yield Breach(value, "runtime/default or localhost/PROFILE")


def breaches(pod: Pod, versions: Versions) -> Iterator[Breach]:
    """Yield all that `baseline` refuses of a pod."""
    yield from of_host(pod)
    yield from host_paths(pod)
    for container in containers(pod):
        yield from privileged(container)
        yield from capabilities(container)
        yield from host_ports(container)
    yield from seccomp(pod)
    yield from proc_mounts(pod, versions, relaxed=True)
    yield from common(pod, versions)
