"""Cases of the rules on how fast an autoscaler scales."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.support import Case, hpa, scaler

BEHAVIOR = (
    "{scaleDown: {stabilizationWindowSeconds: 7200, policies: [{type: Percent, value: 100, periodSeconds: 15}]},"
    " scaleUp: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 4, periodSeconds: 3600}]}}"
)
TOLERANT = "behavior: {scaleDown: {tolerance: 0.05}}"
OF_KEDA = "advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleUp: {tolerance: '0'}}}}"
DROPPED = "the API server drops it in silence, and the tolerance stays 10 %"

CASES = [
    Case(
        "scaling-windows-are-in-range",
        "windows and periods too long",
        [hpa(spec=f"behavior: {BEHAVIOR}")],
        [
            (
                "HorizontalPodAutoscaler dev/web: spec.behavior.scaleUp.policies[0].periodSeconds is 3600; allowed: 1 to 1800"
                " seconds; the API server refuses anything else"
            ),
            (
                "HorizontalPodAutoscaler dev/web: spec.behavior.scaleDown.stabilizationWindowSeconds is 7200; allowed: 0 to 3600"
                " seconds; the API server refuses anything else"
            ),
        ],
    ),
    Case(
        "scaling-windows-are-in-range",
        "KEDA's HPA",
        [
            scaler(
                spec="advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleDown: {stabilizationWindowSeconds: 300}}}}"
            )
        ],
    ),
    Case(
        "tolerance-is-kept",
        "a server that drops it",
        [hpa(spec=f"maxReplicas: 3\n{TOLERANT}")],
        [
            f"HorizontalPodAutoscaler dev/web: spec.behavior.scaleDown.tolerance is 0.05; allowed: nothing on Kubernetes 1.34; 1.35 and later keep it; {DROPPED}"
        ],
    ),
    Case(
        "tolerance-is-kept",
        "that server, behind a KEDA that knows it",
        [scaler(spec=OF_KEDA)],
        [
            f'ScaledObject dev/web: spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.tolerance is "0"; allowed: nothing on Kubernetes 1.34; 1.35 and later keep it; {DROPPED}'
        ],
        Versions(keda="2.20"),
    ),
    Case(
        "tolerance-is-kept",
        "a KEDA that drops it",
        [scaler(spec=OF_KEDA)],
        [
            'ScaledObject dev/web: spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.tolerance is "0"; allowed: nothing in KEDA 2.17; 2.18 and later know it; its CRD does not have the field, so it is dropped, and the tolerance stays 10 %'
        ],
        Versions(kubernetes="1.35"),
    ),
    Case(
        "tolerance-is-kept",
        "both keep it",
        [hpa(spec=f"maxReplicas: 3\n{TOLERANT}"), scaler(spec=OF_KEDA)],
        versions=Versions(kubernetes="1.35", keda="2.18"),
    ),
    Case(
        "tolerance-is-kept", "none", [hpa(spec="maxReplicas: 3\nbehavior: {scaleDown: {selectPolicy: Min}}"), scaler()]
    ),
]
