"""The load balancer, as far as the cluster knows it: its address, and what it thinks of the pods behind it.

The controller writes what the load balancer found of a target into a condition of the pod, where the pod has a
readiness gate (aws-load-balancer-controller v3.5.0, docs/deploy/pod_readiness_gate.md). It makes a TargetGroupBinding
for each target group. A pod without a gate is not told of: only AWS knows of it.
"""

from examx_cli.deploy.diagnosis.events import clear
from examx_cli.deploy.diagnosis.family import PODS, condition
from examx_cli.doctor.load_balancer import is_gate, is_target
from examx_cli.doctor.needs import Needs
from examx_cli.status.reading import BINDINGS, INGRESSES, Reading
from examx_cli.status.values import Balancer, Target, Unread
from examx_constructs.manifests import Object, items, text


def balancer(reading: Reading, needs: Needs) -> Balancer | Unread | None:
    """Return the load balancer; None for an environment without an Ingress."""
    if not needs.ingresses:
        return None
    ingresses = reading.objects(INGRESSES)
    if isinstance(ingresses, Unread):
        return ingresses
    pods, bindings = reading.objects(PODS), reading.objects(BINDINGS)
    return Balancer(
        addresses=tuple(address for each in ingresses for address in _addresses(each)),
        targets=pods if isinstance(pods, Unread) else tuple(_target(each) for each in pods if is_target(each, needs)),
        bindings=bindings if isinstance(bindings, Unread) else len(bindings),
    )


def _addresses(ingress: Object) -> list[tuple[str, str]]:
    """Return the hosts of an Ingress, each with the address that its load balancer got.

    An empty one where it got none.
    """
    got = [text(each, "hostname") or text(each, "ip") for each in items(ingress, "status", "loadBalancer", "ingress")]
    hosts = dict.fromkeys(text(rule, "host") or "every host" for rule in items(ingress, "spec", "rules"))
    return [(host, ", ".join(filter(None, got))) for host in hosts]


def _target(pod: Object) -> Target:
    name = text(pod, "metadata", "name")
    gates = [text(each, "conditionType") for each in items(pod, "spec", "readinessGates") if is_gate(each)]
    if not gates:
        return Target(name, None, "has no readiness gate: only AWS knows whether it is healthy")
    for gate in gates:
        found = condition(pod, gate)
        if text(found, "status") != "True":
            why = clear(text(found, "message")) or text(found, "reason") or "the controller has not said anything yet"
            return Target(name, healthy=False, said=why)
    return Target(name, healthy=True)
