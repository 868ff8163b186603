#!/usr/bin/env bash
# Celery beat: an interval of 119 minutes with `relative` runs each hour, one of 36 hours each day.
#
# celery 5.7.0, schedule(timedelta, relative=True), asked as beat asks it: with the time of the last run, again after
# the wait that it names.
#
# Guess: "by the clock", as its documentation says: every 15 minutes means at :00, :15, :30, :45. 90 minutes are 00:00,
# 01:30, 03:00. Really: the next run is the last plus the interval, cut down to a whole second, minute, hour or day.
# The largest of these in the interval counts (delta_resolution in celery/utils/time.py). Each cut takes from the
# interval itself. What is no whole number of its largest unit loses the rest at each run: 90 s is 60 s, and 47 hours
# are 24. And nothing puts the runs on the quarters: 15 minutes from 15:40:20 are 15:55, 16:10, 16:25.
#
# Seen from 15:40:20 on:  15 minutes: 15:55 16:10 16:25 16:40.  90 seconds: 15:41 15:42 15:43 15:44.
#                         119 minutes: 17:00 18:00 19:00 20:00.  36 hours: 00:00 on the 3rd, 4th, 5th, 6th.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check celery==5.7.0
cat >look.py <<'PY'
from datetime import UTC, datetime, timedelta

from celery import Celery
from celery.schedules import schedule

app = Celery()


def runs(**interval):
    clock = last = datetime(2027, 6, 1, 15, 40, 20, tzinfo=UTC)
    asked = schedule(timedelta(**interval), relative=True, app=app, nowfun=lambda: clock)
    seen = []
    while len(seen) < 4:
        due, wait = asked.is_due(last)
        if due:
            last = clock
            seen.append(f"{clock:%d %H:%M:%S}")
        clock += timedelta(seconds=max(1, min(wait, 300)))
    return ", ".join(seen)


for interval in ({"minutes": 15}, {"seconds": 90}, {"minutes": 119}, {"hours": 36}):
    print(*(f"{number} {unit}:" for unit, number in interval.items()), runs(**interval))
PY
seen=$(venv/bin/python look.py)
echo "$seen"
[ "$seen" = "15 minutes: 01 15:55:00, 01 16:10:00, 01 16:25:00, 01 16:40:00
90 seconds: 01 15:41:00, 01 15:42:00, 01 15:43:00, 01 15:44:00
119 minutes: 01 17:00:00, 01 18:00:00, 01 19:00:00, 01 20:00:00
36 hours: 03 00:00:00, 04 00:00:00, 05 00:00:00, 06 00:00:00" ]
