"""KEDA: triggers that never answer, and passwords that are not there."""

from tests.unit.checks.mutations.edits import Mutation, add, both, drop, put, without

SCALER = "ScaledObject/celery-worker-default-scaler"
REDIS = "spec.triggers[0]"
DATA = f"{REDIS}.metadata"
KOLKATA = "timezone: Asia/Kolkata, desiredReplicas: '4'"
AUTH = "TriggerAuthentication/redis-auth"

MUTATIONS = [
    Mutation("another group", "kind-is-known", "prod", put(SCALER, "apiVersion", "keda.k8s.io/v1alpha1")),
    Mutation("no trigger", "scaled-object-has-triggers", "dev", put(SCALER, "spec.triggers", [])),
    Mutation("a type that is none", "trigger-type-is-known", "dev", put(SCALER, f"{REDIS}.type", "reddis")),
    Mutation(
        "a key with a typo",
        "trigger-metadata-is-known",
        "prod",
        both(drop(SCALER, f"{DATA}.listLength"), put(SCALER, f"{DATA}.listLenght", "10")),
    ),
    Mutation(
        "a key in another spelling",
        "trigger-metadata-is-known",
        "dev",
        both(drop(SCALER, f"{DATA}.listName"), put(SCALER, f"{DATA}.list_name", "default")),
    ),
    Mutation("a number that is not quoted", "trigger-metadata-is-text", "dev", put(SCALER, f"{DATA}.listLength", 10)),
    Mutation("a number that is none", "trigger-value-is-readable", "dev", put(SCALER, f"{DATA}.listLength", "ten")),
    Mutation(
        "a number with a zero before it", "trigger-value-is-readable", "dev", put(SCALER, f"{DATA}.listLength", "010")
    ),
    Mutation(
        "a URL for an address",
        "redis-address-is-host-and-port",
        "dev",
        put(SCALER, f"{DATA}.address", "redis://redis.dev-examxv2.svc.cluster.local:6379"),
    ),
    Mutation(
        "an address without its namespace",
        "redis-host-names-namespace",
        "stg",
        put(SCALER, f"{DATA}.address", "redis:6379"),
    ),
    Mutation(
        "an address without a port",
        "redis-address-is-host-and-port",
        "dev",
        put(SCALER, f"{DATA}.address", "redis.dev-examxv2.svc.cluster.local"),
    ),
    Mutation(
        "an address of another port than Redis has",
        "trigger-server-exists",
        "dev",
        put(SCALER, f"{DATA}.address", "redis.dev-examxv2.svc.cluster.local:6380"),
    ),
    Mutation(
        "an address of a Service that is not there",
        "trigger-server-exists",
        "dev",
        put(SCALER, f"{DATA}.address", "redis-master.dev-examxv2.svc.cluster.local:6379"),
    ),
    Mutation("no address", "redis-trigger-has-address", "dev", drop(SCALER, f"{DATA}.address")),
    Mutation("no list", "redis-trigger-names-list", "stg", drop(SCALER, f"{DATA}.listName")),
    Mutation(
        "another list than the worker drains",
        "queue-is-drained-by-target",
        "prod",
        put(SCALER, f"{DATA}.listName", "celery"),
    ),
    Mutation(
        "an address out of a variable that is not there",
        "redis-address-is-host-and-port",
        "dev",
        both(drop(SCALER, f"{DATA}.address"), put(SCALER, f"{DATA}.addressFromEnv", "CELERY_BROKER_URL")),
    ),
    Mutation(
        "an address out of a variable that holds a URL",
        "redis-address-is-host-and-port",
        "dev",
        both(drop(SCALER, f"{DATA}.address"), put(SCALER, f"{DATA}.addressFromEnv", "REDIS_URL")),
    ),
    Mutation(
        "a password in the open",
        "redis-trigger-has-no-password",
        "dev",
        put(SCALER, f"{DATA}.password", "hunter2hunter2"),
    ),
    Mutation("no password for Redis", "redis-trigger-logs-in", "dev", drop(SCALER, f"{REDIS}.authenticationRef")),
    Mutation(
        "TLS said with a word", "trigger-value-is-readable", "dev", put(SCALER, f"{DATA}.enableTLS", "yes please")
    ),
    Mutation(
        "no leader's name for Sentinels", "redis-trigger-names-list", "prod", drop(SCALER, f"{DATA}.sentinelMaster")
    ),
    Mutation(
        "Sentinels asked as if they were Redis",
        "sentinels-are-asked-as-such",
        "prod",
        put(SCALER, f"{REDIS}.type", "redis"),
    ),
    Mutation(
        "an authentication that is not there",
        "reference-leads-somewhere",
        "prod",
        put(SCALER, f"{REDIS}.authenticationRef.name", "redis-auht"),
    ),
    Mutation("the authentication is gone", "reference-leads-somewhere", "dev", without(AUTH)),
    Mutation(
        "the kind of an authentication with a typo",
        "authentication-kind-is-known",
        "dev",
        put(SCALER, f"{REDIS}.authenticationRef.kind", "ClusterTriggerAuth"),
    ),
    Mutation(
        "an authentication without its key",
        "authentication-source-is-complete",
        "dev",
        drop(AUTH, "spec.secretTargetRef[0].key"),
    ),
    Mutation(
        "an authentication of another Secret",
        "reference-leads-somewhere",
        "dev",
        put(AUTH, "spec.secretTargetRef[0].name", "redis-password"),
    ),
    Mutation(
        "a parameter that no scaler reads",
        "redis-trigger-logs-in",
        "dev",
        put(AUTH, "spec.secretTargetRef[0].parameter", "pasword"),
    ),
    Mutation(
        "utilization of a list", "metric-type-fits-trigger", "dev", put(SCALER, f"{REDIS}.metricType", "Utilization")
    ),
    Mutation(
        "cpu in words",
        "resource-trigger-has-metric-type",
        "dev",
        put(SCALER, "spec.triggers[1].metadata.value", "seventy"),
    ),
    Mutation(
        "cpu in the old way",
        "resource-trigger-has-metric-type",
        "prod",
        put(SCALER, "spec.triggers[1].metadata", {"type": "Utilization", "value": "70%"}),
    ),
    Mutation(
        "cpu without a figure", "trigger-metadata-is-complete", "dev", put(SCALER, "spec.triggers[1].metadata", {})
    ),
    Mutation(
        "cached cpu", "cached-metrics-fit-trigger", "dev", put(SCALER, "spec.triggers[1].useCachedMetrics", value=True)
    ),
    Mutation(
        "a typo in the target",
        "autoscaler-target-exists",
        "prod",
        put(SCALER, "spec.scaleTargetRef.name", "celery-default-worker"),
    ),
    Mutation(
        "the target's kind in lower case",
        "autoscaler-target-kind-is-served",
        "dev",
        put(SCALER, "spec.scaleTargetRef.kind", "deployment"),
    ),
    Mutation(
        "a fallback above the most",
        "fallback-is-within-maximum",
        "prod",
        put(SCALER, "spec.fallback", {"failureThreshold": 3, "replicas": 500}),
    ),
    Mutation(
        "a fallback without a threshold", "fallback-is-usable", "dev", put(SCALER, "spec.fallback", {"replicas": 2})
    ),
    Mutation(
        "two triggers with one name",
        "trigger-names-are-unique",
        "dev",
        both(put(SCALER, "spec.triggers[0].name", "queue"), put(SCALER, "spec.triggers[1].name", "queue")),
    ),
    Mutation(
        "a formula of a trigger that has no name",
        "formula-names-triggers",
        "dev",
        put(SCALER, "spec.advanced.scalingModifiers", {"formula": "queue + 1", "target": "5"}),
    ),
    Mutation(
        "a formula without a target",
        "scaling-modifiers-are-complete",
        "dev",
        both(
            put(SCALER, "spec.triggers[0].name", "queue"),
            put(SCALER, "spec.advanced.scalingModifiers", {"formula": "queue + 1"}),
        ),
    ),
    Mutation(
        "a schedule without a zone",
        "trigger-metadata-is-complete",
        "prod",
        add(
            SCALER,
            "spec.triggers",
            '{type: cron, metadata: {start: "0 8 * * *", end: "0 20 * * *", desiredReplicas: "4"}}',
        ),
    ),
    Mutation(
        "a schedule that ends when it starts",
        "cron-schedule-is-valid",
        "prod",
        add(
            SCALER,
            "spec.triggers",
            f'{{type: cron, metadata: {{{KOLKATA}, start: "0 8 * * *", end: "0 8 * * *"}}}}',
        ),
    ),
    Mutation(
        "a schedule with six fields",
        "cron-schedule-is-valid",
        "prod",
        add(
            SCALER,
            "spec.triggers",
            f'{{type: cron, metadata: {{{KOLKATA}, start: "0 0 8 * * *", end: "0 0 20 * * *"}}}}',
        ),
    ),
    Mutation(
        "Prometheus without its address",
        "trigger-metadata-is-complete",
        "prod",
        add(SCALER, "spec.triggers", '{type: prometheus, metadata: {query: "sum(up)", threshold: "5"}}'),
    ),
    Mutation(
        "a queue of SQS without its region",
        "trigger-metadata-is-complete",
        "prod",
        add(
            SCALER,
            "spec.triggers",
            "{type: aws-sqs-queue, metadata: {queueURL: https://sqs.ap-south-1.amazonaws.com/1/q, queueLength: '5'}}",
        ),
    ),
    Mutation(
        "a queue of RabbitMQ with the other product's key",
        "trigger-metadata-is-known",
        "prod",
        add(
            SCALER,
            "spec.triggers",
            "{type: rabbitmq, metadata: {host: 'amqp://mq.dev:5672/', queue: mail, mode: QueueLength, value: '5'}}",
        ),
    ),
    Mutation(
        "a topic of Kafka without a group",
        "trigger-metadata-is-complete",
        "prod",
        add(
            SCALER,
            "spec.triggers",
            "{type: kafka, metadata: {bootstrapServers: 'kafka.data:9092', topic: mail, lagThreshold: '5'}}",
        ),
    ),
]
