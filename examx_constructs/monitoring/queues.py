"""The exporter of queue metrics: its files, its pod, its Service."""

import hashlib
import json
from collections.abc import Sequence
from importlib import resources

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata, namespace_of
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
from examx_constructs.settings import Duration, PodExtras, Queue, QueueExporter, SettingError
from examx_constructs.settings.naming import checked_name, selector
from examx_constructs.settings.paths import SCRATCH_PATH
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.queue_exporter import (
    QUEUE_EXPORTER_CONTAINER,
    QUEUE_EXPORTER_NAME,
    QUEUE_EXPORTER_PORT,
    QUEUE_EXPORTER_PORT_NAME,
    QUEUE_EXPORTER_SCRATCH,
)

_PACKAGE = "queue_metrics"
_PATH = f"/etc/{QUEUE_EXPORTER_NAME}"


class QueueMetrics(Construct):
    """A pod that tells Prometheus what waits in the queues, since when, what is worked on, and by how many workers.

    It reads the Redis of the application, in the application's image. Its files are in a ConfigMap, and need Python
    3.11 and redis-py 5 of the image and nothing else. So no image has to be built or trusted beside it, and a release
    of this library changes it without one of the application. It logs in as the application does. There is one of it:
    two would tell each figure twice. None is missed while it restarts, but the age of what waits begins anew.

    `queues` are those that are told of, with all their lists.

    Raises SettingError for an app without Redis, and where there is no queue.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        queues: Sequence[Queue],
        settings: QueueExporter | None = None,
        name: str = QUEUE_EXPORTER_NAME,
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        if app.redis is None:
            raise SettingError("QueueMetrics.app.redis", None, "it must be given: there are no queues without a broker")
        if not queues:
            raise SettingError("QueueMetrics.queues", (), "it must name one: there is nothing to count")
        checked_name("QueueMetrics.name", name)
        given = settings or QueueExporter()
        self.labels = app.application.labels(instance=name, component="queue-metrics")
        self.selector = selector(name)
        files = _files()
        self.config_map = k8s.KubeConfigMap(
            self,
            "config-map",
            metadata=metadata(f"{name}-{_hash(files)}", labels=self.labels),
            immutable=True,
            data=files,
        )
        self.service = service_of(self, labels=self.labels, port=(QUEUE_EXPORTER_PORT_NAME, QUEUE_EXPORTER_PORT))
        mounts = [
            *app.redis.mounts,
            config_map("files", self.config_map.name, f"{_PATH}/{_PACKAGE}"),
            scratch("tmp", SCRATCH_PATH, QUEUE_EXPORTER_SCRATCH),
        ]
        added = additions(extras, mounts)
        self.deployment = one_pod(
            self,
            scope,
            app=app,
            labels=self.labels,
            service_account=app.service_account,
            container=container(
                name=QUEUE_EXPORTER_CONTAINER,
                image=app.image,
                command=["python", "-m", _PACKAGE],
                resources=given.resources,
                mounts=[*mounts, *added.mounts],
                variables=[*self._variables(scope, app, queues, given), *added.variables],
                variable_sets=added.variable_sets,
                ports={QUEUE_EXPORTER_PORT_NAME: QUEUE_EXPORTER_PORT},
                probes=_probes(),
            ),
            mounts=mounts,
            added=added,
        )

    def _variables(
        self, scope: Construct, app: DjangoApp, queues: Sequence[Queue], settings: QueueExporter
    ) -> list[k8s.EnvVar]:
        drained = [{"worker": each.worker, "lists": list(each.lists)} for each in queues]
        own = {
            "PYTHONPATH": _PATH,
            # Its root is read-only.
            "PYTHONDONTWRITEBYTECODE": "1",
            "QUEUES": json.dumps(drained, separators=(",", ":")),
            "NAMESPACE": namespace_of(scope, "QueueMetrics"),
            "SET_ASIDE": f"{app.application.identifier}:set-aside",
            "PORT": str(QUEUE_EXPORTER_PORT),
            "INTERVAL": str(settings.interval.seconds),
        }
        return [*(app.redis.variables if app.redis else []), *variables(own)]


def _files() -> dict[str, str]:
    package = resources.files("examx_constructs.monitoring").joinpath(_PACKAGE)
    found = sorted((each for each in package.iterdir() if each.name.endswith(".py")), key=lambda each: each.name)
    return {each.name: each.read_text(encoding="utf-8") for each in found}


def _hash(files: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:10]


def _probes() -> Probes:
    # Whether Redis answers is told by a metric: a restart would not help it.
    answers = Timing(period=Duration("10s"), timeout=Duration("5s"), failures=3)
    hangs = Timing(period=Duration("20s"), timeout=Duration("5s"), failures=6)
    return Probes(
        readiness=http_probe("/healthz", QUEUE_EXPORTER_PORT, answers),
        liveness=http_probe("/healthz", QUEUE_EXPORTER_PORT, hangs),
    )
