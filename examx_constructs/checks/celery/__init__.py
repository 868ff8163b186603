"""Rules on Celery: queues, workers, and the one scheduler."""

from examx_constructs.checks.celery import beat, probes, processes
from examx_constructs.checks.finding import Rule

RULES: tuple[Rule, ...] = (
    processes.queue_has_one_worker,
    processes.beat_is_single,
    processes.beat_exists_once,
    beat.beat_can_write_its_schedule,
    processes.celery_receives_sigterm,
    probes.celery_probe_has_time,
    probes.celery_liveness_spares_broker,
    processes.idle_queue_is_not_idle_worker,
)
"""In the order of their topic."""
