"""Rules on cron triggers: a schedule that KEDA can read, in a zone that exists."""

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.keda_values import is_open
from examx_constructs.manifests.keda import all_triggers
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import KEDA_HIGHEST

_FILE = Path(__file__).with_name("data") / "timezones.txt"
_WHOLE = re.compile(r"\+?[0-9]{1,9}")


class _Field(NamedTuple):
    """One of the five fields of a schedule: its bounds, and the names that stand for numbers."""

    name: str
    low: int
    high: int
    names: Mapping[str, int] = {}


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_DAYS = {name: number for number, name in enumerate(_DAY_NAMES)}
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _DAYS),
)


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
    """What a schedule should be instead; None where KEDA takes it."""
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        schedule = schedule.partition(" ")[2]
    fields = schedule.split()
    if len(fields) != len(_FIELDS) or schedule.startswith("@"):
        return "five fields: minute, hour, day of the month, month, day of the week"
    for text, field in zip(fields, _FIELDS, strict=True):
        if not all(_is_entry(entry, field) for entry in text.split(",") if entry):
            return f"{field.low} to {field.high} for the {field.name}, or * or ?, with ranges, lists and /steps"
    return None


def _is_entry(entry: str, field: _Field) -> bool:
    span, slash, step = entry.partition("/")
    if slash and not (_WHOLE.fullmatch(step) and int(step) > 0):
        return False
    first, hyphen, last = span.partition("-")
    if first in ("*", "?"):
        return True
    low = _number(first, field)
    high = _number(last, field) if hyphen else field.high if slash else low
    return low is not None and high is not None and field.low <= low <= high <= field.high


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.names:
        return field.names[text.lower()]
    return int(text) if _WHOLE.fullmatch(text) else None


@rule("KEDA 2.17 to 2.21 Cron scaler; IANA Time Zone Database 2026")
def cron_timezone_exists(manifests: Manifests) -> Iterator[Finding]:
    """The timezone of a cron trigger is a name of the Time Zone Database: Asia/Kolkata, not IST or UTC+5."""
    for metadata in _triggers(manifests):
        zone = metadata["timezone"]
        if zone.text.strip() and not is_open(zone.text) and not _exists(zone.text.strip()):
            near = get_close_matches(zone.text, _shipped(), n=1, cutoff=0.8)
            yield finding(
                zone,
                f"a name of the Time Zone Database, such as {near[0] if near else 'Asia/Kolkata or UTC'}",
                "KEDA cannot load the zone, and the trigger never works",
            )


def _exists(zone: str) -> bool:
    return zone in _shipped() or zone == "Local" or zone in zoneinfo.available_timezones()


@cache
def _shipped() -> frozenset[str]:
    """The zones that are known wherever this runs: systems leave some out, and containers often all."""
    return frozenset(_FILE.read_text(encoding="utf-8").split())


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
