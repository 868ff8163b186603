"""Cases of the rules on the queues that triggers count."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_metadata import job, one
from tests.unit.checks.support import Case, Object, celery, obj, redis_scaler, scaler, workload

NEVER = "workers would be started for a queue that they never take from"


def at(index: int, key: str, value: str, drained: str) -> str:
    """The finding on a trigger of the ScaledObject, whose target drains something else."""
    place = f"ScaledObject dev/web: spec.triggers[{index}].metadata.{key}"
    return f'{place} is "{value}"; allowed: a queue that Deployment web drains: {drained}; {NEVER}'


def celery_job(queue: str, trigger: str) -> Object:
    """A ScaledJob that starts Celery workers."""
    template = f"{{template: {{spec: {{containers: [{{name: app, command: [celery, -A, a, worker, -Q, {queue}]}}]}}}}}}"
    return obj("ScaledJob", "web", f"jobTargetRef: {template}\ntriggers: [{trigger}]")


LISTS = (
    "["
    + ", ".join(
        f'{{type: redis, metadata: {{address: "redis.dev:6379", listName: "{name}"}}}}'
        for name in ("emails", "emails\\x06\\x163", "emails\\x06\\x169", "emails:6")
    )
    + "]"
)
OTHERS = (
    "["
    + ", ".join(
        f'{{type: redis, metadata: {{address: "redis.dev:6379", listName: "{name}"}}}}'
        for name in ("emails\\x06\\x16x", "emails3", "shop:emails")
    )
    + "]"
)

CASES = [
    Case(
        "queue-is-drained-by-target",
        "a queue of another worker",
        [celery("web", "bulk_upload"), scaler()],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.listName is "default"; allowed: a queue that Deployment web drains:'
                " bulk_upload; workers would be started for a queue that they never take from"
            )
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "every way to write it",
        [
            celery("web", "default,bulk"),
            scaler(),
            *(
                built
                for name, line in (
                    ("a", "command: [sh, -c, 'exec celery -A examx worker --queues=default']"),
                    ("b", "command: [/usr/bin/tini, --, celery, -Aexamx, worker, -Qdefault]"),
                    (
                        "c",
                        "args: [celery, -A, examx, worker, --queues, $(QUEUE)]\nenv: [{name: QUEUE, value: default}]",
                    ),
                    ("d", "args: [celery, -A, examx, worker, -Q, $(UNKNOWN)]"),
                    ("e", "args: [celery, -A, examx, flower]"),
                    ("f", "command: [/entrypoint.sh]"),
                    (
                        "g",
                        'command: [bash, -c, "export A=\'1\\nexec celery -A examx worker -Q ${QUEUE}"]\nenv: [{name: QUEUE, value: default}]',
                    ),
                    ("h", "command: [sh, entrypoint.sh]"),
                )
                for built in (workload(name, line), scaler(name, target=name))
            ),
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "no -Q: the application says which",
        [workload(container="command: [python, -m, celery, --app=examx, worker]"), scaler()],
    ),
    Case(
        "queue-is-drained-by-target",
        "one worker of two without -Q",
        [workload(container="args: [sh, -c, 'celery -A a worker -Q x & celery -A b worker']"), scaler()],
    ),
    Case(
        "queue-is-drained-by-target",
        "the queue celery, named",
        [celery("web", "celery"), scaler()],
        [at(0, "listName", "default", "celery")],
    ),
    Case(
        "queue-is-drained-by-target", "the lists of its priorities", [celery("web", "emails"), scaler(triggers=LISTS)]
    ),
    Case(
        "queue-is-drained-by-target",
        "no priority of it, and a prefix",
        [celery("web", "emails"), scaler(triggers=OTHERS)],
        [
            at(0, "listName", "emails\\x06\\x16x", "emails"),
            at(1, "listName", "emails3", "emails"),
            at(2, "listName", "shop:emails", "emails"),
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "RabbitMQ and SQS",
        [
            celery("web", "low"),
            scaler(
                triggers="[{type: rabbitmq, metadata: {queueName: high}}, {type: rabbitmq, metadata: {queueName: ^hi.*$, useRegex: 'true'}},"
                " {type: aws-sqs-queue, metadata: {queueURL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/high'}}, {type: aws-sqs-queue, metadata: {queueURL: high}}]"
            ),
        ],
        [
            at(0, "queueName", "high", "low"),
            at(1, "queueName", "^hi.*$", "low"),
            at(2, "queueURL", "https://sqs.eu-west-1.amazonaws.com/123456789012/high", "low"),
            at(3, "queueURL", "high", "low"),
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "RabbitMQ and SQS, drained",
        [
            celery("web", "low,lower"),
            scaler(
                triggers="[{type: rabbitmq, metadata: {queueName: low}}, {type: rabbitmq, metadata: {queueName: ^low, useRegex: 'true'}},"
                " {type: rabbitmq, metadata: {queueName: '(a|b)+', useRegex: 'true'}}, {type: rabbitmq, metadata: {queueName: '${QUEUE}'}},"
                " {type: aws-sqs-queue, metadata: {queueURL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/lower'}}, {type: kafka, metadata: {topic: high}}]"
            ),
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "a job's own workers",
        [celery_job("low", "{type: rabbitmq, metadata: {queueName: high}}")],
        [
            f'ScaledJob dev/web: spec.triggers[0].metadata.queueName is "high"; allowed: a queue that the Job it starts drains: low; {NEVER}'.replace(
                "Jobs drains", "Jobs drains"
            )
        ],
    ),
    Case(
        "queue-is-drained-by-target",
        "a job's own workers, of that queue",
        [celery_job("low", "{type: redis, metadata: {listName: low}}")],
    ),
    Case(
        "queue-has-one-scaler",
        "one list, two ScaledObjects",
        [scaler("one"), scaler("two")],
        [
            (
                'ScaledObject dev/two: spec.triggers[0].metadata.listName is "default"; allowed: a list that no other ScaledObject'
                " counts; ScaledObject dev/one does; both would start workers for the same tasks"
            )
        ],
    ),
    Case(
        "queue-has-one-scaler",
        "another list, another server",
        [
            scaler("one"),
            redis_scaler("address: 'redis.dev:6379', listName: bulk"),
            redis_scaler("address: 'other.dev:6379', listName: default"),
        ],
    ),
    Case(
        "queue-has-one-scaler",
        "a queue of RabbitMQ, a job too",
        [one("rabbitmq", "hostFromEnv: A, queueName: q"), job("rabbitmq", "hostFromEnv: A, queueName: q")],
        [
            'ScaledJob dev/web: spec.triggers[0].metadata.queueName is "q"; allowed: a list that no other ScaledObject counts; ScaledObject dev/web does; both would start workers for the same tasks'
        ],
    ),
    Case(
        "queue-has-one-scaler",
        "two triggers of one, another login, the same object in two files",
        [
            scaler(
                "one",
                triggers="[{type: redis, metadata: {listName: a, activationListLength: '1'}}, {type: redis, metadata: {listName: a}}]",
            ),
            scaler("two", triggers="[{type: redis, authenticationRef: {name: other}, metadata: {listName: a}}]"),
            scaler("two", triggers="[{type: redis, authenticationRef: {name: other}, metadata: {listName: a}}]"),
        ],
    ),
]
