"""What runs to its end: migrations before a rollout, and management commands by the clock."""

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata, pod_labels
from examx_constructs._strict import strict
from examx_constructs.django import DjangoApp
from examx_constructs.extras import additions, with_sidecars
from examx_constructs.pods import container, pod_template
from examx_constructs.settings import (
    Duration,
    MigrationSettings,
    PodExtras,
    Quantity,
    ScheduledTaskSettings,
    SettingError,
)
from examx_constructs.settings.naming import BEFORE_ROLLOUT_ANNOTATION, checked_name
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.scratch import SCRATCH

_STOP_MARGIN = Duration("30s")
# Karpenter and the cluster autoscaler leave the node alone while it runs; a drain does not ask them.
_NOT_MOVED = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false", "karpenter.sh/do-not-disrupt": "true"}
_KEPT_RUNS = 3
_POD_OF_CRON_JOB = ("spec", "jobTemplate", "spec", "template", "spec")


class Migration(Construct):
    """A Job that runs before the Deployments of a release roll, such as Django's `migrate`: `<application>-migrate`.

    `examx apply` runs it and waits for it; what else applies manifests starts it together with all the rest. Its pod is
    as the application's other pods are, so it reaches the database and the secrets as they do. It is not moved to
    another node, runs on no Spot capacity. One that a drain or a lost node takes all the same is started again.

    Its name is the same for all releases, so that no two migrations run at a time: the API server has room for one. A
    Job cannot be changed, so `examx apply` deletes the one of the release before; with kubectl alone, do so by hand. It
    stays as the record of what ran, with its logs, until the next release.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        settings: MigrationSettings,
        scratch_size: Quantity = SCRATCH.beat,
        name: str | None = None,
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        name = checked_name("Migration.name", name or app.application.migration)
        self.labels = app.application.labels(instance=name, component="migration")
        parts = _Parts(app, settings, app.extras + extras, scratch_size)
        template = parts.template(scope, name, self.labels, spot=False)
        self.job = with_sidecars(k8s.KubeJob, parts.added)(
            self,
            "job",
            metadata=metadata(name, labels=self.labels, annotations={BEFORE_ROLLOUT_ANNOTATION: "true"}),
            spec=_job(settings.deadline, settings.retries, template),
        )


class ScheduledTask(Construct):
    """A CronJob that runs a command of the application, such as one of Django's management commands.

    Its pods are as the application's other pods are. A run is never started twice by an overlap: it is left out, or
    takes the place of the one before.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app: DjangoApp,
        settings: ScheduledTaskSettings,
        scratch_size: Quantity = SCRATCH.beat,
        extras: PodExtras = NOTHING,
    ) -> None:
        super().__init__(scope, id)
        self.labels = app.application.labels(instance=settings.name, component="scheduled-task")
        parts = _Parts(app, settings, app.extras + extras, scratch_size)
        template = parts.template(scope, settings.name, self.labels, spot=app.spot)
        self.cron_job = with_sidecars(k8s.KubeCronJob, parts.added, pod=_POD_OF_CRON_JOB)(
            self,
            "cron-job",
            metadata=metadata(settings.name, labels=self.labels),
            spec=k8s.CronJobSpec(
                schedule=settings.schedule,
                time_zone=settings.timezone,
                concurrency_policy=settings.overlap,
                starting_deadline_seconds=settings.start_within.seconds,
                suspend=settings.suspended,
                successful_jobs_history_limit=_KEPT_RUNS,
                failed_jobs_history_limit=_KEPT_RUNS,
                job_template=k8s.JobTemplateSpec(
                    metadata=k8s.ObjectMeta(labels=pod_labels(scope, self.labels)),
                    spec=_job(settings.deadline, settings.retries, template),
                ),
            ),
        )


def _job(deadline: Duration, retries: int, template: k8s.PodTemplateSpec) -> k8s.JobSpec:
    return k8s.JobSpec(
        parallelism=1,
        completions=1,
        backoff_limit=retries,
        active_deadline_seconds=deadline.seconds,
        # A drain, a lost node or a pod of more priority says nothing about the command (Kubernetes 1.31, pod failure
        # policy). The pod is replaced, once it is gone, and not counted.
        pod_failure_policy=k8s.PodFailurePolicy(
            rules=[
                k8s.PodFailurePolicyRule(
                    action="Ignore",
                    on_pod_conditions=[
                        k8s.PodFailurePolicyOnPodConditionsPattern(type="DisruptionTarget", status="True")
                    ],
                )
            ]
        ),
        template=template,
    )


class _Parts:
    """What the pod of a command is made of. Raises SettingError for what would never let it end."""

    def __init__(
        self,
        app: DjangoApp,
        settings: MigrationSettings | ScheduledTaskSettings,
        extras: PodExtras,
        scratch_size: Quantity,
    ) -> None:
        for each in extras.sidecars:
            raise SettingError(
                "PodExtras.sidecars",
                each.name,
                "it must be a native sidecar where a job runs: one that goes on running would let it never end",
            )
        self._app, self._settings = app, settings
        self._mounts = app.mounts(scratch_size=scratch_size)
        self.added = additions(extras, self._mounts)

    def template(self, scope: Construct, name: str, labels: Mapping[str, str], *, spot: bool) -> k8s.PodTemplateSpec:
        """Return the pods of a job of this name."""
        app, settings, added = self._app, self._settings, self.added
        return pod_template(
            labels=pod_labels(scope, labels),
            annotations=_NOT_MOVED,
            service_account=app.service_account,
            node_labels=app.node_labels,
            spot=spot,
            user=app.application.user,
            grace_period=_STOP_MARGIN,
            restart_policy="Never",
            mounts=self._mounts,
            containers=[
                container(
                    name="command",
                    image=app.image,
                    command=settings.command,
                    resources=settings.resources,
                    mounts=[*self._mounts, *added.mounts],
                    variables=[*app.environment(name, settings.variables), *added.variables],
                    variable_sets=added.variable_sets,
                )
            ],
            added=added,
        )
