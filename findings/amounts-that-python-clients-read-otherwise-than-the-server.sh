#!/usr/bin/env bash
# Two Python clients read amounts of Kubernetes otherwise than its server: one cannot read what metrics-server sends,
# the other takes what no API server takes.
#
# lightkube 1.0.1 (lightkube.utils.quantity), kubernetes 37.0.2 (kubernetes.utils.quantity), both parse_quantity, against
# resource.ParseQuantity of k8s.io/apimachinery v0.34.4, by which the server reads.
#
# Guess: both read the grammar of the Quantity type; corners such as 1E3 (exponent, or exa?) may differ. Really:
# lightkube knows no n and u, in which metrics.k8s.io answers for CPU ("156340219n"), and no exponent with E. The
# official client takes 1K, spaces, underscores, an exponent with a suffix behind it, and Infinity. So it is no check of
# a manifest. Neither caps at the server's 2^63-1, so 9Ei is larger in a client's sum than what the server keeps.
#
# Seen:  see the table that is printed; "-" is an error.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lightkube==1.0.1 kubernetes==37.0.2
cat >look.py <<'PY'
import json
import sys

from kubernetes.utils.quantity import parse_quantity as official
from lightkube.utils.quantity import parse_quantity as lightkube


def read(reader, written):
    try:
        value = reader(written)
    except Exception:
        return "-"
    return f"{value.normalize():f}" if value.is_finite() else str(value)


for written in json.load(sys.stdin):
    print(json.dumps([written, read(lightkube, written), read(official, written)]))
PY
cat >go.mod <<'MOD'
module look

go 1.24

require k8s.io/apimachinery v0.34.4
MOD
cat >main.go <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/api/resource"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var row []string
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			panic(err)
		}
		server := "-"
		if amount, err := resource.ParseQuantity(row[0]); err == nil {
			server = amount.String()
		}
		fmt.Printf("%q server %s lightkube %s official %s\n", row[0], server, row[1], row[2])
	}
}
GO
export GOFLAGS=-mod=mod GOWORK=off
go mod tidy 2>/dev/null
seen=$(echo '["156340219n", "250u", "1E3", "1K", "1 Gi", "1_000", "1E3Ki", "Infinity", "9Ei"]' | venv/bin/python look.py | go run .)
echo "$seen"
[ "$seen" = '"156340219n" server 156340219n lightkube - official 0.156340219
"250u" server 250u lightkube - official 0.00025
"1E3" server 1E3 lightkube - official 1000
"1K" server - lightkube - official 1000
"1 Gi" server - lightkube - official 1073741824
"1_000" server - lightkube - official 1000
"1E3Ki" server - lightkube - official 1024000
"Infinity" server - lightkube - official Infinity
"9Ei" server 9223372036854775807 lightkube 10376293541461622784 official 10376293541461622784' ]
