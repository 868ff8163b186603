"""Ready-made parts for the constructs under test."""

import pytest
from cdk8s import Chart

from examx_constructs import AwsSecrets, DjangoApp, EfsStorage, NginxConfig, StandaloneServer, WorkloadIdentity
from examx_constructs.settings import (
    BackendSettings,
    ClusterService,
    Duration,
    EfsVolume,
    ImageReference,
    KubernetesSecret,
    Quantity,
    Queue,
    Replicas,
    Resources,
    SecretsManagerSecret,
    StandaloneRedis,
    Telemetry,
)
from tests.argument_types import argument_types  # noqa: F401 - a fixture

RESOURCES = Resources.of("250m", "256Mi", "500m", "512Mi")
SECRET = SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:team-a-env-AbCdEf")
PASSWORD = SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:team-a-redis-AbCdEf")
VOLUME = EfsVolume(file_system="fs-0123456789abcdef0", capacity=Quantity("1Gi"))
BACKEND = BackendSettings(workers=2, resources=RESOURCES, nginx_resources=RESOURCES, replicas=Replicas.between(1, 3))
QUEUE = Queue(
    name="reports",
    worker="reports-worker",
    pool="prefork",
    concurrency=2,
    longest_task=Duration("5m"),
    list_length=4,
    polling_interval=Duration("20s"),
    cooldown=Duration("90s"),
    replicas=Replicas.between(1, 6),
)


@pytest.fixture
def minimal_app(chart: Chart, image: ImageReference) -> DjangoApp:
    """An app with a broker and nothing else."""
    redis = StandaloneServer(chart, "redis", settings=StandaloneRedis(resources=RESOURCES, persistence=None))
    return DjangoApp(image=image, redis=redis.connection)


@pytest.fixture
def full_app(chart: Chart, image: ImageReference) -> DjangoApp:
    """An app with everything that an app may have."""
    redis = StandaloneServer(
        chart,
        "redis",
        settings=StandaloneRedis(resources=RESOURCES, persistence=None, passwords=KubernetesSecret(name="given")),
    )
    return DjangoApp(
        image=image,
        identity=WorkloadIdentity(chart, "identity", name="app"),
        env_file=AwsSecrets(chart, "secrets", name="app-secrets", files={".env": SECRET}),
        files=[
            AwsSecrets(chart, "credentials", name="app-credentials", files={"credentials.json": SECRET}).mount_file(
                "credentials.json", "/app/credentials.json"
            )
        ],
        media=EfsStorage(chart, "media", volume=VOLUME),
        redis=redis.connection,
        variables={"DJANGO_DEBUG": "False"},
        telemetry=Telemetry(
            collector=ClusterService(name="collector", namespace="monitoring", port=4317),
            service_names={"reports-worker": "reports"},
        ),
        architecture="amd64",
    )


@pytest.fixture
def nginx(chart: Chart) -> NginxConfig:
    return NginxConfig(chart, "nginx")
