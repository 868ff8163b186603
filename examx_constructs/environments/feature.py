"""Feature environments: a branch with a host and a namespace of its own, beside dev, small, and only for a while."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from attrs import evolve

from examx_constructs.environments import levels
from examx_constructs.environments.dev import dev
from examx_constructs.environments.errors import placed
from examx_constructs.environments.shared import DEV_HOST, DEV_STG_CLUSTER, role_arn
from examx_constructs.settings import (
    Access,
    BackendSettings,
    ConfigurationError,
    Duration,
    EfsClaim,
    EfsStorageClass,
    Environment,
    ImageReference,
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
from examx_constructs.settings._value import setting, value
from examx_constructs.settings.branch import branch_name, label_form, slug
from examx_constructs.settings.naming import BRANCH_KEY, EXPIRES_ANNOTATION, OWNER_KEY, SLUG_KEY

PREFIX = "feat-"
"""What the names of feature environments and of their namespaces begin with, and the tags of images built for them."""

_SUFFIX = "-examxv2"

LABELS = {"environment": "feature", "tier": "feat"}
"""What every object of every feature environment carries."""

CLUSTER = DEV_STG_CLUSTER
"""The cluster that feature environments live in: dev's."""

LOAD_BALANCERS = ("examx-cloud",)
"""The IngressGroups that feature environments are spread over. Each is a load balancer, and none is that of dev: what
is wrong with one member stops its whole group."""

ROOM = 90
"""How many feature environments a load balancer gets. Each takes one of its 100 rules and one of its 100 target groups
(AWS, ALB quotas); the controller's own code (v3.5.0) had room for the targets of 95. Some are left for those who ask at
the same moment, because one too many stops all."""

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
_LONGEST_OWNER = 100
_YEARS = range(2000, 9999)
MOMENT = "it must be a moment with a time zone, such as 2030-01-31T18:00:00Z"


def _owner(given: object) -> str | None:
    owner = str(given)
    if owner.isprintable() and owner == owner.strip() and 0 < len(owner) <= _LONGEST_OWNER:
        return None
    return f"it must be a name or an address, at most {_LONGEST_OWNER} characters, all of which can be seen"


def _moment(given: object) -> str | None:
    return None if isinstance(given, datetime) and given.tzinfo and given.year in _YEARS else MOMENT


@value
class Feature:
    """A branch that wants an environment: who asked for it, what it runs, until when.

    `env_secret`: a Secret of its own namespace with a `.env`, instead of dev's.
    """

    branch: str = setting(branch_name)
    image: ImageReference
    owner: str = setting(_owner)
    expires: datetime = setting(_moment)
    env_secret: KubernetesSecret | None = None

    @property
    def slug(self) -> str:
        """What stands for the branch in names."""
        return slug(self.branch)

    @property
    def name(self) -> str:
        """The name of the environment."""
        return f"{PREFIX}{self.slug}"

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return namespace_of(self.slug)

    @property
    def host(self) -> str:
        """Where a browser finds it."""
        return host_of(self.slug)

    @property
    def labels(self) -> dict[str, str]:
        """What every object carries, for finding the environments of an owner or of a branch."""
        found_by = {SLUG_KEY: self.slug, OWNER_KEY: label_form(self.owner), BRANCH_KEY: label_form(self.branch)}
        return {**LABELS, **found_by}

    @property
    def annotations(self) -> dict[str, str]:
        """What the Namespace remembers, in full. When it was made, the API server notes itself."""
        return {OWNER_KEY: self.owner, BRANCH_KEY: self.branch, EXPIRES_ANNOTATION: rfc3339(self.expires)}


def rfc3339(moment: datetime) -> str:
    """Return a moment as the annotations have it: in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def namespace_of(slug: str) -> str:
    """Return the namespace of the environment with that slug."""
    return f"{PREFIX}{slug}{_SUFFIX}"


def is_namespace(name: str) -> bool:
    """Return whether a name is one that namespaces of feature environments have."""
    return name.startswith(PREFIX) and name.endswith(_SUFFIX)


def host_of(slug: str) -> str:
    """Return the host of the environment with that slug."""
    return f"{slug}.{DEV_HOST}"


def feature(wanted: Feature, *, load_balancers: tuple[str, ...] = LOAD_BALANCERS) -> Environment:
    """Make dev with names of its own and less of everything: workers sleep, Redis forgets, nodes may be Spot."""
    parent = dev(wanted.image)
    return evolve(
        parent,
        name=wanted.name,
        namespace=wanted.namespace,
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
            host=wanted.host,
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
    taken: dict[str, str] = {}
    environments: list[Environment] = []
    for each in wanted:
        if each.slug in taken:
            raise ConfigurationError(f"environment {each.name}: {_both(taken[each.slug], each.branch)}")
        taken[each.slug] = each.branch
        environments.append(placed(each.name, feature, each))
    return environments


def _both(one: str, other: str) -> str:
    if one == other:
        return f'branch "{one}" is declared twice; once is enough'
    return f'branches "{one}" and "{other}" have the same slug; rename one of them'


def _sleeping(queue: Queue) -> Queue:
    """Return one worker at most, and none while there is nothing to do.

    A task that runs is no longer in the list that KEDA counts, so a worker gets the time of its longest task, and a
    margin, before it is stopped. Even then it is stopped warm.
    """
    return evolve(queue, replicas=_NONE_OR_ONE, cooldown=queue.longest_task + _MARGIN)


def load_balancer(slug: str, load_balancers: tuple[str, ...] = LOAD_BALANCERS) -> str:
    """Return the load balancer of a slug: always the same.

    A further one only takes its share of all (rendezvous hashing).
    """
    return max(load_balancers, key=lambda name: sha256(f"{name} {slug}".encode()).digest())
