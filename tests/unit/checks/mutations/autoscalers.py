"""Autoscalers: what never scales, fights, or stops what still works."""

from tests.unit.checks.mutations.edits import BOXES, Mutation, beside, both, drop, put

HPA = "HorizontalPodAutoscaler/examxv2-backend-pod-autoscaler"
SCALER = "ScaledObject/celery-worker-default-scaler"
AI = "ScaledObject/celery-question-generator-ai-worker-scaler"
BACKEND = "Deployment/examxv2-backend"
WORKER = "Deployment/celery-worker-default"

MUTATIONS = [
    Mutation(
        "a typo in the target",
        "autoscaler-target-exists",
        "prod",
        put(HPA, "spec.scaleTargetRef.name", "examxv2-backnd"),
    ),
    Mutation(
        "the target's kind in lower case",
        "autoscaler-target-kind-is-served",
        "prod",
        put(HPA, "spec.scaleTargetRef.kind", "deployment"),
    ),
    Mutation(
        "an API version that is gone", "api-version-is-served", "dev", put(HPA, "apiVersion", "autoscaling/v2beta2")
    ),
    Mutation("the least is more than the most", "replica-range-is-possible", "dev", put(HPA, "spec.minReplicas", 5)),
    Mutation("no most", "hpa-states-its-maximum", "dev", drop(HPA, "spec.maxReplicas")),
    Mutation("none at least", "replica-range-is-possible", "dev", put(HPA, "spec.minReplicas", 0)),
    Mutation(
        "a target without a figure",
        "hpa-target-has-figure",
        "dev",
        drop(HPA, "spec.metrics[0].resource.target.averageUtilization"),
    ),
    Mutation(
        "a target of zero percent",
        "hpa-target-has-figure",
        "dev",
        put(HPA, "spec.metrics[0].resource.target.averageUtilization", 0),
    ),
    Mutation(
        "a metric of no resource",
        "utilization-needs-requests",
        "dev",
        put(HPA, "spec.metrics[0].resource.name", "cpus"),
    ),
    Mutation(
        "a metric of a container that is not there",
        "measured-container-exists",
        "prod",
        put(
            HPA,
            "spec.metrics[0]",
            {
                "type": "ContainerResource",
                "containerResource": {
                    "name": "cpu",
                    "container": "web",
                    "target": {"type": "Utilization", "averageUtilization": 70},
                },
            },
        ),
    ),
    Mutation(
        "neither a request nor a limit for what is measured",
        "utilization-needs-requests",
        "prod",
        drop(BACKEND, f"{BOXES}[nginx].resources"),
    ),
    Mutation(
        "a period of an hour",
        "scaling-windows-are-in-range",
        "dev",
        put(HPA, "spec.behavior.scaleDown.policies[0].periodSeconds", 3600),
    ),
    Mutation(
        "a window of two hours",
        "scaling-windows-are-in-range",
        "prod",
        put(HPA, "spec.behavior.scaleDown.stabilizationWindowSeconds", 7200),
    ),
    Mutation(
        "a tolerance that this version drops",
        "tolerance-is-kept",
        "prod",
        put(HPA, "spec.behavior.scaleUp.tolerance", "0.02"),
    ),
    Mutation("replicas beside an HPA", "no-replicas-under-autoscaler", "prod", put(BACKEND, "spec.replicas", 2)),
    Mutation("replicas beside a ScaledObject", "no-replicas-under-autoscaler", "stg", put(WORKER, "spec.replicas", 1)),
    Mutation(
        "two HPAs for one Deployment",
        "one-autoscaler-per-target",
        "prod",
        beside(
            """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: second},
            spec: {maxReplicas: 9,
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: examxv2-backend},
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}"""
        ),
    ),
    Mutation(
        "an HPA beside a ScaledObject",
        "one-autoscaler-per-target",
        "prod",
        beside(
            """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: worker},
            spec: {maxReplicas: 9,
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: celery-worker-default},
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}"""
        ),
    ),
    Mutation(
        "two ScaledObjects for one worker",
        "one-autoscaler-per-target",
        "dev",
        put(AI, "spec.scaleTargetRef.name", "celery-worker-default"),
    ),
    Mutation(
        "KEDA's least is more than its most",
        "replica-range-is-possible",
        "prod",
        put(SCALER, "spec.minReplicaCount", 50),
    ),
    Mutation("an idle count of one", "idle-replicas-are-zero", "dev", put(SCALER, "spec.idleReplicaCount", 1)),
    Mutation(
        "a quota that the environment does not fit into",
        "quota-holds-workloads",
        "feature",
        put("ResourceQuota/examxv2", "spec.hard<requests.memory>", "2Gi"),
    ),
    Mutation(
        "a worker of long tasks goes to zero",
        "idle-queue-is-not-idle-worker",
        "prod",
        both(put(AI, "spec.minReplicaCount", 0), put(AI, "spec.cooldownPeriod", 30)),
    ),
]
