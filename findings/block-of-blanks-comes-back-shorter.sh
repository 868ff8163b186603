#!/usr/bin/env bash
# The npm package yaml 2.9.1, which cdk8s writes manifests with; PyYAML 6.0.4 as a second reader.
# Setting: a ConfigMap's value of spaces and line ends alone, such as a separator in a text that is put together.
#
# Guess: what a library writes it reads back, and any other reader of YAML as well.
# Seen: it writes a block for " \n", and reads its own block back as "\n". PyYAML reads the same.
# A block has the indentation of its first line that is not blank. Where all lines are blank, the longest one sets it,
# so the spaces count as indentation (YAML 1.2.2, 8.1.1.1). A digit behind the `|` would say where the text begins. The
# library writes that digit before a line that begins with a space, yet not where nothing follows.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --no-update-notifier yaml@2.9.1
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check PyYAML==6.0.4

cat > write.js <<'JS'
const YAML = require("yaml");
for (const text of [" \n", "\n  \n", " \n\n", " \na"]) {
  const written = YAML.stringify({ text });
  console.log(JSON.stringify([text, written, YAML.parse(written).text]));
}
JS
node write.js > written.jsonl
venv/bin/python - written.jsonl <<'PY' | tee seen
import json
import sys

import yaml

for line in open(sys.argv[1]):
    text, written, back = json.loads(line)
    other = yaml.safe_load(written)["text"]
    print(f"{text!r}: written {written!r}, read back {back!r}, by PyYAML {other!r}")
PY

diff - seen <<'SEEN'
' \n': written 'text: |+\n   \n', read back '\n', by PyYAML '\n'
'\n  \n': written 'text: |+\n  \n    \n', read back '\n\n', by PyYAML '\n\n'
' \n\n': written 'text: |+\n   \n\n', read back '\n\n', by PyYAML '\n\n'
' \na': written 'text: |2-\n   \n  a\n', read back ' \na', by PyYAML ' \na'
SEEN
