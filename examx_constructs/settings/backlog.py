"""The tasks of a queue as Prometheus knows them."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, at_least, pattern
from examx_constructs.settings.triggers.prometheus import (
    PrometheusAuthMode,
    PrometheusTrigger,
    prometheus_server,
    query_text,
    refuse_login,
)

METRICS = ("examx_celery_queue_pending", "examx_celery_queue_active")


@value
class Backlog:
    """The tasks of a queue as Prometheus knows them, those that are being worked on included.

    Replicas are ceil(sum of the `metrics` / `threshold`). Each metric has the labels `queue` and `namespace`. Where the
    application's metrics are others, `query` is what Prometheus is asked instead: one figure, of all that waits and
    all that runs. `authentication` names a TriggerAuthentication of the namespace, made elsewhere; `auth_modes` says
    what it holds (KEDA, Prometheus scaler). No answer is an error and not an empty queue, so that nothing stops without
    a reason.

    An answer is as old as Prometheus' last look at the application: a task that came after it is seen that much later.
    """

    server: str = setting(prometheus_server)
    """The address of Prometheus as KEDA reaches it, such as `http://prometheus.monitoring:9090`."""
    metrics: tuple[str, ...] = setting(
        pattern(r"[A-Za-z_:][\w:]*", "it must be the name of a metric: letters, digits, '_' and ':', no digit first"),
        default=METRICS,
    )
    query: str | None = setting(query_text, default=None)
    threshold: int = setting(at_least(1, "the tasks that one replica is worth"))
    authentication: str | None = setting(dns_label, default=None)
    auth_modes: tuple[PrometheusAuthMode, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not self.metrics:
            raise SettingError("Backlog.metrics", self.metrics, "it must name a metric, or nothing would be counted")
        if self.query is not None and self.metrics != METRICS:
            raise SettingError("Backlog.query", self.query, "it must be left out where metrics are named: it is asked")
        refuse_login("Backlog", self.authentication, self.auth_modes)

    def asked(self, lists: tuple[str, ...], namespace: str) -> str:
        """Return what Prometheus is asked of some lists: one figure."""
        if self.query is not None:
            return self.query
        # No name of a list has a character that PromQL's regular expressions read otherwise, but for the point.
        escaped = "|".join(each.replace(".", r"\\.") for each in lists)
        queue = f'queue="{lists[0]}"' if len(lists) == 1 else f'queue=~"{escaped}"'
        labels = f'{{{queue},namespace="{namespace}"}}'
        return f"sum({' + '.join(f'{metric}{labels}' for metric in self.metrics)})"

    def trigger(self, lists: tuple[str, ...], namespace: str) -> PrometheusTrigger:
        """Return the trigger that asks."""
        return PrometheusTrigger(
            server=self.server,
            query=self.asked(lists, namespace),
            threshold=self.threshold,
            authentication=self.authentication,
            auth_modes=self.auth_modes,
        )
