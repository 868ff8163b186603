"""Celery: a worker for each queue, and beat, the one scheduler."""

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match, metadata, pod_labels
from examx_constructs._strict import strict
from examx_constructs.autoscaling import QueueAutoscaler, ScaleTarget
from examx_constructs.availability import DisruptionBudget, spread
from examx_constructs.django import DjangoApp
from examx_constructs.extras import additions, with_sidecars
from examx_constructs.pods import Probes, Timing, container, exec_probe, pod_template, rolling_update
from examx_constructs.settings import (
    Application,
    Duration,
    Fallback,
    PodExtras,
    Quantity,
    Queue,
    Resources,
    ScalingBehavior,
    SettingError,
    Utilization,
)
from examx_constructs.settings.naming import LONGEST_TASK_ANNOTATION, checked_name, selector
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.scratch import SCRATCH

_SCHEDULE = "/tmp/celerybeat-schedule"  # noqa: S108 - a path of the pod
_STOP_MARGIN = Duration("30s")
_STAYS_UP = Duration("30s")
_BEAT_SLEEPS_AT_MOST = Duration("300s")

# Whether the main thread of celery (process 1 of its container) ran at all since the last probe. It wakes every few
# seconds while it lives, with or without a broker, busy or idle; a deadlocked or stopped one never does. It costs a
# few milliseconds, where `celery inspect ping` starts Python, needs the broker and cannot reach a busy solo pool.
_RAN_SINCE_LAST_PROBE = (
    "now=$(grep ctxt_switches /proc/1/status)"
    ' && [ "$now" != "$(cat /tmp/alive 2>/dev/null)" ]'
    ' && echo "$now" >/tmp/alive'
)


class CeleryWorker(Construct):
    """The Deployment that drains one queue, scaled by KEDA on that queue's backlog.

    The worker stops warm: celery itself gets SIGTERM (exec form, no shell), takes no more tasks and finishes those it
    has. For these the grace period leaves `queue.longest_task` and a margin. It holds no more tasks than it works on
    (prefetch multiplier 1), so the list that KEDA measures is the backlog.

    `paused_at` holds the number of replicas and stops scaling until it is taken out again.

    Raises SettingError for an app without Redis: there would be no queue.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        queue: Queue,
        resources: Resources,
        scratch_size: Quantity = SCRATCH.worker,
        utilization: Utilization | None = None,
        behavior: ScalingBehavior | None = None,
        fallback: Fallback | None = None,
        paused_at: int | None = None,
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        if app.redis is None:
            raise SettingError(
                "CeleryWorker.app.redis", None, "it must be given: a worker without a broker has no queue"
            )
        self.labels = app.application.labels(instance=queue.worker, component="celery-worker")
        self.selector = selector(queue.worker)
        self._pod_labels = pod_labels(scope, self.labels)
        self.deployment = self._deployment(app, queue, resources, scratch_size, extras)
        self.autoscaler = QueueAutoscaler(
            self,
            "autoscaler",
            target=ScaleTarget(workload=self.deployment, labels=self.labels, name=queue.worker),
            queue=queue,
            redis=app.redis.address,
            authentication=app.redis.authentication,
            utilization=utilization,
            behavior=behavior,
            fallback=fallback,
            paused_at=paused_at,
        )
        self.disruption_budget = DisruptionBudget(
            self, "disruption-budget", name=queue.worker, selector=self.selector, labels=self.labels
        )

    def _deployment(
        self, app: DjangoApp, queue: Queue, resources: Resources, scratch_size: Quantity, extras: PodExtras
    ) -> k8s.KubeDeployment:
        mounts = app.mounts(scratch_size=scratch_size)
        added = additions(app.extras + extras, mounts)
        return with_sidecars(k8s.KubeDeployment, added)(
            self,
            "deployment",
            metadata=metadata(
                queue.worker,
                labels=self.labels,
                annotations={LONGEST_TASK_ANNOTATION: str(queue.longest_task.seconds)},
            ),
            spec=k8s.DeploymentSpec(
                selector=match(self.selector),
                # Ready means started here: a pod that dies within this time must not retire an old one.
                min_ready_seconds=_STAYS_UP.seconds,
                strategy=rolling_update(),
                template=pod_template(
                    labels=self._pod_labels,
                    service_account=app.service_account,
                    node_labels=app.node_labels,
                    spot=app.spot,
                    user=app.application.user,
                    spread=spread(self.selector),
                    grace_period=queue.longest_task + _STOP_MARGIN,
                    mounts=mounts,
                    containers=[
                        container(
                            name="celery-worker",
                            image=app.image,
                            command=_worker_command(app.application, queue),
                            resources=resources,
                            mounts=[*mounts, *added.mounts],
                            variables=[*app.environment(queue.worker, queue.variables), *added.variables],
                            variable_sets=added.variable_sets,
                            probes=Probes(liveness=_liveness(Duration("60s"), failures=3)),
                        )
                    ],
                    added=added,
                ),
            ),
        )


def _celery(application: Application, command: str, log_level: str) -> list[str]:
    return ["celery", "-A", application.module, command, "-l", log_level]


def _worker_command(application: Application, queue: Queue) -> list[str]:
    return [
        *_celery(application, "worker", application.worker_log_level),
        "-E",
        "--pool",
        queue.pool,
        "--concurrency",
        str(queue.concurrency),
        "--prefetch-multiplier",
        "1",
        "-Q",
        ",".join(queue.lists),
    ]


def _liveness(period: Duration, *, failures: int) -> k8s.Probe:
    timing = Timing(period=period, timeout=Duration("5s"), failures=failures, kill_within=_STOP_MARGIN)
    return exec_probe(["sh", "-c", _RAN_SINCE_LAST_PROBE], timing)


class CeleryBeat(Construct):
    """The scheduler of periodic tasks: exactly one.

    Two would send every task twice, so its Deployment has one replica, replaces it only after it is gone (`Recreate`)
    and offers no autoscaler. It writes its schedule to a scratch directory, the only one that it may write to.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        resources: Resources,
        scratch_size: Quantity = SCRATCH.beat,
        name: str = "celery-beat",
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        checked_name("CeleryBeat.name", name)
        self.labels = app.application.labels(instance=name, component="celery-beat")
        self.selector = selector(name)
        mounts = app.mounts(scratch_size=scratch_size)
        added = additions(app.extras + extras, mounts)
        self.deployment = with_sidecars(k8s.KubeDeployment, added)(
            self,
            "deployment",
            metadata=metadata(name, labels=self.labels),
            spec=k8s.DeploymentSpec(
                replicas=1,
                selector=match(self.selector),
                strategy=k8s.DeploymentStrategy(type="Recreate"),
                template=pod_template(
                    labels=pod_labels(scope, self.labels),
                    service_account=app.service_account,
                    node_labels=app.node_labels,
                    spot=app.spot,
                    user=app.application.user,
                    grace_period=_STOP_MARGIN,
                    mounts=mounts,
                    containers=[
                        container(
                            name="celery-beat",
                            image=app.image,
                            command=[
                                *_celery(app.application, "beat", app.application.beat_log_level),
                                "-s",
                                _SCHEDULE,
                            ],
                            resources=resources,
                            mounts=[*mounts, *added.mounts],
                            variables=[*app.environment(name, {}), *added.variables],
                            variable_sets=added.variable_sets,
                            probes=Probes(liveness=_liveness(_BEAT_SLEEPS_AT_MOST + _STOP_MARGIN, failures=2)),
                        )
                    ],
                    added=added,
                ),
            ),
        )
