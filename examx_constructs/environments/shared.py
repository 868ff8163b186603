"""Figures that every environment shares, here once."""

from examx_constructs.settings import (
    ClusterVersions,
    Duration,
    Frontend,
    Queue,
    Replicas,
    SecretFile,
    SecretsManagerSecret,
)

DEV_STG_CLUSTER = "dev-stg-cluster"
DEV_STG_VERSIONS = ClusterVersions(kubernetes="1.34", keda="2.17")
"""What runs in it: to be raised before it is upgraded, for the rules on manifests judge by it."""
PRODUCTION_CLUSTER = "greatify-production-cluster"
PRODUCTION_VERSIONS = ClusterVersions(kubernetes="1.34", keda="2.17")
DEV_HOST = "examx.cloud"
"""The host of dev; feature environments are below it."""
DEPLOYERS = "examxv2-deployers"
"""Who may deploy to every environment but those of branches."""
OBSERVERS = "examxv2-observers"
"""Who may read what runs in every environment but those of branches."""
MEDIA_CLASS = "standard"
"""What the media volumes and their claims say, as they were bound before this project rendered them."""
FRONTEND = Frontend(service="examxv2-frontend-service")
"""What answers `/`. Others deploy it, into the same namespace."""


def secret_arn(name: str) -> str:
    """Return the ARN of a secret of this account, by its full name, random suffix included."""
    return f"arn:aws:secretsmanager:ap-south-1:399600302704:secret:{name}"


def google_credentials(secret: SecretsManagerSecret) -> SecretFile:
    """Return the service account of Google, where the application looks for it."""
    return SecretFile(
        name="examxv2-google-credentials",
        secret=secret,
        file="google-credentials.json",
        path="/app/google-credentials.json",
    )


def certificate_arn(certificate: str) -> str:
    """Return the ARN of a certificate of this account, by its id."""
    return f"arn:aws:acm:ap-south-1:399600302704:certificate/{certificate}"


def role_arn(name: str) -> str:
    """Return the ARN of a role of this account, by its name."""
    return f"arn:aws:iam::399600302704:role/{name}"


def queues(
    *,
    gevent_concurrency: int,
    prefork_concurrency: int,
    default: Replicas,
    bulk_upload: Replicas,
    question_enrichment: Replicas,
    question_generator_ai: Replicas,
) -> tuple[Queue, ...]:
    """Return the four queues, with an environment's own concurrency and replicas."""
    return (
        Queue(
            name="default",
            worker="celery-worker-default",
            pool="gevent",
            concurrency=gevent_concurrency,
            longest_task=Duration("120s"),
            list_length=10,
            polling_interval=Duration("15s"),
            cooldown=Duration("60s"),
            replicas=default,
            # Some of its tasks use Django's models inside of an event loop, which Django refuses otherwise.
            variables={"DJANGO_ALLOW_ASYNC_UNSAFE": "true"},
        ),
        Queue(
            name="bulk_upload",
            worker="celery-bulk-upload-worker",
            pool="prefork",
            concurrency=prefork_concurrency,
            longest_task=Duration("900s"),
            list_length=3,
            polling_interval=Duration("10s"),
            cooldown=Duration("120s"),
            replicas=bulk_upload,
        ),
        Queue(
            name="question_enrichment",
            worker="celery-enrichment-worker",
            pool="gevent",
            concurrency=gevent_concurrency,
            longest_task=Duration("300s"),
            list_length=5,
            polling_interval=Duration("15s"),
            cooldown=Duration("60s"),
            replicas=question_enrichment,
        ),
        Queue(
            name="question_generator_ai",
            worker="celery-question-generator-ai-worker",
            pool="gevent",
            concurrency=gevent_concurrency,
            longest_task=Duration("600s"),
            list_length=2,
            polling_interval=Duration("10s"),
            cooldown=Duration("120s"),
            replicas=question_generator_ai,
        ),
    )
