"""The JSON of a dashboard, against the types that Grafana publishes for it (@grafana/schema)."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from examx_constructs.alerts import RUNBOOKS
from examx_constructs.dashboards import rows_of
from examx_constructs.monitoring.dashboard import renderer
from examx_constructs.settings import Alerting, Dashboards, Duration
from tests.blocks import PROJECT
from tools import played

TYPES = PROJECT / "node_modules/@grafana/schema/dist/types/raw"
GENERATOR = PROJECT / "node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js"
RUNBOOK = Alerting().runbooks
Json = dict[str, Any]


def made(**more: object) -> str:
    given: dict[str, Any] = {
        "uid": "examxv2-production",
        "title": "examxv2 in prod",
        "rows": rows_of(played.environment(), played.WATCHED),
        "settings": Dashboards(),
        "interval": Duration("15s"),
        "runbooks": RUNBOOK,
        "tags": ["examxv2"],
    }
    return renderer()(**{**given, **more})


@pytest.fixture(scope="module")
def dashboard() -> Json:
    return json.loads(made())


def panels(dashboard: Json) -> Iterator[Json]:
    return (each for each in dashboard["panels"] if each["type"] != "row")


@pytest.fixture(scope="module")
def schemas() -> Mapping[str, Draft7Validator]:
    """JSON schemas of the dashboard, and of the options and fields of each kind of panel."""
    if not (TYPES.exists() and GENERATOR.exists()):
        pytest.skip("@grafana/schema and ts-json-schema-generator are not installed (npm ci)")
    kinds = {
        f"{kind} {part}": (f"composable/{kind}/panelcfg/x/types.gen.d.ts", part)
        for kind, parts in {
            "timeseries": ("Options", "FieldConfig"),
            "stat": ("Options",),
            "table": ("Options",),
        }.items()
        for part in parts
    }
    return {
        name: schema(*each)
        for name, each in {"dashboard": ("dashboard/x/types.gen.d.ts", "Dashboard"), **kinds}.items()
    }


def schema(file: str, name: str) -> Draft7Validator:
    command = ["node", str(GENERATOR), "--no-type-check", "--path", str(TYPES / file), "--type", name]
    done = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True, timeout=120)
    return Draft7Validator(json.loads(done.stdout))


def findings(validator: Draft7Validator, given: object) -> list[str]:
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in validator.iter_errors(given)]


def test_grafana_knows_each_field(schemas: Mapping[str, Draft7Validator], dashboard: Json):
    assert findings(schemas["dashboard"], dashboard) == []
    for each in panels(dashboard):
        assert findings(schemas[f"{each['type']} Options"], each["options"]) == [], each["title"]
        if each["type"] == "timeseries":
            assert findings(schemas["timeseries FieldConfig"], each["fieldConfig"]["defaults"]["custom"]) == []


def test_the_types_refuse_what_grafana_does_not_know(schemas: Mapping[str, Draft7Validator], dashboard: Json):
    assert findings(schemas["dashboard"], {**dashboard, "titel": "x"})
    assert findings(schemas["dashboard"], {**dashboard, "graphTooltip": 7})
    first = next(panels(dashboard))
    assert findings(schemas[f"{first['type']} Options"], {**first["options"], "colorMode": "loud"})


def test_each_panel_says_what_it_is_in_which_unit_and_what_to_do(dashboard: Json):
    anchors = {each.anchor for each in RUNBOOKS}
    for each in panels(dashboard):
        assert each["description"], each["title"]
        assert each["fieldConfig"]["defaults"]["unit"], each["title"]
        assert {target["datasource"]["uid"] for target in each["targets"]} == {"${datasource}"}
        for link in each["links"]:
            address, _, anchor = link["url"].partition("#")
            assert (address, link["targetBlank"]) == (RUNBOOK, True)
            assert anchor in anchors
    unlinked = {each["title"] for each in panels(dashboard) if not each["links"]}
    assert unlinked == {"Alerts that fire", "Which alerts fire"}


def test_every_panel_has_its_own_number_and_none_lies_on_another(dashboard: Json):
    numbers = [each["id"] for each in dashboard["panels"]]
    assert numbers == list(range(1, len(numbers) + 1))
    cells = [
        (x, y)
        for place in (each["gridPos"] for each in dashboard["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23


def test_it_opens_as_the_settings_say(dashboard: Json):
    other = json.loads(made(settings=Dashboards(refresh=Duration("1m"), shows=Duration("24h"))))
    assert (dashboard["refresh"], dashboard["time"]) == ("30s", {"from": "now-10800s", "to": "now"})
    assert (other["refresh"], other["time"]) == ("60s", {"from": "now-86400s", "to": "now"})
    (variable,) = dashboard["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == ("datasource", "datasource", "prometheus")


def test_the_same_rows_are_the_same_bytes():
    assert made() == made()


def test_the_types_are_asked_only_where_there_is_a_dashboard(tmp_path: Path):
    code = (
        "import sys; import examx_constructs.chart; from examx_constructs.dashboards import rows_of\n"
        "print([each for each in sys.modules if each.startswith('grafana')])"
    )
    (tmp_path / "asks.py").write_text(code)
    done = subprocess.run(["python", "asks.py"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
