#!/usr/bin/env bash
# PromQL: `smoothed` behind a selector makes what has gone stale live on for the five minutes of the lookback.
#
# github.com/prometheus/prometheus@v0.316.0 (Prometheus 3.16.0, the first in which smoothed and anchored need no flag).
# A pod is scraped each minute. It is last seen at minute 1 and marked stale at minute 2, when its successor appears.
#
# Guess: smoothed draws lines between samples. A stale marker still ends a series, so the sum over pods is that without
# smoothed, but for softer steps. Really: markers of staleness are left out before the last sample and the next one are
# looked for. Without a next one the last is the value, until it is older than the lookback. Each pod that went counts
# five minutes beside its successor. So a rollout of all pods doubles a sum or a count, and absent() comes late.
# A series that comes back in time gets a line right through the minutes in which it was gone.
#
# Seen at minutes 0 to 6:  sum(jobs) 3 3 4 4 4 4 4.  sum(jobs smoothed) 3 3 7 7 7 7 4.
#                          back, with a stale marker at 2: 1 2 - - - 6 6.  back smoothed 1 2 3 4 5 6 6.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module look

go 1.25

require github.com/prometheus/prometheus v0.316.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/tsdb"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	ctx := context.Background()
	store, err := tsdb.Open("data", nil, nil, tsdb.DefaultOptions(), nil)
	check(err)
	stale, none := math.Float64frombits(value.StaleNaN), math.Inf(1)
	writer := store.Appender(ctx)
	for _, series := range []struct {
		name, pod string
		samples   []float64
	}{
		{"jobs", "old", []float64{3, 3, stale}},
		{"jobs", "new", []float64{none, none, 4, 4, 4, 4, 4}},
		{"back", "one", []float64{1, 2, stale, none, none, 6}},
	} {
		each := labels.FromStrings("__name__", series.name, "pod", series.pod)
		for minute, sample := range series.samples {
			if sample != none {
				_, err := writer.Append(0, each, int64(minute)*60_000, sample)
				check(err)
			}
		}
	}
	check(writer.Commit())
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1000, Timeout: time.Minute})
	for _, asked := range []string{
		`sum(jobs)`, `sum(jobs smoothed)`, `absent(jobs{pod="old"})`, `absent(jobs{pod="old"} smoothed)`,
		`back`, `back smoothed`,
	} {
		fmt.Print(asked, ":")
		for minute := range 7 {
			query, err := engine.NewInstantQuery(ctx, store, nil, asked, time.Unix(int64(minute)*60, 0))
			check(err)
			answer, err := query.Exec(ctx).Vector()
			check(err)
			if len(answer) == 0 {
				fmt.Print(" -")
			}
			for _, each := range answer {
				fmt.Print(" ", each.F)
			}
		}
		fmt.Println()
	}
	check(store.Close())
}
GO
export GOFLAGS=-mod=mod GOWORK=off
seen=$(go run .)
echo "$seen"
[ "$seen" = 'sum(jobs): 3 3 4 4 4 4 4
sum(jobs smoothed): 3 3 7 7 7 7 4
absent(jobs{pod="old"}): - - 1 1 1 1 1
absent(jobs{pod="old"} smoothed): - - - - - - 1
back: 1 2 - - - 6 6
back smoothed: 1 2 3 4 5 6 6' ]
