"""Charts beside the environments, so that the schemas see every optional part of the library."""

from collections.abc import Callable
from datetime import UTC, datetime

import attrs
from cdk8s import App, Chart

from examx_constructs.celery import CeleryWorker
from examx_constructs.chart import ExamxChart
from examx_constructs.django import DjangoApp
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.features import Feature, feature
from examx_constructs.features.environment import STORAGE_CLASS
from examx_constructs.redis import ExternalServer
from examx_constructs.settings import (
    Access,
    Backlog,
    ClientTlsVerify,
    ContainerMetric,
    CronTrigger,
    Duration,
    EfsVolume,
    Environment,
    ExternalRedis,
    Fallback,
    Frontend,
    Guest,
    ImageReference,
    IngressGroup,
    KubernetesSecret,
    MigrationSettings,
    Quantity,
    QueueList,
    Replicas,
    Resources,
    ScheduledTaskSettings,
    SecretsManagerSecret,
    Utilization,
)
from examx_constructs.storage import EfsProvisioner

_IMAGE = ImageReference.parse(f"registry.example.com:5000/examx/backend:1.2.3@sha256:{'0' * 64}")
_PASSWORD = SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis-AbCdEf")
_GIVEN = KubernetesSecret(name="given-passwords")


def _environment(name: str) -> Environment:
    return ENVIRONMENTS[name](_IMAGE)


def _external_redis(app: App) -> Chart:
    redis = ExternalRedis(host="redis.example.com", port=6380, database=3, password=_PASSWORD, cidrs=("10.1.0.0/16",))
    return ExamxChart(app, attrs.evolve(_environment("dev"), redis=redis))


def _replicated_redis_with_given_passwords(app: App) -> Chart:
    environment = _environment("prod")
    return ExamxChart(app, attrs.evolve(environment, redis=attrs.evolve(environment.redis, passwords=_GIVEN)))


def _ephemeral_redis_with_given_passwords(app: App) -> Chart:
    environment = _environment("dev")
    redis = attrs.evolve(environment.redis, passwords=_GIVEN, persistence=None)
    return ExamxChart(app, attrs.evolve(environment, redis=redis))


def _full_ingress(app: App) -> Chart:
    environment = _environment("stg")
    ingress = attrs.evolve(
        environment.ingress,
        client_tls=ClientTlsVerify(trust_store="examiners", ignore_expiry=True),
        deletion_protection=True,
        frontend=Frontend(service="examxv2-frontend", port=3000),
        group=IngressGroup(name="examx", order=10),
    )
    return ExamxChart(app, attrs.evolve(environment, ingress=ingress))


def _access_point_and_role(app: App) -> Chart:
    media = EfsVolume(
        file_system="fs-0123456789abcdef0", access_point="fsap-0123456789abcdef0", capacity=Quantity("1Ti")
    )
    access = Access(service_account="examx", role_arn="arn:aws:iam::123456789012:role/examx")
    changes = {"media": media, "access": access, "variables": {"SENTRY_ENVIRONMENT": "testing"}}
    return ExamxChart(app, attrs.evolve(_environment("dev"), **changes))


def _smallest_workers(app: App) -> Chart:
    """Workers in another team's chart: without identity, secrets and media; one that falls back, one that is paused."""
    chart = Chart(app, "workers", namespace="team-a", disable_resource_name_hashes=True)
    redis = ExternalServer(chart, "redis", settings=ExternalRedis(host="redis.example.com", tls=False))
    django = DjangoApp(image=_IMAGE, redis=redis.connection)
    default, bulk_upload, *_ = _environment("dev").queues
    resources = Resources.of("500m", "512Mi", "1", "1Gi")
    CeleryWorker(
        chart,
        "default",
        app=django,
        queue=attrs.evolve(default, replicas=Replicas.between(0, 3), cooldown=Duration("1h")),
        resources=resources,
        utilization=Utilization(memory=None),
        fallback=Fallback(failure_threshold=3, replicas=2, behavior="currentReplicasIfHigher"),
    )
    CeleryWorker(chart, "bulk-upload", app=django, queue=bulk_upload, resources=resources, paused_at=1)
    return chart


def _feature(app: App, **changes: object) -> Chart:
    wanted = Feature(branch="fix/login", image=_IMAGE, owner="ada", expires=datetime(2030, 1, 31, tzinfo=UTC))
    return ExamxChart(app, feature(attrs.evolve(wanted, **changes)))


def _feature_with_custom_secret(app: App) -> Chart:
    chart = _feature(app, env_secret=KubernetesSecret(name="login-env"))
    EfsProvisioner(chart, "storage-class", settings=STORAGE_CLASS)
    return chart


def _guests_and_backlogs(app: App) -> Chart:
    environment = _environment("prod")
    first, *others = environment.queues
    plain = Backlog(server="http://prometheus.example.com:9090", threshold=1)
    backlog = attrs.evolve(plain, authentication="prometheus-auth", auth_modes=("basic",))
    queues = (attrs.evolve(first, backlog=backlog), *(attrs.evolve(each, backlog=plain) for each in others))
    return ExamxChart(app, attrs.evolve(environment, queues=queues, guests=(Guest(app="celery-flower"),)))


def _jobs_triggers_and_metrics(app: App) -> Chart:
    environment = _environment("prod")
    small = Resources.of("250m", "256Mi", "500m", "512Mi")
    task = ScheduledTaskSettings(name="clean", schedule="0 3 * * *", command=("clean",), resources=small)
    first, *others = environment.queues
    office = CronTrigger(timezone="Asia/Kolkata", start="0 8 * * 1-6", end="0 20 * * 1-6", replicas=4)
    queue = attrs.evolve(first, more_lists=(QueueList(name="low", list_length=50),), triggers=(office,))
    metric = ContainerMetric(container="backend", resource="cpu", utilization=60)
    return ExamxChart(
        app,
        attrs.evolve(
            environment,
            migration=MigrationSettings(resources=small),
            scheduled_tasks=(task, attrs.evolve(task, name="send", overlap="Replace", suspended=True)),
            queues=(queue, *others),
            backend=attrs.evolve(environment.backend, metrics=(metric,)),
        ),
    )


CHARTS: dict[str, Callable[[App], Chart]] = {
    "external-redis": _external_redis,
    "replicated-redis-with-given-passwords": _replicated_redis_with_given_passwords,
    "ephemeral-redis-with-given-passwords": _ephemeral_redis_with_given_passwords,
    "full-ingress": _full_ingress,
    "access-point-and-role": _access_point_and_role,
    "smallest-workers": _smallest_workers,
    "guests-and-backlogs": _guests_and_backlogs,
    "jobs-triggers-and-metrics": _jobs_triggers_and_metrics,
    "feature": _feature,
    "feature-with-custom-secret": _feature_with_custom_secret,
}
