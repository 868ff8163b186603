"""Redis: which server leads, who follows it, and how far behind.

A server is asked in its own pod, which takes the right to run a program there. Who only reads is told so, and that the
pods' readiness says whether they serve. The probe of a server that follows passes only while its link to the leader is
up. That of a server that leads says that it leads (examx_constructs/redis/nodes.py).
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from examx_cli import redis_servers
from examx_cli.deploy.diagnosis.family import PODS
from examx_cli.status.in_pods import said_in
from examx_cli.status.reading import Reading
from examx_cli.status.values import Server, Unread

_LATE_SECONDS = 10
"""`min-replicas-max-lag` of what is rendered here: a leader with no replica nearer than that takes no writes."""
_AT_ONCE = 4
_NO_RIGHT = (
    "this identity may not ask the servers who leads (create pods/exec); that their pods are ready is said above"
)


def servers(reading: Reading) -> list[Server | Unread]:
    """Return each server that runs, those that lead first."""
    sets = redis_servers.stateful_sets(reading.rendered)
    if not sets:
        return []
    pods = reading.objects(PODS)
    if isinstance(pods, Unread):
        return [pods]
    running = list(redis_servers.running(sets, pods))
    if not running:
        return [Unread("no server of Redis runs")]
    first, *others = running
    answers = [_asked(reading, first)]
    if answers == [None]:
        return [Unread(_NO_RIGHT)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers += pool.map(partial(_asked, reading), others)
    told = [each for each in answers if each is not None]
    leading = sum(isinstance(each, Server) and each.role == "master" for each in told)
    alone = [Unread("no server leads: nothing is written until one does")] if not leading else []
    return [*alone, *sorted(told, key=lambda each: isinstance(each, Server) and each.role != "master")]


def _asked(reading: Reading, server: tuple[str, str]) -> Server | Unread | None:
    """Return what a server says of itself; None where this identity may not ask."""
    pod, container = server
    said = said_in(reading, pod, container, "sh", redis_servers.CLI, "INFO", "replication")
    return described(pod, said) if isinstance(said, str) else said


def described(pod: str, said: str) -> Server | Unread:
    """Return what `INFO replication` says (Redis 7.4, INFO): a field in each line, `name:value`."""
    fields = dict(line.strip().split(":", 1) for line in said.splitlines() if ":" in line)
    match fields.get("role"):
        case "master":
            return _leader(pod, fields)
        case "slave":
            return _follower(pod, fields)
        case _:
            return Unread(f"{pod} says {' '.join(said.split())[:80] or 'nothing'}, and not which role it has")


def _leader(pod: str, fields: Mapping[str, str]) -> Server:
    replicas = list(_replicas(fields))
    if not replicas:
        return Server(pod, "master", "leads, with no replica")
    lags = [_whole(each.get("lag")) for each in replicas]
    most = max((each for each in lags if each is not None), default=None)
    behind = max(_behind(fields.get("master_repl_offset"), each.get("offset")) for each in replicas)
    said = f"leads {len(replicas)} replica{'s'[: len(replicas) != 1]}, lag {most if most is not None else '?'} s"
    late = most is not None and most > _LATE_SECONDS
    offline = [each for each in replicas if each.get("state") != "online"]
    said += f", {behind} bytes behind" if behind else ""
    said += f", {len(offline)} not in step yet" if offline else ""
    return Server(pod, "master", said, most, trouble=late or bool(offline))


def _follower(pod: str, fields: Mapping[str, str]) -> Server:
    up = fields.get("master_link_status") == "up"
    leader = fields.get("master_host", "?")
    if not up:
        since = _whole(fields.get("master_link_down_since_seconds"))
        return Server(pod, "slave", f"does not reach its leader {leader}, since {since} s", since, trouble=True)
    heard = _whole(fields.get("master_last_io_seconds_ago"))
    syncing = fields.get("master_sync_in_progress") == "1"
    said = f"follows {leader}, heard of it {heard} s ago" + (", copies all of it now" if syncing else "")
    return Server(pod, "slave", said, heard, trouble=syncing or (heard or 0) > _LATE_SECONDS)


def _replicas(fields: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the replicas of a leader: `slave0:ip=10.0.0.2,port=6379,state=online,offset=123,lag=1`."""
    for name, value in fields.items():
        if name.startswith("slave") and name[5:].isdecimal():
            yield dict(part.split("=", 1) for part in value.split(",") if "=" in part)


def _whole(written: str | None) -> int | None:
    return int(written) if written and written.lstrip("-").isdecimal() else None


def _behind(offset: str | None, reached: str | None) -> int:
    ahead, there = _whole(offset), _whole(reached)
    return max(ahead - there, 0) if ahead is not None and there is not None else 0
