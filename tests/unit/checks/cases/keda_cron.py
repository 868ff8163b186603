"""Cases of the rules on cron triggers."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_metadata import CRON, job, one, said
from tests.unit.checks.support import Case, scaler

BROKEN = "KEDA cannot read the schedule, and the trigger never works"
FIVE = "five fields: minute, hour, day of the month, month, day of the week"
NO_ZONE = "KEDA cannot load the zone, and the trigger never works"
ZONE = "a name of the Time Zone Database, such as {}"


def times(start: str, end: str = "0 20 * * *") -> str:
    """The metadata of a cron trigger with these schedules."""
    return f"timezone: UTC, start: '{start}', end: '{end}', desiredReplicas: '3'"


def field(bounds: str, name: str) -> str:
    """What is allowed in a field of a schedule."""
    return f"{bounds} for the {name}, or * or ?, with ranges, lists and /steps"


CASES = [
    *(
        Case(
            "cron-schedule-is-valid",
            name,
            [one("cron", times(schedule))],
            [said("start", f'"{schedule}"', allowed, BROKEN)],
        )
        for name, schedule, allowed in (
            ("a descriptor", "@daily", FIVE),
            ("six fields", "0 0 8 * * *", FIVE),
            ("four fields", "0 8 * *", FIVE),
            ("a minute too many", "60 8 * * *", field("0 to 59", "minute")),
            ("an hour too many", "0 24 * * *", field("0 to 23", "hour")),
            ("no day of the month", "0 8 0 * *", field("1 to 31", "day of the month")),
            ("Sunday as 7", "0 8 * * 1-7", field("0 to 6", "day of the week")),
            ("a month of another language", "0 8 * mai *", field("1 to 12", "month")),
            ("a range backwards", "0 18-8 * * *", field("0 to 23", "hour")),
            ("a step of nothing", "*/0 8 * * *", field("0 to 59", "minute")),
            ("the last Friday", "0 8 * * 5L", field("0 to 6", "day of the week")),
        )
    ),
    Case(
        "cron-schedule-is-valid",
        "ends when it begins",
        [job("cron", times("0 8 * * *", "0 8 * * *"))],
        [
            'ScaledJob dev/web: spec.triggers[0].metadata.end is "0 8 * * *"; allowed: a schedule other than start; KEDA refuses a time that ends when it begins'
        ],
    ),
    Case(
        "cron-schedule-is-valid",
        "names, ranges, lists and steps",
        [
            one("cron", times("*/15 6-9,22 1,15 Jan-mar MON-Fri")),
            one("cron", times("5/10 8 ? * 0,6", " 30   20 * * * ")),
            one("cron", times("CRON_TZ=Asia/Kolkata 0 8 * * *")),
            one("cron", times("${START}", "${START}")),
        ],
    ),
    *(
        Case(
            "cron-timezone-exists",
            name,
            [one("cron", CRON.replace("Asia/Kolkata", zone))],
            [said("timezone", f'"{zone}"', ZONE.format(near), NO_ZONE)],
        )
        for name, zone, near in (
            ("an abbreviation", "IST", "Asia/Kolkata or UTC"),
            ("an offset", "UTC+5:30", "Asia/Kolkata or UTC"),
            ("small letters", "asia/kolkata", "Asia/Kolkata"),
            ("of Windows", "India Standard Time", "Asia/Kolkata or UTC"),
            ("a slip of the hand", "Asia/Kolkatta", "Asia/Kolkata"),
        )
    ),
    *(
        Case("cron-timezone-exists", zone, [one("cron", CRON.replace("Asia/Kolkata", f"'{zone}'"))])
        for zone in ("Asia/Kolkata", "Asia/Calcutta", "UTC", "Etc/GMT-5", "US/Eastern", "EST5EDT", "Local", "${ZONE}")
    ),
    Case(
        "cron-replicas-can-be-reached",
        "none",
        [one("cron", CRON.replace("'3'", "'0'"))],
        [said("desiredReplicas", '"0"', "1 or more", "KEDA refuses a cron trigger that asks for no replicas")],
    ),
    Case(
        "cron-replicas-can-be-reached",
        "above the maximum",
        [scaler(spec="maxReplicaCount: 2", triggers=f"[{{type: cron, metadata: {{{CRON}}}}}]")],
        [said("desiredReplicas", '"3"', "at most maxReplicaCount, 2", "its replicas are cut there")],
    ),
    Case(
        "cron-replicas-can-be-reached",
        "as many as the maximum, and a job",
        [
            scaler(spec="maxReplicaCount: 3", triggers=f"[{{type: cron, metadata: {{{CRON}}}}}]"),
            job("cron", CRON.replace("'3'", "'300'")),
        ],
    ),
]
