"""Cases of the rules on the variables that triggers take values from."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_metadata import authentication, job, one
from tests.unit.checks.support import Case, obj, scaler, workload

WHY = "KEDA reads the manifest alone, so a variable from a mounted .env or the image is empty to it"
WITH = ", authenticationRef: {name: redis}"
RABBIT = "hostFromEnv: BROKER_URL, queueName: q"
JOB = (
    "jobTargetRef: {template: {spec: {containers: [{name: app}, {name: side, env: [{name: BROKER_URL, value: b}]}]}}}\n"
    f"triggers: [{{type: rabbitmq, metadata: {{{RABBIT}}}}}]\n"
)

CASES = [
    Case(
        "trigger-environment-exists",
        "only in .env",
        [workload(), one("rabbitmq", RABBIT)],
        [
            f'ScaledObject dev/web: spec.triggers[0].metadata.hostFromEnv is "BROKER_URL"; allowed: a variable in env or envFrom of container app; {WHY}'
        ],
    ),
    Case(
        "trigger-environment-exists",
        "a job's other container",
        [obj("ScaledJob", "web", JOB)],
        [
            f'ScaledJob dev/web: spec.triggers[0].metadata.hostFromEnv is "BROKER_URL"; allowed: a variable in env or envFrom of container app; {WHY}'
        ],
    ),
    Case(
        "trigger-environment-exists",
        "of a key that shared code reads",
        [workload(), one("aws-sqs-queue", "queueURL: q, awsRegion: r, awsAccessKeyIDFromEnv: AWS_KEY")],
        [
            f'ScaledObject dev/web: spec.triggers[0].metadata.awsAccessKeyIDFromEnv is "AWS_KEY"; allowed: a variable in env or envFrom of container app; {WHY}'
        ],
    ),
    Case(
        "trigger-environment-exists",
        "in the container that is read",
        [
            workload(container="env: [{name: BROKER_URL, value: b}]"),
            one("rabbitmq", RABBIT),
            obj("ScaledJob", "web", f"{JOB}envSourceContainerName: side"),
        ],
    ),
    Case(
        "trigger-environment-exists",
        "from what is not here",
        [
            workload(container="envFrom: [{secretRef: {name: broker}}]"),
            one("rabbitmq", RABBIT),
            scaler("api", target="api", triggers=f"[{{type: rabbitmq, metadata: {{{RABBIT}}}}}]"),
            job("rabbitmq", "hostFromEnv: '${VARIABLE}', queueName: q"),
        ],
    ),
    Case(
        "environment-container-exists",
        "no such container",
        [
            workload(),
            scaler(spec="") | {"spec": {"scaleTargetRef": {"name": "web", "envSourceContainerName": "worker"}}},
        ],
        [
            'ScaledObject dev/web: spec.scaleTargetRef.envSourceContainerName is "worker"; allowed: a container of Deployment web: app; KEDA finds no such container'
        ],
    ),
    Case(
        "environment-container-exists",
        "no such container of a job",
        [obj("ScaledJob", "web", f"{JOB}envSourceContainerName: worker")],
        [
            'ScaledJob dev/web: spec.envSourceContainerName is "worker"; allowed: a container of the Job it starts: app, side; KEDA finds no such container'
        ],
    ),
    Case(
        "environment-container-exists",
        "one that is there, and one of a target that is not",
        [
            workload(),
            scaler() | {"spec": {"scaleTargetRef": {"name": "web", "envSourceContainerName": "app"}}},
            scaler() | {"spec": {"scaleTargetRef": {"name": "api", "envSourceContainerName": "worker"}}},
        ],
    ),
    Case(
        "authentication-environment-exists",
        "of no container of the target, told once",
        [
            workload(container="env: [{name: HOST, value: redis.dev}]"),
            authentication(
                "env: [{parameter: host, name: HOST}, {parameter: password, name: PASSWORD}, {parameter: port, name: PORT, containerName: side}]"
            ),
            one("redis", "listName: a", WITH),
            one("redis", "listName: b", WITH),
        ],
        [
            'TriggerAuthentication dev/redis: spec.env[1].name is "PASSWORD"; allowed: a variable in env or envFrom of container app of Deployment web; KEDA would log in with an empty text',
            'TriggerAuthentication dev/redis: spec.env[2].name is "PORT"; allowed: a variable in env or envFrom of container side of Deployment web; KEDA would log in with an empty text',
        ],
    ),
    Case(
        "authentication-environment-exists",
        "there, and of a target that is not",
        [
            workload(container="env: [{name: HOST, value: redis.dev}]"),
            authentication("env: [{parameter: host, name: HOST, containerName: app}]"),
            authentication("env: [{parameter: host, name: ANY}]", "other"),
            one("redis", "listName: a", WITH),
            scaler(
                "api",
                target="api",
                triggers="[{type: redis, metadata: {listName: a}, authenticationRef: {name: other}}]",
            ),
        ],
    ),
]
