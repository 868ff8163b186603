"""Autoscalers: what never scales, fights, or stops what still works."""

from tests.checks.mutations.edits import BOXES, Mutation, beside, both, drop, put

HPA = "HorizontalPodAutoscaler/examxv2-backend-pod-autoscaler"
SCALER = "ScaledObject/celery-worker-default-scaler"
AI = "ScaledObject/celery-question-generator-ai-worker-scaler"
BACKEND = "Deployment/examxv2-backend"
WORKER = "Deployment/celery-worker-default"

MUTATIONS = [
    Mutation("a typo in the target", "?", "prod", put(HPA, "spec.scaleTargetRef.name", "examxv2-backnd")),
    Mutation("the target's kind in lower case", "?", "prod", put(HPA, "spec.scaleTargetRef.kind", "deployment")),
    Mutation("an API version that is gone", "?", "dev", put(HPA, "apiVersion", "autoscaling/v2beta2")),
    Mutation("the least is more than the most", "?", "dev", put(HPA, "spec.minReplicas", 5)),
    Mutation("no most", "?", "dev", drop(HPA, "spec.maxReplicas")),
    Mutation("none at least", "?", "dev", put(HPA, "spec.minReplicas", 0)),
    Mutation("a target without a figure", "?", "dev", drop(HPA, "spec.metrics[0].resource.target.averageUtilization")),
    Mutation("a target of zero percent", "?", "dev", put(HPA, "spec.metrics[0].resource.target.averageUtilization", 0)),
    Mutation("a metric of no resource", "?", "dev", put(HPA, "spec.metrics[0].resource.name", "cpus")),
    Mutation(
        "a metric of a container that is not there",
        "?",
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
    Mutation("a container without a request", "?", "prod", drop(BACKEND, f"{BOXES}[nginx].resources.requests.cpu")),
    Mutation(
        "neither a request nor a limit for what is measured",
        "?",
        "prod",
        drop(BACKEND, f"{BOXES}[nginx].resources"),
    ),
    Mutation("a period of an hour", "?", "dev", put(HPA, "spec.behavior.scaleDown.policies[0].periodSeconds", 3600)),
    Mutation(
        "a window of two hours", "?", "prod", put(HPA, "spec.behavior.scaleDown.stabilizationWindowSeconds", 7200)
    ),
    Mutation("a tolerance that this version drops", "?", "prod", put(HPA, "spec.behavior.scaleUp.tolerance", "0.02")),
    Mutation("replicas beside an HPA", "?", "prod", put(BACKEND, "spec.replicas", 2)),
    Mutation("replicas beside a ScaledObject", "?", "stg", put(WORKER, "spec.replicas", 1)),
    Mutation(
        "two HPAs for one Deployment",
        "?",
        "prod",
        beside(
            """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: second}, spec: {maxReplicas: 9,
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: examxv2-backend},
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}"""
        ),
    ),
    Mutation(
        "an HPA beside a ScaledObject",
        "?",
        "prod",
        beside(
            """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: worker}, spec: {maxReplicas: 9,
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: celery-worker-default},
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}"""
        ),
    ),
    Mutation(
        "two ScaledObjects for one worker",
        "?",
        "dev",
        put(AI, "spec.scaleTargetRef.name", "celery-worker-default"),
    ),
    Mutation("KEDA's least is more than its most", "?", "prod", put(SCALER, "spec.minReplicaCount", 50)),
    Mutation("an idle count of one", "?", "dev", put(SCALER, "spec.idleReplicaCount", 1)),
    Mutation(
        "a quota that the environment does not fit into",
        "?",
        "feature",
        put("ResourceQuota/examxv2", "spec.hard<requests.memory>", "2Gi"),
    ),
    Mutation(
        "a worker of long tasks goes to zero",
        "?",
        "prod",
        both(put(AI, "spec.minReplicaCount", 0), put(AI, "spec.cooldownPeriod", 30)),
    ),
]
