"""Replicas by what Prometheus answers."""

from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, pattern
from examx_constructs.settings.triggers.trigger import Trigger, number, switch

PrometheusAuthMode = Literal["basic", "bearer", "custom", "tls"]
"""How KEDA logs in at Prometheus: what a TriggerAuthentication holds (KEDA 2.17, Prometheus scaler)."""

prometheus_server = pattern(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:/[\w.~-]+)*",
    "it must be the URL of a Prometheus server, without a user and without /api/v1",
)
query_text = pattern(r"[^\x00-\x1f]*\S[^\x00-\x1f]*", "it must be a query of Prometheus in one line")
"""A check that there is a query. What it means, Prometheus alone knows."""
_LEAST = 0.001


def above_zero(given: object) -> str | None:
    """Return a check of an HPA's target, which the API server keeps in thousandths."""
    too_small = isinstance(given, int | float) and given < _LEAST
    return f"the least is {_LEAST}: an HPA takes no smaller target" if too_small else None


def refuse_login(of: str, authentication: str | None, modes: tuple[PrometheusAuthMode, ...]) -> None:
    """Raise SettingError for ways to log in that KEDA refuses, or would not use."""
    if len({"basic", "bearer"} & {*modes}) > 1 or len({*modes}) < len(modes):
        raise SettingError(
            f"{of}.auth_modes", modes, "each may be there once, and basic not with bearer: KEDA refuses both"
        )
    if bool(authentication) != bool(modes):
        raise SettingError(
            f"{of}.auth_modes",
            modes,
            f"it goes with authentication, which is {authentication}: KEDA uses neither without the other",
        )


@value
class PrometheusTrigger:
    """ceil(answer / `threshold`) replicas. The `query` must answer with one figure.

    No answer is an error, which holds what runs; with `no_answer_is_zero` it counts as 0, as KEDA's own default has
    it. `activation` is what the answer must exceed to wake a workload from zero replicas.
    """

    server: str = setting(prometheus_server)
    """The address of Prometheus as KEDA reaches it, such as `http://prometheus.monitoring:9090`."""
    query: str = setting(query_text)
    threshold: float = setting(above_zero)
    activation: float = 0
    no_answer_is_zero: bool = False
    authentication: str | None = setting(dns_label, default=None)
    """The TriggerAuthentication of the namespace, made elsewhere, with which KEDA logs in; None needs no login."""
    auth_modes: tuple[PrometheusAuthMode, ...] = ()
    """What that one holds: a bearer token, a user and password, or the like."""

    def __attrs_post_init__(self) -> None:
        refuse_login("PrometheusTrigger", self.authentication, self.auth_modes)

    @property
    def trigger(self) -> Trigger:
        """What KEDA gets (KEDA 2.17, prometheus_scaler.go)."""
        return Trigger(
            type="prometheus",
            metadata={
                "serverAddress": self.server,
                "query": self.query,
                "threshold": number(self.threshold),
                **({"activationThreshold": number(self.activation)} if self.activation else {}),
                "ignoreNullValues": switch(self.no_answer_is_zero),
                **({"authModes": ",".join(self.auth_modes)} if self.auth_modes else {}),
            },
            authentication=self.authentication,
            metric_type="AverageValue",
        )
