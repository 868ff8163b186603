"""A new password of Redis, as docs/deployment.md has it: both are valid until everything has started anew."""

from tests.runtime.redis import wire
from tests.runtime.redis.conftest import PASSWORD, STANDALONE, RunPods, guarded, pods_of
from tests.runtime.redis.pods import Pod
from tests.runtime.redis.wire import RedisError

__all__ = ["pods_of"]
NEW = "another-invented-password"


def answers(server: Pod, password: str) -> bool:
    try:
        return wire.call(server.address, server.port, "PING", password=password) == "PONG"
    except RedisError:
        return False


def rotated(pod: Pod) -> None:
    """The driver has written the new value into the pod's directory; the next start mounts it as well."""
    pod.password = NEW
    (pod.directory / "run/secrets/redis/password").write_text(NEW, encoding="utf-8")


def test_both_passwords_work_until_the_server_starts_anew(pods_of: RunPods) -> None:
    server = pods_of(guarded(STANDALONE))["redis-0"]
    server.start()
    server.call("LPUSH", "reports", "task")
    assert (answers(server, PASSWORD), answers(server, NEW)) == (True, False)
    server.call("ACL", "SETUSER", "default", f">{NEW}")
    rotated(server)
    assert (answers(server, PASSWORD), answers(server, NEW)) == (True, True)
    server.delete()
    server.start()
    assert (answers(server, PASSWORD), answers(server, NEW)) == (False, True)
    assert server.call("LRANGE", "reports", "0", "-1") == ["task"]
