"""A run as a picture: an SVG, or one HTML file that is zoomed into."""

import json
from collections.abc import Sequence
from pathlib import Path

from examx_cli.scale import vega
from examx_cli.scale.figures import JsonObject
from examx_cli.scale.samples import Sample, samples
from examx_cli.scale.simulating import Simulated

_POINTS = 300
_WIDTH, _HEIGHT = 640, 150
_MINUTE, _HOUR = 60.0, 3600.0
_LONG, _VERY_LONG = 600.0, 14400.0


def write_svg(file: Path, title: str, runs: Sequence[Simulated]) -> None:
    """Write the picture. Raises CommandError."""
    vega.write(file, vega.svg(_specification(title, runs, moves=False)))


def write_html(file: Path, title: str, runs: Sequence[Simulated]) -> None:
    """Write the page: it fetches nothing. Raises CommandError."""
    vega.write(file, vega.html(_specification(title, runs, moves=True)))


def _specification(title: str, runs: Sequence[Simulated], *, moves: bool) -> JsonObject:
    """Return what Vega-Lite draws: for each queue two panels with one axis of time; `moves`: it is zoomed into."""
    shown = [(each, samples(each.run, _POINTS)) for each in runs]
    divisor, unit = _unit(max(found[-1].second for _, found in shown))
    rows = [_row(each.chosen.label, one, divisor) for each, found in shown for one in found]
    panels: list[JsonObject] = []
    for each, _ in shown:
        panels += [_panel(each.chosen.label, measure, unit, moves=moves) for measure in _MEASURES]
    return {
        "title": title,
        "data": {"values": rows},
        "vconcat": panels,
    }


def _row(queue: str, sample: Sample, divisor: float) -> JsonObject:
    return {
        "queue": queue,
        "time": round(sample.second / divisor, 3),
        "waiting": sample.waiting,
        "pods that take tasks": sample.ready,
        "replicas": sample.replicas,
    }


_MEASURES = (("tasks that wait", ("waiting",)), ("pods", ("pods that take tasks", "replicas")))
"""The title of a panel, and what it shows."""


def _panel(queue: str, measure: tuple[str, tuple[str, ...]], unit: str, *, moves: bool) -> JsonObject:
    title, fields = measure
    several = len(fields) > 1
    color = {"color": {"field": "what", "type": "nominal", "title": None}} if several else {}
    x: JsonObject = {"field": "time", "type": "quantitative", "title": unit}
    lines: JsonObject = {
        "transform": [{"fold": list(fields), "as": ["what", "number"]}],
        "mark": {"type": "line", "interpolate": "step-after"},
        "encoding": {"x": x, "y": {"field": "number", "type": "quantitative", "title": title}, **color},
    }
    panel: JsonObject = {
        "title": {"text": f"{queue}: {title}", "fontSize": 12, "anchor": "start"},
        "width": _WIDTH,
        "height": _HEIGHT,
        "transform": [{"filter": f"datum.queue === {json.dumps(queue)}"}],
    }
    if not moves:
        return {**panel, "layer": [lines]}
    zoom = {"name": _name("zoom", queue, title), "select": {"type": "interval", "encodings": ["x"]}, "bind": "scales"}
    return {**panel, "layer": [{**lines, "params": [zoom]}, _pointer(_name("at", queue, title), fields, x)]}


def _pointer(name: str, fields: Sequence[str], x: JsonObject) -> JsonObject:
    """Return a rule at the moment that is nearest to the mouse, with what is there.

    A line itself tells of its first point.
    """
    nearest = {"type": "point", "fields": ["time"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    shown: list[JsonObject] = [{"field": "time", "type": "quantitative", "title": x["title"]}]
    return {
        "params": [{"name": name, "select": nearest}],
        "mark": {"type": "rule", "color": "gray"},
        "encoding": {
            "x": x,
            "opacity": {"condition": {"param": name, "empty": False, "value": 0.6}, "value": 0},
            "tooltip": [*shown, *({"field": each, "type": "quantitative", "title": each} for each in fields)],
        },
    }


def _name(what: str, queue: str, title: str) -> str:
    """Return a name as Vega has them."""
    return "".join(each if each.isascii() and each.isalnum() else "_" for each in f"{what}_{queue}_{title}")


def _unit(span: float) -> tuple[float, str]:
    if span <= _LONG:
        return 1.0, "seconds"
    return (_MINUTE, "minutes") if span <= _VERY_LONG else (_HOUR, "hours")
