"""The environment of a branch: dev with a host and a namespace of its own, small, and only for a while."""

from collections.abc import Iterable

from attrs import evolve

from examx_constructs.environments import levels
from examx_constructs.environments.dev import dev
from examx_constructs.environments.errors import placed
from examx_constructs.environments.shared import DEV_STG_CLUSTER, role_arn
from examx_constructs.features.feature import Feature
from examx_constructs.features.load_balancers import LOAD_BALANCERS, load_balancer
from examx_constructs.features.slug import Slug
from examx_constructs.settings import (
    Access,
    BackendSettings,
    ConfigurationError,
    Duration,
    EfsClaim,
    EfsStorageClass,
    Environment,
    IngressGroup,
    KubernetesSecret,
    NamespaceLimits,
    Quantity,
    Queue,
    Replicas,
    Resources,
    ScratchSizes,
    StandaloneRedis,
    StandardBurst,
)

CLUSTER = DEV_STG_CLUSTER
"""The cluster that feature environments live in: dev's."""

STORAGE_CLASS = EfsStorageClass(
    name="examxv2-features", file_system="fs-0ee8c9ed45115bb36", base_path="/features", temporary=True
)
"""The class that an administrator applies once, and that every feature environment claims its media directory from."""

KEY_OF_VIEWERS = "viewer-key"
"""The Secret, in each namespace, of the key that lets people in: the environment runs with DJANGO_DEBUG, on the
internet. `examx feature up` makes it once."""

_ONE = Replicas.between(1, 1)
_NONE_OR_ONE = Replicas.between(0, 1)
_MARGIN = Duration("60s")


def feature(wanted: Feature, *, load_balancers: tuple[str, ...] = LOAD_BALANCERS) -> Environment:
    """Make dev with names of its own and less of everything: workers sleep, Redis forgets, nodes may be Spot."""
    parent = dev(wanted.image)
    return evolve(
        parent,
        name=wanted.slug.name,
        namespace=wanted.slug.namespace,
        labels=wanted.labels,
        annotations=wanted.annotations,
        # Who deploys branches has rights of the whole cluster, which a policy holds to their namespaces.
        access=Access(service_account="examxv2-feature-sa", role_arn=role_arn("examxv2-feature"), deployer_group=None),
        backend=BackendSettings(
            workers=1,
            resources=Resources.of("500m", "2Gi", "1", "4Gi"),
            nginx_resources=Resources.of("50m", "64Mi", "250m", "256Mi"),
            replicas=_ONE,
        ),
        queues=tuple(_sleeping(queue) for queue in parent.queues),
        service_levels={
            "default": levels.default(Duration("45s"), StandardBurst(tasks=25)),
            "bulk_upload": levels.bulk_upload(Duration("180s"), StandardBurst(tasks=3)),
            "question_enrichment": levels.question_enrichment(Duration("45s"), StandardBurst(tasks=25)),
            "question_generator_ai": levels.question_generator_ai(Duration("45s"), StandardBurst(tasks=25)),
        },
        worker_resources=Resources.of("250m", "1Gi", "500m", "2Gi"),
        beat_resources=Resources.of("100m", "512Mi", "250m", "1Gi"),
        redis=StandaloneRedis(resources=Resources.of("100m", "256Mi", "250m", "512Mi"), persistence=None, spot=True),
        ingress=evolve(
            parent.ingress,
            host=wanted.slug.host,
            group=IngressGroup(name=load_balancer(wanted.slug, load_balancers)),
            # One rule of the load balancer, which leads to the backend: no frontend runs in the namespace.
            frontend=None,
            backend_paths=(),
        ),
        env_file=wanted.env_secret or parent.env_file,
        # Their role may read dev's .env and nothing else, and a secret that cannot be read keeps pods from starting.
        secret_files=(),
        media=EfsClaim(storage_class=STORAGE_CLASS.name, capacity=Quantity("1Gi")),
        variables={
            "DJANGO_DEBUG": "True",
            "FEATURE_ENV": "true",
            # Kubernetes takes $(NAME) for a reference, and $$ for a dollar sign.
            "BRANCH_NAME": wanted.branch.replace("$", "$$"),
            "ENV_TYPE": "custom" if wanted.env_secret else "default",
        },
        # What branches do would count as dev's, in traces and in metrics.
        telemetry=None,
        network=evolve(parent.network, metrics_namespaces=()),
        guests=(),
        # A small node of Spot capacity has 20 GiB of disk, for all that runs there and for the images.
        scratch=ScratchSizes(backend=Quantity("3Gi"), worker=Quantity("2Gi"), beat=Quantity("256Mi")),
        nginx=evolve(parent.nginx, scratch_size=Quantity("3Gi"), viewer_key=KubernetesSecret(name=KEY_OF_VIEWERS)),
        limits=NamespaceLimits(container=Resources.of("100m", "128Mi", "500m", "512Mi")),
        spot=True,
    )


def features(wanted: Iterable[Feature]) -> list[Environment]:
    """Return the environments of several branches. Raises ConfigurationError where two of them would be one."""
    taken: dict[Slug, str] = {}
    environments: list[Environment] = []
    for each in wanted:
        if each.slug in taken:
            raise ConfigurationError(f"environment {each.slug.name}: {_both(taken[each.slug], each.branch)}")
        taken[each.slug] = each.branch
        environments.append(placed(each.slug.name, feature, each))
    return environments


def _both(one: str, other: str) -> str:
    if one == other:
        return f'branch "{one}" is declared twice; once is enough'
    return f'branches "{one}" and "{other}" have the same slug; rename one of them'


def _sleeping(queue: Queue) -> Queue:
    """Return one worker at most, and none while there is nothing to do.

    A task that runs is no longer in the list that KEDA counts. So a worker gets the time of its longest task, and a
    margin, before it is stopped. Even then it is stopped warm.
    """
    return evolve(queue, replicas=_NONE_OR_ONE, cooldown=queue.longest_task + _MARGIN)
