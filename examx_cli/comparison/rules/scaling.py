"""What decides how many pods there are, and how many may be missing."""

from examx_cli.comparison.fields import Field
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.rules.case import Case, Rules, always, any_field, unnoticed
from examx_cli.comparison.surroundings import pod_range
from examx_constructs.manifests import Object, at
from examx_constructs.manifests.scaling import autoscaler_of

_BOUNDS = frozenset({"minReplicas", "maxReplicas", "minReplicaCount", "maxReplicaCount"})


def _scaling(case: Case, item: Object, reason: str) -> Effect:
    return case.effect(Impact.SCALING, reason, autoscaler_of(item).target_name)


def _changed(case: Case, field: Field) -> Effect:
    before, after = autoscaler_of(case.before), autoscaler_of(case.after)
    if field.part in _BOUNDS:
        return _scaling(case, case.after, f"{pod_range(before)} before, {pod_range(after)} from now on")
    if field.part == "scaleTargetRef":
        return _scaling(case, case.after, f"scales {after.target_name} instead of {before.target_name}")
    return _scaling(case, case.after, "scales by other figures at once")


def _annotated(case: Case, field: Field) -> Effect:
    if str(field.path[-1]).startswith("autoscaling.keda.sh/paused"):
        return _scaling(case, case.after, "KEDA pauses or takes up scaling at once")
    return unnoticed(case, field)


def _removed(case: Case) -> Effect:
    if at(case.before, "spec", "advanced", "restoreToOriginalReplicaCount") is True:
        return _scaling(case, case.before, "nothing scales it any more: it goes back to the pods that it had before")
    return _scaling(case, case.before, "nothing scales it any more: it keeps as many pods as it has then")


def _added(case: Case) -> Effect:
    return _scaling(case, case.after, f"is scaled from now on, {pod_range(autoscaler_of(case.after))}")


AUTOSCALER = Rules(changed=_changed, removed=_removed, added=_added, annotated=_annotated)
TRIGGER_AUTHENTICATION = Rules(
    changed=any_field(
        Impact.SCALING, "KEDA logs in by it from now on; where it cannot, it scales by nothing but CPU and memory"
    ),
    removed=always(Impact.SCALING, "KEDA cannot log in any more to measure what it scales by"),
    added=always(Impact.NONE, "ScaledObjects may name it from now on"),
)
DISRUPTION_BUDGET = Rules(
    changed=any_field(Impact.NONE, "counts when a node is drained the next time"),
    removed=always(Impact.NONE, "a drain may take all its pods at once from now on"),
    added=always(Impact.NONE, "counts when a node is drained the next time"),
)
