"""What the cluster warned of lately: events of the namespace, which the API server keeps for an hour."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from examx_cli.deploy.diagnosis.events import clear, seen_at
from examx_cli.rotation.statuses import moment
from examx_cli.status.reading import EVENTS, Reading
from examx_cli.status.values import Event, Unread
from examx_constructs.manifests import Object, at, text

RECENT = timedelta(hours=1)
"""What EKS keeps as well (kube-apiserver, `--event-ttl`)."""
SHOWN = 10


def warnings(reading: Reading, now: datetime) -> tuple[Event, ...] | Unread:
    """Return the warnings of the last hour, the newest first; those that say the same of one object are one."""
    found = reading.objects(EVENTS)
    return found if isinstance(found, Unread) else tuple(_merged(found, now))


def _merged(found: list[Object], now: datetime) -> Iterator[Event]:
    merged: dict[tuple[str, str, str], Event] = {}
    for each in sorted(found, key=seen_at, reverse=True):
        last = moment(seen_at(each))
        if text(each, "type") != "Warning" or (last is not None and now - last > RECENT):
            continue
        about = f"{text(each, 'involvedObject', 'kind')} {text(each, 'involvedObject', 'name')}"
        event = Event(about, text(each, "reason"), clear(text(each, "message")), _count(each), last)
        key = (event.about, event.reason, event.message)
        known = merged.get(key)
        merged[key] = event if known is None else Event(*key, known.count + event.count, known.last)
    yield from merged.values()


def _count(event: Object) -> int:
    """Return how often it was seen: a series of the newer API counts for itself."""
    counted = at(event, "series", "count") or at(event, "count")
    return counted if isinstance(counted, int) else 1
