"""Alerts as the Prometheus operator takes them."""

from collections.abc import Mapping, Sequence

from cdk8s import ApiObjectMetadata
from constructs import Construct

from examx_constructs._objects import lean, namespace_of
from examx_constructs._strict import strict
from examx_constructs.alerts import Alert
from examx_constructs.imports import monitoring
from examx_constructs.settings import Alerting, SettingError
from examx_constructs.settings.naming import checked_name


class AlertRules(monitoring.PrometheusRule):
    """A PrometheusRule of one group: every alert with its severity, its namespace and the address of its runbook.

    `labels`: those by which Prometheus finds rules. `alerts_of(environment, alerting)` makes the alerts of an
    environment; others, with runbooks of their own, may be beside them.

    `alerts` make the group, in this order.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        alerts: Sequence[Alert],
        alerting: Alerting,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        if not alerts:
            raise SettingError("AlertRules.alerts", (), "it must have an alert: Prometheus refuses a group of none")
        namespace = namespace_of(scope, "AlertRules")
        super().__init__(
            scope,
            id,
            metadata=ApiObjectMetadata(name=checked_name("AlertRules.name", name), labels=dict(labels or {})),
            spec=lean(
                monitoring.PrometheusRuleSpec(
                    groups=[
                        monitoring.PrometheusRuleSpecGroups(
                            name=namespace, rules=[_rule(each, alerting, namespace) for each in alerts]
                        )
                    ]
                )
            ),
        )


def _rule(alert: Alert, alerting: Alerting, namespace: str) -> monitoring.PrometheusRuleSpecGroupsRules:
    return monitoring.PrometheusRuleSpecGroupsRules(
        alert=alert.runbook.name,
        expr=monitoring.PrometheusRuleSpecGroupsRulesExpr.from_string(alert.expr),
        for_=str(alert.lasts),
        labels={**alerting.labels, **alert.labels, "namespace": namespace, "severity": alert.severity},
        annotations={
            "summary": alert.summary,
            "description": alert.runbook.means,
            "runbook_url": f"{alerting.runbooks.removesuffix('#')}#{alert.runbook.anchor}",
        },
    )
