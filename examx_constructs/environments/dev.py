"""Development."""

from examx_constructs.environments import levels
from examx_constructs.environments.observability import METRICS_PATH, dev_telemetry
from examx_constructs.environments.shared import (
    DEPLOYERS,
    DEV_HOST,
    DEV_STG_CLUSTER,
    DEV_STG_VERSIONS,
    FRONTEND,
    MEDIA_CLASS,
    OBSERVERS,
    google_credentials,
    queues,
    secret_arn,
)
from examx_constructs.settings import (
    Access,
    BackendSettings,
    Duration,
    EfsVolume,
    Environment,
    ImageReference,
    IngressSettings,
    NetworkSettings,
    Quantity,
    RedisPersistence,
    Replicas,
    Resources,
    SecretsManagerSecret,
    StandaloneRedis,
    StandardBurst,
)


def dev(image: ImageReference) -> Environment:
    """Return the environment that every merge is tried in."""
    return Environment(
        name="dev",
        cluster=DEV_STG_CLUSTER,
        cluster_versions=DEV_STG_VERSIONS,
        namespace="dev-examxv2",
        labels={"environment": "development", "tier": "dev"},
        access=Access(service_account="dev-examxv2-sa", deployer_group=DEPLOYERS, observer_group=OBSERVERS),
        image=image,
        backend=BackendSettings(
            workers=2,
            resources=Resources.of("1", "4Gi", "2", "8Gi"),
            nginx_resources=Resources.of("100m", "128Mi", "500m", "512Mi"),
            replicas=Replicas.between(1, 2),
            metrics_path=METRICS_PATH,
        ),
        queues=queues(
            gevent_concurrency=25,
            prefork_concurrency=1,
            default=Replicas.between(1, 3),
            bulk_upload=Replicas.between(1, 2),
            question_enrichment=Replicas.between(1, 3),
            question_generator_ai=Replicas.between(1, 2),
        ),
        service_levels={
            "default": levels.default(Duration("45s"), StandardBurst(tasks=75)),
            "bulk_upload": levels.bulk_upload(Duration("180s"), StandardBurst(tasks=6)),
            "question_enrichment": levels.question_enrichment(Duration("45s"), StandardBurst(tasks=75)),
            "question_generator_ai": levels.question_generator_ai(Duration("45s"), StandardBurst(tasks=50)),
        },
        worker_resources=Resources.of("1", "4Gi", "2", "6Gi"),
        beat_resources=Resources.of("1", "4Gi", "2", "6Gi"),
        redis=StandaloneRedis(
            resources=Resources.of("250m", "1Gi", "500m", "2Gi"),
            persistence=RedisPersistence(size=Quantity("5Gi"), storage_class="gp2"),
        ),
        # No other hosts: *.examx.cloud belongs to the branches. Without the ARN of a certificate the controller looks
        # for one that covers every host named here.
        ingress=IngressSettings(host=DEV_HOST, frontend=FRONTEND),
        env_file=SecretsManagerSecret(arn=secret_arn("examxv2-secrets-1uLP4S")),
        secret_files=(
            google_credentials(SecretsManagerSecret(arn=secret_arn("examxv2-backend-googlecredentials-dev-zQode4"))),
        ),
        media=EfsVolume(
            file_system="fs-0ee8c9ed45115bb36",
            capacity=Quantity("10Gi"),
            name="dev-examxv2-backend-pv",
            storage_class=MEDIA_CLASS,
        ),
        network=NetworkSettings(metrics_namespaces=("observability",)),
        telemetry=dev_telemetry(),
    )
