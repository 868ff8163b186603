"""Redis: away, alone, full, not writing, or without Sentinels that could fail over. Metrics of redis_exporter."""

from collections.abc import Iterator

from examx_constructs.alerts.alert import Alert, Runbook
from examx_constructs.alerts.promql import series
from examx_constructs.settings import Alerting, Duration, Environment, ExternalRedis, ReplicatedRedis
from examx_constructs.settings.redis import CORE

_EXPORTER = "redis_exporter beside Redis"
DOWN = Runbook(
    name="RedisDown",
    means="An exporter reaches no Redis in its pod. With one server, nothing is queued or answered from the cache.",
    look=("examx status ENV", "kubectl -n NAMESPACE get pods -l app.kubernetes.io/component=redis"),
    mend=(
        "Look at the pod's events and log. A damaged append-only file is moved aside at the start, and the log says so."
        " Where Redis is well, its exporter may have no password: `examx rotate ENV --user exporter`, then restart it."
    ),
    needs=_EXPORTER,
)
FEW_REPLICAS = Runbook(
    name="RedisWithoutEnoughReplicas",
    means="The leader has fewer replicas than a failover needs. Below min-replicas-to-write it refuses writes.",
    look=("examx status ENV", "kubectl -n NAMESPACE get pods"),
    mend="Bring the missing server back: its pod's events tell why it is away. Do not restart the leader meanwhile.",
    needs=_EXPORTER,
)
MEMORY = Runbook(
    name="RedisMemoryNearLimit",
    means="Redis is close to maxmemory. With noeviction it then refuses writes: tasks cannot be queued.",
    look=("examx status ENV",),
    mend="Queues that grow are the usual reason: look at the workers first. Else raise the memory of Redis and deploy.",
    needs=_EXPORTER,
)
APPEND_ONLY = Runbook(
    name="RedisAppendOnlyFileFails",
    means=(
        "Redis could not write or rewrite its append-only file. It refuses writes until it can, or loses them at "
        "its end."
    ),
    look=("kubectl -n NAMESPACE exec redis-primary-0 -- df -h /data", "kubectl -n NAMESPACE get pvc"),
    mend="The volume is full or fails. Enlarge the claim; the StorageClass must allow it.",
    needs=_EXPORTER,
)
QUORUM = Runbook(
    name="SentinelQuorumLost",
    means="A Sentinel sees too few others: if the leader fails now, nobody takes over.",
    look=("examx status ENV", "kubectl -n NAMESPACE get pods"),
    mend="Bring the Sentinels back. Two of three must be there, and reach each other.",
    needs=_EXPORTER,
)


def memory_percent(namespace: str) -> str:
    """Return the share of maxmemory that each server uses, in percent; nothing of one without a limit."""
    used, limit = (series(f"redis_memory_{each}_bytes", namespace=namespace) for each in ("used", "max"))
    return f"100 * {used} / ({limit} > 0)"


def of_redis(environment: Environment, alerting: Alerting) -> Iterator[Alert]:
    """Yield alerts on the Redis that the environment renders: one that is run elsewhere is watched there."""
    if isinstance(environment.redis, ExternalRedis):
        return
    here = {"namespace": environment.namespace}
    alone = not isinstance(environment.redis, ReplicatedRedis)
    yield Alert(
        runbook=DOWN,
        expr=f"max by (pod) ({series('redis_up', **here)}) == 0",
        lasts=Duration("60s"),
        severity="page" if alone else "ticket",
        summary="Redis in {{ $labels.pod }} does not answer",
    )
    yield Alert(
        runbook=MEMORY,
        expr=f"{memory_percent(environment.namespace)} > {alerting.memory_percent}",
        lasts=Duration("300s"),
        severity="page",
        summary="Redis in {{ $labels.pod }} uses {{ $value | humanize }} % of its memory",
    )
    written, rewritten = (series(f"redis_aof_last_{each}_status", **here) for each in ("write", "bgrewrite"))
    yield Alert(
        runbook=APPEND_ONLY,
        expr=f"{written} == 0 or {rewritten} == 0",
        lasts=Duration("60s"),
        severity="page",
        summary="Redis in {{ $labels.pod }} cannot write its append-only file",
    )
    if not isinstance(environment.redis, ReplicatedRedis):
        return
    wanted = CORE - 1
    yield Alert(
        runbook=FEW_REPLICAS,
        expr=f"max({series('redis_connected_slaves', **here)}) < {wanted}",
        lasts=Duration("120s"),
        severity="page",
        summary=f"the leader of Redis has {{{{ $value }}}} replicas; a safe failover needs {wanted}",
    )
    yield Alert(
        runbook=QUORUM,
        expr=f"min by (pod) ({series('redis_sentinel_master_ckquorum_status', **here)}) == 0",
        lasts=Duration("120s"),
        severity="page",
        summary="the Sentinel in {{ $labels.pod }} sees no quorum",
    )
