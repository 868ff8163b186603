"""A dashboard as the sidecar of Grafana's chart takes it."""

import hashlib
import warnings
from collections.abc import Mapping, Sequence

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata, namespace_of
from examx_constructs._strict import strict
from examx_constructs.dashboards import DashboardRow
from examx_constructs.settings import Alerting, ConfigurationError, Dashboards, Duration, SettingError
from examx_constructs.settings.naming import checked_name, merged

EXTRA = "dashboards"
_MOST = 1024 * 1024
"""Bytes of all data of a ConfigMap (Kubernetes, pkg/apis/core/validation, MaxSecretSize)."""
_LONGEST_UID = 40
"""Characters of the uid of a dashboard in Grafana."""


class Dashboard(Construct):
    """A ConfigMap with one dashboard, which Grafana's sidecar finds by its labels and Grafana shows within a minute.

    `rows_of(environment, monitoring)` makes the rows of an environment; others may be beside them. The reader chooses
    the Prometheus that is asked. The file is called after namespace and name, as is the dashboard's uid: the sidecar
    puts the files of all namespaces into one directory. `runbooks` is the address that links of panels begin with,
    `interval` how often Prometheus asks. `labels` are those of the object, beside the ones of `settings`.

    `title` is what Grafana shows in lists. `rows` follow each other from the top. `tags` are for Grafana's search.

    Raises SettingError without a row, and where the JSON is larger than a ConfigMap may be; ConfigurationError where
    grafana-foundation-sdk is not installed.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        title: str,
        rows: Sequence[DashboardRow],
        settings: Dashboards | None = None,
        runbooks: str | None = None,
        interval: Duration | None = None,
        tags: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        given = settings or Dashboards()
        if not rows:
            raise SettingError("Dashboard.rows", (), "it must have one: there is nothing to show")
        namespace = namespace_of(scope, "Dashboard")
        text = renderer()(
            uid=_uid(namespace, name),
            title=title,
            rows=rows,
            settings=given,
            interval=interval or Duration("15s"),
            runbooks=runbooks or Alerting().runbooks,
            tags=tags,
        )
        if (size := len(text.encode())) > _MOST:
            panels = sum(len(each.panels) for each in rows)
            raise SettingError(
                "Dashboard.rows",
                f"{len(rows)} rows of {panels} panels",
                f"they are {size} bytes, the most is {_MOST}: Kubernetes takes no larger ConfigMap",
            )
        self.config_map = k8s.KubeConfigMap(
            self,
            "config-map",
            metadata=metadata(
                checked_name("Dashboard.name", name),
                labels=merged(labels or {}, given.labels),
                annotations={given.folder_annotation: given.folder} if given.folder else None,
            ),
            data={f"{namespace}.{name}.json": text},
        )


def renderer():  # noqa: ANN201 - the function of a module that need not be there
    """Load `dashboard_json`, which needs an optional dependency. Raises ConfigurationError where that is missing."""
    try:
        with warnings.catch_warnings():
            # Of dashboards there is a second schema, for Grafana's API. What Grafana reads of files is the first one.
            warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
            from examx_constructs.monitoring.grafana import dashboard_json  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "grafana_foundation_sdk":
            raise
        raise ConfigurationError(
            f"grafana-foundation-sdk is not installed, which makes dashboards; install examx-constructs[{EXTRA}]"
        ) from None
    return dashboard_json


def _uid(namespace: str, name: str) -> str:
    uid = f"{namespace}_{name}"
    if len(uid) <= _LONGEST_UID:
        return uid
    digest = hashlib.sha256(uid.encode()).hexdigest()[:10]
    return f"{uid[: _LONGEST_UID - 11]}_{digest}"
