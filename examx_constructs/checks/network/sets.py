"""Rules on NetworkPolicies together: whom they shut out who is needed, and to whom they open what is to be closed."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from examx_constructs._keda.scalers import FROM_ENV
from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.checks.network.paths import Door, Stranger, opens, paths_of, rules
from examx_constructs.checks.network.scraping import door_of, scraped
from examx_constructs.checks.redis.servers import is_server
from examx_constructs.manifests.keda import Triggered, all_triggers
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod, environment
from examx_constructs.manifests.remembered import remembered
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.selection import served
from examx_constructs.manifests.selectors import is_empty

_SOURCE = "Kubernetes documentation, Network Policies, The two sorts of pod isolation"
_OTHERS = r"ingress|nginx|traefik|istio|cert-manager|argo|flux|vault|logging|^default$"
_KEDA = Stranger(regex(r"keda"), regex(rf"{_OTHERS}|prom|monitor|observ|grafana"))
_PROMETHEUS = Stranger(
    regex(r"prom|monitor|observ|metric|telemetr|grafana|victoria|datadog|mimir|thanos|alloy|otel"),
    regex(rf"{_OTHERS}|keda"),
)
_ADDRESS = regex(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/\s]*@)?(?P<host>[a-z0-9]([-a-z0-9.]*[a-z0-9])?)(?::(?P<port>\d{1,5}))?(?:[/?].*)?",
    re.IGNORECASE,
)
_ADDRESS_KEYS = ("address", "addresses", "host", "hosts", "serverAddress", "bootstrapServers")
_REDIS = Door(6379, "redis")
_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})


class _Server(NamedTuple):
    """What a trigger asks: pods of the set, and the port of them."""

    service: Resource
    pods: tuple[Pod, ...]
    doors: tuple[Door, ...]


@rule(f"{_SOURCE}; KEDA documentation, Deploying KEDA")
def policies_let_keda_in(manifests: Manifests) -> Iterator[Finding]:
    """The server that a trigger asks lets KEDA in: by a policy for KEDA's namespace, if policies restrict it at all.

    Without an answer KEDA scales nothing. A `podSelector` alone means pods of the server's own namespace, where KEDA is
    not. Where a policy names addresses, or namespaces by labels of their own, these may be KEDA's.
    """
    paths, reported = paths_of(manifests), set[Pod]()
    for scaled, trigger, server in _asked(manifests):
        for pod in server.pods:
            if pod not in reported and not paths.lets_in(pod, _KEDA, server.doors):
                reported.add(pod)
                place = paths.inwards(pod)[0].spec["ingress"]
                # KEDA may be installed in the namespace itself, and then be one of all of its pods.
                near = any(_is_whole_namespace(peer) for _, each in rules(paths.inwards(pod)) for peer in each["from"])
                severity = weight_of_advice(manifests, place) if near else Severity.ERROR
                why = f"the trigger {trigger['type'].text} of {scaled.id.qualified} gets no answer, and scales nothing"
                allowed = f"a rule for the namespace of KEDA on {_told(server)}"
                yield finding(place, allowed, why, value="without KEDA", severity=severity)


def _is_whole_namespace(peer: Node) -> bool:
    own = not peer["namespaceSelector"].present and not peer["ipBlock"].present
    return own and is_empty(peer["podSelector"])


@rule(f"{_SOURCE}; Celery documentation, Using Redis")
def policies_let_workers_through(manifests: Manifests) -> Iterator[Finding]:
    """What a trigger scales gets to the server of its queue: the server's policies let it in, and its own let it out.

    Both sides count: one that allows is of no use without the other.
    """
    paths = paths_of(manifests)
    reported: set[tuple[Pod, Pod]] = set()
    for scaled, trigger, server in _asked(manifests):
        worker = scaled.pod(manifests) if trigger["type"].text in _QUEUES and not scaled.is_job else None
        for pod in server.pods if worker else ():
            if worker is None or (worker, pod) in reported:
                continue
            reported.add((worker, pod))
            if not paths.lets_in(pod, worker, server.doors):
                allowed = f"a rule for the pods of {worker.workload.qualified} on {_told(server)}"
                why = f"they take their tasks from {pod.workload.qualified}, and are shut out"
                yield finding(paths.inwards(pod)[0].spec["ingress"], allowed, why, value="without the workers")
            if not paths.lets_out(worker, pod, server.doors):
                allowed = f"a rule to the pods of {pod.workload.qualified} on {_told(server)}"
                why = f"{worker.workload.qualified} takes its tasks from there, and does not get out"
                yield finding(paths.outwards(worker)[0].spec["egress"], allowed, why, value="without the server")


_QUEUES = frozenset({"redis", "redis-cluster", "redis-streams", "redis-cluster-streams", "rabbitmq"})


@rule(_SOURCE)
def policies_keep_strangers_out(manifests: Manifests) -> Iterator[Finding]:
    """Of the policies of a Redis server none opens it to everybody: what one lets in, no other can take back.

    Everybody is a rule without peers, one for all namespaces, and one for 0.0.0.0/0. Where no policy of the server is
    narrower it may be meant, and is a warning outside of this project's namespaces.
    """
    paths = paths_of(manifests)
    for pod in manifests.pods:
        server = next((each for each in pod.containers[:1] if is_server(manifests, pod, each)), None)
        if server is None or not paths.inwards(pod):
            continue
        doors = [_REDIS, *map(door_of, server["ports"])]
        let_in = [(policy, each) for policy, each in rules(paths.inwards(pod)) if opens(each, doors)]
        open_rules = [each for _, each in let_in if _is_for_everybody(each)]
        narrower = len(open_rules) < len(let_in)
        for each in open_rules:
            allowed = f"a rule for those who call {pod.workload.qualified}, or one that does not select it"
            why = "policies add up, so everybody in the cluster gets to it"
            severity = Severity.ERROR if narrower else weight_of_advice(manifests, each)
            yield finding(each["from"], allowed, why, value="open to everybody", severity=severity)


def _is_for_everybody(rule_node: Node) -> bool:
    peers = list(rule_node["from"])
    return not peers or any(map(_is_everybody, peers))


def _is_everybody(peer: Node) -> bool:
    if peer["ipBlock"].present:
        return peer["ipBlock"]["cidr"].text in _EVERYWHERE
    namespaces = peer["namespaceSelector"]
    return namespaces.present and is_empty(namespaces) and is_empty(peer["podSelector"])


@rule(f"{_SOURCE}; Prometheus documentation, kubernetes_sd_config")
def policies_let_prometheus_in(manifests: Manifests) -> Iterator[Finding]:
    """Pods that are to be scraped let others than their neighbours in at that port.

    By the annotation `prometheus.io/scrape`, a PodMonitor or a ServiceMonitor. It is a warning outside of this
    project's namespaces: whether a Prometheus looks for these, and from where, is not in manifests.
    """
    paths = paths_of(manifests)
    near: dict[Scope, bool] = {}
    reported: set[Pod] = set()
    for pod, doors, by in scraped(manifests):
        if pod in reported or not paths.inwards(pod) or paths.lets_in(pod, _PROMETHEUS, doors):
            continue
        scope = manifests.scope_of(pod.template)
        if scope not in near:
            near[scope] = _has_prometheus(manifests, scope)
        if not near[scope]:
            reported.add(pod)
            place = paths.inwards(pod)[0].spec["ingress"]
            port = doors[0].number or doors[0].name
            allowed = f"a rule for the namespace of Prometheus on port {port} of {pod.workload.qualified}"
            severity = weight_of_advice(manifests, place)
            why = f"by {by} they are asked for metrics, and let no Prometheus in"
            yield finding(place, allowed, why, value="without Prometheus", severity=severity)


def _has_prometheus(manifests: Manifests, scope: Scope) -> bool:
    """Return whether the one who scrapes may be a neighbour."""
    return any(_PROMETHEUS.name.search(f"{each.workload.name} {each.labels}") for each in manifests.pods_in(scope))


@remembered
def _asked(manifests: Manifests) -> tuple[tuple[Triggered, Node, _Server], ...]:
    """Return the servers that triggers ask and that are in the set, with who asks."""
    return tuple(_servers(manifests))


def _servers(manifests: Manifests) -> Iterator[tuple[Triggered, Node, _Server]]:
    for scaled, trigger in all_triggers(manifests):
        container = scaled.source_container(manifests)
        variables = environment(container) if container else {}
        for text in _addresses(trigger["metadata"], variables):
            if server := _server(manifests, scaled.scope, text, trigger.at("metadata", "port").text):
                yield scaled, trigger, server


def _addresses(metadata: Node, variables: dict[str, str]) -> Iterator[str]:
    for key in _ADDRESS_KEYS:
        yield from filter(None, metadata[key].text.split(","))
        yield from filter(None, variables.get(metadata[f"{key}{FROM_ENV}"].text, "").split(","))


def _server(manifests: Manifests, scope: Scope, address: str, port: str) -> _Server | None:
    found = _ADDRESS.fullmatch(address.strip())
    service = _service(manifests, scope, found["host"].lower().split(".")) if found else None
    if found is None or service is None:
        return None
    number = found["port"] or port
    pods = tuple(served(manifests, service))
    doors = tuple(_behind(service, pods, number))
    return _Server(service, pods, doors) if doors else None


def _service(manifests: Manifests, scope: Scope, labels: list[str]) -> Resource | None:
    """Return the Service that a name in the cluster means: alone, with its namespace, or of one pod of it."""
    if "svc" in labels[2:]:
        labels = labels[: labels.index("svc", 2)]
    if len(labels) == 1:
        return manifests.find("Service", labels[0], scope)
    if len(labels) in (2, 3):
        name, namespace = labels[-2:]
        there = scope if scope.namespace in ("", namespace) else scope._replace(namespace=namespace)
        return manifests.find("Service", name, there)
    return None


def _behind(service: Resource, pods: Sequence[Pod], number: str) -> Iterator[Door]:
    """Yield the port of the pods behind that of a Service; a headless one has none of its own."""
    for port in service.spec["ports"]:
        if number and str(port["port"].value) != number:
            continue
        target = port["targetPort"] if port["targetPort"].present else port["port"]
        declared = [each for pod in pods for container in pod.containers for each in container["ports"]]
        named = [
            door_of(each) for each in declared if target.value in (each["name"].value, each["containerPort"].value)
        ]
        yield from named or [Door(target.number, target.text)]


def _told(server: _Server) -> str:
    ports = dict.fromkeys(str(door.number or door.name) for door in server.doors)
    return f"port {' or '.join(ports)} of {server.pods[0].workload.qualified}" if server.pods else "its port"
