"""Replicas by the clock."""

from examx_constructs import _timezones
from examx_constructs._schedules import Schedule, ScheduleError
from examx_constructs.settings._value import setting, value
from examx_constructs.settings.refusal import SettingError, at_least
from examx_constructs.settings.triggers.trigger import Trigger


def schedule(given: object) -> str | None:
    """Return a check of five fields, as Kubernetes and KEDA read them (robfig/cron v3.0.1)."""
    try:
        Schedule.parse(str(given))
    except ScheduleError as error:
        return f"it must be {error}"
    return None


def time_zone(given: object) -> str | None:
    """Return a check of a name of the Time Zone Database, which Go can load on any machine."""
    if given != "Local" and _timezones.exists(str(given)):
        return None
    near = _timezones.near(str(given)) or "Asia/Kolkata or Etc/UTC"
    return f"it must be a name of the Time Zone Database, such as {near}"


@value
class CronTrigger:
    """At least so many replicas from each `start` to the next `end`, such as the hours of an exam.

    Both are schedules of five fields; days of the week are 0 to 6. Outside of that time it asks for nothing.
    """

    timezone: str = setting(time_zone)
    """The zone in which both are read, as the time zone database names it: `Asia/Kolkata`."""
    start: str = setting(schedule)
    end: str = setting(schedule)
    replicas: int = setting(at_least(1, "outside of its time a cron trigger asks for nothing anyway"))
    """The least that run meanwhile. The workload's own bounds still count."""

    def __attrs_post_init__(self) -> None:
        if self.start.split() == self.end.split():
            raise SettingError(
                "CronTrigger.end", self.end, "it must differ from start: KEDA refuses what ends when it begins"
            )

    @property
    def trigger(self) -> Trigger:
        """What KEDA gets (KEDA 2.17, cron_scaler.go)."""
        return Trigger(
            type="cron",
            metadata={
                "timezone": self.timezone,
                "start": self.start,
                "end": self.end,
                "desiredReplicas": str(self.replicas),
            },
            metric_type="AverageValue",
        )
