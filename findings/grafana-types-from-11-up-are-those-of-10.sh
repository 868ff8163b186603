#!/usr/bin/env bash
# grafana-foundation-sdk: who asks for the types of Grafana 11 and newer gets those of 10.1.
#
# pip 24.0. The package has a version for each Grafana, 10.1.0 to 11.6.0, all built anew at each
# release. 1769699998!10.1.0 is the newest of them here, and the bound that keeps this from changing.
#
# Guess: >=11 brings 11.6.0, and >=11,<12 the same.
# Really: each version begins with an epoch, which is the second of its build. Epochs count before all else (PEP 440).
# Of a release, 10.1 is built last, so it is above 11.6 and satisfies >=11. No version is below 12: all have an epoch,
# and 12 has none. So the range finds nothing. One Grafana is asked for with its epoch, and so is one release of it.
# 0.0.21 and the like, one package for all, are below every one of them. >=0.0.21 brings 10.1 too.
#
# Seen:  >=11: 10.1.0    >=0.0.21: 10.1.0    >=11,<12: none    ==1769699379!11.*: 11.6.0
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pip==24.0
ask() {
  rm -rf got
  venv/bin/pip download --quiet --disable-pip-version-check --no-deps --dest got "grafana-foundation-sdk$1" 2>/dev/null || true
  found=$(find got -name '*.whl' 2>/dev/null | sed -E 's/.*-([0-9]+!)?([0-9.]+)-py3.*/\2/')
  echo "${2:-$1}: ${found:-none}"
}
newest='<=1769699998!10.1.0'
{
  ask ">=11,$newest" '>=11'
  ask ">=0.0.21,$newest" '>=0.0.21'
  ask '>=11,<12'
  ask '==1769699379!11.*'
} | tee seen
diff seen - <<'SEEN'
>=11: 10.1.0
>=0.0.21: 10.1.0
>=11,<12: none
==1769699379!11.*: 11.6.0
SEEN
