"""Giving `spec.replicas` to an autoscaler without a dip.

A field that only we own, and no longer render, is removed by a server-side apply; the API server then puts in its
default: one replica, at once, until the autoscaler has counted. So a manager of its own takes the field over first,
with the number that runs now; the autoscaler takes it from there with its first change.

Source: Kubernetes, "Server-Side Apply", transferring ownership.
"""

from collections.abc import Iterable, Iterator, Mapping

from examx_cli.cluster import FIELD_MANAGER, Cluster, owners
from examx_cli.kubectl import is_conflict
from examx_cli.objects import Object, ObjectKey, at
from examx_cli.processes import ProcessError

HANDOVER_MANAGER = "examx-handover"

_SCALED = ("Deployment", "StatefulSet")
# kubectl makes what client-side applies own ours in the first server-side apply.
_OURS = frozenset({FIELD_MANAGER, "kubectl-client-side-apply"})


def hand_over_replicas(cluster: Cluster, wanted: Iterable[Object], live: Mapping[ObjectKey, Object]) -> list[ObjectKey]:
    """Let go of the replicas of what is rendered without them from now on; returns which those are."""
    handed = list(_to_hand_over(wanted, live))
    for key in handed:
        try:
            cluster.apply_as(HANDOVER_MANAGER, _replicas_alone(live[key]))
        except ProcessError as error:
            # An autoscaler that changed the number since it was read owns the field already.
            if not is_conflict(error):
                raise
    return handed


def _to_hand_over(wanted: Iterable[Object], live: Mapping[ObjectKey, Object]) -> Iterator[ObjectKey]:
    for item in wanted:
        key = ObjectKey.of(item)
        left_out = key.kind in _SCALED and at(item, "spec", "replicas") is None
        if left_out and key in live and owners(live[key], "spec", "replicas") & _OURS:
            yield key


def _replicas_alone(live: Object) -> Object:
    key = ObjectKey.of(live)
    return {
        "apiVersion": live["apiVersion"],
        "kind": key.kind,
        "metadata": {"name": key.name, "namespace": key.namespace},
        "spec": {"replicas": at(live, "spec", "replicas")},
    }
