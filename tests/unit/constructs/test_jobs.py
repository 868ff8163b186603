"""Migrations and scheduled tasks as they are rendered."""

from dataclasses import replace

import pytest
from attrs import evolve
from cdk8s import App, Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import DjangoApp, ExamxChart, Migration, ScheduledTask
from examx_constructs.checks import Manifests, check
from examx_constructs.settings import (
    Duration,
    ExtraContainer,
    MigrationSettings,
    PodExtras,
    ScheduledTaskSettings,
    SettingError,
)
from tests.support import Manifest, of_kind, one, pod_templates, synth
from tests.unit.constructs.conftest import RESOURCES
from tests.unit.settings.samples import ENVIRONMENT

MIGRATION = MigrationSettings(resources=RESOURCES)
TASK = ScheduledTaskSettings(name="clean", schedule="0 3 * * *", command=("clean", "--all"), resources=RESOURCES)


def test_minimal(chart: Chart, minimal_app: DjangoApp, snapshot: SnapshotAssertion) -> None:
    Migration(chart, "migration", app=minimal_app, settings=MIGRATION)
    ScheduledTask(chart, "task", app=minimal_app, settings=TASK)
    assert _jobs(chart) == snapshot


def test_full(chart: Chart, full_app: DjangoApp, snapshot: SnapshotAssertion) -> None:
    migration = MigrationSettings(
        resources=RESOURCES, command=("migrate",), deadline=Duration("1h"), retries=2, variables={"A": "1"}
    )
    task = evolve(
        TASK,
        timezone="Asia/Kolkata",
        deadline=Duration("10m"),
        start_within=Duration("1m"),
        overlap="Replace",
        retries=1,
        suspended=True,
        variables={"B": "2"},
    )
    Migration(chart, "migration", app=full_app, settings=migration, name="prepare")
    ScheduledTask(chart, "task", app=full_app, settings=task)
    assert _jobs(chart) == snapshot


def _jobs(chart: Chart) -> list[Manifest]:
    return [each for each in synth(chart) if each["kind"] in ("Job", "CronJob")]


def test_a_migration_is_not_interrupted_where_that_can_be_helped(chart: Chart, full_app: DjangoApp) -> None:
    Migration(chart, "migration", app=replace(full_app, spot=True), settings=MIGRATION)
    template = one(synth(chart), "Job")["spec"]["template"]
    assert "affinity" not in template["spec"]
    assert template["metadata"]["annotations"]["karpenter.sh/do-not-disrupt"] == "true"


@pytest.fixture
def environment() -> list[Manifest]:
    app = App()
    made = evolve(ENVIRONMENT, migration=MIGRATION, scheduled_tasks=(TASK,))
    return synth(ExamxChart(app, made))


def test_an_environment_with_jobs_breaks_no_rule(environment: list[Manifest]) -> None:
    plain = {str(each) for each in check(Manifests.of(synth(ExamxChart(App(), ENVIRONMENT)), "chart.yaml"))}
    assert {str(each) for each in check(Manifests.of(environment, "chart.yaml"))} - plain == set()


def test_its_pods_reach_what_the_application_reaches(environment: list[Manifest]) -> None:
    labels = [one(environment, "Job")["spec"]["template"]["metadata"]["labels"]]
    labels.append(one(environment, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"])
    outgoing = {
        each["metadata"]["name"]: each["spec"]["podSelector"]["matchLabels"]
        for each in of_kind(environment, "NetworkPolicy")
        if each["metadata"]["name"] in ("app-to-external", "app-to-redis-outgoing")
    }
    assert outgoing
    for name, selector in outgoing.items():
        assert all(selector.items() <= each.items() for each in labels), name


def test_no_service_and_no_workload_takes_its_pods_for_its_own(environment: list[Manifest]) -> None:
    names = {one(environment, "Job")["metadata"]["name"], one(environment, "CronJob")["metadata"]["name"]}
    assert not names & {each["app"] for each in (x["metadata"]["labels"] for x in pod_templates(environment).values())}


@pytest.mark.parametrize("kind", ["deployer", "observer"])
def test_only_where_there_are_jobs_may_they_be_touched(environment: list[Manifest], kind: str) -> None:
    with_access = evolve(ENVIRONMENT, access=evolve(ENVIRONMENT.access, deployer_group="d", observer_group="o"))
    for jobs, expected in (((), 0), ((TASK,), 1)):
        rendered = synth(ExamxChart(App(), evolve(with_access, scheduled_tasks=jobs)))
        role = next(each for each in of_kind(rendered, "Role") if each["metadata"]["name"].endswith(kind))
        assert sum("batch" in rule["apiGroups"] for rule in role["rules"]) == expected


def test_a_native_sidecar_runs_beside_a_command_and_another_is_refused(chart: Chart, minimal_app: DjangoApp) -> None:
    proxy = ExtraContainer(name="proxy", image=minimal_app.image, resources=RESOURCES)
    extras = PodExtras(native_sidecars=(proxy,), variables={"A": "1"})
    Migration(chart, "migration", app=minimal_app, settings=MIGRATION, extras=extras)
    ScheduledTask(chart, "task", app=minimal_app, settings=TASK, extras=extras)
    job, cron_job = one(synth(chart), "Job"), one(synth(chart), "CronJob")["spec"]["jobTemplate"]
    for each in (job, cron_job):
        pod = each["spec"]["template"]["spec"]
        assert [(one["name"], one["restartPolicy"]) for one in pod["initContainers"]] == [("proxy", "Always")]
        assert {"name": "A", "value": "1"} in pod["containers"][0]["env"]
    with pytest.raises(SettingError, match="it must be a native sidecar where a job runs"):
        Migration(chart, "b", app=minimal_app, settings=MIGRATION, extras=PodExtras(sidecars=(proxy,)))
