"""What a PodExtras says of nodes and of other pods, as a pod has it."""

from collections.abc import Sequence

from cdk8s_plus_27 import k8s

from examx_constructs.settings import Affinity, NodeFigure, NodeRule, PodRule, Toleration


def tolerated(given: Toleration) -> k8s.Toleration:
    """Return a taint that a pod bears."""
    return k8s.Toleration(
        key=given.key,
        operator="Exists" if given.value is None else "Equal",
        value=given.value,
        effect=given.effect,
        toleration_seconds=given.seconds,
    )


def on_nodes(affinity: Affinity) -> k8s.NodeAffinity | None:
    """Return the nodes that are asked for, or None."""
    if not affinity.nodes and not affinity.preferred:
        return None
    required = k8s.NodeSelector(node_selector_terms=[_term(affinity.nodes)]) if affinity.nodes else None
    return k8s.NodeAffinity(
        required_during_scheduling_ignored_during_execution=required,
        preferred_during_scheduling_ignored_during_execution=[
            k8s.PreferredSchedulingTerm(weight=each.weight, preference=_term(each.rules)) for each in affinity.preferred
        ]
        or None,
    )


def _term(rules: Sequence[NodeRule | NodeFigure]) -> k8s.NodeSelectorTerm:
    return k8s.NodeSelectorTerm(
        match_expressions=[
            k8s.NodeSelectorRequirement(key=each.key, operator=each.operator, values=list(each.values) or None)
            for each in rules
        ]
    )


def near_pods(affinity: Affinity) -> k8s.PodAffinity | None:
    """Return the pods that are asked for nearby, or None."""
    required, preferred = _pods(affinity.near)
    if not required and not preferred:
        return None
    return k8s.PodAffinity(
        required_during_scheduling_ignored_during_execution=required or None,
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )


def apart_from_pods(affinity: Affinity) -> k8s.PodAntiAffinity | None:
    """Return the pods that are kept away from, or None."""
    required, preferred = _pods(affinity.apart)
    if not required and not preferred:
        return None
    return k8s.PodAntiAffinity(
        required_during_scheduling_ignored_during_execution=required or None,
        preferred_during_scheduling_ignored_during_execution=preferred or None,
    )


def _pods(rules: Sequence[PodRule]) -> tuple[list[k8s.PodAffinityTerm], list[k8s.WeightedPodAffinityTerm]]:
    """Return what must be, and what is rather so."""
    terms = [
        (
            each.weight,
            k8s.PodAffinityTerm(
                topology_key=each.topology, label_selector=k8s.LabelSelector(match_labels=dict(each.labels))
            ),
        )
        for each in rules
    ]
    required = [term for weight, term in terms if weight is None]
    preferred = [
        k8s.WeightedPodAffinityTerm(weight=weight, pod_affinity_term=term)
        for weight, term in terms
        if weight is not None
    ]
    return required, preferred
