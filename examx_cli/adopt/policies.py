"""Network policies and the Namespace, changed without a gap: meanwhile one more policy lets everything through.

Policies add up, so the order of single ones would not do. The first that selects a pod cuts off all that the others
still have to allow.
"""

import time
from collections.abc import Sequence

from examx_cli import output
from examx_cli.adopt.asking import pod_security_warnings
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.inventory import OWN_PREFIX
from examx_cli.adopt.pod_security import ENFORCE_LABEL
from examx_cli.adopt.record import MANAGER
from examx_cli.adopt.ways import Way
from examx_cli.errors import Refusal
from examx_constructs.manifests import Object, ObjectId, mapping, text

OPEN = f"{OWN_PREFIX}-open"
SETTLE = 10.0
"""Seconds that the agents on the nodes get to learn of all policies before the one that lets all through goes."""


def change(way: Way, objects: Sequence[Object], removed: Sequence[ObjectId], settle: float) -> None:
    """Bring policies and the Namespace to what they shall be. `settle`: the seconds that agents on nodes get."""
    hands = way.hands
    policies = [each for each in objects if ObjectId.of(each).kind != "Namespace"]
    going = [key for key in removed if hands.get(key) is not None]
    if going or hands.get(_open_key(hands)) is not None or not all(map(way.is_as_wanted, policies)):
        hands.cluster.apply_as(MANAGER, _let_all_through(hands), force=True)
        time.sleep(settle)
        way.put(policies)
        for key in going:
            hands.delete(key)
        time.sleep(settle)
        hands.delete(_open_key(hands))
        output.note("network policies: changed without a gap")
    way.put([each for each in objects if ObjectId.of(each).kind == "Namespace"])


def check_pod_security(hands: Hands, objects: Sequence[Object]) -> None:
    """Raise Refusal where pods that run would be refused when they start again under the Namespace's level."""
    namespace = next((each for each in objects if ObjectId.of(each).kind == "Namespace"), None)
    level = text(namespace, "metadata", "labels", ENFORCE_LABEL)
    if level and (found := pod_security_warnings(hands.cluster, level)):
        lines = "\n".join(f"  {each}" for each in found)
        raise Refusal(
            f"these pods run, and would be refused under the level {level} when they start again:\n{lines}\n"
            "declare them in Environment.guests or end them, and run the same command again"
        )


def _open_key(hands: Hands) -> ObjectId:
    return hands.key("NetworkPolicy", OPEN, "networking.k8s.io")


def _let_all_through(hands: Hands) -> Object:
    everything: list[Object] = [{}]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": OPEN, "namespace": hands.namespace, "labels": {"app.kubernetes.io/managed-by": "examx"}},
        "spec": {
            "podSelector": mapping(None),
            "policyTypes": ["Ingress", "Egress"],
            "ingress": everything,
            "egress": everything,
        },
    }
