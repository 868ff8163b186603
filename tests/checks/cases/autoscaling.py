"""Cases of the rules on autoscalers, whoever reads them: HPA and KEDA."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, hpa, scaler, workload

TAKEOVER = "advanced: {horizontalPodAutoscalerConfig: {name: web}}"
TRANSFER = "{scaledobject.keda.sh/transfer-hpa-ownership: 'true'}"

CASES = [
    Case(
        "one-autoscaler-per-target",
        "an HPA and a ScaledObject",
        [workload(), hpa(), scaler("web-scaler")],
        [
            (
                'ScaledObject dev/web-scaler: spec.scaleTargetRef.name is "web"; allowed: a target that no other autoscaler has;'
                " HorizontalPodAutoscaler dev/web scales Deployment web already; two autoscalers of one workload undo each"
                " other's work"
            )
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "two HPAs",
        [hpa("one"), hpa("two")],
        [
            (
                'HorizontalPodAutoscaler dev/two: spec.scaleTargetRef.name is "web"; allowed: a target that no other autoscaler'
                " has; HorizontalPodAutoscaler dev/one scales Deployment web already; two autoscalers of one workload undo each"
                " other's work"
            )
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "one each, and one adopted",
        [hpa(), scaler(spec=TAKEOVER, annotations=TRANSFER), hpa("api", target="api")],
    ),
    Case(
        "one-autoscaler-per-target",
        "the same names in two namespaces",
        [scaler(), scaler() | {"metadata": {"name": "web", "namespace": "stg"}}],
    ),
    Case(
        "no-replicas-under-autoscaler",
        "replicas beside an HPA",
        [workload(spec="replicas: 2"), hpa()],
        [
            (
                "Deployment dev/web: spec.replicas is 2; allowed: nothing, leave it out; every apply would undo what"
                " HorizontalPodAutoscaler dev/web decided"
            )
        ],
    ),
    Case(
        "no-replicas-under-autoscaler",
        "replicas where nothing scales",
        [workload(spec="replicas: 2"), hpa(target="api")],
    ),
    Case(
        "replica-range-is-possible",
        "min above max",
        [hpa(spec="minReplicas: 5\nmaxReplicas: 2"), scaler(spec="minReplicaCount: 101")],
        [
            (
                "HorizontalPodAutoscaler dev/web: spec.minReplicas is 5; allowed: at most spec.maxReplicas, 2; no number of"
                " replicas lies in the range"
            ),
            (
                "ScaledObject dev/web: spec.minReplicaCount is 101; allowed: at most spec.maxReplicaCount, 100; no number of"
                " replicas lies in the range"
            ),
        ],
    ),
    Case(
        "replica-range-is-possible",
        "below what can be",
        [hpa(spec="minReplicas: 0\nmaxReplicas: 2"), scaler(spec="minReplicaCount: -1\nmaxReplicaCount: 0")],
        [
            "HorizontalPodAutoscaler dev/web: spec.minReplicas is 0; allowed: 1 or more; an HPA cannot scale to zero by default",
            "ScaledObject dev/web: spec.minReplicaCount is -1; allowed: 0 or more; replicas are counted from 0",
            (
                "ScaledObject dev/web: spec.maxReplicaCount is 0; allowed: 1 or more; a workload that may never have a replica"
                " cannot scale"
            ),
        ],
    ),
    Case(
        "replica-range-is-possible",
        "equal bounds, and KEDA's defaults",
        [hpa(spec="minReplicas: 2\nmaxReplicas: 2"), scaler()],
    ),
    Case(
        "idle-replicas-are-zero",
        "one replica when idle",
        [scaler(spec="idleReplicaCount: 1\nminReplicaCount: 2")],
        [
            "ScaledObject dev/web: spec.idleReplicaCount is 1; allowed: 0, or leave it out; KEDA supports no other idle count"
        ],
    ),
    Case(
        "idle-replicas-are-zero",
        "nothing to fall to",
        [scaler(spec="idleReplicaCount: 0")],
        [
            (
                "ScaledObject dev/web: spec.idleReplicaCount is 0; allowed: an idle count below minReplicaCount, which is 0 here;"
                " there is nothing to fall to when idle"
            )
        ],
    ),
    Case("idle-replicas-are-zero", "0 below 1", [scaler(spec="idleReplicaCount: 0\nminReplicaCount: 1")]),
    Case(
        "autoscaler-target-exists",
        "a wrong name, and a kind without a scale",
        [workload("api"), hpa(), hpa("agent", kind="DaemonSet", target="agent")],
        [
            (
                'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: a Deployment of the same namespace;'
                " nothing in these manifests has that name"
            ),
            (
                'HorizontalPodAutoscaler dev/agent: spec.scaleTargetRef.kind is "DaemonSet"; allowed: a kind with a scale'
                " subresource, such as Deployment or StatefulSet; this kind cannot be scaled"
            ),
        ],
    ),
    Case(
        "autoscaler-target-exists",
        "workloads are elsewhere, or custom",
        [hpa(), hpa("roll", kind="Rollout", target="roll")],
    ),
    Case("autoscaler-target-exists", "it is there", [workload(), scaler()]),
]
