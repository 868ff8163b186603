"""Where pods go: to Spot capacity, to nodes by their labels, near other pods or apart from them."""

from collections.abc import Iterable

from cdk8s_plus_27 import k8s

# The labels that Karpenter and the managed node groups of EKS put on Spot capacity; a node may be tainted with its own.
_SPOT = {"karpenter.sh/capacity-type": "spot", "eks.amazonaws.com/capacityType": "SPOT"}


def affinity(
    *,
    spot: bool,
    nodes: k8s.NodeAffinity | None,
    near: k8s.PodAffinity | None,
    apart: Iterable[k8s.PodAntiAffinity | None],
) -> k8s.Affinity | None:
    """Return all that is asked for together, or None where nothing is. `spot`: rather on Spot capacity."""
    on, away = _nodes(nodes, _prefer_spot() if spot else []), _apart([each for each in apart if each])
    if not on and not near and not away:
        return None
    return k8s.Affinity(node_affinity=on, pod_affinity=near, pod_anti_affinity=away)


def tolerate_spot() -> list[k8s.Toleration]:
    """Return the taints that nodes of Spot capacity may have."""
    return [k8s.Toleration(key=key, operator="Equal", value=value) for key, value in _SPOT.items()]


def _prefer_spot() -> list[k8s.PreferredSchedulingTerm]:
    return [
        k8s.PreferredSchedulingTerm(
            weight=100,
            preference=k8s.NodeSelectorTerm(
                match_expressions=[k8s.NodeSelectorRequirement(key=key, operator="In", values=[value])]
            ),
        )
        for key, value in _SPOT.items()
    ]


def _nodes(given: k8s.NodeAffinity | None, spot: list[k8s.PreferredSchedulingTerm]) -> k8s.NodeAffinity | None:
    if given is None:
        return k8s.NodeAffinity(preferred_during_scheduling_ignored_during_execution=spot) if spot else None
    preferred = [*spot, *(given.preferred_during_scheduling_ignored_during_execution or [])]
    return k8s.NodeAffinity(
        required_during_scheduling_ignored_during_execution=given.required_during_scheduling_ignored_during_execution,
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )


def _apart(given: list[k8s.PodAntiAffinity]) -> k8s.PodAntiAffinity | None:
    required = [term for each in given for term in each.required_during_scheduling_ignored_during_execution or []]
    preferred = [term for each in given for term in each.preferred_during_scheduling_ignored_during_execution or []]
    if not required and not preferred:
        return None
    return k8s.PodAntiAffinity(
        required_during_scheduling_ignored_during_execution=required or None,
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )
