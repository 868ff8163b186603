"""Staging."""

from examx_constructs.environments import levels
from examx_constructs.environments.observability import METRICS_PATH
from examx_constructs.environments.shared import (
    DEPLOYERS,
    DEV_STG_CLUSTER,
    DEV_STG_VERSIONS,
    FRONTEND,
    MEDIA_CLASS,
    OBSERVERS,
    certificate_arn,
    queues,
    secret_arn,
)
from examx_constructs.settings import (
    Access,
    BackendSettings,
    ClientTlsPassthrough,
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
    StandardExamDay,
)


def stg(image: ImageReference) -> Environment:
    """Return the environment that a release is tried in: production's sizes, fewer replicas."""
    return Environment(
        name="stg",
        cluster=DEV_STG_CLUSTER,
        cluster_versions=DEV_STG_VERSIONS,
        namespace="stg-examxv2",
        labels={"environment": "staging", "tier": "stg"},
        access=Access(service_account="examxv2-stg-secret-service", deployer_group=DEPLOYERS, observer_group=OBSERVERS),
        image=image,
        backend=BackendSettings(
            workers=4,
            resources=Resources.of("2", "8Gi", "4", "16Gi"),
            nginx_resources=Resources.of("100m", "128Mi", "500m", "512Mi"),
            replicas=Replicas.between(1, 2),
            metrics_path=METRICS_PATH,
        ),
        queues=queues(
            gevent_concurrency=50,
            prefork_concurrency=1,
            default=Replicas.between(1, 10),
            bulk_upload=Replicas.between(1, 5),
            question_enrichment=Replicas.between(1, 8),
            question_generator_ai=Replicas.between(1, 4),
        ),
        service_levels={
            "default": levels.default(Duration("60s"), StandardBurst(tasks=500), StandardExamDay(students=2000)),
            "bulk_upload": levels.bulk_upload(Duration("180s"), StandardBurst(tasks=15)),
            "question_enrichment": levels.question_enrichment(Duration("60s"), StandardBurst(tasks=400)),
            "question_generator_ai": levels.question_generator_ai(Duration("60s"), StandardBurst(tasks=200)),
        },
        worker_resources=Resources.of("1", "4Gi", "2", "8Gi"),
        beat_resources=Resources.of("1", "4Gi", "2", "8Gi"),
        redis=StandaloneRedis(
            resources=Resources.of("250m", "1Gi", "500m", "2Gi"),
            persistence=RedisPersistence(size=Quantity("5Gi"), storage_class="gp2"),
        ),
        ingress=IngressSettings(
            host="examx.co",
            other_hosts=("*.examx.co",),
            certificate_arn=certificate_arn("3ac85857-f810-414f-903b-1ab46d8e1520"),
            client_tls=ClientTlsPassthrough(),
            frontend=FRONTEND,
        ),
        env_file=SecretsManagerSecret(arn=secret_arn("examxv2-stage-secrets-DKS1E3")),
        # No secret_files: the ARN of staging's Google credentials is not known here. google_credentials() makes one.
        media=EfsVolume(
            file_system="fs-0ade740a94a90e4a7",
            capacity=Quantity("10Gi"),
            name="stg-examxv2-backend-pv",
            storage_class=MEDIA_CLASS,
        ),
        network=NetworkSettings(metrics_namespaces=("observability",)),
        # No telemetry: what staging sends, and where to, is not known here.
    )
