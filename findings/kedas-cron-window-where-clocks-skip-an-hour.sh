#!/usr/bin/env bash
# KEDA's cron trigger: a start in the hour that clocks skip keeps the replicas up for the whole day
# before. An end in it takes them away for the whole night.
#
# Guess: a 02:30 that does not exist becomes 03:00 or 03:30, so a window is at most an hour too long or too short.
# Really: the day has no such start (or end) at all, so the next one is of the day after. A next start that is far makes
# the end come first since the end before: open 24 hours early. A next end that is far makes the start come first: shut.
#
# github.com/robfig/cron/v3@v3.0.1, which KEDA 2.17.2, 2.20.2 and 2.21.0 read their schedules with, and Go's time zones.
# KEDA has no memory of the last start. Each time it asks for the next start and the next end. The window is open while
# the next end comes first (pkg/scalers/cron_scaler.go, GetMetricsAndActivity). Here both are asked for in each minute
# of three days around 2027-03-28, when Berlin goes from 02:00 to 03:00.
#
# Seen:  02:30 to 06:00 is open from Sat 02:30 to Sun 06:00, 26.5 hours; 22:00 to 02:30 is shut from Sat 02:30 to
#        Sun 22:00. With ends outside of the hour, 01:59 to 03:00, each day has its window.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module look

go 1.24

require github.com/robfig/cron/v3 v3.0.1
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

func main() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	for _, window := range [][2]string{{"30 2 * * *", "0 6 * * *"}, {"0 22 * * *", "30 2 * * *"}, {"59 1 * * *", "0 3 * * *"}} {
		start, _ := cron.ParseStandard(window[0])
		end, _ := cron.ParseStandard(window[1])
		fmt.Printf("%s to %s:", window[0], window[1])
		was := false
		for minute := range 3 * 24 * 60 {
			now := time.Date(2027, 3, 26, 12, 0, 0, 0, berlin).Add(time.Duration(minute) * time.Minute)
			is := end.Next(now).Before(start.Next(now))
			if is != was {
				fmt.Printf(" %s %s", map[bool]string{true: "open", false: "shut"}[is], now.Format("Mon 15:04"))
			}
			was = is
		}
		fmt.Println()
	}
}
GO
export GOFLAGS=-mod=mod GOWORK=off
go mod tidy 2>/dev/null
seen=$(go run .)
echo "$seen"
[ "$seen" = "30 2 * * * to 0 6 * * *: open Sat 02:30 shut Sun 06:00 open Mon 02:30 shut Mon 06:00
0 22 * * * to 30 2 * * *: open Fri 22:00 shut Sat 02:30 open Sun 22:00 shut Mon 02:30
59 1 * * * to 0 3 * * *: open Sat 01:59 shut Sat 03:00 open Sun 01:59 shut Sun 03:00 open Mon 01:59 shut Mon 03:00" ]
