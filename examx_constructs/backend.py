"""The API: gunicorn behind nginx in one pod, their Service and their autoscaler."""

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match, metadata, pod_labels, text
from examx_constructs._strict import strict
from examx_constructs.autoscaling import ResourceAutoscaler, ScaleTarget
from examx_constructs.availability import DisruptionBudget, spread
from examx_constructs.django import DjangoApp
from examx_constructs.extras import additions, with_sidecars
from examx_constructs.nginx import NginxConfig
from examx_constructs.pods import (
    Additions,
    Mount,
    Probes,
    Timing,
    container,
    http_probe,
    pause,
    pod_template,
    rolling_update,
    scratch,
)
from examx_constructs.settings import Application, BackendSettings, Duration, PodExtras, Quantity, SettingError
from examx_constructs.settings.exporters import APPLICATION_PORT_NAME
from examx_constructs.settings.naming import checked_name, merged, selector
from examx_constructs.settings.nginx import HEALTH_PATH
from examx_constructs.settings.paths import WORKER_PATH
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.scratch import SCRATCH

# Of the Service, not of the Ingress: a frontend beside it has no such port. A Service's annotation goes before that of
# its Ingress: aws-load-balancer-controller v3.5.0, pkg/ingress/model_build_target_group.go, buildTargetGroupSpec,
# merges them in this order. There pkg/algorithm/maps.go, MergeStringMap, keeps what it has first.
_HEALTH_PORT = "alb.ingress.kubernetes.io/healthcheck-port"
_KEEP_ALIVE = Duration("75s")
_KILL_WITHIN = Duration("30s")


class Backend(Construct):
    """The Django API as a Deployment that rolls without failing a request that ends in time.

    A leaving pod serves on until the load balancer has let go of it. Then what is under way gets the graceful timeout
    of `settings.rollout`: nginx quits, and gunicorn serves it until then. What takes longer than both is cut.

    Two containers of the application's image: gunicorn on loopback, nginx before it. Probes and the load balancer's
    health check have a port and a process of nginx of their own, out of clients' reach. They ask with the public `host`
    (Django refuses others) and as HTTPS (a redirect would pass for healthy). gunicorn's threads are what lets it keep
    connections alive, and answer a probe while a request takes long. `replicas` are the autoscaler's, so the Deployment
    renders none. `name`: the application's backend by default.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        settings: BackendSettings,
        nginx: NginxConfig,
        host: str,
        scratch_size: Quantity = SCRATCH.backend,
        name: str | None = None,
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        name = checked_name("Backend.name", name or app.application.backend)
        self.labels = app.application.labels(instance=name, component="backend")
        self.selector = selector(name)
        self._pod_labels = pod_labels(scope, self.labels)
        if settings.nginx_resources.memory_limit < nginx.memory:
            raise SettingError(
                "BackendSettings.nginx_resources.memory_limit",
                settings.nginx_resources.memory_limit,
                f"the least is {nginx.memory}, by which nginx's connections and buffers go: NginxConfig.memory",
            )
        metrics = _metrics(settings.metrics_path, nginx.settings.listen_port)
        self.service = k8s.KubeService(
            self,
            "service",
            metadata=metadata(
                f"{name}-service",
                labels=self.labels,
                annotations=merged({_HEALTH_PORT: str(nginx.settings.health_port)}, metrics),
            ),
            spec=k8s.ServiceSpec(
                type="ClusterIP",
                selector=self.selector,
                ports=[k8s.ServicePort(name="http", port=80, target_port=text("http"), protocol="TCP")],
            ),
        )
        self.deployment = self._deployment(
            name, app, settings, nginx, host=host, scratch_size=scratch_size, extras=app.extras + extras
        )
        self.autoscaler = ResourceAutoscaler(
            self,
            "autoscaler",
            target=ScaleTarget(workload=self.deployment, labels=self.labels, name=name),
            replicas=settings.replicas,
            utilization=settings.utilization,
            metrics=settings.metrics,
            behavior=settings.behavior,
        )
        self.disruption_budget = DisruptionBudget(
            self, "disruption-budget", name=name, selector=self.selector, labels=self.labels
        )

    def _deployment(
        self,
        name: str,
        app: DjangoApp,
        settings: BackendSettings,
        nginx: NginxConfig,
        *,
        host: str,
        scratch_size: Quantity,
        extras: PodExtras,
    ) -> k8s.KubeDeployment:
        gunicorn_mounts = [
            *app.mounts(scratch_size=scratch_size),
            scratch("gunicorn", WORKER_PATH, Quantity("16Mi"), in_memory=True),
        ]
        nginx_mounts = [
            *nginx.mounts,
            *([app.media.mount(nginx.media_root, read_only=True)] if app.media else []),
        ]
        added = additions(extras, [*gunicorn_mounts, *nginx_mounts])
        variables = app.environment(name, {"WORKERS": str(settings.workers), **settings.variables})
        return with_sidecars(k8s.KubeDeployment, added)(
            self,
            "deployment",
            metadata=metadata(name, labels=self.labels),
            spec=k8s.DeploymentSpec(
                selector=match(self.selector),
                strategy=rolling_update(),
                template=pod_template(
                    labels=self._pod_labels,
                    annotations=_metrics(settings.metrics_path, nginx.settings.listen_port),
                    service_account=app.service_account,
                    node_labels=app.node_labels,
                    spot=app.spot,
                    user=app.application.user,
                    spread=spread(self.selector),
                    grace_period=settings.rollout.grace_period,
                    mounts=[*gunicorn_mounts, *nginx_mounts],
                    containers=[
                        _gunicorn(
                            app, settings, nginx, host=host, mounts=gunicorn_mounts, variables=variables, added=added
                        ),
                        _nginx(app, settings, nginx, nginx_mounts),
                    ],
                    added=added,
                    listens=[nginx.settings.upstream_port],
                ),
            ),
        )


def _gunicorn(
    app: DjangoApp,
    settings: BackendSettings,
    nginx: NginxConfig,
    *,
    host: str,
    mounts: list[Mount],
    variables: list[k8s.EnvVar],
    added: Additions,
) -> k8s.Container:
    return container(
        name="backend",
        image=app.image,
        command=[
            "gunicorn",
            app.application.wsgi_application,
            "--bind",
            f"127.0.0.1:{nginx.settings.upstream_port}",
            "--workers",
            "$(WORKERS)",
            "--worker-class",
            "gthread",
            "--threads",
            str(settings.threads),
            "--worker-tmp-dir",
            WORKER_PATH,
            "--timeout",
            str(nginx.settings.request_timeout.seconds),
            "--graceful-timeout",
            str(settings.rollout.graceful_timeout.seconds),
            "--keep-alive",
            str(_KEEP_ALIVE.seconds),
            # nginx bounds them all; the header with a client's certificate is longer than gunicorn takes by default.
            "--limit-request-line",
            "0",
            "--limit-request-field_size",
            "65536",
            "--limit-request-fields",
            "32768",
        ],
        resources=settings.resources,
        mounts=[*mounts, *added.mounts],
        variables=[*variables, *added.variables],
        variable_sets=added.variable_sets,
        probes=_probes(app.application, nginx.settings.health_port, host),
        pre_stop=pause(settings.rollout.gunicorn_pause),
    )


def _metrics(path: str | None, port: int) -> dict[str, str]:
    """Return what Prometheus goes by.

    Of a Service it takes the address of a pod, so the port is the pod's there too.
    """
    if path is None:
        return {}
    return {"prometheus.io/path": path, "prometheus.io/port": str(port), "prometheus.io/scrape": "true"}


def _probes(application: Application, port: int, host: str) -> Probes:
    as_public = {"Host": host, "X-Forwarded-Proto": "https"}
    # Readiness takes a busy pod out of the load balancer soon; liveness kills one only when it stays that way.
    startup = Timing(period=Duration("5s"), timeout=Duration("5s"), failures=24)
    readiness = Timing(period=Duration("10s"), timeout=Duration("5s"), failures=3)
    liveness = Timing(period=Duration("30s"), timeout=Duration("10s"), failures=6, kill_within=_KILL_WITHIN)
    return Probes(
        startup=http_probe(application.health_path, port, startup, as_public),
        readiness=http_probe(application.ready_path, port, readiness, as_public),
        liveness=http_probe(application.health_path, port, liveness, as_public),
    )


def _nginx(app: DjangoApp, settings: BackendSettings, nginx: NginxConfig, mounts: list[Mount]) -> k8s.Container:
    port = nginx.settings.health_port
    readiness = Timing(period=Duration("5s"), timeout=Duration("2s"), failures=3)
    liveness = Timing(period=Duration("10s"), timeout=Duration("5s"), failures=3, kill_within=_KILL_WITHIN)
    return container(
        name="nginx",
        image=app.image,
        command=nginx.command,
        resources=settings.nginx_resources,
        mounts=mounts,
        ports={
            "http": nginx.settings.listen_port,
            "health": port,
            **({APPLICATION_PORT_NAME: nginx.metrics.port} if nginx.metrics else {}),
        },
        probes=Probes(
            readiness=http_probe(HEALTH_PATH, port, readiness), liveness=http_probe(HEALTH_PATH, port, liveness)
        ),
        pre_stop=nginx.quit_after(settings.rollout.pre_stop_pause, within=settings.rollout.graceful_timeout),
    )
