"""A line chart as SVG: small, the same bytes for the same figures, readable on a light page and on a dark one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log10
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 380, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 20, 44, 34
_TICKS = 4

_STYLE = """
  svg { --ink: #1f2328; --soft: #59636e; --grid: #d1d9e0; --first: #0969da; --second: #8250df; --least: #59636e }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #f0f6fc; --soft: #9198a1; --grid: #3d444d; --first: #4493f8; --second: #ab7df8; --least: #9198a1 }
  }
  text { font: 12px system-ui, "Segoe UI", sans-serif; fill: var(--soft) }
  .title { font-size: 13px; font-weight: 600; fill: var(--ink) }
  .grid { stroke: var(--grid) }
  .series { fill: none; stroke-width: 2; stroke-linejoin: round }
  .first { --color: var(--first) } .second { --color: var(--second) } .least { --color: var(--least) }
  .series { stroke: var(--color) } .dot { fill: var(--color) } .name { fill: var(--color) }
  .least.series { stroke-dasharray: 5 4; stroke-width: 1.5 }
"""


@dataclass(frozen=True)
class Series:
    """Points under a name. `look`: `first`, `second`, or `least` for what others are compared with."""

    name: str
    look: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """Series that share their axes, which both begin at zero."""

    title: str
    series: Sequence[Series]


def svg(panels: Sequence[Panel], *, below: str, description: str) -> str:
    """Draw panels side by side; `below` says what their horizontal axes count."""
    width = _WIDTH * len(panels)
    size = f'width="{width}" height="{_HEIGHT}" viewBox="0 0 {width} {_HEIGHT}"'
    drawn = [
        f'<g transform="translate({number * _WIDTH} 0)">\n{_panel(panel, below)}\n</g>'
        for number, panel in enumerate(panels)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(description)}</title>",
            f"<style>{_STYLE}</style>",
            *drawn,
            "</svg>\n",
        ]
    )


def _panel(panel: Panel, below: str) -> str:
    points = [point for series in panel.series for point in series.points]
    xs, ys = _ticks(max(x for x, _ in points)), _ticks(max(y for _, y in points))
    axes = _Axes(xs[-1], ys[-1])
    lines = [
        _text(_LEFT - 30, 18, panel.title, "title"),
        *(_grid_line(axes.y(tick), tick) for tick in ys),
        *(_text(axes.x(tick), _HEIGHT - _BOTTOM + 16, f"{tick:g}", anchor="middle") for tick in xs),
        _text(_WIDTH - _RIGHT, _HEIGHT - 4, below, anchor="end"),
    ]
    return "\n".join([*lines, *(line for each in panel.series for line in _series(each, axes))])


@dataclass(frozen=True)
class _Axes:
    most_x: float
    most_y: float

    def x(self, value: float) -> float:
        return _LEFT + value / self.most_x * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self.most_y * (_HEIGHT - _TOP - _BOTTOM)


def _ticks(most: float) -> list[float]:
    """Round numbers from zero to one that is not below the most."""
    rough = most / _TICKS
    magnitude = 10 ** (ceil(log10(rough)) - 1)
    step = next(size * magnitude for size in (1, 2, 2.5, 5, 10) if size * magnitude >= rough)
    return [number * step for number in range(ceil(most / step) + 1)]


def _grid_line(y: float, tick: float) -> str:
    line = f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>'
    return f"{line}{_text(_LEFT - 6, y + 4, f'{tick:g}', anchor='end')}"


def _series(series: Series, axes: _Axes) -> Iterable[str]:
    places = [(axes.x(x), axes.y(y)) for x, y in series.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline class="series {series.look}" points="{path}"/>'
    if series.look != "least":
        yield "".join(f'<circle class="dot {series.look}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    x, y = places[-1]
    # Beside its line it would lie on it; between the far end and the axis there is room.
    height = _HEIGHT - _BOTTOM - 6 if series.look == "least" else y - 9
    yield _text(x, height, series.name, f"name {series.look}", anchor="end")


def _text(x: float, y: float, text: str, look: str = "", anchor: str = "start") -> str:
    kind = f' class="{look}"' if look else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
