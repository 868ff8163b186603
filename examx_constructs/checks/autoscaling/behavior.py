"""Rules on how fast an autoscaler scales: `behavior` of an HPA, and of the one that KEDA makes."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import autoscalers

_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800
_TOLERANCE_SINCE = "1.35"
_KEDA_TOLERANCE_SINCE = "2.18"


@rule("Kubernetes API autoscaling/v2, HPAScalingRules")
def scaling_windows_are_in_range(manifests: Manifests) -> Iterator[Finding]:
    """Stabilization windows are 0 to 3600 seconds and policy periods 1 to 1800: the API server refuses the rest."""
    for each in autoscalers(manifests):
        for direction in (each.behavior["scaleUp"], each.behavior["scaleDown"]):
            windows = [(direction["stabilizationWindowSeconds"], 0, _LONGEST_WINDOW)]
            periods = [(policy["periodSeconds"], 1, _LONGEST_PERIOD) for policy in direction["policies"]]
            for node, lowest, highest in [*windows, *periods]:
                if node.number is not None and not lowest <= node.number <= highest:
                    yield finding(node, f"{lowest} to {highest} seconds", "the API server refuses anything else")


@rule("Kubernetes v1.34 to v1.37, feature gate HPAConfigurableTolerance; the CRDs of KEDA 2.17 to 2.21")
def tolerance_is_kept(manifests: Manifests) -> Iterator[Finding]:
    """A tolerance of an HPA is for Kubernetes 1.35 or later, and for KEDA 2.18 or later where KEDA makes the HPA.

    Before 1.35 the gate is off, and the API server drops the field in silence: 10 % counts. KEDA's CRD of 2.17 does
    not know it either.
    """
    for each in autoscalers(manifests):
        versions = each.resource.versions
        for direction in (each.behavior["scaleUp"], each.behavior["scaleDown"]):
            tolerance = direction["tolerance"]
            if not tolerance.present:
                continue
            if not versions.kubernetes_has(_TOLERANCE_SINCE):
                yield finding(
                    tolerance,
                    f"nothing on Kubernetes {versions.kubernetes}; {_TOLERANCE_SINCE} and later keep it",
                    "the API server drops it in silence, and the tolerance stays 10 %",
                )
            elif each.is_keda and not versions.keda_has(_KEDA_TOLERANCE_SINCE):
                yield finding(
                    tolerance,
                    f"nothing in KEDA {versions.keda}; {_KEDA_TOLERANCE_SINCE} and later know it",
                    "its CRD does not have the field, so it is dropped, and the tolerance stays 10 %",
                )
