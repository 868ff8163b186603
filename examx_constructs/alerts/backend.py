"""What students meet: errors and waiting. Metrics of django-prometheus, which the application serves."""

from collections.abc import Iterator

from examx_constructs.alerts.alert import Alert, Runbook
from examx_constructs.alerts.promql import series
from examx_constructs.settings import Alerting, Duration, Environment

_NEEDS = "the backend's own metrics (django-prometheus)"
ERRORS = Runbook(
    name="BackendErrors",
    means="Too many of the backend's answers are 5xx.",
    look=("examx logs ENV backend --since 10m", "examx status ENV"),
    mend="If it began with a deployment, take that back: `examx rollback ENV`. Else the log names the view that fails.",
    needs=_NEEDS,
)
SLOW = Runbook(
    name="BackendSlow",
    means="5 of 100 requests take longer than the environment's bound.",
    look=("examx status ENV", "kubectl -n NAMESPACE top pods"),
    mend=(
        "At the maximum of replicas, raise it. Below it, look at the database and at Redis: the backend waits for them."
    ),
    needs=_NEEDS,
)
_ANSWERS = "django_http_responses_total_by_status_total"
_WINDOW = "5m"
_LATENCY = "django_http_requests_latency_including_middlewares_seconds_bucket"


def answers(namespace: str, window: str = _WINDOW, function: str = "rate", **which: str) -> str:
    """Return answers a second, over a window, of one or more series by status; `increase` counts them all."""
    return f"{function}({series(_ANSWERS, namespace=namespace, **which)}[{window}])"


def error_percent(namespace: str) -> str:
    """Return the share of answers that are 5xx, in percent; nothing while nobody asks."""
    return f"100 * sum({answers(namespace, status_like='5..')}) / sum({answers(namespace)})"


def latency(namespace: str, quantile: float, window: str = _WINDOW) -> str:
    """Return the seconds that this share of requests does not exceed, over a window."""
    return f"histogram_quantile({quantile}, sum by (le) (rate({series(_LATENCY, namespace=namespace)}[{window}])))"


def of_backend(environment: Environment, alerting: Alerting) -> Iterator[Alert]:
    """Yield alerts on the backend's answers."""
    yield Alert(
        runbook=ERRORS,
        expr=f"{error_percent(environment.namespace)} > {alerting.error_percent}",
        lasts=Duration("300s"),
        severity="page",
        summary="{{ $value | humanize }} % of the backend's answers are errors",
    )
    yield Alert(
        runbook=SLOW,
        expr=f"{latency(environment.namespace, 0.95)} > {alerting.latency_p95.seconds}",
        lasts=Duration("600s"),
        severity="page",
        summary="5 of 100 requests take longer than {{ $value | humanizeDuration }}",
    )
