"""The picture of docs/monitoring.md: the dashboard's own JSON and a real Prometheus' answers to it, drawn as SVG.

It is no picture of Grafana, whose looks it has not. Places, titles, queries, units and bounds are those of the JSON.
The lines are what its queries answer over tools/played.py.
"""

import json
import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from cdk8s import App, Chart

from examx_constructs.dashboards import rows_of
from examx_constructs.monitoring.dashboard import Dashboard
from tools import played
from tools.prometheus import Found, Prometheus, installed, serving

FILE = Path("docs/pictures/dashboard.svg")
ROWS = ("Now", "Queue default", "Backend", "Redis")
"""Those that the picture shows, by how they begin."""
MOMENT = played.START + 7200 + 45
FROM, TO = MOMENT - 1500, MOMENT + 1500
_COLUMN, _LINE, _GAP = 50, 27, 6
_POINTS = 150
_THOUSAND = 1000
_COLORS = ("#3274d9", "#d97706", "#7c3aed", "#0d9488", "#be185d", "#4d7c0f")
_STYLE = """
  svg { background: #f4f5f5 }
  text { font: 11px system-ui, "Segoe UI", sans-serif; fill: #464c54 }
  .row { font-size: 14px; font-weight: 600 } .title { font-weight: 600; fill: #1f2328 }
  .panel { fill: #fff; stroke: #d8d9da } .grid { stroke: #e7e8e9 } .bound { stroke: #d44a3a; stroke-dasharray: 5 4 }
  .line { fill: none; stroke-width: 1.5 } .tick { text-anchor: end; font-size: 10px }
  .good { fill: #56a64b } .bad { fill: #d44a3a } .plain { fill: #fff; stroke: #d8d9da }
  .figure { font-size: 26px; font-weight: 600; text-anchor: middle } .good + text, .bad + text { fill: #fff }
  .on { fill: #fff } .head { font-weight: 600 }
"""
Json = Mapping[str, Any]


def write() -> None:
    """Draw it, where a Prometheus is installed; else leave it as it is."""
    if installed():
        FILE.write_text(svg(), encoding="utf-8")


def dashboard() -> Json:
    """Return the JSON of production's dashboard."""
    of = played.environment()
    chart = Chart(App(), "dashboard", namespace=of.namespace)
    title = f"{of.application.name} in {of.name}"
    Dashboard(chart, "dashboard", name="dashboard", title=title, rows=rows_of(of, played.WATCHED))
    return json.loads(next(iter(chart.to_json()[0]["data"].values())))


def svg() -> str:
    """Draw the picture: the same bytes for the same dashboard, the same past and the same Prometheus."""
    given = dashboard()
    panels, lines = _chosen(given["panels"])
    width, height = 24 * _COLUMN + _GAP, lines * _LINE + 40
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), played.openmetrics()) as prometheus:
        drawn = [part for panel in panels for part in _panel(panel, prometheus)]
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<text class="row" x="{_GAP}" y="22">{escape(given["title"])}, a burst of 4000 tasks at 10:00</text>'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>The dashboard of {escape(given['title'])}, drawn from its JSON</title>",
            f"<style>{_STYLE}</style>",
            head,
            '<g transform="translate(0 32)">',
            *drawn,
            "</g>",
            "</svg>\n",
        ]
    )


def _chosen(panels: Sequence[Json]) -> tuple[list[Json], int]:
    """Return the panels of the rows that are shown, moved up over those left out, and how many lines they take."""
    chosen: list[Json] = []
    top = moved = 0
    shown = False
    for each in panels:
        place = dict(each["gridPos"])
        if each["type"] == "row":
            shown = each["title"].startswith(ROWS)
            moved = place["y"] - top
        if shown:
            place["y"] -= moved
            top = max(top, place["y"] + place["h"])
            chosen.append({**each, "gridPos": place})
    return chosen, top


def _panel(panel: Json, prometheus: Prometheus) -> Iterator[str]:
    place = panel["gridPos"]
    x, y = place["x"] * _COLUMN + _GAP, place["y"] * _LINE
    width, height = place["w"] * _COLUMN - _GAP, place["h"] * _LINE - _GAP
    yield f'<g transform="translate({x} {y})">'
    if panel["type"] == "row":
        yield f'<text class="row" x="0" y="18">{escape(panel["title"])}</text>'
    else:
        draw = {"stat": _figure, "timeseries": _graph, "table": _table}[panel["type"]]
        yield from draw(panel, prometheus, width, height)
    yield "</g>"


def _bound(panel: Json) -> tuple[float, str] | None:
    """Return the figure at which the color changes, and to which."""
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return (steps[1]["value"], steps[1]["color"]) if len(steps) > 1 else None


def _figure(panel: Json, prometheus: Prometheus, width: int, height: int) -> Iterator[str]:
    (found,) = prometheus.instant(panel["targets"][0]["expr"], MOMENT)
    value, bound = found.values[0][1], _bound(panel)
    look = "plain" if bound is None else "bad" if (value >= bound[0]) == (bound[1] == "red") else "good"
    white = "" if look == "plain" else " on"
    yield f'<rect class="{look}" width="{width}" height="{height}" rx="2"/>'
    yield f'<text class="title{white}" x="8" y="16">{escape(panel["title"])}</text>'
    text = _written(value, panel["fieldConfig"]["defaults"]["unit"])
    yield f'<text class="figure{white}" x="{width / 2:g}" y="{height / 2 + 18:g}">{text}</text>'


def _table(panel: Json, prometheus: Prometheus, width: int, height: int) -> Iterator[str]:
    yield f'<rect class="panel" width="{width}" height="{height}" rx="2"/>'
    yield f'<text class="title" x="8" y="16">{escape(panel["title"])}</text>'
    hidden = panel["transformations"][0]["options"]["excludeByName"]
    found = prometheus.instant(panel["targets"][0]["expr"], MOMENT)
    columns = sorted({name for each in found for name in each.labels if name not in hidden})
    for number, column in enumerate(columns):
        texts = (column, *(each.labels.get(column, "") for each in found))
        for line, text in enumerate(texts):
            look = ' class="head"' if line == 0 else ""
            yield f'<text{look} x="{8 + number * width / len(columns):.0f}" y="{40 + line * 20}">{escape(text)}</text>'


def _graph(panel: Json, prometheus: Prometheus, width: int, height: int) -> Iterator[str]:
    found = [
        (_named(target["legendFormat"], each), each.values)
        for target in panel["targets"]
        for each in prometheus.over(target["expr"], FROM, TO, (TO - FROM) / _POINTS)
    ]
    unit, bound = panel["fieldConfig"]["defaults"]["unit"], _bound(panel)
    values = [value for _, points in found for _, value in points if math.isfinite(value)]
    most = _round_up(max([*values, *([bound[0]] if bound else []), 1e-9]))
    ticks = [_written(most * part / 4, unit) for part in range(5)]
    left, top, bottom = 14 + 6 * max(map(len, ticks)), 26, height - 34
    yield f'<rect class="panel" width="{width}" height="{height}" rx="2"/>'
    yield f'<text class="title" x="8" y="16">{escape(panel["title"])}</text>'
    for part, tick in enumerate(ticks):
        y = bottom - (bottom - top) * part / 4
        yield f'<path class="grid" d="M{left} {y:.1f}H{width - 8}"/>'
        yield f'<text class="tick" x="{left - 4}" y="{y + 3:.1f}">{tick}</text>'
    if bound:
        yield f'<path class="bound" d="M{left} {bottom - (bottom - top) * bound[0] / most:.1f}H{width - 8}"/>'
    legend = 8.0
    for number, (name, points) in enumerate(found):
        color = _COLORS[number % len(_COLORS)]
        across = (width - 8 - left) / (TO - FROM)
        path = "L".join(
            f"{left + (moment - FROM) * across:.1f} {bottom - (bottom - top) * value / most:.1f}"
            for moment, value in points
            if math.isfinite(value)
        )
        yield f'<path class="line" stroke="{color}" d="M{path}"/>'
        if legend + 6 * len(name) < width:
            yield f'<text style="fill:{color}" x="{legend:.0f}" y="{height - 8}">{escape(name)}</text>'
        legend += 6 * len(name) + 18


def _named(legend: str, found: Found) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda label: found.labels.get(label[1], ""), legend)


def _round_up(value: float) -> float:
    scale = 10 ** math.floor(math.log10(value))
    return next(step * scale for step in (1, 2, 4, 5, 8, 10) if step * scale >= value * 0.999999)


def _written(value: float, unit: str) -> str:
    """Write a value as people read it, with Grafana's unit."""
    if unit == "s":
        return f"{value * _THOUSAND:.3g} ms" if 0 < value < 1 else f"{value:.3g} s"
    if unit == "percent":
        return f"{value:.3g} %"
    short = f"{value / _THOUSAND:.3g} K" if value >= _THOUSAND else f"{value:.3g}"
    return f"{short} {'req/s' if unit == 'reqps' else 'ops/s'}" if unit in ("reqps", "ops") else short


if __name__ == "__main__":
    write()
