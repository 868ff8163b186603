"""Where the shop runs: a cluster for tests, and the one that customers reach."""

from attrs import evolve
from shop import SHOP, queues

from examx_constructs.settings import (
    Access,
    BackendSettings,
    Dashboards,
    EfsVolume,
    Environment,
    ExternalFlow,
    ExternalRedis,
    ExtraContainer,
    FromConfigMap,
    FromSecret,
    HttpProbe,
    ImageReference,
    IngressSettings,
    Monitoring,
    NamespaceLimits,
    NetworkSettings,
    PodExtras,
    Quantity,
    RedisPersistence,
    Replicas,
    Resources,
    SecretsManagerSecret,
    StandaloneRedis,
    Toleration,
)

IMAGE = ImageReference.parse("registry.example.com/shop/app:2026.11.1")
SMALL = Resources.of("250m", "512Mi", "1", "1Gi")

POOLER = ExtraContainer(
    name="pooler",
    image=ImageReference.parse("registry.example.com/tools/pgbouncer:1.23.1"),
    resources=Resources.of("50m", "64Mi", "200m", "128Mi"),
    variables={"DATABASE_URL": FromSecret(secret="shop-database", key="url")},  # noqa: S106 - the name of a Secret
    startup=HttpProbe(port=9127, path="/health", failures=30),
)
"""PgBouncer beside each process: it is there before the process starts, and until it has ended."""

EXTRAS = PodExtras(
    native_sidecars=(POOLER,),
    variables={
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PASSWORD": FromSecret(secret="shop-database", key="password"),  # noqa: S106 - the name of a Secret
        "SEARCH_INDEX": FromConfigMap(config_map="shop-search", key="index"),
    },
    image_pull_secrets=("registry",),
)


def test() -> Environment:
    """Return the environment where a release is tried: one of everything, and workers that sleep."""
    return Environment(
        application=SHOP,
        name="test",
        cluster="shop-test",
        namespace="shop-test",
        labels={"environment": "test"},
        access=Access(service_account="shop", deployer_group="shop-deployers"),
        image=IMAGE,
        backend=BackendSettings(workers=2, resources=SMALL, nginx_resources=SMALL, replicas=Replicas.between(1, 2)),
        queues=queues(orders=Replicas.between(0, 2), mails=Replicas.between(0, 1)),
        worker_resources=SMALL,
        beat_resources=SMALL,
        redis=StandaloneRedis(resources=SMALL, persistence=RedisPersistence(size=Quantity("2Gi"), storage_class="gp3")),
        ingress=IngressSettings(host="shop-test.example.com", backend_paths=("/api", "/static", "/media")),
        env_file=SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-test-AbCdEf"),
        media=EfsVolume(file_system="fs-0123456789abcdef0", capacity=Quantity("5Gi")),
        network=NetworkSettings(
            external_flows=(ExternalFlow(name="https", port=443), ExternalFlow(name="database", port=5432))
        ),
        monitoring=Monitoring(
            labels={"release": "kube-prometheus-stack"},
            dashboards=Dashboards(folder="Shop"),
        ),
        limits=NamespaceLimits(container=Resources.of("100m", "128Mi", "500m", "512Mi")),
        extras=EXTRAS,
    )


def live() -> Environment:
    """Return what customers reach: Redis as a service, and nodes of its own for orders."""
    tried = test()
    large = Resources.of("1", "2Gi", "2", "4Gi")
    return evolve(
        tried,
        name="live",
        cluster="shop-live",
        namespace="shop-live",
        labels={"environment": "live"},
        backend=evolve(tried.backend, workers=4, resources=large, replicas=Replicas.between(3, 12)),
        queues=queues(orders=Replicas.between(2, 10), mails=Replicas.between(0, 4)),
        worker_resources=large,
        redis=ExternalRedis(
            host="shop.abcdef.euw1.cache.amazonaws.com",
            password=SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-redis-AbCdEf"),
        ),
        ingress=evolve(tried.ingress, host="shop.example.com"),
        env_file=SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-live-AbCdEf"),
        media=EfsVolume(file_system="fs-0fedcba9876543210", capacity=Quantity("50Gi")),
        workload_extras={
            "shop-orders-worker": PodExtras(
                tolerations=(Toleration(key="dedicated", value="orders", effect="NoSchedule"),),
                priority_class="takes-orders",
                annotations={"example.com/on-call": "orders"},
            )
        },
    )
