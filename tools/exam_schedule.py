"""Workers that are there when an exam begins and when it is handed in: its hours are known, and KEDA goes by the clock.

A pod that the list asks for comes 20 to 35 s after the list has grown. That is when most of a peak is over.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from examx_constructs.manifests import Object, text
from examx_constructs.settings import CronTrigger

ZONE = "Asia/Kolkata"
MIDNIGHT = datetime(2026, 11, 30, tzinfo=ZoneInfo(ZONE))
"""When the simulated day begins."""
BEGIN = (5, 15)
"""Minutes before and after the hour at which students begin: 999 of 1,000 do within 14 of them (`exam_day`)."""
HAND_IN = (20, 5)
"""Minutes before and after the end: most hand in during the last ones. 5 more, for tasks that are not done then."""
_DAY = 24 * 60


def windows(zones: Sequence[float], pods: int, *, start_hour: float = 9.0, hours: float = 2.0) -> Iterator[CronTrigger]:
    """Yield so many pods around each beginning and each hand-in of an exam. `zones` are hours behind the first one."""
    for zone in zones:
        begins = round((start_hour + zone) * 60)
        for moment, (before, after) in ((begins, BEGIN), (begins + round(hours * 60), HAND_IN)):
            start, end = _daily(moment - before), _daily(moment + after)
            yield CronTrigger(timezone=ZONE, start=start, end=end, replicas=pods)


def _daily(minute: int) -> str:
    """Return a schedule of each day."""
    return f"{minute % 60} {minute % _DAY // 60} * * *"


def scheduled(objects: Sequence[Object], worker: str, triggers: Sequence[CronTrigger]) -> list[Object]:
    """Return the manifests, with these triggers beside those of a worker's ScaledObject."""
    return [_with(each, triggers) if _scales(each, worker) else each for each in objects]


def _scales(each: Object, worker: str) -> bool:
    return text(each, "kind") == "ScaledObject" and text(each, "spec", "scaleTargetRef", "name") == worker


def _with(scaled_object: Object, triggers: Sequence[CronTrigger]) -> Object:
    made: dict[str, Any] = deepcopy(dict(scaled_object))
    made["spec"]["triggers"] += [
        {"type": each.type, "metadata": {**each.metadata}, "metricType": each.metric_type}
        for each in (trigger.trigger for trigger in triggers)
    ]
    return made
