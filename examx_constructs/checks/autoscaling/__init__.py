"""Rules on what scales a workload, by an HPA of its own or one of KEDA."""

from examx_constructs.checks.autoscaling import autoscalers, behavior, measured_pods, metrics, utilization
from examx_constructs.checks.finding import Rule

RULES: tuple[Rule, ...] = (
    autoscalers.one_autoscaler_per_target,
    autoscalers.no_replicas_under_autoscaler,
    utilization.utilization_needs_requests,
    utilization.measured_container_exists,
    measured_pods.autoscaler_measures_own_pods,
    autoscalers.replica_range_is_possible,
    metrics.hpa_states_its_maximum,
    metrics.hpa_metric_is_complete,
    metrics.hpa_target_has_figure,
    autoscalers.idle_replicas_are_zero,
    behavior.scaling_windows_are_in_range,
    behavior.tolerance_is_kept,
    autoscalers.autoscaler_target_exists,
    autoscalers.autoscaler_target_kind_is_served,
    autoscalers.keda_hpa_is_its_own,
)
"""In the order of their topic."""
