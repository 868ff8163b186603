"""Replicas against their bounds, what asks for them, and whether the autoscalers see anything."""

from examx_constructs.alerts import autoscaling, queues
from examx_constructs.alerts.promql import any_of, series
from examx_constructs.dashboards.panel import DashboardBound, DashboardPanel, DashboardQuery, DashboardRow, Width
from examx_constructs.settings import Environment
from examx_constructs.settings.autoscaling import Replicas
from examx_constructs.settings.naming import KEDA_HPA_PREFIX


def replicas(namespace: str, workload: str, autoscaler: str, bounds: Replicas, width: Width = 6) -> DashboardPanel:
    """Show how many pods of a Deployment there are, and within which bounds they may be."""
    hpa = {"namespace": namespace, "horizontalpodautoscaler": autoscaler}
    available = series("kube_deployment_status_replicas_available", namespace=namespace, deployment=workload)
    wanted = series("kube_horizontalpodautoscaler_status_desired_replicas", **hpa)
    least, most = (series(f"kube_horizontalpodautoscaler_spec_{each}_replicas", **hpa) for each in ("min", "max"))
    return DashboardPanel(
        title=f"Replicas of {workload}",
        means=(
            f"Pods that are available, those that the autoscaler wants, and its bounds. Declared are {bounds.minimum} "
            f"to {bounds.maximum}: at the maximum nothing more can come. Fewer available than wanted: pods are Pending "
            "or crash."
        ),
        unit="short",
        queries=(
            DashboardQuery(expr=f"sum({available})", legend="available"),
            DashboardQuery(expr=f"max({wanted})", legend="wanted"),
            DashboardQuery(expr=f"max({least})", legend="minimum"),
            DashboardQuery(expr=f"max({most})", legend="maximum"),
        ),
        bound=DashboardBound(at=bounds.maximum),
        runbooks=(autoscaling.AT_MAXIMUM, autoscaling.DRIFTED),
        width=width,
    )


def reasons(namespace: str, workload: str, autoscaler: str, bounds: Replicas, width: Width = 6) -> DashboardPanel:
    """Show how many replicas each metric of an autoscaler asks for: the largest decides."""
    hpa = {"namespace": namespace, "horizontalpodautoscaler": autoscaler}
    seen, target = (
        f"max by (metric_name, metric_target_type) "
        f"({series(f'kube_horizontalpodautoscaler_{each}_target_metric', **hpa)})"
        for each in ("status", "spec")
    )
    current = f"scalar(max({series('kube_horizontalpodautoscaler_status_current_replicas', **hpa)}))"
    return DashboardPanel(
        title=f"Why {workload} has so many",
        means=(
            "How many replicas each metric asks for: present replicas times the metric over its target, as the "
            "HorizontalPodAutoscaler reckons. The largest decides, up to the maximum. A metric that is missing here "
            "cannot be read. At zero replicas there is nothing to reckon with: KEDA alone decides."
        ),
        unit="short",
        queries=(DashboardQuery(expr=f"{current} * {seen} / {target}", legend="{{metric_name}}"),),
        bound=DashboardBound(at=bounds.maximum),
        runbooks=(autoscaling.HELD_UP, autoscaling.CANNOT_READ),
        width=width,
    )


def row(environment: Environment) -> DashboardRow:
    """Show whether the autoscalers see what they go by."""
    namespace = environment.namespace
    names = any_of(*autoscaling.bounds_of(environment))
    blind = series(
        "kube_horizontalpodautoscaler_status_condition",
        namespace=namespace,
        horizontalpodautoscaler_like=names,
        condition="ScalingActive",
        status="false",
    )
    # A ServiceMonitor of KEDA renames the label unless it honours labels.
    latency, paused = (
        " or ".join(series(metric, **{label: namespace}) for label in ("namespace", "exported_namespace"))
        for metric in ("keda_scaler_metrics_latency_seconds", "keda_scaled_object_paused")
    )
    return DashboardRow(
        title="Autoscaling",
        panels=(
            DashboardPanel(
                title="Errors of KEDA's sources in 5 minutes",
                means="KEDA could not read Redis or Prometheus. Replicas stay as they are until it can.",
                unit="short",
                queries=(DashboardQuery(expr=autoscaling.source_errors(namespace), legend="{{scaledObject}}"),),
                bound=DashboardBound(at=1),
                runbooks=(autoscaling.SOURCE_FAILS,),
            ),
            DashboardPanel(
                title="How long KEDA waits for its sources",
                means="Seconds for one look at Redis or Prometheus. It rises before errors come.",
                unit="s",
                queries=(DashboardQuery(expr=f"max by (scaledObject) ({latency})", legend="{{scaledObject}}"),),
                runbooks=(autoscaling.SOURCE_FAILS,),
            ),
            DashboardPanel(
                title="Autoscalers that do not scale",
                means=(
                    f"1: the HorizontalPodAutoscaler reads none of its metrics, or its worker is at zero. The names of "
                    f"workers' begin with {KEDA_HPA_PREFIX}. A ScaledObject that somebody has paused is 1 too."
                ),
                unit="short",
                queries=(
                    DashboardQuery(
                        expr=f"max by (horizontalpodautoscaler) ({blind})", legend="{{horizontalpodautoscaler}}"
                    ),
                    DashboardQuery(expr=f"max by (scaledObject) ({paused})", legend="{{scaledObject}} paused"),
                ),
                bound=DashboardBound(at=1),
                runbooks=(autoscaling.CANNOT_READ, queues.WITHOUT_WORKER),
            ),
        ),
    )
