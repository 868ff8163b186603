"""What the programs tell that panels ask: their metrics, each with its labels, as the programs themselves write them.

Read from the output of redis_exporter 1.88.0 and NGINX's exporter 1.5.1 run beside real servers. The others are read
from their sources at the versions below. Those of the queues are not here: the exporter of this library is asked
itself.
"""

TARGET = {"namespace", "pod", "container", "job", "instance"}
"""What Prometheus adds to all that it scrapes."""

_HPA = {"namespace", "horizontalpodautoscaler"}
_PODS = {"namespace", "pod", "container"}
_TRIGGER = {"namespace", "exported_namespace", "metric", "scaledObject", "scaler", "triggerIndex", "type"}

PROGRAMS: dict[str, dict[str, set[str]]] = {
    "Prometheus 2.42": {
        # With the labels of the alert.
        "ALERTS": {"alertname", "alertstate", "severity", "instance"},
    },
    "kube-state-metrics 2.18.0": {
        "kube_deployment_status_replicas_available": {"namespace", "deployment"},
        "kube_deployment_status_replicas_unavailable": {"namespace", "deployment"},
        "kube_horizontalpodautoscaler_spec_max_replicas": _HPA,
        "kube_horizontalpodautoscaler_spec_min_replicas": _HPA,
        "kube_horizontalpodautoscaler_spec_target_metric": _HPA | {"metric_name", "metric_target_type"},
        "kube_horizontalpodautoscaler_status_condition": _HPA | {"condition", "status"},
        "kube_horizontalpodautoscaler_status_current_replicas": _HPA,
        "kube_horizontalpodautoscaler_status_desired_replicas": _HPA,
        "kube_horizontalpodautoscaler_status_target_metric": _HPA | {"metric_name", "metric_target_type"},
        "kube_pod_container_resource_limits": _PODS | {"uid", "node", "resource", "unit"},
        "kube_pod_container_status_restarts_total": _PODS | {"uid"},
    },
    "cAdvisor 0.52, in the kubelet": {
        "container_cpu_cfs_periods_total": _PODS | {"id", "image", "name"},
        "container_cpu_cfs_throttled_periods_total": _PODS | {"id", "image", "name"},
        "container_memory_working_set_bytes": _PODS | {"id", "image", "name"},
    },
    "KEDA 2.17.2": {
        "keda_scaled_object_errors_total": {"namespace", "exported_namespace", "scaledObject"},
        "keda_scaled_object_paused": {"namespace", "exported_namespace", "scaledObject"},
        "keda_scaler_metrics_latency_seconds": _TRIGGER,
    },
    "django-prometheus 2.5.0": {
        "django_http_requests_latency_including_middlewares_seconds_bucket": {"le"},
        "django_http_responses_total_by_status_total": {"status"},
    },
    "NGINX's exporter 1.5.1": {
        "nginx_connections_accepted": set(),
        "nginx_connections_active": set(),
        "nginx_connections_handled": set(),
        "nginx_connections_reading": set(),
        "nginx_connections_waiting": set(),
        "nginx_connections_writing": set(),
        "nginx_http_requests_total": set(),
    },
    "redis_exporter 1.88.0": {
        "redis_aof_last_bgrewrite_status": set(),
        "redis_aof_last_write_status": set(),
        "redis_blocked_clients": set(),
        "redis_commands_processed_total": set(),
        "redis_connected_clients": set(),
        "redis_connected_slaves": set(),
        "redis_master_link_up": {"master_host", "master_port"},
        "redis_memory_max_bytes": set(),
        "redis_memory_used_bytes": set(),
        "redis_sentinel_master_ckquorum_status": {"master_name", "message"},
        "redis_sentinel_master_ok_sentinels": {"master_name", "master_address"},
        "redis_up": set(),
    },
}
METRICS = {name: labels | TARGET for told in PROGRAMS.values() for name, labels in told.items()}
