"""Rows of panels as Grafana's JSON (its dashboard schema 42), by Grafana's own types.

Apart, because the types are an optional dependency that takes longer to load than all else.
"""

from collections.abc import Iterator, Sequence

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as kinds
from grafana_foundation_sdk.models.dashboard import Dashboard as Built
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataTransformerConfig,
    FieldColorModeId,
    Panel,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from grafana_foundation_sdk.models.table import Options as TableOptions

from examx_constructs.alerts import Runbook
from examx_constructs.dashboards import DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import Dashboards, Duration

_SOURCE = kinds.DataSourceRef(type_val="prometheus", uid="${datasource}")
_HEIGHTS = {"figure": 4, "graph": 8, "table": 5}
_HIDDEN = ("Time", "Value", "__name__", "alertstate", "namespace")
"""Columns of the table of alerts that say the same in each line."""


def dashboard_json(
    *,
    uid: str,
    title: str,
    rows: Sequence[DashboardRow],
    settings: Dashboards,
    interval: Duration,
    runbooks: str,
    tags: Sequence[str],
) -> str:
    """Write the dashboard, with sorted keys: the same for the same rows.

    `interval`: how often Prometheus asks, below which no step makes sense. `runbooks`: the address of docs/alerts.md.
    """
    built = (
        dashboard.Dashboard(title)
        .uid(uid)
        .tags(list(tags))
        .timezone("browser")
        .refresh(str(settings.refresh))
        .time(f"now-{settings.shows}", "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .link(_link("Runbooks", runbooks))
    )
    number = 0
    for row in rows:
        number += 1
        built.with_row(dashboard.Row(row.title).id(number))
        for panel in row.panels:
            number += 1
            links = [_link(f"Runbook: {each.title}", _address(runbooks, each)) for each in panel.runbooks]
            built.with_panel(
                _panel(panel)
                .id(number)
                .title(panel.title)
                .description(panel.means)
                .unit(panel.unit)
                .span(panel.width)
                .height(_HEIGHTS[panel.shape])
                .datasource(_SOURCE)
                .interval(str(interval))
                .links([*links])
                .targets([*_targets(panel)])
            )
    return JSONEncoder(sort_keys=True, indent=1, ensure_ascii=False).encode(_plain(built.build())) + "\n"


def _plain(built: Built) -> Built:
    # 0.0.21 writes defaults that Grafana's schema has elsewhere. These are those of an interval into each variable, and
    # the footer of a table into its options, where Grafana 13 has none.
    for each in (built.templating.list_val if built.templating else None) or ():
        each.auto = each.auto_count = each.auto_min = None
    panels = [each for each in built.panels or () if isinstance(each, Panel)]
    for each in panels:
        if isinstance(each.options, TableOptions):
            each.options.footer = None
    # It puts each link into a menu, too, where nobody in a hurry looks.
    for link in (*(built.links or ()), *(link for each in panels for link in each.links or ())):
        link.placement = None  # pyright: ignore[reportAttributeAccessIssue] - so it is left out
    return built


def _address(runbooks: str, runbook: Runbook) -> str:
    return f"{runbooks.removesuffix('#')}#{runbook.anchor}"


def _link(title: str, url: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink(title).type(DashboardLinkType.LINK).url(url).target_blank(True)  # noqa: FBT003 - its own way


def _targets(panel: DashboardPanel) -> Iterator[prometheus.Dataquery]:
    for letter, query in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", panel.queries, strict=False):
        target = _query(query).ref_id(letter)
        if panel.shape == "graph":
            yield target.range()
        elif panel.shape == "figure":
            yield target.instant()
        else:
            yield target.instant().format(PromQueryFormat.TABLE)


def _query(query: DashboardQuery) -> prometheus.Dataquery:
    return prometheus.Dataquery().datasource(_SOURCE).expr(query.expr).legend_format(query.legend)


def _panel(panel: DashboardPanel) -> timeseries.Panel | stat.Panel | table.Panel:
    if panel.shape == "graph":
        return _graph(panel)
    return _figure(panel) if panel.shape == "figure" else _table()


def _graph(panel: DashboardPanel) -> timeseries.Panel:
    graph = (
        timeseries.Panel()
        .min(0)
        .line_width(1)
        .fill_opacity(5)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)  # noqa: FBT003 - its own way
            .display_mode(kinds.LegendDisplayMode.LIST)
            .placement(kinds.LegendPlacement.BOTTOM)
        )
        .tooltip(common.VizTooltipOptions().mode(kinds.TooltipDisplayMode.MULTI).sort(kinds.SortOrder.DESCENDING))
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .thresholds(_thresholds(panel))
    )
    if panel.bound:
        line = common.GraphThresholdsStyleConfig().mode(kinds.GraphThresholdsStyleMode.DASHED)
        graph.thresholds_style(line)
    return graph


def _figure(panel: DashboardPanel) -> stat.Panel:
    color = dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS)
    return (
        stat.Panel()
        .color_mode(kinds.BigValueColorMode.BACKGROUND if panel.bound else kinds.BigValueColorMode.NONE)
        .graph_mode(kinds.BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("none")
        .color_scheme(color)
        .thresholds(_thresholds(panel))
    )


def _table() -> table.Panel:
    hide = DataTransformerConfig(id_val="organize", options={"excludeByName": dict.fromkeys(_HIDDEN, True)})
    return table.Panel().show_header(True).no_value("No alert fires.").transformations([hide])  # noqa: FBT003 - its own way


def _thresholds(panel: DashboardPanel) -> dashboard.ThresholdsConfig:
    made = dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE)
    if panel.bound is None:
        return made.steps([Threshold(value=None, color="green")])
    below, above = ("green", "red") if panel.bound.bad == "above" else ("red", "green")
    return made.steps([Threshold(value=None, color=below), Threshold(value=panel.bound.at, color=above)])
