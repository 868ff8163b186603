"""The picture of `make bench`: seconds and memory over the number of feature environments, as Vega-Lite draws it."""

from collections.abc import Iterator, Mapping, Sequence

from examx_cli.scale.figures import JsonObject
from tools.bench_figures import Scale, milliseconds

DESCRIPTION = "Seconds and memory over the number of feature environments"
_ALONE = "cdk8s alone, empty objects"
_COLORS = ("#0969da", "#8250df", "#59636e")
_WIDTH, _HEIGHT = 300, 200


def specification(scale: Scale) -> JsonObject:
    """Make two panels side by side, whose axes begin at zero."""
    return {
        "description": DESCRIPTION,
        "hconcat": [_seconds(scale), _memory(scale)],
        "resolve": {"scale": {"color": "independent"}},
    }


def _seconds(scale: Scale) -> JsonObject:
    first, last = scale.bare[0], scale.bare[-1]
    most = scale.synth[-1].environments
    bare = first.seconds + (most - first.environments) * milliseconds(first, last) / 1000
    series = {
        "build, check and write": [(each.environments, each.seconds) for each in scale.synth],
        _ALONE: [(0, 0.0), (most, bare)],
    }
    return _panel("Seconds in all", series)


def _memory(scale: Scale) -> JsonObject:
    series = {
        "Node": [(each.environments, each.node_memory) for each in scale.synth],
        "Python": [(each.environments, each.python_memory) for each in scale.synth],
    }
    return _panel("MiB at the peak", series)


def _panel(title: str, series: Mapping[str, Sequence[tuple[int, float]]]) -> JsonObject:
    """Draw each series as a line, and a dot for each figure that was measured."""
    names = [*series]
    colors = [_COLORS[2] if name == _ALONE else color for name, color in zip(names, _COLORS, strict=False)]
    measured = {"filter": f"datum.what !== '{_ALONE}'"}
    return {
        "title": {"text": title, "anchor": "start"},
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": [*_rows(series)]},
        "encoding": {
            "x": {"field": "environments", "type": "quantitative", "title": "environments"},
            "y": {"field": "figure", "type": "quantitative", "title": None},
            "color": {
                "field": "what",
                "type": "nominal",
                "title": None,
                "scale": {"domain": names, "range": colors},
                "legend": {"orient": "bottom", "columns": 1},
            },
        },
        "layer": [{"mark": "line"}, {"transform": [measured], "mark": {"type": "point", "filled": True}}],
    }


def _rows(series: Mapping[str, Sequence[tuple[int, float]]]) -> Iterator[JsonObject]:
    for name, points in series.items():
        for environments, figure in points:
            yield {"what": name, "environments": environments, "figure": round(figure, 3)}
