"""`examx scale record` at servers that are rendered here: through a failover, in pods and by Sentinels."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from examx_cli.cluster import Cluster, Target
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError
from examx_cli.scale.record_loop import Source, Unanswered
from examx_cli.scale.record_pods import Pods as InPods
from examx_cli.scale.record_redis import PASSWORD_VARIABLE, Address, Server
from examx_cli.status.reading import Reading
from examx_cli.status.redis import servers
from examx_cli.status.values import Server as Redis
from examx_cli.status.values import Unread
from examx_constructs.manifests import Object
from tests.runtime.redis.conftest import REPLICATED, RunPods
from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.redis.pods import Pods
from tests.runtime.redis.test_replicated import CORE, PRIMARY, SENTINELS, settled
from tests.runtime.waiting import eventually


@dataclass(frozen=True)
class Nearby(Kubectl):
    """A kubectl that runs in the pods of a test what it is told to run in a pod."""

    pods: Pods = field(kw_only=True)

    def objects(self, *arguments: str, stdin: str | None = None) -> list[Object]:
        assert arguments[:2] == ("get", "pods")
        return [pod(name) for name in (*CORE, *SENTINELS) if self.pods[name].processes]

    def run(self, *arguments: str, stdin: str | None = None, patience: float = 0) -> str:
        options, words = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
        verb, name = (each for each in options if each not in ("-i",) and not each.startswith("--"))
        assert verb == "exec"
        assert "--container=redis" in options
        done = self.pods[name].run("sh", "-c", f"printf %s {shlex.quote(stdin or '')} | {shlex.join(words)}")
        if done.returncode:
            raise ProcessError(self.command(*arguments), done.returncode, done.stderr)
        return done.stdout


def pod(name: str) -> Object:
    owner = {"name": name.rpartition("-")[0]}
    return {
        "metadata": {"name": name, "ownerReferences": [owner]},
        "status": {"containerStatuses": [{"name": "redis", "state": {"running": {"startedAt": "now"}}}]},
    }


def assert_roles(cluster: Cluster, pods: Pods) -> None:
    """`examx status` tells who leads, and how near those are who follow, as the servers have it."""

    def told() -> list[Redis | Unread]:
        return servers(Reading(cluster, pods.manifests))

    def is_settled() -> bool:
        return all(isinstance(each, Redis) and not each.trouble for each in told())

    eventually(is_settled, because=lambda: str(told()))
    leader, *followers = told()
    assert isinstance(leader, Redis)
    assert (leader.pod, leader.role) == (PRIMARY, "master")
    assert leader.said.startswith(f"leads {len(CORE) - 1} replicas, lag ")
    assert {each.pod for each in followers if isinstance(each, Redis)} == {*CORE} - {PRIMARY}
    assert all(
        isinstance(each, Redis) and each.role == "slave" and each.said.startswith("follows ") for each in followers
    )


def test_a_list_is_counted_through_a_failover(pods_of: RunPods, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORDS["operator"])
    pods = settled(pods_of(REPLICATED))
    pods[PRIMARY].call("LPUSH", "default", "a task", "another")
    hosts = ",".join(f"{pods[name].address}:{pods[name].port}" for name in SENTINELS)
    cluster = Cluster(Nearby(binary="kubectl", pods=pods), Target("any", "team-a"))
    assert_roles(cluster, pods)
    sources = (
        InPods(cluster, pods.manifests, "default"),
        Server(Address.parse(f"redis://operator@{hosts}", "examx"), "default"),
    )
    assert lengths(sources) == [2, 2]
    pods.eventually(lambda: pods[CORE[1]].call("LLEN", "default") == 2)
    pods.crash(PRIMARY)
    for each in sources:
        with pytest.raises(Unanswered):
            each.length()
    # No replica is believed until it leads, though each of them knows the list.
    eventually(lambda: lengths(sources) == [2, 2], because=lambda: pods.logs, ignoring=(Unanswered,))
    leader = next(name for name in CORE[1:] if pods[name].call("ROLE")[0] == "master")
    pods.eventually(lambda: pods[leader].call("LPUSH", "default", "more") == 3)
    assert lengths(sources) == [3, 3]


def lengths(sources: Sequence[Source]) -> list[int]:
    return [each.length() for each in sources]
