#!/usr/bin/env bash
# Celery: of the hour that comes twice in autumn, crontab knows the first. "Every 20 minutes" pauses for 80.
#
# celery 5.7.0 and 5.6.3, timezone Europe/Berlin, the night of 31 October 2027. A schedule is asked as beat asks it.
# That is with the time of the last run, again after the wait that it names, at most 300 s later
# (beat_max_loop_interval).
#
# Guess: a daily task at 02:30 runs once or twice. One of every 20 minutes, and an hourly one, run on: time passes all
# the same. Really: the daily one runs once. So does the hour. After 02:40 +0200 comes 03:00 +0100, 80 minutes later.
# The hourly one at 02:15 +0200 is followed by 03:15 +0100, two hours later. What is known of a run is its local time,
# and the second 02:00 is not later than the first 02:40. In spring nothing is missing: 02:30 runs at 03:30.
#
# Seen, with both:  longest pauses in minutes: */20 80, hourly 120; runs of 02:30: autumn 1, spring 1 (at 03:30)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >look.py <<'PY'
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from celery import Celery
from celery.schedules import crontab

ZONE = ZoneInfo("Europe/Berlin")
app = Celery()
app.conf.timezone = "Europe/Berlin"


def runs(start, **when):
    clock = start

    def now():
        return clock.astimezone(ZONE)

    schedule, last, seen = crontab(app=app, nowfun=now, **when), now(), []
    while clock < start + timedelta(hours=20):
        due, wait = schedule.is_due(last)
        if due:
            last = now()
            seen.append(last)
        clock += timedelta(seconds=max(1, min(wait, 300)))
    return seen


def longest_pause(seen):
    moments = [each.astimezone(UTC) for each in seen]
    return max((later - earlier).total_seconds() for earlier, later in zip(moments, moments[1:])) / 60


spring, autumn = datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 10, 30, 12, tzinfo=UTC)
often, hourly = (longest_pause(runs(autumn, minute=each)) for each in ("*/20", "15"))
(once,), (late,) = (runs(each, hour=2, minute=30) for each in (autumn, spring))
print(
    f"longest pauses in minutes: */20 {often:.0f}, hourly {hourly:.0f}; "
    f"runs of 02:30: autumn 1, spring 1 (at {late:%H:%M})"
)
PY
for version in 5.7.0 5.6.3; do
  python3 -m venv "$version"
  "$version/bin/pip" install --quiet --disable-pip-version-check \
    "celery==$version" kombu==5.7.0 billiard==4.3.2 vine==5.1.0 amqp==5.4.2 tzlocal==5.4.5 tzdata==2026.6 python-dateutil==2.9.0.post0
  seen=$("$version/bin/python" look.py)
  echo "celery $version: $seen"
  [ "$seen" = "longest pauses in minutes: */20 80, hourly 120; runs of 02:30: autumn 1, spring 1 (at 03:30)" ]
done
