"""Flower: a page of Celery's tasks and workers, behind a login."""

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs import _templates
from examx_constructs._objects import metadata
from examx_constructs._strict import strict
from examx_constructs.django import DjangoApp
from examx_constructs.extras import additions
from examx_constructs.monitoring.one_pod import one_pod, service_of
from examx_constructs.pods import (
    Probes,
    Timing,
    config_map,
    container,
    http_probe,
    scratch,
    variables,
)
from examx_constructs.settings import Duration, FlowerSettings, PodExtras, SettingError
from examx_constructs.settings.flower import FLOWER_LOGIN_KEY, FLOWER_NAME, FLOWER_PORT, FLOWER_SCRATCH
from examx_constructs.settings.naming import checked_name, selector
from examx_constructs.settings.paths import SCRATCH_PATH
from examx_constructs.settings.pod_extras import NOTHING

_PATH = "/etc/celery-flower"


class Flower(Construct):
    """A page of Celery's tasks and workers, of what workers tell (`-E`): it asks them nothing, and obeys no click.

    It shows the arguments of tasks, so nobody sees it without the login of `settings.login`. With `settings.path` the
    addresses of its pages begin so, for an Ingress that leads there. It forgets all when it restarts: what lasts is
    told by metrics. Its image is not the application's, which need not have Flower.

    Raises SettingError for an app without Redis: there would be nothing to show.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        settings: FlowerSettings,
        name: str = FLOWER_NAME,
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        if app.redis is None:
            raise SettingError("Flower.app.redis", None, "it must be given: there are no tasks without a broker")
        checked_name("Flower.name", name)
        self.labels = app.application.labels(instance=name, component="flower")
        self.selector = selector(name)
        prefix = settings.path or ""
        health = f"{prefix}/healthcheck"
        self.config_map = k8s.KubeConfigMap(
            self,
            "config-map",
            metadata=metadata(f"{name}-config", labels=self.labels),
            data={"celeryconfig.py": _templates.render("monitoring/celeryconfig.py")},
        )
        checked = {
            "alb.ingress.kubernetes.io/healthcheck-path": health,
            "alb.ingress.kubernetes.io/healthcheck-port": "traffic-port",
        }
        self.service = service_of(
            self, labels=self.labels, port=("http", FLOWER_PORT), annotations=checked if settings.path else None
        )
        mounts = [
            *app.redis.mounts,
            config_map("config", self.config_map.name, _PATH),
            scratch("tmp", SCRATCH_PATH, FLOWER_SCRATCH),
        ]
        added = additions(extras, mounts)
        self.deployment = one_pod(
            self,
            scope,
            app=app,
            labels=self.labels,
            container=container(
                name="flower",
                image=settings.image,
                command=["celery", "flower"],
                resources=settings.resources,
                mounts=[*mounts, *added.mounts],
                variables=[*_variables(app, settings), *added.variables],
                variable_sets=added.variable_sets,
                ports={"http": FLOWER_PORT},
                probes=_probes(health),
            ),
            mounts=mounts,
            added=added,
        )


def _variables(app: DjangoApp, settings: FlowerSettings) -> list[k8s.EnvVar]:
    """Set its options, which it takes of variables (Flower 2.1, flower/command.py)."""
    redis = app.redis
    user = redis.address.user if redis else None
    login = k8s.SecretKeySelector(name=settings.login.name, key=FLOWER_LOGIN_KEY)
    own = {
        **({"REDIS_USER": user} if user else {}),
        "PYTHONPATH": _PATH,
        "HOME": SCRATCH_PATH,
        "FLOWER_PORT": str(FLOWER_PORT),
        "FLOWER_READ_ONLY": "true",
        # It is behind a load balancer, which says who asks.
        "FLOWER_XHEADERS": "true",
        "FLOWER_PURGE_OFFLINE_WORKERS": "300",
        **({"FLOWER_URL_PREFIX": settings.path.removeprefix("/")} if settings.path else {}),
    }
    return [
        *(redis.variables if redis else []),
        *variables(own),
        k8s.EnvVar(name="FLOWER_BASIC_AUTH", value_from=k8s.EnvVarSource(secret_key_ref=login)),
    ]


def _probes(path: str) -> Probes:
    answers = Timing(period=Duration("10s"), timeout=Duration("5s"), failures=3)
    starts = Timing(period=Duration("5s"), timeout=Duration("5s"), failures=24)
    hangs = Timing(period=Duration("30s"), timeout=Duration("5s"), failures=4)
    return Probes(
        startup=http_probe(path, FLOWER_PORT, starts),
        readiness=http_probe(path, FLOWER_PORT, answers),
        liveness=http_probe(path, FLOWER_PORT, hangs),
    )
