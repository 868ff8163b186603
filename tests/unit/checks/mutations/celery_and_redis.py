"""Celery and its broker: tasks that nobody takes, that are done twice, or are lost."""

from tests.unit.checks.mutations.edits import BOXES, POD, Mutation, add, annotated, beside, both, drop, put, swap

WORKER = "Deployment/celery-worker-default"
BULK = "Deployment/celery-bulk-upload-worker"
AI = "Deployment/celery-question-generator-ai-worker"
BEAT = "Deployment/celery-beat"
REDIS = "StatefulSet/redis"
CONF = "data<redis.conf>"

MUTATIONS = [
    Mutation(
        "a worker drains a list with a typo",
        "queue-is-drained-by-target",
        "prod",
        put(AI, f"{BOXES}[0].command[14]", "question_generator_ia"),
    ),
    Mutation(
        "two workers drain one list, and no one the other",
        "queue-has-one-worker",
        "dev",
        swap(BULK, f"{BOXES}[0].command[14]", "bulk_upload", "default"),
    ),
    Mutation(
        "a worker runs below a shell that passes no signal on",
        "celery-receives-sigterm",
        "prod",
        put(WORKER, f"{BOXES}[0].command", ["sh", "-c", "celery -A examx worker -l info -Q default"]),
    ),
    Mutation(
        "a worker is told to stop at once",
        "celery-receives-sigterm",
        "prod",
        add(AI, f"{BOXES}[0].env", "{name: REMAP_SIGTERM, value: SIGQUIT}"),
    ),
    Mutation(
        "a second scheduler inside of a worker", "beat-exists-once", "dev", add(WORKER, f"{BOXES}[0].command", "-B")
    ),
    Mutation("two schedulers", "beat-is-single", "prod", put(BEAT, "spec.replicas", 2)),
    Mutation("the scheduler rolls", "beat-is-single", "prod", put(BEAT, "spec.strategy", {"type": "RollingUpdate"})),
    Mutation("the scheduler has no strategy", "beat-is-single", "dev", drop(BEAT, "spec.strategy")),
    Mutation(
        "the scheduler is scaled",
        "beat-is-single",
        "prod",
        beside(
            """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: beat},
            spec: {maxReplicas: 2,
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: celery-beat},
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}}"""
        ),
    ),
    Mutation(
        "the scheduler writes its file into a read-only root",
        "beat-can-write-its-schedule",
        "prod",
        put(BEAT, f"{BOXES}[0].command", ["celery", "-A", "examx", "beat", "-l", "info"]),
    ),
    Mutation("Redis is three independent masters", "redis-is-not-multiplied", "dev", put(REDIS, "spec.replicas", 3)),
    Mutation(
        "Redis is scaled",
        "redis-is-not-multiplied",
        "stg",
        beside(
            """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: redis},
            spec: {maxReplicas: 3,
            scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: redis},
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}}"""
        ),
    ),
    Mutation(
        "Redis may keep more than its container has",
        "redis-memory-fits-request",
        "dev",
        swap("ConfigMap/redis-config", CONF, "maxmemory 409mb", "maxmemory 4gb"),
    ),
    Mutation(
        "Redis throws queued tasks away",
        "broker-keeps-its-tasks",
        "prod",
        swap("ConfigMap/redis-primary-config", CONF, "maxmemory-policy noeviction", "maxmemory-policy allkeys-lru"),
    ),
    Mutation(
        "Redis lets everybody in",
        "",
        "dev",
        put(REDIS, f"{BOXES}[redis].command", ["redis-server", "--protected-mode", "no"]),
        missed="another container of the pod logs in as an operator, and may set the passwords",
    ),
    Mutation(
        "Redis keeps its data in the pod",
        "",
        "prod",
        both(
            drop("StatefulSet/redis-primary", "spec.volumeClaimTemplates"),
            add("StatefulSet/redis-primary", f"{POD}.volumes", "{name: data, emptyDir: {}}"),
        ),
        missed="a file on an emptyDir outlasts a crash of the container, and a cache needs no more",
    ),
    Mutation(
        "Redis is open to the Internet",
        "data-service-stays-inside",
        "dev",
        put("Service/redis", "spec.type", "LoadBalancer"),
    ),
    Mutation(
        "Redis is open on every node", "data-service-stays-inside", "stg", put("Service/redis", "spec.type", "NodePort")
    ),
    Mutation(
        "Redis without a file of what it was told",
        "broker-keeps-its-tasks",
        "dev",
        swap("ConfigMap/redis-config", CONF, "appendonly yes", "appendonly no"),
    ),
    Mutation(
        "the longest task with a unit",
        "grace-period-covers-longest-task",
        "prod",
        annotated(AI, "examx.ai/longest-task-seconds", "600s"),
    ),
    Mutation(
        "a worker of no application",
        "",
        "dev",
        swap(WORKER, f"{BOXES}[0].command[2]", "examx", "exmax"),
        missed="which module is in the image is not in the manifests",
    ),
    Mutation(
        "two servers of Redis can be away at once",
        "disruption-budget-keeps-majority",
        "prod",
        put("PodDisruptionBudget/redis-sentinel", "spec.maxUnavailable", 2),
    ),
]
