#!/usr/bin/env bash
# django-celery-beat 2.9.0 (celery 5.7.0, Django 5.2.19): a daily task that beat slept through is not made up for when
# beat is back. It runs twice the night after.
#
# Guess: as with Celery's own beat, what is overdue runs as soon as beat is back, once, and the next night is as ever.
# Really: that holds for an hour that is not a plain number, and for 4. Crontabs whose hour is a plain number are left
# in the database while the clock (UTC with USE_TZ) is more than two hours off. Only 4 is always read, for the sake of
# Celery's own cleanup. Back later than that, beat does not know the task. Two hours before its time on the next day it
# reads it, finds it overdue, and runs it at once. Then comes its time, and it runs again.
#
# All ran on 1 June at their hours. Beat is away from then until 06:30 on 2 June. A moved clock goes on to 4 June.
#
# Seen:  hour 3: 03 01:00, 03 03:00
#        hour 3,3: 02 06:30, 03 03:00    hour 4: 02 06:30, 03 04:00    hour 5: 02 06:30, 03 05:00
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  django-celery-beat==2.9.0 celery==5.7.0 kombu==5.7.0 Django==5.2.19 time-machine==3.6.0
cat >look.py <<'PY'
from datetime import UTC, datetime, timedelta

import django
import time_machine
from celery import Celery
from django.conf import settings
from django.core.management import call_command

settings.configure(
    USE_TZ=True,
    INSTALLED_APPS=["django_celery_beat"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "beat.sqlite3"}},
)
django.setup()

from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler


class Noting(DatabaseScheduler):
    def apply_async(self, entry, **options):
        runs[entry.name].append(f"{datetime.now(UTC):%d %H:%M}")


app = Celery(broker="memory://")
app.conf.result_expires = None
call_command("migrate", verbosity=0)
runs = {"3": [], "3,3": [], "4": [], "5": []}
for hour in runs:
    crontab = CrontabSchedule(minute="0", hour=hour, timezone="UTC")
    crontab.full_clean()
    crontab.save()
    last = datetime(2027, 6, 1, int(hour[0]), tzinfo=UTC)
    PeriodicTask.objects.create(name=hour, task="nightly", crontab=crontab, last_run_at=last)
with time_machine.travel(datetime(2027, 6, 2, 6, 30, tzinfo=UTC), tick=False) as clock:
    beat = Noting(app=app)
    while datetime.now(UTC) < datetime(2027, 6, 4, tzinfo=UTC):
        while beat.tick() == 0:
            pass
        clock.shift(timedelta(minutes=5))
for hour, moments in runs.items():
    print(f"hour {hour}: {', '.join(moments)}")
PY
seen=$(venv/bin/python look.py)
echo "$seen"
[ "$seen" = "hour 3: 03 01:00, 03 03:00
hour 3,3: 02 06:30, 03 03:00
hour 4: 02 06:30, 03 04:00
hour 5: 02 06:30, 03 05:00" ]
