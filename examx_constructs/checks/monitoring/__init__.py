"""Rules on what the Prometheus operator goes by: ServiceMonitors, PodMonitors, PrometheusRules."""

from examx_constructs.checks.finding import Rule
from examx_constructs.checks.monitoring import monitors, rule_groups

RULES: tuple[Rule, ...] = (
    monitors.service_monitor_selects_services,
    monitors.service_monitor_port_exists,
    monitors.pod_monitor_selects_pods,
    monitors.pod_monitor_port_exists,
    rule_groups.prometheus_rule_is_valid,
)
"""In the order of their topic."""
