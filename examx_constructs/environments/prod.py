"""Production."""

from examx_constructs.environments import levels
from examx_constructs.environments.observability import METRICS_PATH, production_telemetry
from examx_constructs.environments.shared import (
    DEPLOYERS,
    FRONTEND,
    MEDIA_CLASS,
    OBSERVERS,
    PRODUCTION_CLUSTER,
    PRODUCTION_VERSIONS,
    certificate_arn,
    google_credentials,
    queues,
    secret_arn,
)
from examx_constructs.settings import (
    Access,
    AccessLogs,
    BackendSettings,
    ClientTlsPassthrough,
    Duration,
    EfsStorageClass,
    EfsVolume,
    Environment,
    ImageReference,
    IngressSettings,
    NetworkSettings,
    NginxSettings,
    Quantity,
    RedisPersistence,
    Replicas,
    ReplicatedRedis,
    Resources,
    SecretsManagerSecret,
    StandardBurst,
    StandardExamDay,
)


def prod(image: ImageReference) -> Environment:
    """Return the environment that examinations are held in."""
    return Environment(
        name="prod",
        cluster=PRODUCTION_CLUSTER,
        cluster_versions=PRODUCTION_VERSIONS,
        namespace="examxv2-production",
        labels={"environment": "production", "tier": "prod"},
        access=Access(service_account="examxv2-production-sa", deployer_group=DEPLOYERS, observer_group=OBSERVERS),
        image=image,
        image_by_digest=True,
        tags_without_digest=("prod-20261123-000000-0000000",),
        backend=BackendSettings(
            workers=4,
            resources=Resources.of("2", "8Gi", "4", "16Gi"),
            nginx_resources=Resources.of("250m", "256Mi", "1", "1Gi"),
            replicas=Replicas.between(2, 20),
            metrics_path=METRICS_PATH,
        ),
        queues=queues(
            gevent_concurrency=200,
            prefork_concurrency=3,
            default=Replicas.between(2, 20),
            bulk_upload=Replicas.between(2, 10),
            question_enrichment=Replicas.between(2, 15),
            question_generator_ai=Replicas.between(2, 12),
        ),
        service_levels={
            "default": levels.default(Duration("60s"), StandardBurst(tasks=4000), StandardExamDay(students=20_000)),
            "bulk_upload": levels.bulk_upload(Duration("90s"), StandardBurst(tasks=30)),
            "question_enrichment": levels.question_enrichment(Duration("60s"), StandardBurst(tasks=3000)),
            "question_generator_ai": levels.question_generator_ai(Duration("60s"), StandardBurst(tasks=2400)),
        },
        worker_resources=Resources.of("1", "4Gi", "2", "8Gi"),
        beat_resources=Resources.of("1", "4Gi", "2", "8Gi"),
        redis=ReplicatedRedis(
            resources=Resources.of("500m", "2Gi", "1", "4Gi"),
            sentinel_resources=Resources.of("50m", "64Mi", "200m", "128Mi"),
            replicas=Replicas.between(1, 5),
            persistence=RedisPersistence(size=Quantity("10Gi"), storage_class="gp2"),
        ),
        ingress=IngressSettings(
            host="examx.ai",
            other_hosts=("*.examx.ai",),
            certificate_arn=certificate_arn("29c7b407-7f44-4060-ab94-602a60d331a5"),
            client_tls=ClientTlsPassthrough(),
            deletion_protection=True,
            access_logs=AccessLogs(bucket="examx-v2-production-logs", prefix="ELBLogs/Backend"),
            frontend=FRONTEND,
        ),
        env_file=SecretsManagerSecret(arn=secret_arn("examxv2-prod-nmQjmP")),
        secret_files=(
            google_credentials(SecretsManagerSecret(arn=secret_arn("examxv2-backend-googlecredentials-prod-lc6rvm"))),
        ),
        media=EfsVolume(
            file_system="fs-0ed464d9fad155169",
            capacity=Quantity("10Gi"),
            name="prod-examxv2-backend-pv",
            storage_class=MEDIA_CLASS,
            provisioner=EfsStorageClass(name="examxv2-production-efs", file_system="fs-0f12217355b41f732"),
        ),
        nginx=NginxSettings(scratch_size=Quantity("16Gi")),
        network=NetworkSettings(metrics_namespaces=("grafana-cloud",)),
        telemetry=production_telemetry(),
    )
