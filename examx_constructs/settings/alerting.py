"""From when on people are told of an environment: the figures that no other setting gives."""

from collections.abc import Mapping

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.naming import label_value
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern

_PERCENT = (at_least(1, "a share in percent"), at_most(100, "a share in percent"))


def _above_zero(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


@value
class Alerting:
    """What an alert of an environment measures against, beside the environment's own figures.

    `runbooks` is the address that the anchor of a runbook is put behind, such as that of docs/alerts.md in a forge.
    `labels` are put on every alert, for Alertmanager's routes. `error_percent` of the backend's answers may be 5xx.
    `latency_p95` is what 95 of 100 requests do not exceed. `memory_percent` of a container's limit, and of Redis'
    memory, may be used. `at_maximum` is how long replicas may be at their maximum, `certificate_days` how long a
    certificate must still be valid. An alert whose metrics nobody scrapes never fires: docs/alerts.md names the
    exporter that each one needs.
    """

    runbooks: str = setting(
        pattern(r"https?://[^\s#]+#?", "it must be an http or https address without an anchor"),
        default="https://github.com/examx/examx-constructs/blob/main/docs/alerts.md",
    )
    labels: Mapping[str, str] = {}
    error_percent: int = setting(*_PERCENT, default=5)
    latency_p95: Duration = setting(_above_zero, default=Duration("2s"))
    memory_percent: int = setting(*_PERCENT, default=90)
    at_maximum: Duration = setting(_above_zero, default=Duration("600s"))
    certificate_days: int = setting(at_least(1, "people need a day to act"), default=14)

    def __attrs_post_init__(self) -> None:
        for name, text in self.labels.items():
            if name in ("alertname", "severity", "namespace"):
                raise SettingError("Alerting.labels key", name, "it must be another: each alert has this one already")
            if not name.isidentifier():
                raise SettingError("Alerting.labels key", name, "it must be letters, digits and '_', no digit first")
            if allowed := label_value(text):
                raise SettingError(f"Alerting.labels[{name}]", text, allowed)
