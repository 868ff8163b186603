"""`examx rotate` with a real server: old and new password let clients in meanwhile."""

import base64
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from examx_cli import processes
from examx_cli.cluster import Cluster, Target
from examx_cli.credentials import redis as credentials
from examx_cli.credentials import servers
from examx_cli.credentials.rotating import Rotation
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError
from examx_constructs.settings.redis import ALL_REDIS_USERS as REDIS_USERS
from tests.process.cli.cluster.kubectl import change_secret
from tests.runtime.redis import wire
from tests.runtime.redis.conftest import STANDALONE, RunPods, pods_of
from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.redis.pods import Pods
from tests.runtime.redis.wire import RedisError

__all__ = ["pods_of"]
NAMESPACE = "team-a"
_LATE = 0.5
"""Seconds until a kubelet has written what is new in the Secret; in a cluster it can be a minute."""


class Kept:
    """The Secret, and kubectl, as far as a rotation asks: pods are asked for real, and get its files a while later."""

    def __init__(self, pods: Pods) -> None:
        self.pods = pods
        data = {name: base64.b64encode(each.encode()).decode() for name, each in PASSWORDS.items()}
        self._secret: dict[str, Any] = {"object": {"metadata": {"annotations": {"a": "b"}}, "data": data}, "version": 1}
        self._cluster: dict[str, Any] = {"objects": {"it": self._secret}}

    @property
    def values(self) -> dict[str, str]:
        data: dict[str, str] = self._secret["object"]["data"]
        return {name: base64.b64decode(each).decode() for name, each in data.items()}

    def run(self, command: Sequence[str], *, stdin: str | None = None, **_: object) -> str:
        """Plays processes.run."""
        verb, what = command[1], command[2]
        if verb == "exec":
            done = self.pods[what].run(*command[command.index("--") + 1 :])
            if done.returncode:
                raise ProcessError(command, done.returncode, done.stderr, done.stdout)
            return done.stdout
        if verb == "patch":
            if no := change_secret(self._cluster, "it", json.loads(stdin or "")):
                raise ProcessError(command, 1, no)
            given = self.values
            threading.Timer(_LATE, lambda: [each.give(given) for each in self.pods.all()]).start()
            return what
        assert verb == "get"
        if what.startswith("secret/"):
            rotating = self._secret["object"]["metadata"]["annotations"].get("examx.ai/rotating")
            lines = [f"version {self._secret['version']}", *(f"key {each}" for each in self.values), "annotated yes"]
            return "\n".join([*lines, *([f"rotating {rotating}"] if rotating else [])])
        return json.dumps({"kind": "List", "items": self._pods() if what == "pods" else self._sets()})

    def _sets(self) -> list[dict[str, Any]]:
        return [each for each in self.pods.manifests if each["kind"] == "StatefulSet"]

    def _pods(self) -> list[dict[str, Any]]:
        (of,) = self._sets()
        started = {"running": {"startedAt": "2026-01-02T12:00:00Z"}}
        return [
            {
                "metadata": {
                    "name": each.name,
                    "uid": each.name,
                    "labels": of["spec"]["template"]["metadata"]["labels"],
                    "ownerReferences": [{"name": of["metadata"]["name"]}],
                },
                "spec": of["spec"]["template"]["spec"],
                "status": {"containerStatuses": [{"name": "redis", "state": started}]},
            }
            for each in self.pods.all()
        ]


@contextmanager
def logging_in(kept: Kept, *passwords: str) -> Iterator[dict[str, int]]:
    """Clients that log in all the time: with the newest password, as a pod that starts now, and with these."""
    counted = {"let in": 0, "refused": 0}
    over = threading.Event()
    server = kept.pods["redis-0"]

    def log_in() -> None:
        while not over.wait(0.02):
            for password in (kept.values["application"], *passwords):
                try:
                    wire.call(server.address, server.port, "PING", password=password, user="application")
                except RedisError:
                    counted["refused"] += 1
                else:
                    counted["let in"] += 1

    client = threading.Thread(target=log_in)
    client.start()
    try:
        yield counted
    finally:
        over.set()
        client.join()


def test_nobody_is_refused_while_all_passwords_change(pods_of: RunPods, monkeypatch: pytest.MonkeyPatch) -> None:
    pods = pods_of(STANDALONE)
    pods.start("redis-0")
    kept = Kept(pods)
    process = pods["redis-0"].process.pid
    monkeypatch.setattr(processes, "run", kept.run)
    monkeypatch.setattr(servers, "PAUSE", 0.2)
    (secret,) = credentials.secrets_of(pods.manifests)
    cluster = Cluster(Kubectl(), Target("testing", NAMESPACE))
    rotation = Rotation("dev", cluster, pods.manifests, secret, REDIS_USERS, time.monotonic() + 60)

    with logging_in(kept, PASSWORDS["application"]) as first:
        assert rotation.run() == list(REDIS_USERS)
        time.sleep(_LATE)  # The one that did not wait for the server is refused now.
    rotated = kept.values
    assert {each: rotated[f"{each}.previous"] for each in REDIS_USERS} == dict(PASSWORDS)
    assert not {rotated[each] for each in REDIS_USERS} & set(PASSWORDS.values())
    assert (first["refused"], first["let in"] > 20) == (0, True)

    monkeypatch.setattr(Rotation, "_check_forgetting", lambda *_: None)  # Pods are none here.
    with logging_in(kept) as then:
        assert rotation.forget() == list(REDIS_USERS)
    assert (then["refused"], then["let in"] > 5) == (0, True)
    assert kept.values == {each: rotated[each] for each in REDIS_USERS}
    server = pods["redis-0"]
    with pytest.raises(RedisError):
        wire.call(server.address, server.port, "PING", password=PASSWORDS["application"], user="application")
    assert server.process.pid == process
    assert server.is_ready()
