"""What runs to its end: migrations before a rollout, and management commands by the clock."""

from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.triggers.cron import schedule, time_zone
from examx_constructs.settings.variables import refuse_variables

MIGRATE = ("python", "manage.py", "migrate", "--noinput")
"""Django's own, in the directory that the image starts in."""
_CRON_JOB_LIMIT = 52
_LEAST_START = 10
_word = pattern(r"[^\x00]+", "it must be a word of the command, not an empty one")


def _lasting(given: object) -> str | None:
    return "the least is 1s: nothing is done in no time" if isinstance(given, Duration) and given.seconds < 1 else None


def _noticed(given: object) -> str | None:
    too_short = isinstance(given, Duration) and given.seconds < _LEAST_START
    return f"the least is {_LEAST_START}s: Kubernetes looks at schedules that often" if too_short else None


def _short_enough(given: object) -> str | None:
    too_long = isinstance(given, str) and len(given) > _CRON_JOB_LIMIT
    return f"the most are {_CRON_JOB_LIMIT} characters: Kubernetes adds 11 for each Job" if too_long else None


def _refuse_no_command(where: str, command: tuple[str, ...]) -> None:
    if not command:
        raise SettingError(where, command, "it must name a program, such as ('python', 'manage.py', 'migrate')")


@value
class MigrationSettings:
    """A command that runs once for each release, before its Deployments roll: Django's `migrate` by default.

    `examx apply` waits for it, and rolls nothing out where it fails. The pods from before serve while it runs, so a
    migration must leave them working. `deadline` ends it, pods that do not start included. `retries` are new pods after
    one that failed; those that a drain or a lost node takes are not counted, and replaced.
    `variables` are those of this command alone.
    """

    resources: Resources
    command: tuple[str, ...] = setting(_word, default=MIGRATE)
    """The words of the command, without a shell."""
    deadline: Duration = setting(_lasting, default=Duration("900s"))
    retries: int = setting(at_least(0, "a number of pods"), at_most(10, "what fails ten times is broken"), default=0)
    variables: Mapping[str, str] = {}

    def __attrs_post_init__(self) -> None:
        _refuse_no_command("MigrationSettings.command", self.command)
        refuse_variables("MigrationSettings.variables", self.variables)


@value
class ScheduledTaskSettings:
    """A command by the clock, such as one of Django's management commands: a CronJob of this name.

    `schedule` has five fields, read in `timezone`. A run that cannot start within `start_within` is left out.
    `overlap`: whether it waits that long for the one before to end (Forbid), or ends it (Replace). `deadline` ends a
    run. `retries` are new pods after one that failed. `suspended` starts none. `variables` are those of this command
    alone.

    Kubernetes may start a run twice, or not at all: the command must bear both (Kubernetes documentation, CronJob).
    """

    name: str = setting(dns_label, _short_enough)
    """What the CronJob is called: at most 52 characters, for its runs add 11."""
    schedule: str = setting(schedule)
    timezone: str = setting(time_zone, default="Etc/UTC")
    command: tuple[str, ...] = setting(_word)
    """The words of the command, without a shell."""
    resources: Resources
    deadline: Duration = setting(_lasting, default=Duration("3600s"))
    start_within: Duration = setting(_noticed, default=Duration("300s"))
    overlap: Literal["Forbid", "Replace"] = "Forbid"
    retries: int = setting(at_least(0, "a number of pods"), at_most(10, "what fails ten times is broken"), default=0)
    suspended: bool = False
    variables: Mapping[str, str] = {}

    def __attrs_post_init__(self) -> None:
        _refuse_no_command("ScheduledTaskSettings.command", self.command)
        refuse_variables("ScheduledTaskSettings.variables", self.variables)
