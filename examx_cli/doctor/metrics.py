"""The precondition of scaling by CPU and memory: metrics-server, or who else serves its API."""

from examx_cli.doctor.aggregated import is_available
from examx_cli.doctor.charts import METRICS_SERVER
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found

RESOURCE_METRICS = "v1beta1.metrics.k8s.io"


@precondition(
    "metrics",
    "resource metrics API",
    when=lambda needs: needs.resource_metrics,
    breaks="nothing scales by CPU or memory, and a worker that one metric fails for is never scaled down",
    mend=METRICS_SERVER.command("CLUSTER"),
)
def resource_metrics(_needs: Needs, seen: Seen) -> Found:
    """The API that autoscalers ask for CPU and memory is available."""
    return is_available(seen, RESOURCE_METRICS)
