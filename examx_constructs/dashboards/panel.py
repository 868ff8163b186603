"""A dashboard as values: rows of panels, each with its queries, its unit and the bound that an alert judges."""

from dataclasses import dataclass
from typing import Literal

from examx_constructs._strict import strict_value
from examx_constructs.alerts import Runbook
from examx_constructs.settings import SettingError

Unit = Literal["short", "percent", "s", "bytes", "reqps", "ops"]
"""Grafana's names of units: a count, percent, seconds, bytes, requests or operations a second."""
Shape = Literal["graph", "figure", "table"]
"""`graph` is over time, `figure` the last value in large, `table` the last values of all series."""
Width = Literal[4, 6, 8, 12, 24]
"""Of the 24 columns that Grafana has."""


@strict_value
@dataclass(frozen=True, kw_only=True)
class DashboardQuery:
    """PromQL, and how its series are called: `legend` may use labels, as `{{pod}}`."""

    expr: str
    """That PromQL. Grafana's variables may be in it."""
    legend: str


@strict_value
@dataclass(frozen=True, kw_only=True)
class DashboardBound:
    """The figure from which on a panel is red, in the panel's unit: at it and above, or below it."""

    at: float
    """The figure."""
    bad: Literal["above", "below"] = "above"
    """On which side of it the panel is red."""


@strict_value
@dataclass(frozen=True, kw_only=True)
class DashboardPanel:
    """One question that the person on duty has, and the queries that answer it.

    `means` says what is seen and what is good. `runbooks` are linked: what to do where it is not.
    Raises SettingError without a query: Grafana would show an empty frame.
    """

    title: str
    """The question."""
    means: str
    unit: Unit
    """What Grafana writes behind figures, by its own names."""
    queries: tuple[DashboardQuery, ...]
    """Those that are drawn in it."""
    bound: DashboardBound | None = None
    runbooks: tuple[Runbook, ...] = ()
    width: Width = 8
    """Of the 24 columns that a row has."""
    shape: Shape = "graph"
    """A curve over time, the newest figure, or a table of them."""

    def __post_init__(self) -> None:
        if not self.queries:
            raise SettingError(
                "DashboardPanel.queries", (), f"it must have one: there is nothing to show of {self.title}"
            )


@strict_value
@dataclass(frozen=True, kw_only=True)
class DashboardRow:
    """Panels of one topic, under a heading by which they are folded away."""

    title: str
    """The heading."""
    panels: tuple[DashboardPanel, ...]
    """From left to right, and on as lines are full."""
