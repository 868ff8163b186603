"""Rules on probes and hooks: that the API server takes them, that they can succeed, and that there are some."""

from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.manifests.commands import base_name
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.selection import served

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_LASTING = words("Deployment StatefulSet DaemonSet ReplicaSet Rollout ReplicationController")
_REFUSED = "the API server refuses it"
_LAST_PORT = 65535
# Programs with variables of their own, which are written in the same way.
_OWN_VARIABLES = words("awk gawk mawk perl ruby php node grep egrep sed jq yq psql mysql mongosh expect tclsh")
_SHELLS = words("sh bash ash dash zsh")
_VARIABLE = regex(r"\$(?:\([A-Za-z_]\w*\)|\{[A-Za-z_]\w*\}|[A-Z_][A-Z0-9_]+\b)")


class _Handler(NamedTuple):
    """A probe or a hook of a container."""

    container: Node
    name: str
    node: Node


def _handlers(pod: Pod) -> Iterator[_Handler]:
    for container in pod.all_containers:
        for name in _PROBES:
            yield _Handler(container, name, container[name])
        for name in _HOOKS:
            yield _Handler(container, name, container.at("lifecycle", name))


@rule("Kubernetes v1.34 pkg/kubelet/prober and pkg/kubelet/lifecycle (ResolveContainerPort)")
def probe_port_exists(manifests: Manifests) -> Iterator[Finding]:
    """A port that a probe or a hook names is one of its own container, and a number has no quotes.

    The kubelet looks in that container alone. By a name that it does not have, the probe fails for ever, and a liveness
    probe restarts the container without end.
    """
    for pod in manifests.pods:
        if not manifests.resource_of(pod.template).complete:
            continue
        for container, _, node in _handlers(pod):
            for port in (node.at("httpGet", "port"), node.at("tcpSocket", "port")):
                yield from _port_findings(container, port)


def _port_findings(container: Node, port: Node) -> Iterator[Finding]:
    if port.text.isdecimal():
        yield finding(port, f"the number without quotes: {port.text}", f"in quotes it is a name, and {_REFUSED}")
    elif port.text and not is_placeholder(port.text):
        names = sorted({each["name"].text for each in container["ports"]} - {""})
        if port.text not in names:
            allowed = f"a port name of the container: {', '.join(names) or 'none'}, or a number"
            yield finding(port, allowed, "the kubelet finds no such port, and the probe or hook fails each time")
    elif port.number is not None and not 0 < port.number <= _LAST_PORT:
        yield finding(port, f"1 to {_LAST_PORT}", _REFUSED)


@rule("Kubernetes v1.34 pkg/apis/core/validation/validation.go, validateProbe, validateHandler, validateInitContainers")
def probe_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """A probe does one thing, with what that needs, in times that are not negative, where a probe is allowed at all.

    A request needs a port and a command its words; the port of gRPC has a number, and never a name.
    """
    for pod in manifests.pods:
        once = {
            each.path
            for each in pod.spec["initContainers"]
            if each["restartPolicy"].text != "Always" and not is_placeholder(each["restartPolicy"].text)
        }
        for container, name, node in _handlers(pod):
            if not node.present:
                continue
            if container.path in once:
                yield finding(
                    node, "nothing, or restartPolicy Always", f"what only initialises is not watched: {_REFUSED}"
                )
                continue
            complete = manifests.resource_of(pod.template).complete
            yield from _of_one_kind(name, node, complete=complete)
            yield from _lacks(node) if complete else ()
            if name in _PROBES:
                yield from _times(name, node)


def _of_one_kind(name: str, node: Node, *, complete: bool) -> Iterator[Finding]:
    known = _HANDLERS if name in _PROBES else ("exec", "httpGet", "tcpSocket", "sleep")
    given = [each for each in known if node[each].present]
    if len(given) > 1 or (not given and complete):
        value = " and ".join(given) if given else "without any"
        yield finding(node, f"one of {', '.join(known)}", _REFUSED, value=value)


def _lacks(handler: Node) -> Iterator[Finding]:
    """Yield what the one thing that a probe or a hook does cannot be done without."""
    for kind in ("httpGet", "tcpSocket", "grpc"):
        if handler[kind].present and not handler[kind]["port"].present:
            yield finding(handler[kind]["port"], f"1 to {_LAST_PORT}", _REFUSED)
    port, command = handler.at("grpc", "port"), handler.at("exec", "command")
    if port.text and not is_placeholder(port.text):
        yield finding(port, "the number of a port", f"gRPC takes no name: {_REFUSED}")
    if handler["exec"].present and not list(command):
        yield finding(command, "a program and its arguments", _REFUSED)


def _times(name: str, node: Node) -> Iterator[Finding]:
    for field in ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold"):
        if (number := node[field].number) is not None and number < 0:
            yield finding(node[field], "0 or more", _REFUSED)
    once = node["successThreshold"]
    if name != "readinessProbe" and once.number is not None and once.number > 1:
        yield finding(once, "1, or leave it out", f"{name} succeeds at once: {_REFUSED}")
    grace = node["terminationGracePeriodSeconds"]
    if name == "readinessProbe" and grace.present:
        yield finding(grace, "nothing, leave it out", f"this probe ends no container: {_REFUSED}")


@rule("Kubernetes API core/v1 ExecAction; Kubernetes v1.34 pkg/kubelet/prober/prober.go")
def probe_command_is_expanded(manifests: Manifests) -> Iterator[Finding]:
    """A command of a probe or a hook has its variables filled in by a shell: the kubelet fills in none of them.

    `$(NAME)` means something in a container's own command and arguments alone. In a probe without a shell, `$HOSTNAME`
    stays as it is written.
    """
    for pod in manifests.pods:
        for _, _, node in _handlers(pod):
            command = node.at("exec", "command")
            given = command.texts
            if (
                not given
                or base_name(given[0]) in _SHELLS | _OWN_VARIABLES
                or any(base_name(each) in _SHELLS for each in given)
            ):
                continue
            for word in command:
                if _VARIABLE.search(word.text):
                    yield finding(
                        word,
                        "a text without variables, or a shell that fills them in: [sh, -c, '…']",
                        "the kubelet fills in no variables here, and the program gets the text as it is",
                    )


@rule("Kubernetes documentation, Configure Liveness, Readiness and Startup Probes")
def served_pod_says_when_ready(manifests: Manifests) -> Iterator[Finding]:
    """Pods behind a Service have a readiness probe: without one they get requests whether they can answer or not.

    Then each rollout and each new replica answers with errors until its program listens, and one that is stuck goes on
    to get its share. A startup probe helps with the first alone. Services that ask for pods that are not ready
    (`publishNotReadyAddresses`) are left alone. Outside of this project's namespaces it is a warning.
    """
    told: set[Node] = set()
    for service in manifests.kind("Service"):
        if service.spec["publishNotReadyAddresses"].value is True:
            continue
        for pod in served(manifests, service):
            if pod.workload.kind in _LASTING and pod.template not in told and not _says_when_ready(manifests, pod):
                told.add(pod.template)
                yield finding(
                    next(iter(pod.spec["containers"]))["readinessProbe"],
                    f"a readiness probe: {service.id.qualified} sends to these pods",
                    "they get requests whether they can answer or not",
                    severity=weight_of_advice(manifests, pod.template),
                )


def _says_when_ready(manifests: Manifests, pod: Pod) -> bool:
    probed = any(each["readinessProbe"].present for each in pod.containers)
    hidden = not manifests.resource_of(pod.template).complete or not list(pod.spec["containers"])
    return hidden or probed or any(True for _ in pod.spec["readinessGates"])
