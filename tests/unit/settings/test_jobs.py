"""What runs to its end."""

from collections.abc import Callable

import attrs
import pytest

from examx_constructs.settings import Duration, MigrationSettings, ScheduledTaskSettings
from tests.unit.settings.samples import ENVIRONMENT, RESOURCES
from tests.unit.settings.support import refusal

MIGRATION = MigrationSettings(resources=RESOURCES)
TASK = ScheduledTaskSettings(name="clean", schedule="0 3 * * *", command=("clean",), resources=RESOURCES)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: attrs.evolve(MIGRATION, command=()), "MigrationSettings.command is (); it must name a program"),
        (lambda: attrs.evolve(MIGRATION, command=("",)), 'MigrationSettings.command is ""; it must be a word'),
        (lambda: attrs.evolve(MIGRATION, command="migrate"), "it must be a tuple of str"),
        (lambda: attrs.evolve(MIGRATION, deadline=Duration("0s")), "MigrationSettings.deadline is 0s; the least is 1s"),
        (lambda: attrs.evolve(MIGRATION, retries=-1), "MigrationSettings.retries is -1; the least is 0"),
        (lambda: attrs.evolve(MIGRATION, retries=True), "MigrationSettings.retries is True; it must be int"),
        (lambda: attrs.evolve(MIGRATION, variables={"REDIS_URL": "a"}), "it is taken: its value comes from"),
        (lambda: attrs.evolve(TASK, name="a" * 53), "the most are 52 characters: Kubernetes adds 11 for each Job"),
        (lambda: attrs.evolve(TASK, schedule="@daily"), "it must be five fields: minute, hour"),
        (lambda: attrs.evolve(TASK, timezone="Local"), 'ScheduledTaskSettings.timezone is "Local"; it must be a name'),
        (lambda: attrs.evolve(TASK, start_within=Duration("5s")), "the least is 10s: Kubernetes looks at schedules"),
        (lambda: attrs.evolve(TASK, overlap="Allow"), 'it must be one of "Forbid", "Replace"'),
        (lambda: attrs.evolve(ENVIRONMENT, scheduled_tasks=(TASK, TASK)), "task clean is there 2 times"),
        (
            lambda: attrs.evolve(ENVIRONMENT, scheduled_tasks=(attrs.evolve(TASK, name="celery-beat"),)),
            'ScheduledTaskSettings.name is "celery-beat"; it must be another name than examxv2-migrate, ',
        ),
    ],
)
def test_refuses(make: Callable[[], object], message: str) -> None:
    assert message in refusal(make)


def test_a_quota_has_room_for_what_runs_to_its_end() -> None:
    replacing = attrs.evolve(TASK, overlap="Replace")
    environment = attrs.evolve(ENVIRONMENT, migration=MIGRATION, scheduled_tasks=(replacing,))
    assert [each.most for each in environment.all_pods[len(ENVIRONMENT.pods) :]] == [1, 2]
