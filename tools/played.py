"""Three hours of production as Prometheus would have them: what the pictures of the dashboard show and its tests ask.

The burst of the queue `default` is the one that its service level promises something at, as the simulator has it. The
figures of the queues are written by the exporter's own code. All else is invented around it: no production is behind.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import accumulate

from attrs import evolve

from examx_constructs.alerts.autoscaling import autoscaler_of, bounds_of
from examx_constructs.environments import load, read_images
from examx_constructs.monitoring.queue_metrics.broker import Look
from examx_constructs.monitoring.queue_metrics.page import Queue, page
from examx_constructs.scaling import Run
from examx_constructs.settings import Dashboards, Environment, Monitoring
from examx_constructs.settings.environment import BEAT_NAME
from examx_constructs.settings.naming import autoscaler_name, scaled_object_name
from tools.keda_pictures import ENVIRONMENT, bursts

START, STEP, STEPS = 1780300800, 15, 720
"""2026-06-01 08:00 UTC, and a sample every 15 seconds for three hours."""
END = START + STEP * (STEPS - 1)
_BURST_AT = 7200.0
WATCHED = Monitoring(dashboards=Dashboards(folder="ExamX"))
Series = tuple[str, Mapping[str, str], Callable[[float], float]]
"""A metric, its labels, and its value at so many seconds after START."""


@cache
def environment() -> Environment:
    """Return production, with all that can be watched of it."""
    prod = next(each for each in load(read_images()) if each.name == ENVIRONMENT)
    return evolve(
        prod,
        backend=evolve(prod.backend, metrics_path=None),
        monitoring=WATCHED,
    )


def openmetrics() -> str:
    """Write all samples in the text format that promtool makes a database of (OpenMetrics 1.0)."""
    moments = [float(index * STEP) for index in range(STEPS)]
    lines: list[str] = []
    for name, labels, value in series():
        written = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines += [f"{name}{{{written}}} {value(each):.15g} {START + each:.0f}" for each in moments]
    for each in moments:
        told = (line for line in _queues(each).splitlines() if not line.startswith("#"))
        lines += [f"{line} {START + each:.0f}" for line in told]
    # Samples of a series are together.
    lines.sort(key=lambda line: line.rpartition("} ")[0])
    return "\n".join([*lines, "# EOF", ""])


@cache
def _run() -> Run:
    return bursts()[0].run.run


def _at(seconds: float) -> float:
    """Return the simulator's time: a burst that comes two hours after START."""
    return seconds - _BURST_AT + _run().arrivals[0]


def _begun(seconds: float) -> int:
    return bisect_right(sorted(_run().started), _at(seconds))


def _waiting(seconds: float) -> int:
    return bisect_right(_run().arrivals, _at(seconds)) - _begun(seconds)


def _running(seconds: float) -> int:
    return _begun(seconds) - bisect_right(sorted(_run().finished), _at(seconds))


def _oldest(seconds: float) -> float:
    return _at(seconds) - sorted(_run().arrivals)[_begun(seconds)] if _waiting(seconds) else 0.0


def _replicas(seconds: float) -> int:
    return _run().replicas(max(_at(seconds), 0.0))


def _available(seconds: float) -> int:
    """Count the pods that can take tasks: they are ready, and were not told to stop."""
    at = max(_at(seconds), 0.0)
    return sum(pod.ready <= at and (pod.deleted is None or pod.deleted > at) for pod in _run().pods)


def _missing(seconds: float) -> int:
    return max(_replicas(seconds) - _available(seconds), 0)


def _load(seconds: float) -> float:
    """Return how much is going on, 0 to 1: it rises until the burst, and has small waves."""
    return 0.35 + 0.4 * seconds / (STEP * STEPS) + 0.08 * math.sin(seconds / 420) + 0.05 * math.sin(seconds / 97)


def _queues(seconds: float) -> str:
    """Write what the exporter answers: its own text."""
    of = environment()
    lists = [name for queue in of.queues for name in queue.lists]
    few = {name: max(0, round(4 * _load(seconds + 300 * place) - 2)) for place, name in enumerate(lists)}
    first = of.queues[0].lists[0]
    look = Look(
        at=seconds,
        messages={**few, first: _waiting(seconds)},
        oldest={**{name: 3.0 * count for name, count in few.items()}, first: _oldest(seconds)},
        set_aside=dict.fromkeys(lists, 0),
        unacked={**dict.fromkeys(lists, 2), first: _running(seconds)},
        postponed=dict.fromkeys(lists, 0),
    )
    workers = {queue.worker: (queue.replicas.minimum, 2) for queue in of.queues}
    workers[of.queues[0].worker] = (_available(seconds), _running(seconds))
    return page(of.namespace, [Queue(each.worker, each.lists) for each in of.queues], look, workers)


def series() -> Iterator[Series]:
    """Yield all but the queues."""
    here = {"namespace": environment().namespace}
    for name, labels, value in (*_workloads(), *_backend(), *_redis(), *_pods(), *_keda()):
        yield name, {**here, **labels}, value
    # What Prometheus itself writes of a rule that fires.
    fired = {"alertname": "CertificateEnds", "alertstate": "firing", "severity": "ticket"}
    yield "ALERTS", {**here, **fired, "instance": f"https://{environment().ingress.host}"}, _one


def _one(_seconds: float) -> float:
    return 1


def _zero(_seconds: float) -> float:
    return 0


def _counter(rate: Callable[[float], float]) -> Callable[[float], float]:
    """Return what counts so many a second."""
    sums = list(accumulate((rate(index * STEP) * STEP for index in range(STEPS)), initial=0.0))
    return lambda seconds: sums[round(seconds / STEP)]


def _workloads() -> Iterator[Series]:
    """Yield what kube-state-metrics tells of Deployments and their autoscalers."""
    of = environment()
    first = of.queues[0]
    workloads = {autoscaler_name(of.application.backend): of.application.backend}
    workloads |= {autoscaler_of(queue.worker): queue.worker for queue in of.queues}
    for autoscaler, bounds in bounds_of(of).items():
        hpa = {"horizontalpodautoscaler": autoscaler}
        busy = autoscaler == autoscaler_of(first.worker)
        least = max(bounds.minimum, 1)
        wanted = _replicas if busy else _steady(least + 1)
        for metric, value in (
            ("spec_min_replicas", _steady(least)),
            ("spec_max_replicas", _steady(bounds.maximum)),
            ("status_desired_replicas", wanted),
            ("status_current_replicas", wanted),
        ):
            yield f"kube_horizontalpodautoscaler_{metric}", hpa, value
        scaling = {**hpa, "condition": "ScalingActive", "status": "false"}
        yield "kube_horizontalpodautoscaler_status_condition", scaling, _zero
        yield from _metrics(hpa, busy=busy)
        if workload := workloads.get(autoscaler):
            deployment = {"deployment": workload}
            available = _available if busy else wanted
            yield "kube_deployment_status_replicas_available", deployment, available
            yield "kube_deployment_status_replicas_unavailable", deployment, _missing if busy else _zero
    yield "kube_deployment_status_replicas_available", {"deployment": BEAT_NAME}, _one
    yield "kube_deployment_status_replicas_unavailable", {"deployment": BEAT_NAME}, _zero


def _steady(value: float) -> Callable[[float], float]:
    return lambda _: value


def _scaled(most: float, above: float = 0) -> Callable[[float], float]:
    return lambda at: above + most * _load(at)


def _metrics(hpa: Mapping[str, str], *, busy: bool) -> Iterator[Series]:
    """Yield what an autoscaler goes by: processor and memory in percent of requests, a list's length for each pod."""
    length = environment().queues[0].list_length
    for name, target, value in (("cpu", 70, _scaled(60, above=30)), ("memory", 80, _steady(52))):
        kind = {**hpa, "metric_name": name, "metric_target_type": "utilization"}
        yield "kube_horizontalpodautoscaler_spec_target_metric", kind, _steady(target)
        yield "kube_horizontalpodautoscaler_status_target_metric", kind, value
    if busy:
        kind = {**hpa, "metric_name": "s0-redis-default", "metric_target_type": "average"}
        yield "kube_horizontalpodautoscaler_spec_target_metric", kind, _steady(length)
        yield "kube_horizontalpodautoscaler_status_target_metric", kind, lambda at: _waiting(at) / _replicas(at)


def _backend() -> Iterator[Series]:
    """Yield django-prometheus, and NGINX's exporter, of three pods."""
    for number in range(3):
        pod = {"pod": f"{environment().application.backend}-{number}"}
        for status, share in (("200", 0.96), ("302", 0.02), ("404", 0.015), ("500", 0.005)):
            count = _counter(lambda at, share=share: 60 * _load(at) * share)
            yield "django_http_responses_total_by_status_total", {**pod, "status": status}, count
        for bound, share in (("0.1", 0.6), ("0.25", 0.8), ("0.5", 0.93), ("1.0", 0.975), ("2.5", 0.999), ("+Inf", 1.0)):
            count = _counter(lambda at, share=share: 60 * _load(at) * share ** (1 + _load(at)))
            yield "django_http_requests_latency_including_middlewares_seconds_bucket", {**pod, "le": bound}, count
        requests = _counter(lambda at: 75 * _load(at))
        yield "nginx_http_requests_total", pod, requests
        for state, most in (("active", 240), ("reading", 4), ("writing", 90), ("waiting", 146)):
            yield f"nginx_connections_{state}", pod, lambda at, most=most: round(most * _load(at))
        yield "nginx_connections_accepted", pod, requests
        yield "nginx_connections_handled", pod, requests


def _redis() -> Iterator[Series]:
    """Yield redis_exporter of three servers, where the second leads, and of three Sentinels."""
    for number, name in enumerate(("redis-primary-0", "redis-primary-1", "redis-replica-0")):
        pod, leads = {"pod": name}, number == 1
        yield "redis_up", pod, _one
        yield "redis_memory_max_bytes", pod, _steady(1.6 * 2**30)
        yield "redis_memory_used_bytes", pod, lambda at: (0.21 + 0.05 * _load(at) + _waiting(at) * 4e-6) * 2**30
        for part in ("write", "bgrewrite"):
            yield f"redis_aof_last_{part}_status", pod, _one
        yield (
            "redis_commands_processed_total",
            pod,
            _counter(lambda at, leads=leads: (900 if leads else 60) * _load(at)),
        )
        yield "redis_connected_clients", pod, lambda at, leads=leads: 40 + 3 * _available(at) if leads else 6
        yield "redis_blocked_clients", pod, lambda at, leads=leads: 2 * _available(at) if leads else 0
        yield "redis_connected_slaves", pod, _steady(2 if leads else 0)
        if not leads:
            yield "redis_master_link_up", {**pod, "master_host": "redis-primary-1", "master_port": "6379"}, _one
    for number in range(3):
        pod = {"pod": f"redis-sentinel-{number}"}
        of = {**pod, "master_name": "mymaster"}
        yield "redis_up", pod, _one
        yield "redis_sentinel_master_ok_sentinels", {**of, "master_address": "redis-primary-1:6379"}, _steady(3)
        yield "redis_sentinel_master_ckquorum_status", {**of, "message": "OK 3 usable Sentinels"}, _one


def _pods() -> Iterator[Series]:
    """Yield the kubelet's cAdvisor, and kube-state-metrics of containers."""
    of = environment()
    containers = {
        of.application.backend: ("backend", of.backend.resources.memory_limit, 0.62),
        of.queues[0].worker: ("celery-worker", of.worker_resources.memory_limit, 0.44),
        BEAT_NAME: (BEAT_NAME, of.beat_resources.memory_limit, 0.18),
    }
    for workload, (container, limit, share) in containers.items():
        which = {"pod": f"{workload}-0", "container": container}
        amount = float(limit.amount)
        yield "kube_pod_container_resource_limits", {**which, "resource": "memory"}, _steady(amount)
        used = _scaled(0.15 * amount, above=share * amount)
        yield "container_memory_working_set_bytes", which, used
        yield "container_cpu_cfs_periods_total", which, _counter(_steady(10))
        yield "container_cpu_cfs_throttled_periods_total", which, _counter(lambda at: 4 * max(_load(at) - 0.5, 0))
        restarted = 9000 if container == "celery-worker" else math.inf
        yield "kube_pod_container_status_restarts_total", which, lambda at, when=restarted: float(at > when)


def _keda() -> Iterator[Series]:
    """Yield what KEDA's operator tells."""
    for queue in environment().queues:
        of = {"scaledObject": scaled_object_name(queue.worker)}
        yield "keda_scaled_object_errors_total", of, _zero
        yield "keda_scaled_object_paused", of, _zero
        trigger = {**of, "metric": "s0-redis", "scaler": "redisScaler", "triggerIndex": "0", "type": "scaledobject"}
        yield "keda_scaler_metrics_latency_seconds", trigger, lambda at: 0.004 + 0.002 * _load(at)
