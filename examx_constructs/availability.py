"""What keeps a workload up while nodes come and go."""

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match, metadata, number
from examx_constructs._strict import strict

_ZONE, _NODE = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


class DisruptionBudget(k8s.KubePodDisruptionBudget):
    """A PodDisruptionBudget that lets one pod at a time be evicted, whatever the number of replicas.

    `maxUnavailable: 1` never blocks a node drain, as a `minAvailable` of the least replicas would. Pods that are not
    ready may always be evicted, for they keep nothing up (Kubernetes, unhealthyPodEvictionPolicy).

    `selector` are labels of the pods. `labels` are those of the object itself.
    """

    @strict
    def __init__(
        self, scope: Construct, id: str, *, name: str, selector: Mapping[str, str], labels: Mapping[str, str]
    ) -> None:
        super().__init__(
            scope,
            id,
            metadata=metadata(name, labels=labels),
            spec=k8s.PodDisruptionBudgetSpec(
                selector=match(selector),
                max_unavailable=number(1),
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
        )


def spread(selector: Mapping[str, str]) -> list[k8s.TopologySpreadConstraint]:
    """Return a Deployment's pods apart, over zones and then over nodes, as a preference that never blocks a rollout.

    The pods of one revision are spread among themselves, whatever the old ones still take up.
    """
    revision = ["pod-template-hash"]
    return [
        _evenly_over(_ZONE, selector, "ScheduleAnyway", revision),
        _evenly_over(_NODE, selector, "ScheduleAnyway", revision),
    ]


def never_on_one_node(selector: Mapping[str, str]) -> list[k8s.TopologySpreadConstraint]:
    """Keep copies of data apart: over zones as a preference, over nodes always, so that no node holds all of them."""
    return [_evenly_over(_ZONE, selector, "ScheduleAnyway"), _evenly_over(_NODE, selector, "DoNotSchedule")]


def one_for_each_node(selector: Mapping[str, str]) -> k8s.PodAntiAffinity:
    """Keep pods from sharing a node: what one node takes down must not be a majority."""
    term = k8s.PodAffinityTerm(topology_key=_NODE, label_selector=match(selector))
    return k8s.PodAntiAffinity(required_during_scheduling_ignored_during_execution=[term])


def _evenly_over(
    topology: str, selector: Mapping[str, str], otherwise: str, revision: list[str] | None = None
) -> k8s.TopologySpreadConstraint:
    return k8s.TopologySpreadConstraint(
        max_skew=1,
        topology_key=topology,
        when_unsatisfiable=otherwise,
        label_selector=match(selector),
        match_label_keys=revision,
        # A node that refuses the pod is none to spread over.
        node_taints_policy="Honor",
    )
