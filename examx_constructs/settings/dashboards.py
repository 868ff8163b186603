"""How Grafana finds an environment's dashboard, and how it opens."""

from collections.abc import Mapping

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.naming import label_key, label_value
from examx_constructs.settings.refusal import SettingError, pattern

_MINUTE = Duration("60s")
_OFTEN, _RARELY = Duration("5s"), Duration("1h")
_DAYS = Duration("168h")


def _often_enough(given: object) -> str | None:
    outside = isinstance(given, Duration) and not _OFTEN <= given <= _RARELY
    return f"it must be from {_OFTEN} to {_RARELY}: Grafana asks every query of the page anew" if outside else None


def _some_time(given: object) -> str | None:
    outside = isinstance(given, Duration) and not _MINUTE <= given <= _DAYS
    return f"it must be from {_MINUTE} to {_DAYS}: rates are over 5 minutes" if outside else None


@value
class Dashboards:
    """A dashboard of an environment, in a ConfigMap that the sidecar of Grafana's chart reads.

    `labels` are those that the sidecar watches for (the chart's `sidecar.dashboards.label` and `labelValue`). `folder`
    is where Grafana lists the dashboard, None for its top; the sidecar reads it of `folder_annotation` (the chart's
    `sidecar.dashboards.folderAnnotation`). It must watch this namespace too (`sidecar.dashboards.searchNamespace`).
    `refresh` is how often an open page asks again, `shows` the time that it opens with, up to now.
    """

    labels: Mapping[str, str] = {"grafana_dashboard": "1"}
    folder: str | None = setting(
        pattern(
            r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,61}[A-Za-z0-9])?",
            "it must be one folder: letters, digits, spaces, '.', '_' and '-', at most 63: the sidecar makes a "
            "directory of it",
        ),
        default=None,
    )
    folder_annotation: str = setting(label_key, default="grafana_folder")
    refresh: Duration = setting(_often_enough, default=Duration("30s"))
    shows: Duration = setting(_some_time, default=Duration("3h"))

    def __attrs_post_init__(self) -> None:
        if not self.labels:
            raise SettingError("Dashboards.labels", {}, "it must have one: the sidecar finds a ConfigMap by its label")
        for key, text in self.labels.items():
            if allowed := label_key(key):
                raise SettingError("Dashboards.labels key", key, allowed)
            if allowed := label_value(text):
                raise SettingError(f"Dashboards.labels[{key}]", text, allowed)
