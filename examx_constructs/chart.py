"""One environment as a chart: which constructs, in which order, with which values."""

from cdk8s import Chart
from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._strict import strict
from examx_constructs.access import DeployerAccess, DutyAccess, ObserverAccess, RestrictedNamespace, WorkloadIdentity
from examx_constructs.admission import DeployerPolicy
from examx_constructs.backend import Backend
from examx_constructs.celery import CeleryBeat, CeleryWorker
from examx_constructs.chart_monitoring import monitor, monitoring_flows
from examx_constructs.django import DjangoApp
from examx_constructs.ingress import AlbIngress
from examx_constructs.jobs import Migration, ScheduledTask
from examx_constructs.monitoring.flower import Flower
from examx_constructs.network import (
    DefaultDeny,
    ExternalFlows,
    GuestFlows,
    IncomingFromNetworks,
    InternalFlow,
    ServiceFlows,
)
from examx_constructs.nginx import NginxConfig
from examx_constructs.pods import Mount
from examx_constructs.quota import NamespaceQuota
from examx_constructs.redis import PODS as REDIS_PODS
from examx_constructs.redis import redis
from examx_constructs.secrets import AwsSecrets, ExistingSecret
from examx_constructs.settings import EfsClaim, Environment, ExternalFlow, ExternalRedis, KubernetesSecret, PodExtras
from examx_constructs.settings.environment import BEAT_NAME
from examx_constructs.settings.flower import FLOWER_NAME
from examx_constructs.settings.naming import (
    FOREIGN_AUTHENTICATIONS_ANNOTATION,
    FOREIGN_CLAIMS_ANNOTATION,
    FOREIGN_CONFIG_MAPS_ANNOTATION,
    FOREIGN_SECRETS_ANNOTATION,
    REDIS_SECRETS,
    application_selector,
    component_selector,
    merged,
)
from examx_constructs.settings.redis import MADE_PASSWORDS
from examx_constructs.settings.secrets import ENV_FILE
from examx_constructs.storage import EfsDirectory, EfsStorage


class ExamxChart(Chart):
    """An application in one namespace, ExamX by default.

    Only here is an Environment read: the constructs take plain values and each other. Objects are in the order in which
    they apply: namespace, identities, network, secrets, storage, Redis, processes.
    """

    @strict
    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            environment.name,
            namespace=environment.namespace,
            labels=dict(environment.labels),
            disable_resource_name_hashes=True,
        )
        self.environment, self._application = environment, environment.application
        identity = self._access()
        self._network()
        env_file, media = self._env_file(), self._media()
        self.redis = redis(
            self,
            "redis",
            shape=environment.redis,
            application=self._application,
            extras={each: environment.own_extras(each) for each in environment.redis.workloads},
            exporter=environment.monitoring is not None and environment.monitoring.redis is not None,
        )
        self.app = DjangoApp(
            image=environment.image,
            application=self._application,
            identity=identity,
            env_file=env_file,
            files=self._secret_files(),
            media=media,
            redis=self.redis.connection,
            variables={"NAMESPACE": environment.namespace, **environment.variables},
            telemetry=environment.telemetry,
            spot=environment.spot,
            extras=environment.extras,
        )
        if environment.migration:
            size = environment.scratch.beat
            extras = self._extras(self._application.migration)
            Migration(self, "migration", app=self.app, settings=environment.migration, scratch_size=size, extras=extras)
        self.flower = self._flower()
        self.backend = self._backend()
        self.workers = [
            CeleryWorker(
                self,
                f"worker-{queue.worker}",
                app=self.app,
                queue=queue,
                resources=environment.worker_resources,
                scratch_size=environment.scratch.worker,
                extras=self._extras(queue.worker),
            )
            for queue in environment.queues
        ]
        self.beat = CeleryBeat(
            self,
            "celery-beat",
            app=self.app,
            resources=environment.beat_resources,
            scratch_size=environment.scratch.beat,
            extras=self._extras(BEAT_NAME),
        )

        for task in environment.scheduled_tasks:
            size = environment.scratch.beat
            extras = self._extras(task.name)
            ScheduledTask(self, f"task-{task.name}", app=self.app, settings=task, scratch_size=size, extras=extras)
        if environment.monitoring:
            self.queue_metrics = monitor(self, environment, environment.monitoring, app=self.app)

    def _extras(self, workload: str) -> PodExtras:
        return self.environment.own_extras(workload)

    def _flower(self) -> Flower | None:
        environment = self.environment
        if environment.monitoring is None or environment.monitoring.flower is None:
            return None
        settings, extras = environment.monitoring.flower, environment.extras_of(FLOWER_NAME)
        return Flower(self, "flower", app=self.app, settings=settings, extras=extras)

    def _access(self) -> WorkloadIdentity:
        environment, access = self.environment, self.environment.access
        RestrictedNamespace(
            self,
            "namespace",
            name=environment.namespace,
            cluster=environment.cluster,
            cluster_versions=environment.cluster_versions,
            readiness_gates=True,
            guests=[guest.app for guest in environment.guests],
            annotations=merged(environment.annotations, _foreign(environment)),
        )
        if environment.limits:
            NamespaceQuota(
                self, "limits", limits=environment.limits, pods=environment.all_pods, application=self._application
            )
        if access.deployer_group and access.admission_policy:
            DeployerPolicy(
                self,
                "deployer-policy",
                namespace=environment.namespace,
                group=access.deployer_group,
                images=_images(environment),
                secrets=[REDIS_SECRETS],
            )
        if access.deployer_group:
            DeployerAccess(
                self,
                "deployer",
                namespace=environment.namespace,
                group=access.deployer_group,
                application=self._application,
                jobs=environment.runs_jobs,
                monitoring=environment.monitoring is not None,
            )
        if access.observer_group:
            ObserverAccess(
                self,
                "observer",
                namespace=environment.namespace,
                group=access.observer_group,
                application=self._application,
                jobs=environment.runs_jobs,
                monitoring=environment.monitoring is not None,
            )
        if access.duty_group:
            DutyAccess(
                self,
                "duty",
                namespace=environment.namespace,
                group=access.duty_group,
                application=self._application,
                jobs=environment.runs_jobs,
                monitoring=environment.monitoring is not None,
            )
        return WorkloadIdentity(self, "identity", name=access.service_account, role_arn=access.role_arn)

    def _network(self) -> None:
        app_pods = application_selector(self._application.name)
        network, redis_ports = self.environment.network, self.environment.redis.pod_ports
        IncomingFromNetworks(
            self,
            "load-balancer",
            name="backend-from-load-balancer",
            pods=component_selector(application=self._application.name, component="backend"),
            port=self.environment.nginx.listen_port,
            health_port=self.environment.nginx.health_port,
            cidrs=network.load_balancer_cidrs,
            namespaces=network.metrics_namespaces,
        )
        flows = (*network.external_flows, *_external_redis(self.environment))
        ExternalFlows(self, "external", name="app-to-external", pods=app_pods, flows=flows)
        if redis_ports:
            InternalFlow(
                self,
                "app-to-redis",
                name="app-to-redis",
                clients=app_pods,
                servers=REDIS_PODS,
                ports=redis_ports,
                namespaces=(network.keda_namespace,),
            )
        if len(redis_ports) > 1:
            InternalFlow(
                self, "redis-peers", name="redis-peers", clients=REDIS_PODS, servers=REDIS_PODS, ports=redis_ports
            )
        if telemetry := self.environment.telemetry:
            ServiceFlows(self, "telemetry", name="app-to-telemetry", pods=app_pods, services=telemetry.servers)
        if monitoring := self.environment.monitoring:
            monitoring_flows(self, self.environment, monitoring)
        if guests := self.environment.guests:
            GuestFlows(self, "guests", guests=[guest.app for guest in guests])
        # Last, so that an apply over what runs never denies a flow before it is allowed.
        DefaultDeny(self, "network", dns_cidrs=network.dns_cidrs)

    def _env_file(self) -> AwsSecrets | ExistingSecret:
        secret = self.environment.env_file
        if isinstance(secret, KubernetesSecret):
            return ExistingSecret(name=secret.name)
        return AwsSecrets(self, "secrets", name=self._application.secrets, files={ENV_FILE: secret})

    def _secret_files(self) -> list[Mount]:
        return [
            AwsSecrets(self, f"secret-file-{each.name}", name=each.name, files={each.file: each.secret}).mount_file(
                each.file, each.path
            )
            for each in self.environment.secret_files
        ]

    def _media(self) -> EfsStorage | EfsDirectory:
        media = self.environment.media
        if isinstance(media, EfsClaim):
            return EfsDirectory(self, "media", claim=media, application=self._application)
        return EfsStorage(self, "media", volume=media, application=self._application)

    def _backend(self) -> Backend:
        environment = self.environment
        nginx = NginxConfig(
            self,
            "nginx",
            settings=environment.nginx,
            client_tls=environment.ingress.client_tls,
            load_balancer_cidrs=environment.network.load_balancer_cidrs,
            memory=environment.backend.nginx_resources.memory_limit,
            application=self._application,
            metrics=environment.monitoring.listener(environment.ingress.host) if environment.monitoring else None,
        )
        backend = Backend(
            self,
            "backend",
            app=self.app,
            settings=environment.backend,
            nginx=nginx,
            host=environment.ingress.host,
            scratch_size=environment.scratch.backend,
            extras=self._extras(self._application.backend),
        )
        ingress = AlbIngress(
            self,
            "ingress",
            settings=environment.ingress,
            service=backend.service,
            others=self._pages(backend.service),
            deregistration_delay=environment.backend.rollout.deregistration_delay,
            idle_timeout=environment.nginx.request_timeout,
            application=self._application,
        )
        # A readiness gate is put into pods that start once the controller leads to their Service. It learns that from
        # the Ingress: the sooner this is there, the fewer pods of a first apply have none.
        backend.deployment.add_dependency(ingress)
        return backend

    def _pages(self, backend: k8s.KubeService) -> dict[str, k8s.KubeService]:
        """Return what the load balancer leads to beside the application.

        Flower's metrics are not among it: they ask for no login.
        """
        monitoring = self.environment.monitoring
        path = monitoring.flower.path if monitoring and monitoring.flower else None
        return {f"{path}/metrics": backend, path: self.flower.service} if path and self.flower else {}


def _images(environment: Environment) -> list[str]:
    """Return the repositories whose images the namespace runs."""
    redis = environment.redis
    own = [environment.image, *([] if isinstance(redis, ExternalRedis) else [redis.image])]
    extras = [each for workload in environment.workloads for each in environment.extras_of(workload).images]
    flower = environment.monitoring.flower if environment.monitoring else None
    own += [flower.image] if flower else []
    return [*dict.fromkeys([*(each.source for each in own), *extras, *environment.access.other_images])]


def _foreign(environment: Environment) -> dict[str, str]:
    """Return what the manifests name and others make."""
    passwords = None if isinstance(environment.redis, ExternalRedis) else environment.redis.passwords
    flower = environment.monitoring.flower if environment.monitoring else None
    named_secrets = (environment.env_file, environment.nginx.viewer_key, passwords, flower.login if flower else None)
    given = (each for each in named_secrets if isinstance(each, KubernetesSecret) and each != MADE_PASSWORDS)
    extras = [environment.extras_of(workload) for workload in environment.workloads]
    secrets = {each.name for each in given}.union(*(each.named("Secret") for each in extras))
    # An exporter beside a Redis names them as well.
    secrets -= {MADE_PASSWORDS.name} if passwords == MADE_PASSWORDS else set[str]()
    authentications = {each for queue in environment.queues for each in queue.authentications}
    named = {
        FOREIGN_SECRETS_ANNOTATION: secrets,
        FOREIGN_CONFIG_MAPS_ANNOTATION: {name for each in extras for name in each.named("ConfigMap")},
        FOREIGN_CLAIMS_ANNOTATION: {name for each in extras for name in each.named("PersistentVolumeClaim")},
        FOREIGN_AUTHENTICATIONS_ANNOTATION: authentications,
    }
    return {annotation: ",".join(sorted(names)) for annotation, names in named.items() if names}


def _external_redis(environment: Environment) -> list[ExternalFlow]:
    shape = environment.redis
    return [ExternalFlow(name="redis", port=shape.port, cidrs=shape.cidrs)] if isinstance(shape, ExternalRedis) else []
