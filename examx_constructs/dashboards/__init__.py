"""What the person on duty looks at, made of an environment's own figures. Loads without Node, and without Grafana.

A panel asks what an alert judges, over the same 5 minutes, and is red from the same figure on.
"""

from examx_constructs.dashboards import autoscaling, backend, now, pods, queues, redis
from examx_constructs.dashboards.panel import DashboardBound, DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import Environment, Monitoring

__all__ = ["DashboardBound", "DashboardPanel", "DashboardQuery", "DashboardRow", "rows_of"]


def rows_of(environment: Environment, monitoring: Monitoring) -> tuple[DashboardRow, ...]:
    """Return all rows of an environment: first what is wrong now, then the queues, then what carries them.

    There are none of what `monitoring` leaves unscraped: an empty panel would look like a calm one.
    """
    rows = (
        now.row(environment, monitoring),
        *(queues.rows(environment) if monitoring.queues else ()),
        *(backend.rows(environment, monitoring)),
        *(redis.rows(environment, monitoring) if monitoring.redis else ()),
        autoscaling.row(environment),
        pods.row(environment, monitoring),
    )
    return tuple(each for each in rows if each.panels)
