"""What Prometheus sees when an alert fires, and when it is silent though something is close to it.

A case is an alert's name and series in promtool's notation, a value a minute. `1x60` is 1 for an hour, `0+5x60` rises
by 5 each minute. What fires at minute 70 is looked at, unless `minute` says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACE = "sample-examxv2"
_HERE = f'namespace="{NAMESPACE}"'
_DEFAULT = f'{{{_HERE},queue="default"}}'
_HPA = f'{_HERE},horizontalpodautoscaler="keda-hpa-celery-worker-scaler"'
_DAY = 86400


@dataclass(frozen=True)
class Case:
    """Series by which an alert fires, or does not."""

    alert: str
    fires: bool
    series: Mapping[str, str]
    minute: int


def _fires(alert: str, series: Mapping[str, str], minute: int = 70) -> Case:
    return Case(alert, fires=True, series=series, minute=minute)


def _silent(alert: str, series: Mapping[str, str], minute: int = 70) -> Case:
    return Case(alert, fires=False, series=series, minute=minute)


def _replicas(current: str, *, minimum: str = "2x90", maximum: str = "20x90") -> dict[str, str]:
    return {
        f"kube_horizontalpodautoscaler_status_current_replicas{{{_HPA}}}": current,
        f"kube_horizontalpodautoscaler_spec_min_replicas{{{_HPA}}}": minimum,
        f"kube_horizontalpodautoscaler_spec_max_replicas{{{_HPA}}}": maximum,
    }


def _available(deployment: str, values: str) -> dict[str, str]:
    return {f'kube_deployment_status_replicas_available{{{_HERE},deployment="{deployment}"}}': values}


def _inactive(status: str = "false") -> str:
    name = "kube_horizontalpodautoscaler_status_condition"
    return f'{name}{{{_HPA},condition="ScalingActive",status="{status}"}}'


def _answers(ok: str, failed: str) -> dict[str, str]:
    name = "django_http_responses_total_by_status_total"
    return {f'{name}{{{_HERE},status="200"}}': ok, f'{name}{{{_HERE},status="502"}}': failed}


def _latency(within_1: str, within_5: str) -> dict[str, str]:
    name = "django_http_requests_latency_including_middlewares_seconds_bucket"
    return {
        f'{name}{{{_HERE},le="1"}}': within_1,
        f'{name}{{{_HERE},le="5"}}': within_5,
        f'{name}{{{_HERE},le="+Inf"}}': within_5,
    }


def _memory(used: str) -> dict[str, str]:
    of = f'{_HERE},pod="celery-worker-1",container="celery"'
    return {
        f"container_memory_working_set_bytes{{{of}}}": used,
        f'kube_pod_container_resource_limits{{{of},resource="memory"}}': "100x90",
    }


def _desired(values: str, waiting: str) -> dict[str, str]:
    return {
        f"kube_horizontalpodautoscaler_status_desired_replicas{{{_HPA}}}": values,
        f"examx_queue_messages{_DEFAULT}": waiting,
    }


def _redis(metric: str, values: str, pod: str = "redis-primary-0", more: str = "") -> dict[str, str]:
    return {f'{metric}{{{_HERE},pod="{pod}"{more}}}': values}


_ERRORS = "keda_scaled_object_errors_total"
_OBJECT = 'scaledObject="celery-worker-scaler"'
_CERTIFICATE = "probe_ssl_earliest_cert_expiry"

CASES = (
    _fires("QueueWithoutWorker", {f"examx_queue_messages{_DEFAULT}": "3x90"}),
    _fires(
        "QueueWithoutWorker",
        {f"examx_queue_messages{_DEFAULT}": "3x90", **_available("celery-worker", "0x90")},
    ),
    _silent(
        "QueueWithoutWorker",
        {f"examx_queue_messages{_DEFAULT}": "300x90", **_available("celery-worker", "1x90")},
    ),
    _silent(
        "QueueWithoutWorker",
        {f"examx_queue_messages{_DEFAULT}": "0x90", **_available("celery-worker", "0x90")},
    ),
    # From zero: KEDA wakes the worker within the polling interval, and a new node takes minutes.
    _silent("QueueWithoutWorker", {f"examx_queue_messages{_DEFAULT}": "0x66 3x20"}),
    _fires("QueueNotMeasured", {'examx_queue_messages{namespace="another",queue="default"}': "1x90"}),
    _silent(
        "QueueNotMeasured",
        {f"examx_queue_messages{_DEFAULT}": "0x90"},
    ),
    _fires("OldestTaskTooOld", {f"examx_queue_oldest_message_age_seconds{_DEFAULT}": "61x90"}),
    _silent("OldestTaskTooOld", {f"examx_queue_oldest_message_age_seconds{_DEFAULT}": "60x90"}),
    _fires("ReplicasAtMaximum", _replicas("20x90")),
    _silent("ReplicasAtMaximum", _replicas("19x90")),
    _silent("ReplicasAtMaximum", _replicas("19x64 20x30")),
    # Where there is no room by design, nobody has to be told.
    _silent("ReplicasAtMaximum", _replicas("3x90", minimum="3x90", maximum="3x90")),
    _fires("AutoscalerCannotReadMetrics", {**_replicas("2x90"), _inactive(): "1x90"}),
    _silent("AutoscalerCannotReadMetrics", {**_replicas("2x90"), _inactive(): "0x90", _inactive("true"): "1x90"}),
    # At zero the condition is False too, with the reason ScalingDisabled.
    _silent("AutoscalerCannotReadMetrics", {**_replicas("0x90"), _inactive(): "1x90"}),
    _fires("ScaledObjectSourceFails", {f"{_ERRORS}{{{_HERE},{_OBJECT}}}": "0x30 0+4x60"}),
    _fires(
        "ScaledObjectSourceFails",
        {f'{_ERRORS}{{namespace="keda",exported_namespace="{NAMESPACE}",{_OBJECT}}}': "0x30 0+4x60"},
    ),
    _silent("ScaledObjectSourceFails", {f"{_ERRORS}{{{_HERE},{_OBJECT}}}": "7x90"}),
    _silent(
        "ScaledObjectSourceFails",
        {f'{_ERRORS}{{namespace="keda",exported_namespace="another",{_OBJECT}}}': "0+4x90"},
    ),
    _fires("ReplicasHeldUp", _desired("8x90", "0x90")),
    _silent("ReplicasHeldUp", _desired("2x90", "0x90")),
    _silent("ReplicasHeldUp", _desired("8x90", "0x50 40x5 0x40")),
    _fires("ScalingBoundsDrifted", _replicas("2x90", maximum="21x90")),
    _fires("ScalingBoundsDrifted", _replicas("2x90", minimum="3x90")),
    _silent("ScalingBoundsDrifted", _replicas("2x90")),
    _fires("RedisDown", _redis("redis_up", "1x30 0x60")),
    _silent("RedisDown", _redis("redis_up", "1x90")),
    _fires(
        "RedisMemoryNearLimit",
        {**_redis("redis_memory_used_bytes", "91x90"), **_redis("redis_memory_max_bytes", "100x90")},
    ),
    _silent(
        "RedisMemoryNearLimit",
        {**_redis("redis_memory_used_bytes", "90x90"), **_redis("redis_memory_max_bytes", "100x90")},
    ),
    # Without a limit there is none to be near to.
    _silent(
        "RedisMemoryNearLimit",
        {**_redis("redis_memory_used_bytes", "90x90"), **_redis("redis_memory_max_bytes", "0x90")},
    ),
    _fires("RedisAppendOnlyFileFails", _redis("redis_aof_last_write_status", "0x90")),
    _fires("RedisAppendOnlyFileFails", _redis("redis_aof_last_bgrewrite_status", "0x90")),
    _silent(
        "RedisAppendOnlyFileFails",
        {**_redis("redis_aof_last_write_status", "1x90"), **_redis("redis_aof_last_bgrewrite_status", "1x90")},
    ),
    _fires(
        "RedisWithoutEnoughReplicas",
        {**_redis("redis_connected_slaves", "1x90"), **_redis("redis_connected_slaves", "0x90", "redis-primary-1")},
    ),
    _silent(
        "RedisWithoutEnoughReplicas",
        {**_redis("redis_connected_slaves", "0x90"), **_redis("redis_connected_slaves", "2x90", "redis-primary-1")},
    ),
    _fires(
        "SentinelQuorumLost",
        _redis(
            "redis_sentinel_master_ckquorum_status",
            "0x90",
            "redis-sentinel-0",
            ',message="NOQUORUM 1 usable Sentinels"',
        ),
    ),
    _silent(
        "SentinelQuorumLost",
        _redis("redis_sentinel_master_ckquorum_status", "1x90", "redis-sentinel-0", ',message="OK"'),
    ),
    _fires("BeatSilent", _available("celery-beat", "0x90")),
    _fires("BeatSilent", {}),
    _fires(
        "BeatSilent",
        {
            **_available("celery-beat", "1x90"),
            f'kube_pod_container_status_restarts_total{{{_HERE},container="celery-beat"}}': "0x20 1x20 2x20 3x30",
        },
    ),
    _silent(
        "BeatSilent",
        {
            **_available("celery-beat", "1x90"),
            f'kube_pod_container_status_restarts_total{{{_HERE},container="celery-beat"}}': "4x90",
        },
    ),
    _fires("MemoryNearLimit", _memory("91x90")),
    _silent("MemoryNearLimit", _memory("90x90")),
    _fires("BackendErrors", _answers("0+900x90", "0+100x90")),
    _silent("BackendErrors", _answers("0+960x90", "0+40x90")),
    # Nobody asks, nothing fails.
    _silent("BackendErrors", _answers("5x90", "5x90")),
    _fires("BackendSlow", _latency("0+50x90", "0+100x90")),
    _silent("BackendSlow", _latency("0+99x90", "0+100x90")),
    _fires(
        "CertificateEnds",
        {f'{_CERTIFICATE}{{instance="https://exams.example.com/healthz"}}': f"{10 * _DAY}x150"},
        120,
    ),
    _fires("CertificateEnds", {f'{_CERTIFICATE}{{instance="https://a.exams.example.com"}}': f"{10 * _DAY}x150"}, 120),
    _silent("CertificateEnds", {f'{_CERTIFICATE}{{instance="https://exams.example.com"}}': f"{30 * _DAY}x150"}, 120),
    _silent(
        "CertificateEnds",
        {f'{_CERTIFICATE}{{instance="https://a.b.exams.example.com"}}': f"{10 * _DAY}x150"},
        120,
    ),
    # The environment ends at minute 60, and the workflow that removes it has two hours.
    _fires("FeaturePastItsEnd", {f"kube_namespace_created{{{_HERE}}}": "1x300"}, 200),
    _silent("FeaturePastItsEnd", {f"kube_namespace_created{{{_HERE}}}": "1x300"}, 170),
    _silent("FeaturePastItsEnd", {f"kube_namespace_created{{{_HERE}}}": "1x100 _x200"}, 200),
)
