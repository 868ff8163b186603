"""Preconditions of the load balancer: AWS's controller, 2.12 or newer, its class, its webhook and its readiness gates.

Sources: aws-load-balancer-controller v3.5.0, docs/deploy/pod_readiness_gate.md and helm/templates. The chart of v2.11.0
still had `failurePolicy: Fail` for pods.
"""

from collections.abc import Iterator, Sequence

from examx_cli.doctor import questions
from examx_cli.doctor.charts import LOAD_BALANCER_CONTROLLER
from examx_cli.doctor.component import ROLE_MEND, Component
from examx_cli.doctor.needs import ALB, Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import Object, items, mapping, selects, text

TOPIC = "load balancer"
CONTROLLER = Component("load balancer controller", image="aws-load-balancer-controller")
LEAST = (2, 12, 0)
"""An older one lets the other hosts of a group answer 404 while one joins or leaves."""

_CLASS_CONTROLLER, _AUTO_MODE = "ingress.k8s.aws/alb", "eks.amazonaws.com/alb"
_POD_WEBHOOK = "mpod.elbv2.k8s.aws"
_PUTS_GATES = "--enable-pod-readiness-gate-inject"
_GATE = "target-health.elbv2.k8s.aws"
_CERTIFICATE = "alb.ingress.kubernetes.io/certificate-arn"


def _has_ingress(needs: Needs) -> bool:
    return bool(needs.ingresses)


@precondition(
    TOPIC,
    "controller, 2.12 or newer",
    when=_has_ingress,
    breaks=(
        "nobody reaches the application. Before 2.12 the hosts of a group answer 404 while another joins or "
        "leaves; no pod of the namespace starts while its webhook is down"
    ),
    mend=LOAD_BALANCER_CONTROLLER.command("CLUSTER"),
)
def controller(needs: Needs, seen: Seen) -> Found:
    """It looks at the namespace, in a version that changes a group without taking hosts away."""
    workloads = seen.objects(questions.DEPLOYMENTS)
    watched = _told(workloads, "--watch-namespace")
    if watched and watched != needs.namespace:
        return lacking(f"it is told --watch-namespace={watched}")
    return CONTROLLER.check(workloads, least=LEAST)


def _told(workloads: Sequence[Object], flag: str) -> str:
    """Return what the controller is told by a flag; empty where it is not."""
    running = CONTROLLER.among(workloads)[:1]
    words = [each for one in running for each in items(CONTROLLER.container_of(one), "args") if isinstance(each, str)]
    return next((each.partition("=")[2] for each in words if each.startswith(f"{flag}=")), "")


@precondition(
    TOPIC,
    "controller's role",
    when=_has_ingress,
    breaks="the controller may not change load balancers: an Ingress gets no address",
    mend=ROLE_MEND,
)
def role(_needs: Needs, seen: Seen) -> Found | None:
    """The controller has a role of IAM."""
    return CONTROLLER.role(seen.objects(questions.DEPLOYMENTS), seen)


@precondition(
    TOPIC,
    f"IngressClass {ALB}",
    when=_has_ingress,
    breaks="no controller looks at the Ingress: it gets no address",
    mend=LOAD_BALANCER_CONTROLLER.command("CLUSTER"),
)
def ingress_class(_needs: Needs, seen: Seen) -> Found:
    """The class is there and is this controller's; its parameters, which outdo annotations, say nothing."""
    found = next(
        (each for each in seen.objects(questions.INGRESS_CLASSES) if text(each, "metadata", "name") == ALB), None
    )
    if found is None:
        return lacking(f"there is no IngressClass {ALB}")
    owner = text(found, "spec", "controller")
    if owner == _AUTO_MODE:
        return unsure(f"it is of EKS Auto Mode ({owner}), which nobody has tried: it knows no groups of Ingresses")
    if owner != _CLASS_CONTROLLER:
        return lacking(f"its controller is {owner or 'not named'}, not {_CLASS_CONTROLLER}")
    name = text(found, "spec", "parameters", "name")
    return _parameters(name, seen) if name else good(f"its controller is {owner}")


def _parameters(name: str, seen: Seen) -> Found:
    """Return what the parameters of a class mean for its Ingresses."""
    params = {text(each, "metadata", "name"): each for each in seen.objects(questions.INGRESS_CLASS_PARAMS)}
    if name not in params:
        return lacking(
            f"its IngressClassParams {name} are not there: the controller refuses every Ingress of the class"
        )
    if outdone := sorted(mapping(params[name], "spec")):
        return unsure(f"its IngressClassParams {name} outdo what Ingresses say of {', '.join(outdone)}: compare them")
    return good(f"its IngressClassParams {name} say nothing")


@precondition(
    TOPIC,
    "webhook for readiness gates",
    when=lambda needs: _has_ingress(needs) and needs.gated,
    breaks="pods start without a readiness gate, without a word: a rollout may be over before the load balancer knows",
    mend=LOAD_BALANCER_CONTROLLER.command("CLUSTER"),
)
def webhook(_needs: Needs, seen: Seen) -> Found:
    """The webhook that puts gates into pods is registered, and the controller is not told to put none."""
    if _told(seen.objects(questions.DEPLOYMENTS), _PUTS_GATES) == "false":
        return lacking(f"the controller is told {_PUTS_GATES}=false")
    for each in seen.objects(questions.MUTATING_WEBHOOKS):
        for hook in items(each, "webhooks"):
            if text(hook, "name") == _POD_WEBHOOK:
                policy = text(hook, "failurePolicy")
                means = "without a gate" if policy == "Ignore" else "not at all"
                return good(f"{_POD_WEBHOOK}, failurePolicy {policy}: while it is down, pods start {means}")
    return lacking(f"no MutatingWebhookConfiguration has {_POD_WEBHOOK}")


@precondition(
    TOPIC,
    "readiness gates of the pods that run",
    when=lambda needs: _has_ingress(needs) and needs.gated,
    breaks=(
        "these pods count as ready before the load balancer finds them healthy: the next rollout may lose requests. "
        "Pods get a gate when they start, where the controller knows their Service by then: not those of a first apply"
    ),
    mend="kubectl rollout restart deployment/NAME --namespace NAMESPACE --context CLUSTER",
)
def gates(needs: Needs, seen: Seen) -> Found | None:
    """Every pod behind the load balancer has a gate."""
    pods = [each for each in seen.objects(questions.OWN_PODS) if is_target(each, needs)]
    without = [
        text(each, "metadata", "name") for each in pods if not any(map(is_gate, items(each, "spec", "readinessGates")))
    ]
    if not pods:
        return None
    if without:
        return lacking(f"{len(without)} of {len(pods)} pods have none: {', '.join(sorted(without))}")
    return good(f"{len(pods)} pods have one")


def is_gate(gate: object) -> bool:
    """Return whether a readiness gate of a pod is of the load balancer controller.

    A condition of that type says the rest.
    """
    return text(gate, "conditionType").startswith(_GATE)


def is_target(pod: Object, needs: Needs) -> bool:
    """Return whether an Ingress leads to a pod; one that ends is no target any more."""
    labels = dict(mapping(pod, "metadata", "labels"))
    gone = text(pod, "metadata", "deletionTimestamp") or text(pod, "status", "phase") in ("Succeeded", "Failed")
    return not gone and any(selects({"matchLabels": each}, labels) for each in _selectors(needs))


def _selectors(needs: Needs) -> Iterator[object]:
    led_to = {
        text(path, "backend", "service", "name")
        for ingress in needs.ingresses
        for rule in items(ingress, "spec", "rules")
        for path in items(rule, "http", "paths")
    }
    for service in needs.of_kind("Service"):
        if text(service, "metadata", "name") in led_to and mapping(service, "spec", "selector"):
            yield mapping(service, "spec", "selector")


@precondition(
    TOPIC,
    "certificates in ACM",
    when=lambda needs: bool(_hosts_without_certificate(needs)),
    breaks="one host without a certificate stops the load balancer of the whole group: nothing of it changes any more",
    mend="examx doctor ENVIRONMENT --aws, or aws acm list-certificates --region REGION",
)
def certificates(needs: Needs, _seen: Seen) -> Found:
    """The controller finds a certificate for each host. Only ACM can tell; `*.a.example` does not cover a.example."""
    return unsure(f"ACM must have one for {', '.join(_hosts_without_certificate(needs))}: Kubernetes does not know")


@precondition(
    TOPIC,
    "trust stores",
    when=lambda needs: bool(needs.trust_stores),
    breaks="the controller refuses the whole group: nothing of its load balancer changes any more",
    mend="examx doctor ENVIRONMENT --aws, or aws elbv2 describe-trust-stores --region REGION",
)
def trust_stores(needs: Needs, _seen: Seen) -> Found:
    """The trust stores that client certificates are verified against are there. Only AWS can tell."""
    return unsure(f"AWS must have {', '.join(sorted(needs.trust_stores))}: Kubernetes does not know")


def _hosts_without_certificate(needs: Needs) -> list[str]:
    return sorted(
        {
            text(rule, "host")
            for ingress in needs.ingresses
            if not text(ingress, "metadata", "annotations", _CERTIFICATE)
            for rule in items(ingress, "spec", "rules")
        }
        - {""}
    )
