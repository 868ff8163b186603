"""An environment: every figure that one deployment of an application is made from."""

from collections import Counter
from collections.abc import Mapping

from attrs import evolve

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.application import EXAMX, Application
from examx_constructs.settings.cluster_versions import ClusterVersions
from examx_constructs.settings.deployment_bounds import DeploymentBounds
from examx_constructs.settings.guest import Guest
from examx_constructs.settings.image import ImageReference, image_repository
from examx_constructs.settings.ingress import IngressSettings
from examx_constructs.settings.jobs import MigrationSettings, ScheduledTaskSettings
from examx_constructs.settings.limits import NamespaceLimits, PodGroup
from examx_constructs.settings.monitoring import Monitoring
from examx_constructs.settings.naming import REDIS_SECRETS, dns_label, label_key, label_value
from examx_constructs.settings.network import NetworkSettings
from examx_constructs.settings.nginx import NginxSettings
from examx_constructs.settings.paths import overlap
from examx_constructs.settings.pod_extras import NOTHING, PodExtras
from examx_constructs.settings.queue import Queue
from examx_constructs.settings.redis import RedisShape
from examx_constructs.settings.refusal import SettingError, pattern
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.scratch import ScratchSizes
from examx_constructs.settings.secrets import KubernetesSecret, SecretFile, SecretsManagerSecret
from examx_constructs.settings.service_level import ServiceLevel
from examx_constructs.settings.storage import EfsClaim, EfsVolume
from examx_constructs.settings.telemetry import Telemetry
from examx_constructs.settings.variables import refuse_variables
from examx_constructs.settings.workloads import BackendSettings

BEAT_NAME = "celery-beat"


def _own_namespace(given: object) -> str | None:
    if str(given) == "default" or str(given).startswith("kube-"):
        return "it must be a namespace of its own: its other pods would be cut off and held to the restricted standard"
    return None


_GROUP = pattern(r"[^\s\x00-\x1f]+", "it must be the name of a group, without spaces")


@value
class Access:
    """Identities: the pods' ServiceAccount, and the group of people and pipelines that may deploy.

    `role_arn` is the IAM role of the ServiceAccount (IRSA). Left out, an annotation that eksctl made stays as it is. On
    a new cluster there is none, and no pod that mounts a secret starts: state it there (docs/cluster.md, Roles in IAM).
    `deployer_group` may apply what is rendered; None leaves that to those with rights of the whole cluster.
    `admission_policy` holds it to what this library renders (DeployerPolicy; Kubernetes 1.30 or newer), and to images
    of the environment's repository, of Redis' and of `other_images`. These are repositories with their registry, such
    as that of a frontend which the same group deploys. `observer_group` may read what is rendered and change nothing,
    as a schedule does that looks for drift; None gives that to nobody. `duty_group` may read what `examx status` shows,
    and logs, and change nothing; None gives that to nobody.
    """

    service_account: str = setting(dns_label)
    """Its name. It is made here, for the pods of this environment alone."""
    role_arn: str | None = setting(
        pattern(r"arn:aws(?:-[a-z]+)*:iam::\d{12}:role/[\w+=,.@/-]+", "it must be the ARN of an IAM role"), default=None
    )
    deployer_group: str | None = setting(_GROUP, default=None)
    admission_policy: bool = True
    other_images: tuple[str, ...] = setting(image_repository, default=())
    observer_group: str | None = setting(_GROUP, default=None)
    duty_group: str | None = setting(_GROUP, default=None)


@value
class Environment:
    """One deployment of an application, ExamX by default: a namespace of a cluster and all that runs in it.

    `name` is also the name of its file in dist/. `cluster_versions` are what its cluster runs: rules judge by them.
    `labels` are on every object. `variables` are plain, public environment variables of the application's processes;
    secrets come from `env_file`, and from `secret_files`, which are mounted beside it. `migration` runs before each
    rollout, `scheduled_tasks` by the clock. `guests` are what others run in the namespace. `annotations` are on the
    Namespace. `spot`: pods rather go to Spot capacity, and may be interrupted there at two minutes' notice.
    `application` says what the image has in it, and what its objects are called. `extras` are for every pod of the
    application, `workload_extras` for those of one workload, Redis among them, by its name. `image_by_digest`: a
    release of the application names its image by digest, and is verified to be of this repository's own build
    (`examx image`). `tags_without_digest` are those that ran before that was asked for, and may go on. `service_levels`
    are what queues promise, by their names: tests hold them, manifests do not show them. `monitoring` is what
    Prometheus gets. `deployment_bounds` say from when on a deployment has made something worse (`examx watch`).
    """

    name: str = setting(dns_label)
    cluster: str = setting(
        pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", "it must be an EKS cluster's name: letters, digits, '-' and '_'")
    )
    """The EKS cluster that it is in. Environments of one cluster may not render the same cluster-scoped object."""
    cluster_versions: ClusterVersions = ClusterVersions()
    namespace: str = setting(dns_label, _own_namespace)
    """A namespace of its own, with the Pod Security Standard `restricted`."""
    labels: Mapping[str, str]
    access: Access
    image: ImageReference
    image_by_digest: bool = False
    tags_without_digest: tuple[str, ...] = ()
    backend: BackendSettings
    nginx: NginxSettings = NginxSettings()
    queues: tuple[Queue, ...]
    """What Celery works on: each has a worker of its own."""
    service_levels: Mapping[str, ServiceLevel] = {}
    worker_resources: Resources
    beat_resources: Resources
    redis: RedisShape
    """Celery's broker: one server, several that fail over, or one that is run elsewhere."""
    ingress: IngressSettings
    env_file: SecretsManagerSecret | KubernetesSecret
    secret_files: tuple[SecretFile, ...] = ()
    media: EfsVolume | EfsClaim
    """Where uploads are kept, for all pods: a directory of a known EFS file system, or a claimed one."""
    network: NetworkSettings = NetworkSettings()
    variables: Mapping[str, str] = {}
    telemetry: Telemetry | None = None
    monitoring: Monitoring | None = None
    deployment_bounds: DeploymentBounds = DeploymentBounds()
    guests: tuple[Guest, ...] = ()
    annotations: Mapping[str, str] = {}
    limits: NamespaceLimits | None = None
    scratch: ScratchSizes = ScratchSizes()
    spot: bool = False
    application: Application = EXAMX
    migration: MigrationSettings | None = None
    scheduled_tasks: tuple[ScheduledTaskSettings, ...] = ()
    extras: PodExtras = NOTHING
    workload_extras: Mapping[str, PodExtras] = {}

    def __attrs_post_init__(self) -> None:
        self._check_labels()
        refuse_variables("Environment.variables", self.variables)
        self._check_secret_files()
        self._check_queues()
        self._check_service_levels()
        self._check_telemetry()
        self._check_monitoring()
        self._check_extras()
        self._check_guests()
        self._check_jobs()
        self._check_region()
        self.nginx.rooted(static=self.application.static_path, media=self.application.media_path)
        # What nginx serves at a time goes by its memory.
        self.nginx.capacity(self.backend.nginx_resources.memory_limit)
        if self.scratch.backend < self.nginx.max_body_size:
            raise SettingError(
                "ScratchSizes.backend",
                self.scratch.backend,
                f"the least is the largest upload, {self.nginx.max_body_size}: Django writes it to /tmp",
            )

    def _check_labels(self) -> None:
        for key, text in self.labels.items():
            if allowed := label_key(key):
                raise SettingError("Environment.labels key", key, allowed)
            if allowed := label_value(text):
                raise SettingError(f"Environment.labels[{key}]", text, allowed)
        for key in self.annotations:
            if allowed := label_key(key):
                raise SettingError("Environment.annotations key", key, allowed)

    def _check_secret_files(self) -> None:
        classes = [self.application.secrets, REDIS_SECRETS, *(each.name for each in self.secret_files)]
        _refuse_repeats("secret_files", "name", classes, _ONE_CLASS)
        _refuse_repeats("secret_files", "path", [each.path for each in self.secret_files], _ONE_FILE)
        for each in self.secret_files:
            if taken := overlap(each.path, self.application.mounted):
                raise SettingError("SecretFile.path", each.path, f"it must be elsewhere: the pods have {taken} already")

    def _check_queues(self) -> None:
        _refuse_repeats("queues", "queue", [name for queue in self.queues for name in queue.lists], _ONE_EACH)
        _refuse_repeats("queues", "worker", [queue.worker for queue in self.queues], _ONE_EACH)
        taken = (self.application.backend, BEAT_NAME, *self.redis.workloads, *self._monitoring_pods)
        for queue in self.queues:
            if queue.worker in taken:
                raise SettingError(
                    "Queue.worker",
                    queue.worker,
                    f"it must be another name than {', '.join(taken)}: workloads find their pods by their name",
                )

    def _check_service_levels(self) -> None:
        for name in self.service_levels:
            if name not in (known := [queue.name for queue in self.queues]):
                raise SettingError("Environment.service_levels key", name, f"it must be a queue: {', '.join(known)}")

    def _check_telemetry(self) -> None:
        processes = (self.application.backend, *(queue.worker for queue in self.queues), BEAT_NAME)
        for workload in sorted(self.telemetry.workloads if self.telemetry else ()):
            if workload not in processes:
                raise SettingError(
                    "Environment.telemetry",
                    workload,
                    f"it must name workloads of the application: {', '.join(processes)}",
                )

    def _check_monitoring(self) -> None:
        if self.monitoring is None:
            return
        ports = {getattr(self.nginx, each) for each in ("listen_port", "health_port", "upstream_port")}
        if self.monitoring.scrapes_backend and self.monitoring.metrics_port in ports:
            raise SettingError(
                "Monitoring.metrics_port",
                self.monitoring.metrics_port,
                f"it must differ from {', '.join(map(str, sorted(ports)))}: nginx and gunicorn have these",
            )
        if self.monitoring.application_path and self.backend.metrics_path:
            raise SettingError(
                "BackendSettings.metrics_path",
                self.backend.metrics_path,
                "it must be None beside Monitoring.application_path: Prometheus would count each figure twice",
            )

    def _check_extras(self) -> None:
        known = (*self.workloads, *self.job_names)
        for workload in self.workload_extras:
            if workload not in known:
                raise SettingError(
                    "Environment.workload_extras key", workload, f"it must be a workload: {', '.join(known)}"
                )
            # What both ask for is refused where it cannot be.
            self.extras_of(workload)

    def extras_of(self, workload: str) -> PodExtras:
        """Return what the pods of a workload get beside their own: Redis' have none of the application's."""
        shared = NOTHING if workload in self.redis.workloads else self.extras
        if workload in self._monitoring_pods:
            shared = shared.placement
        return shared + self.own_extras(workload)

    def own_extras(self, workload: str) -> PodExtras:
        """Return what the pods of this workload alone get: its `workload_extras`, and what tells Prometheus of it."""
        own = self.workload_extras.get(workload, NOTHING)
        if self.monitoring is None:
            return own
        if workload == self.application.backend:
            return self.monitoring.backend_extras + own
        if workload in self.redis.workloads:
            return self.monitoring.redis_extras(self.redis, workload) + own
        return own

    def _check_guests(self) -> None:
        _refuse_repeats("guests", "guest", [guest.app for guest in self.guests], "it is let in once")
        for guest in self.guests:
            if guest.app in self.workloads:
                raise SettingError(
                    "Environment.guests", guest.app, "it must be a workload that is not rendered here, as this one is"
                )

    def _check_region(self) -> None:
        """Refuse what is not of the region in which the rest is: AWS refuses all else."""
        regions = {each.region for each in (self.env_file,) if isinstance(each, SecretsManagerSecret)}
        for name, arn in self.ingress.arns.items():
            region = arn.split(":")[3]
            if regions and region not in regions:
                raise SettingError(
                    f"IngressSettings.{name}",
                    arn,
                    f"it must be of {', '.join(regions)}, as the rest is, and is of {region}: a load balancer uses "
                    "what its own region has",
                )
            regions = {region}

    def _check_jobs(self) -> None:
        names = [each.name for each in self.scheduled_tasks]
        _refuse_repeats("scheduled_tasks", "task", names, "a CronJob has one schedule")
        taken = (self.application.migration, *self.workloads)
        for name in names:
            if name in taken:
                raise SettingError(
                    "ScheduledTaskSettings.name",
                    name,
                    f"it must be another name than {', '.join(taken)}: pods are known by the name of their workload",
                )

    @property
    def jobs(self) -> tuple[PodGroup, ...]:
        """The pods of what runs to its end: of each one, and where a run replaces another, two."""
        settings = (*([self.migration] if self.migration else []), *self.scheduled_tasks)
        return tuple(
            _with(
                self.extras_of(name),
                PodGroup(
                    containers=(each.resources,),
                    most=2 if isinstance(each, ScheduledTaskSettings) and each.overlap == "Replace" else 1,
                    scratch=self.scratch.beat,
                ),
            )
            for name, each in zip(self.job_names, settings, strict=True)
        )

    @property
    def job_names(self) -> tuple[str, ...]:
        """The names of what runs to its end."""
        migration = (self.application.migration,) if self.migration else ()
        return (*migration, *(each.name for each in self.scheduled_tasks))

    @property
    def all_pods(self) -> tuple[PodGroup, ...]:
        """The pods of workloads and of jobs."""
        return (*self.pods, *self.jobs)

    @property
    def runs_jobs(self) -> bool:
        """Whether anything runs to its end here."""
        return self.migration is not None or bool(self.scheduled_tasks)

    @property
    def workloads(self) -> tuple[str, ...]:
        """The names of all Deployments and StatefulSets: each is also the label by which its pods are selected."""
        workers = (queue.worker for queue in self.queues)
        return (self.application.backend, *workers, BEAT_NAME, *self.redis.workloads, *self._monitoring_pods)

    @property
    def _monitoring_pods(self) -> Mapping[str, PodGroup]:
        return self.monitoring.workloads if self.monitoring else {}

    @property
    def pods(self) -> tuple[PodGroup, ...]:
        """The pods of the namespace: backend, workers, beat, Redis, monitoring, in the order of `workloads`."""
        backend, scratch = self.backend, self.scratch
        own = (
            PodGroup(
                containers=(backend.resources, backend.nginx_resources),
                most=backend.replicas.maximum,
                rolling=True,
                scratch=scratch.backend + self.nginx.scratch_size,
            ),
            *(
                PodGroup(
                    containers=(self.worker_resources,),
                    most=queue.replicas.maximum,
                    rolling=True,
                    scratch=scratch.worker,
                )
                for queue in self.queues
            ),
            PodGroup(containers=(self.beat_resources,), most=1, scratch=scratch.beat),
            *self.redis.pods,
            *self._monitoring_pods.values(),
        )
        return tuple(_with(self.extras_of(name), group) for name, group in zip(self.workloads, own, strict=True))


def _with(extras: PodExtras, group: PodGroup) -> PodGroup:
    return evolve(
        group,
        scratch=group.scratch + extras.scratch(extras.mounts),
        sidecars=tuple(map(extras.size_of, extras.sidecars)),
        native_sidecars=tuple(map(extras.size_of, extras.native_sidecars)),
        first=tuple(map(extras.size_of, extras.init_containers)),
    )


_ONE_EACH = "a queue has one worker, a worker one queue"
_ONE_FILE = "a path leads to one file"
_ONE_CLASS = "each is a SecretProviderClass, beside that of the .env and that of Redis"


def _refuse_repeats(where: str, what: str, names: list[str], why: str) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise SettingError(
                f"Environment.{where}", name, f"{what} {name} is there {times} times, it may be there once: {why}"
            )
