"""Rules on what reaches what: Services, Ingress backends, NetworkPolicies."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.selectors import has_labels, is_empty, matches, written, written_labels
from examx_constructs.settings.naming import APP_LABEL, FOREIGN_SERVICES_ANNOTATION, GUESTS_ANNOTATION

_ACTION_PORT = "use-annotation"


def _selected(manifests: Manifests, service: Resource) -> list[Pod]:
    return [pod for pod in manifests.pods_in(service.scope) if has_labels(service.spec["selector"], pod.labels)]


@rule("Kubernetes documentation, Service")
def service_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """A Service's selector matches pods of its namespace; otherwise it has no endpoints and every connection fails.

    Only where the set shows workloads in the namespace, and nothing (an operator's resource) that could make others.
    """
    for service in manifests.kind("Service"):
        selector = service.spec["selector"]
        if manifests.shows_all_pods(service.scope) and list(selector.entries()) and not _selected(manifests, service):
            yield finding(
                selector,
                "labels that a workload of the namespace gives its pods",
                "no pod has them, so the Service has no endpoints",
                value=written_labels(selector),
            )


@rule("Kubernetes documentation, Service, Port definitions")
def service_target_port_exists(manifests: Manifests) -> Iterator[Finding]:
    """A Service's named targetPort is a port name of the pods that it selects. Numbers work undeclared."""
    for service in manifests.kind("Service"):
        pods = _selected(manifests, service) if list(service.spec["selector"].entries()) else []
        names = {port["name"].text for pod in pods for container in pod.containers for port in container["ports"]}
        for port in service.spec["ports"] if pods else ():
            target = port["targetPort"]
            if target.text and not target.text.isdecimal() and target.text not in names:
                known = ", ".join(sorted(filter(None, names))) or "none"
                yield finding(target, f"a port name of the selected pods: {known}", "the name leads to no port")


@rule("Kubernetes API networking.k8s.io/v1 IngressBackend")
def ingress_backend_exists(manifests: Manifests) -> Iterator[Finding]:
    """An Ingress sends to a Service of its namespace, on a port of that Service.

    A missing Service is a finding where the set defines Services in the namespace, or the Namespace itself, unless the
    annotation `examx.ai/foreign-services` of the Ingress says that somebody else renders it. With the
    port name `use-annotation` the AWS controller takes the name as that of an action instead.
    """
    for ingress in manifests.kind("Ingress"):
        for backend in _backends(ingress):
            name, port = backend["name"], backend["port"]
            if port["name"].text == _ACTION_PORT:
                action = f"alb.ingress.kubernetes.io/actions.{name.text}"
                if not ingress.annotations.has(action):
                    yield finding(name, f"a name with an annotation {action}", "use-annotation asks for such an action")
            elif service := manifests.find("Service", name.text, ingress.scope):
                yield from _missing_port(service, port)
            elif _shows_services(manifests, ingress) and name.text not in _known_services(manifests, ingress):
                yield finding(name, "a Service of the namespace", "nothing in these manifests has that name")


def _backends(ingress: Resource) -> Iterator[Node]:
    paths = [path["backend"] for each in ingress.spec["rules"] for path in each.at("http", "paths")]
    for backend in [ingress.spec["defaultBackend"], *paths]:
        if backend.at("service", "name").text:
            yield backend["service"]


def _known_services(manifests: Manifests, ingress: Resource) -> set[str]:
    foreign = ingress.annotations[FOREIGN_SERVICES_ANNOTATION].text.split(",")
    return {*manifests.names("Service", ingress.scope), *(name.strip() for name in foreign)}


def _shows_services(manifests: Manifests, ingress: Resource) -> bool:
    shown = manifests.in_scope("Service", ingress.scope) or manifests.namespace_of(ingress)
    return bool(shown) and ingress.complete


def _missing_port(service: Resource, port: Node) -> Iterator[Finding]:
    ports = list(service.spec["ports"])
    wanted = port["name"] if port["name"].present else port["number"]
    if ports and wanted.present and not any(wanted.value in (each["name"].value, each["port"].value) for each in ports):
        known = ", ".join(str(each["port"].value) for each in ports)
        yield finding(wanted, f"a port of {service.id.qualified}: {known}", "the Service does not have it")


@rule("Kubernetes documentation, Network Policies")
def network_policy_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """A NetworkPolicy's podSelector matches pods of its namespace: one that matches none restricts nothing.

    Pods count too that somebody else runs, by the annotation `examx.ai/guests` of the Namespace.
    """
    for policy in manifests.kind("NetworkPolicy"):
        selector = policy.spec["podSelector"]
        if manifests.shows_all_pods(policy.scope) and _matches_none(manifests, policy, selector):
            yield finding(
                selector,
                "an empty selector, or labels of a workload of the namespace",
                "no pod has them, so the policy does nothing",
                value=written(selector),
            )


@rule("Kubernetes documentation, Network Policies, to and from selectors")
def network_policy_peer_exists(manifests: Manifests) -> Iterator[Finding]:
    """A podSelector among a NetworkPolicy's peers matches pods of the namespace: otherwise it lets nobody through.

    Peers in other namespaces cannot be told from here. Those in the same one can where the set defines the Namespace,
    and so claims to know what runs in it.
    """
    for policy in manifests.kind("NetworkPolicy"):
        if manifests.shows_all_pods(policy.scope) and manifests.namespace_of(policy):
            for selector in _peers(policy):
                if _matches_none(manifests, policy, selector):
                    yield finding(
                        selector,
                        "labels of a workload of the namespace",
                        "no pod has them, so nobody gets through",
                        value=written(selector),
                    )


def _peers(policy: Resource) -> Iterator[Node]:
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for each in policy.spec[direction]:
            for peer in each[peers]:
                if not peer["namespaceSelector"].present:
                    yield peer["podSelector"]


def _matches_none(manifests: Manifests, policy: Resource, selector: Node) -> bool:
    guests = [{APP_LABEL: guest} for guest in manifests.listed_on_namespace(GUESTS_ANNOTATION, policy.scope)]
    labels = [*(pod.labels for pod in manifests.pods_in(policy.scope)), *guests]
    return not is_empty(selector) and not any(matches(selector, each) for each in labels)
