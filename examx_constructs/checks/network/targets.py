"""Rules on what reaches what: Services, Ingress backends, NetworkPolicies."""

import re
from collections.abc import Iterable, Iterator

from examx_constructs.checks.absence import is_near, is_set_as_it_runs, weight_of_absence
from examx_constructs.checks.alb.rollouts import writes_actions
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.makers import Makers
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.selection import labels_lacking, lacking, selected, served
from examx_constructs.manifests.selectors import is_empty, matches, written, written_labels
from examx_constructs.settings.naming import APP_LABEL, FOREIGN_SERVICES_ANNOTATION, GUESTS_ANNOTATION

_ACTION_PORT = "use-annotation"


@rule("Kubernetes documentation, Service; Well-Known Labels, Annotations and Taints")
def service_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """A Service's selector matches pods of its namespace; otherwise it has no endpoints and every connection fails.

    Only where the set shows workloads in the namespace, and nothing (an operator's resource) that could make others.
    Labels count that controllers add to their pods, such as `job-name`, and those that pods get as they run (Patroni's
    `role`, Vault's `vault-active`). Where a pod lacks another label and has all the rest, something may add it too:
    then it is a warning, and so it is where the pods may be in manifests that are not given.
    """
    for service in manifests.kind("Service"):
        wanted = service.spec["selector"]
        named = any(True for _ in wanted.entries()) and service.spec["type"].text != "ExternalName"
        if not (named and service.complete and manifests.shows_all_pods(service.scope)):
            continue
        if any(is_placeholder(f"{key}{value.text}") for key, value in wanted.entries()):
            continue
        if not served(manifests, service):
            lacks = [labels_lacking(wanted, pod) for pod in manifests.pods_in(service.scope)]
            added = [each for each in lacks if each and len(each) < len(list(wanted.entries()))]
            if any(map(is_set_as_it_runs, added)):
                continue
            yield _without_pods(manifests, service, added)


def _without_pods(manifests: Manifests, service: Resource, added: list[frozenset[str]]) -> Finding:
    """Return what is wrong with a Service that selects no pod.

    `added`: the labels that make all the difference to some.
    """
    wanted, pods = service.spec["selector"], manifests.pods_in(service.scope)
    if added:
        severity = _weight_of_label(manifests, service.scope, {key for each in added for key in each})
        why = "no pod has them all, so the Service has no endpoints"
        if severity is Severity.WARNING:
            why += f", unless something adds {', '.join(sorted(min(added, key=len)))} to pods as they run"
    else:
        values = [(value.text, {pod.labels.get(key, "") for pod in pods}) for key, value in wanted.entries()]
        slipped = _meant(service, pods) or any(is_near(value, known) for value, known in values)
        slipped = slipped or any(is_near(key, _keys(pods)) for key, _ in wanted.entries())
        severity = weight_of_absence(manifests, service.scope, slipped=slipped)
        why = "no pod has them, so the Service has no endpoints"
    return finding(
        wanted,
        "labels that a workload of the namespace gives its pods",
        why,
        value=written_labels(wanted),
        severity=severity,
    )


def _meant(service: Resource, pods: Iterable[Pod]) -> bool:
    """Return whether a workload has the name of the Service, as those do that belong to each other."""
    name = re.sub(r"-(?:service|svc|headless)$", "", service.name)
    return any(pod.workload.name in (name, service.name) for pod in pods)


@rule("Kubernetes API networking.k8s.io/v1 IngressBackend")
def ingress_backend_exists(manifests: Manifests) -> Iterator[Finding]:
    """An Ingress sends to a Service of its namespace, on a port of that Service.

    A missing Service is a finding where the set defines Services in the namespace, or the Namespace itself. It is none
    where the annotation `examx.ai/foreign-services` of the Ingress says that somebody else renders it, or an operator
    or package of the namespace may. It is an error where the set has the Namespace, or the name is a slip. With the
    port name `use-annotation` the AWS controller takes the name as that of an action instead.
    """
    makers = Makers(manifests)
    for ingress in manifests.kind("Ingress"):
        for backend in _backends(ingress):
            name, port = backend["name"], backend["port"]
            if port["name"].text == _ACTION_PORT:
                action = f"alb.ingress.kubernetes.io/actions.{name.text}"
                if not ingress.annotations.has(action) and not writes_actions(manifests, ingress):
                    yield finding(name, f"a name with an annotation {action}", "use-annotation asks for such an action")
            elif services := _named(manifests, name.text, ingress):
                yield from _missing_port(services, port)
            elif _shows_services(manifests, ingress) and not is_placeholder(name.text):
                known = _known_services(manifests, ingress)
                if name.text in known or makers.may_make("Service", name.text, ingress.scope):
                    continue
                slipped = is_near(name.text, known)
                severity = weight_of_absence(manifests, ingress.scope, slipped=slipped)
                yield finding(
                    name,
                    "a Service of the namespace",
                    "nothing in these manifests has that name",
                    severity=severity,
                )


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


def _named(manifests: Manifests, name: str, ingress: Resource) -> list[Resource]:
    """Return the Services that a name can mean: those beside the Ingress first, where files are ways to choose from."""
    found = manifests.named("Service", name, ingress.scope)
    return [each for each in found if each.root.file == ingress.root.file] or found


def _missing_port(services: list[Resource], port: Node) -> Iterator[Finding]:
    service = services[0]
    if any(not list(each.spec["ports"]) for each in services):
        return
    ports = [given for each in services for given in each.spec["ports"]]
    wanted = port["name"] if port["name"].present else port["number"]
    if ports and wanted.present and not any(wanted.value in (each["name"].value, each["port"].value) for each in ports):
        known = ", ".join(str(each["port"].value) for each in ports)
        yield finding(wanted, f"a port of {service.id.qualified}: {known}", "the Service does not have it")


@rule("Kubernetes documentation, Network Policies")
def network_policy_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """A NetworkPolicy's podSelector matches pods of its namespace: one that matches none restricts nothing.

    Pods count too that somebody else runs, by the annotation `examx.ai/guests` of the Namespace, and labels that
    controllers add. It is a warning where the pods may be in manifests that are not given.
    """
    for policy in manifests.kind("NetworkPolicy"):
        selector = policy.spec["podSelector"]
        if manifests.shows_all_pods(policy.scope) and policy.complete and _matches_none(manifests, policy, selector):
            yield finding(
                selector,
                "an empty selector, or labels of a workload of the namespace",
                "no pod has them, so the policy does nothing",
                value=written(selector),
                severity=_weight(manifests, policy, selector),
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
                        severity=_weight(manifests, policy, selector),
                    )


def _peers(policy: Resource) -> Iterator[Node]:
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for each in policy.spec[direction]:
            for peer in each[peers]:
                if not peer["namespaceSelector"].present:
                    yield peer["podSelector"]


def _matches_none(manifests: Manifests, policy: Resource, selector: Node) -> bool:
    guests = [{APP_LABEL: guest} for guest in manifests.listed_on_namespace(GUESTS_ANNOTATION, policy.scope)]
    return not (
        is_empty(selector)
        or is_placeholder(written(selector))
        or any(matches(selector, each) for each in guests)
        or selected(manifests, policy.scope, selector)
        or any(map(is_set_as_it_runs, _partly(manifests, policy, selector)))
    )


def _partly(manifests: Manifests, policy: Resource, selector: Node) -> list[frozenset[str]]:
    """Return, of the pods that have some labels of a selector: the keys that each lacks."""
    wanted = len(list(selector["matchLabels"].entries()))
    found = [lacking(selector, pod) for pod in manifests.pods_in(policy.scope)]
    return [each for each in found if each and len(each) < wanted]


def _weight(manifests: Manifests, policy: Resource, selector: Node) -> Severity:
    """Return the severity of a selector that matches no pod.

    Its reason may be a label that something adds as pods run, or pods that are not shown.
    """
    pods = manifests.pods_in(policy.scope)
    wanted = list(selector["matchLabels"].entries())
    if lacks := _partly(manifests, policy, selector):
        return _weight_of_label(manifests, policy.scope, {key for each in lacks for key in each})
    near = any(is_near(value.text, {pod.labels.get(key, "") for pod in pods}) for key, value in wanted)
    return weight_of_absence(manifests, policy.scope, slipped=near)


def _weight_of_label(manifests: Manifests, scope: Scope, missing: set[str]) -> Severity:
    """Return the severity of labels that are all that pods lack."""
    known = _keys(manifests.pods_in(scope))
    return weight_of_absence(manifests, scope, slipped=any(is_near(key, known) for key in missing))


def _keys(pods: Iterable[Pod]) -> set[str]:
    return {key for pod in pods for key in pod.labels}
