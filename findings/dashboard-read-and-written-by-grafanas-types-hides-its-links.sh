#!/usr/bin/env bash
# grafana-foundation-sdk 0.0.21 (Python): a dashboard that is only read and written again hides its links.
#
# A dashboard with a link, an annotation and a variable of a query is read with from_json and encoded again.
#
# Guess: what was not said is not said after, or said with what Grafana takes it for: nothing looks different.
# Really: link and annotation get "placement": "inControlsMenu", the only value that the types know. As its name
# says, that is a menu, not the head of the page. The builders do the same. A dashboard without a time zone
# follows each reader's profile. After, it has that of the browser. The query gets what only an interval has: "auto",
# 30 steps and 10s.
#
# Seen:  placement of link and annotation: None -> inControlsMenu; timezone: None -> browser; query: auto False, 30, 10s
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check grafana-foundation-sdk==0.0.21
cat >look.py <<'PY'
import json

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard, DashboardLinkType

given = {
    "title": "Queues",
    "schemaVersion": 41,
    "links": [{"title": "Runbook", "type": "link", "url": "https://example.com", "icon": "", "tooltip": "", "tags": []}],
    "annotations": {"list": [{"name": "Releases", "datasource": {"uid": "p"}, "enable": True, "iconColor": "red"}]},
    "templating": {"list": [{"name": "queue", "type": "query", "query": "label_values(queue)"}]},
}


def written(dashboard):
    return json.loads(JSONEncoder().encode(dashboard))


def shown(what, read, before, after):
    print(f"{what}: {before.get(read)} -> {after.get(read)}")


after = written(Dashboard.from_json(given))
shown("link", "placement", given["links"][0], after["links"][0])
shown("annotation", "placement", given["annotations"]["list"][0], after["annotations"]["list"][0])
shown("timezone", "timezone", given, after)
query = after["templating"]["list"][0]
print("query:", *(f"{name} {query.get(name)}" for name in ("auto", "auto_count", "auto_min")))
link = builders.DashboardLink("Runbook").type(DashboardLinkType.LINK).url("https://example.com")
print("built:", written(link.build()).get("placement"))
PY
venv/bin/python look.py | tee seen
diff seen - <<'SEEN'
link: None -> inControlsMenu
annotation: None -> inControlsMenu
timezone: None -> browser
query: auto False auto_count 30 auto_min 10s
built: inControlsMenu
SEEN
