#!/usr/bin/env bash
# A crontab line with days of the month and of the week runs 27 or 211 times a year, by who reads it.
#
# Celery 5.7.0 (beat), croniter 7.0.0 (Airflow and others), cronsim 2.8 (made to run as Debian's cron does), robfig/cron
# v3.0.1 (CronJobs of Kubernetes, KEDA's cron trigger). Counted: the days of 2027 on which each line is due.
#
# Guess: all but Celery take either day, as the manual of cron says where both are restricted; Celery takes both.
# Really: "restricted" is another word for each. To cronsim, a field that begins with * is free, step or not, so */2 on
# Mondays is 27 days. To croniter and robfig */2 restricts, so it is 211. Written as a range, 1-31/2, the same days are
# 211 to cronsim too. And 1-31, which restricts nothing, makes Mondays into every day, but not for Celery.
#
# Seen (Celery, cronsim, croniter, robfig):  "0 6 */2 * 1" 27 27 211 211;  "0 6 1-31/2 * 1" 27 211 211 211;
#                                            "0 6 1-31 * 1" 52 365 365 365
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check celery==5.7.0 croniter==7.0.0 cronsim==2.8
cat >look.py <<'PY'
import sys
from datetime import datetime, timedelta

from celery.schedules import crontab
from croniter import croniter
from cronsim import CronSim

FROM, DAYS = datetime(2026, 12, 31, 23), 365


def celery(line):
    minute, hour, of_month, month, of_week = line.split()
    due = crontab(minute, hour, of_week, of_month, month)
    days = (datetime(2027, 1, 1) + timedelta(days=number) for number in range(DAYS))
    return sum(each.day in due.day_of_month and each.isoweekday() % 7 in due.day_of_week for each in days)


def counted(moments):
    number = 0
    while next(moments).year == 2027:
        number += 1
    return number


line = sys.argv[1]
print(celery(line), counted(CronSim(line, FROM)), counted(iter(croniter(line, FROM, ret_type=datetime))))
PY
cat >go.mod <<'MOD'
module look

go 1.24

require github.com/robfig/cron/v3 v3.0.1
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/robfig/cron/v3"
)

func main() {
	schedule, err := cron.ParseStandard(os.Args[1])
	if err != nil {
		panic(err)
	}
	number := 0
	for now := schedule.Next(time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)); now.Year() == 2027; now = schedule.Next(now) {
		number++
	}
	fmt.Println(number)
}
GO
export GOFLAGS=-mod=mod GOWORK=off
go mod tidy 2>/dev/null
while IFS=: read -r line wanted; do
  seen="$(venv/bin/python look.py "$line") $(go run . "$line")"
  echo "$line: $seen"
  [ "$seen" = "$wanted" ]
done <<'LINES'
0 6 */2 * 1:27 27 211 211
0 6 1-31/2 * 1:27 211 211 211
0 6 1-31 * 1:52 365 365 365
LINES
