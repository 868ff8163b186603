"""Redis: whether it answers, who leads, how full it is, whether it keeps what it has."""

from collections.abc import Iterator
from dataclasses import replace

from examx_constructs.alerts import redis
from examx_constructs.alerts.promql import series
from examx_constructs.dashboards.panel import DashboardBound, DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import Alerting, Environment, ExternalRedis, Monitoring, ReplicatedRedis
from examx_constructs.settings.redis import CORE


def rows(environment: Environment, monitoring: Monitoring) -> Iterator[DashboardRow]:
    """Yield a row of the Redis that is rendered: one that is run elsewhere is watched there."""
    if isinstance(environment.redis, ExternalRedis):
        return
    namespace = environment.namespace
    panels = [*_servers(namespace, monitoring.alerts or Alerting())]
    if isinstance(environment.redis, ReplicatedRedis):
        # Eight of them, four in a line.
        panels = [replace(each, width=6) for each in (*panels, *_followers(namespace))]
    yield DashboardRow(title="Redis", panels=tuple(panels))


def _servers(namespace: str, alerting: Alerting) -> Iterator[DashboardPanel]:
    here = {"namespace": namespace}
    written, rewritten = (series(f"redis_aof_last_{each}_status", **here) for each in ("write", "bgrewrite"))
    yield DashboardPanel(
        title="Redis answers",
        means="1: the exporter in the pod reaches its server or Sentinel. 0: it does not.",
        unit="short",
        queries=(DashboardQuery(expr=f"max by (pod) ({series('redis_up', **here)})", legend="{{pod}}"),),
        bound=DashboardBound(at=1, bad="below"),
        runbooks=(redis.DOWN,),
    )
    yield DashboardPanel(
        title="Memory of Redis",
        means=(
            f"Percent of maxmemory, which is below the container's limit. An alert comes above "
            f"{alerting.memory_percent}; when full, Redis refuses writes, and no task can be queued."
        ),
        unit="percent",
        queries=(DashboardQuery(expr=redis.memory_percent(namespace), legend="{{pod}}"),),
        bound=DashboardBound(at=alerting.memory_percent),
        runbooks=(redis.MEMORY,),
    )
    yield DashboardPanel(
        title="Append-only file",
        means="1: the last write and rewrite succeeded. 0: Redis refuses writes, or loses them at its end.",
        unit="short",
        queries=(
            DashboardQuery(expr=f"min by (pod) ({written})", legend="{{pod}} write"),
            DashboardQuery(expr=f"min by (pod) ({rewritten})", legend="{{pod}} rewrite"),
        ),
        bound=DashboardBound(at=1, bad="below"),
        runbooks=(redis.APPEND_ONLY,),
    )
    yield DashboardPanel(
        title="Commands of Redis a second",
        means="By server. What grows here while the queues do not is the cache, or a client in a loop.",
        unit="ops",
        queries=(
            DashboardQuery(
                expr=f"sum by (pod) (rate({series('redis_commands_processed_total', **here)}[5m]))", legend="{{pod}}"
            ),
        ),
        runbooks=(redis.MEMORY,),
    )
    yield DashboardPanel(
        title="Clients of Redis",
        means="Connections by server, and clients that wait in a blocking command: idle workers do.",
        unit="short",
        queries=(
            DashboardQuery(expr=f"max by (pod) ({series('redis_connected_clients', **here)})", legend="{{pod}}"),
            DashboardQuery(expr=f"max by (pod) ({series('redis_blocked_clients', **here)})", legend="{{pod}} blocked"),
        ),
        runbooks=(redis.DOWN,),
    )


def _followers(namespace: str) -> Iterator[DashboardPanel]:
    here = {"namespace": namespace}
    sentinels, quorum = (
        series(f"redis_sentinel_master_{each}", **here) for each in ("ok_sentinels", "ckquorum_status")
    )
    followers = series("redis_connected_slaves", **here)
    yield DashboardPanel(
        title="Replicas of the leader",
        means=f"Servers that follow, and which pod they follow: that is the leader. A safe failover needs {CORE - 1}.",
        unit="short",
        queries=(
            DashboardQuery(expr=f"max({followers})", legend="follow"),
            DashboardQuery(expr=f"max by (pod) ({followers}) > 0", legend="{{pod}} leads"),
        ),
        bound=DashboardBound(at=CORE - 1, bad="below"),
        runbooks=(redis.FEW_REPLICAS,),
    )
    yield DashboardPanel(
        title="Followers that lost their leader",
        means="Servers whose link to the leader is down. What is written meanwhile reaches them later.",
        unit="short",
        queries=(
            DashboardQuery(expr=f"count({series('redis_master_link_up', **here)} == 0) or vector(0)", legend="lost"),
        ),
        bound=DashboardBound(at=1),
        runbooks=(redis.FEW_REPLICAS,),
    )
    yield DashboardPanel(
        title="Sentinels",
        means="The fewest Sentinels that one sees, and whether all see a quorum (1). Without it nobody takes over.",
        unit="short",
        queries=(
            DashboardQuery(expr=f"min({sentinels})", legend="Sentinels"),
            DashboardQuery(expr=f"min({quorum})", legend="quorum"),
        ),
        bound=DashboardBound(at=1, bad="below"),
        runbooks=(redis.QUORUM,),
    )
