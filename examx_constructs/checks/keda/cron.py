"""Rules on cron triggers: a schedule that KEDA can read, in a zone that exists."""

import re
from collections.abc import Iterator

from examx_constructs import _timezones
from examx_constructs._schedules import Schedule, ScheduleError
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.keda.values import is_open
from examx_constructs.manifests.keda import all_triggers
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import KEDA_HIGHEST


def _triggers(manifests: Manifests) -> Iterator[Node]:
    return (trigger["metadata"] for _, trigger in all_triggers(manifests) if trigger["type"].text == "cron")


@rule("KEDA 2.17 to 2.21 Cron scaler; github.com/robfig/cron v3, Parser")
def cron_schedule_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """The start and the end of a cron trigger are schedules of five fields, and differ.

    KEDA takes no @daily and no seconds, and days of the week are 0 to 6: a Sunday is no 7.
    """
    for metadata in _triggers(manifests):
        start, end = metadata["start"], metadata["end"]
        for schedule in (start, end):
            if schedule.text.strip() and not is_open(schedule.text) and (wrong := _fault(schedule.text.strip())):
                yield finding(schedule, wrong, "KEDA cannot read the schedule, and the trigger never works")
        if start.text.strip() and start.text.strip() == end.text.strip() and not is_open(start.text):
            yield finding(end, "a schedule other than start", "KEDA refuses a time that ends when it begins")


def _fault(schedule: str) -> str | None:
    """Return what a schedule should be instead; None where KEDA takes it."""
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        schedule = schedule.partition(" ")[2]
    try:
        Schedule.parse(schedule)
    except ScheduleError as error:
        return str(error)
    return None


@rule("KEDA 2.17 to 2.21 Cron scaler; IANA Time Zone Database 2026")
def cron_timezone_exists(manifests: Manifests) -> Iterator[Finding]:
    """The timezone of a cron trigger is a name of the Time Zone Database: Asia/Kolkata, not IST or UTC+5."""
    for metadata in _triggers(manifests):
        zone = metadata["timezone"]
        if zone.text.strip() and not is_open(zone.text) and not _timezones.exists(zone.text.strip()):
            near = _timezones.near(zone.text)
            yield finding(
                zone,
                f"a name of the Time Zone Database, such as {near or 'Asia/Kolkata or UTC'}",
                "KEDA cannot load the zone, and the trigger never works",
            )


@rule("KEDA 2.17 to 2.21 Cron scaler")
def cron_replicas_can_be_reached(manifests: Manifests) -> Iterator[Finding]:
    """The `desiredReplicas` of a cron trigger is 1 or more, and at most what the ScaledObject allows.

    KEDA refuses 0: outside of its time a cron trigger asks for nothing anyway. The HPA cuts what is above the maximum.
    """
    for scaled, trigger in all_triggers(manifests):
        wanted = trigger.at("metadata", "desiredReplicas")
        if trigger["type"].text != "cron" or not re.fullmatch(r"-?[0-9]{1,9}", wanted.text.strip()):
            continue
        number, high = int(wanted.text), scaled.resource.spec["maxReplicaCount"]
        most = KEDA_HIGHEST if high.number is None else high.number
        if number < 1:
            yield finding(wanted, "1 or more", "KEDA refuses a cron trigger that asks for no replicas")
        elif number > most and not scaled.is_job:
            allowed = f"at most maxReplicaCount, {most}"
            yield finding(wanted, allowed, "its replicas are cut there", severity=Severity.WARNING)
