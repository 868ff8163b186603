"""The users of Redis on the rendered pods: who gets in, and what each may do there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from examx_constructs.settings import ReplicatedRedis, StandaloneRedis
from tests.runtime.redis import wire
from tests.runtime.redis.conftest import REPLICATED, STANDALONE, RunPods, manifests_of
from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.redis.pods import Pod, running
from tests.runtime.redis.test_replicated import CORE, PRIMARY, SENTINELS, settled
from tests.runtime.redis.wire import RedisError

SCALER = """
    local listName = KEYS[1]
    local listType = redis.call('type', listName).ok
    local cmd = { zset = 'zcard', set = 'scard', list = 'llen', hash = 'hlen', none = 'llen' }
    return redis.call(cmd[listType], listName)
"""
"""What KEDA's scaler asks (KEDA 2.17, redis_scaler.go)."""
ADMINISTRATION = [
    ("CONFIG", "GET", "dir"),
    ("CONFIG", "SET", "dir", "/data"),
    ("SHUTDOWN", "NOSAVE"),
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("SLAVEOF", "127.0.0.1", "1"),
    ("FAILOVER",),
    ("DEBUG", "HELP"),
    ("MODULE", "LIST"),
    ("ACL", "WHOAMI"),
    ("ACL", "LIST"),
    ("ACL", "SETUSER", "application", "+@all"),
    ("KEYS", "*"),
    ("FUNCTION", "LIST"),
    ("FUNCTION", "FLUSH"),
    ("FCALL", "any", "0"),
    ("SCRIPT", "FLUSH"),
    ("SCRIPT", "KILL"),
    ("CLIENT", "LIST"),
    ("CLIENT", "KILL", "TYPE", "normal"),
    ("CLIENT", "PAUSE", "1"),
    ("MONITOR",),
    ("SLOWLOG", "GET"),
    ("BGREWRITEAOF",),
    ("SAVE",),
    ("SWAPDB", "0", "1"),
    ("MIGRATE", "127.0.0.1", "1", "key", "0", "1"),
    ("RESTORE", "key", "0", "value"),
    ("SORT", "reports"),
    ("PSYNC", "?", "-1"),
    ("REPLCONF", "listening-port", "1"),
]
"""Harmless to send, for every one of them is refused."""


@pytest.fixture(scope="module")
def started() -> Iterator[Pod]:
    """A server that nobody may change."""
    with running(manifests_of(STANDALONE)) as pods:
        pods["redis-0"].start()
        yield pods["redis-0"]


@pytest.fixture
def server(started: Pod) -> Pod:
    """The same, without the data of the test before."""
    started.wait_until_it_listens()
    started.call("FLUSHALL")
    return started


def refused(pod: Pod, user: str, *words: str) -> bool:
    """Whether a user may not do that, or not with this key. Anything else that is wrong fails the test."""
    try:
        pod.call_as(user, *words)
    except RedisError as error:
        if str(error).startswith(("NOPERM", "ERR DEBUG command not allowed")):
            return True
        raise
    return False


@pytest.mark.parametrize("user", ["default", *PASSWORDS])
@pytest.mark.parametrize("password", [None, "", "an-invented-password-of-nobody", PASSWORDS["operator"]])
def test_nobody_gets_in_without_the_password_that_is_theirs(server: Pod, user: str, password: str | None) -> None:
    if password is not None and PASSWORDS.get(user) == password:
        assert server.call_as(user, "PING", password=password) == "PONG"
        return
    for words in (("PING",), ("LLEN", "reports"), ("INFO",), ("CONFIG", "GET", "*"), ("HELLO", "3")):
        with pytest.raises(RedisError, match="NOAUTH"):
            wire.call(server.address, server.port, *words, password=password, user=user)


def test_the_passwords_of_another_environment_let_nobody_in(pods_of: RunPods) -> None:
    here, there = (pods_of(STANDALONE)["redis-0"] for _ in range(2))
    there.passwords = {user: f"elsewhere-{password}" for user, password in PASSWORDS.items()}
    for server in (here, there):
        server.start()
    for user in PASSWORDS:
        for own, other in ((here, there), (there, here)):
            assert own.call_as(user, "PING") == "PONG"
            with pytest.raises(RedisError, match="NOAUTH"):
                own.call_as(user, "PING", password=other.passwords[user])


@pytest.mark.parametrize("words", ADMINISTRATION, ids=" ".join)
def test_the_application_administers_nothing(server: Pod, words: tuple[str, ...]) -> None:
    assert refused(server, "application", *words)
    assert server.call("LPUSH", "reports", "task") == 1


def test_the_application_sends_takes_and_counts_tasks(server: Pod) -> None:
    for words in (
        ("LPUSH", "reports", "task"),
        ("BRPOP", "reports", "1"),
        ("HSET", "unacked", "tag", "task"),
        ("ZADD", "unacked_index", "1", "tag"),
        ("SET", "celery-task-meta-1", "result", "EX", "60"),
        ("PUBLISH", "celery-task-meta-1", "result"),
        ("EVAL", "return redis.call('RPUSH', KEYS[1], ARGV[1])", "1", "reports", "task"),
        ("SCAN", "0"),
        ("SELECT", "1"),
        ("CLIENT", "SETNAME", "worker"),
        ("SETEX", "examx:set-aside", "60", "1"),
    ):
        server.call_as("application", *words)


@pytest.mark.parametrize("key", ["examx:leader", "examx:leaving", "examx:lea"])
def test_the_application_cannot_say_who_leads(server: Pod, key: str) -> None:
    assert refused(server, "application", "SET", key, "0 0 somebody")
    assert refused(server, "application", "GET", key)
    with pytest.raises(RedisError, match=r"(?i)can't access|no permission|ACL failure"):
        server.call_as("application", "EVAL", "return redis.call('SET', ARGV[1], 'x')", "0", key)
    with pytest.raises(RedisError, match="NOPERM"):
        server.call_as("application", "RENAME", "reports", key)
    for free in ("e", "examx:le", "examx:let", "examx", "x", "leader"):
        server.call_as("application", "SET", free, "value")


def test_the_application_does_not_speak_as_a_sentinel(server: Pod) -> None:
    """Sentinels believe what is said on their channel of who leads."""
    for words in (("PUBLISH", "__sentinel__:hello", "x"), ("SUBSCRIBE", "__sentinel__:hello"), ("PSUBSCRIBE", "*")):
        assert refused(server, "application", *words), words
    for channel in ("celery-task-meta-1", "/0.celeryev/worker.heartbeat", "_", "__keyspace@0__:x"):
        assert server.call_as("application", "PUBLISH", channel, "x") == 0
    for pattern in ("/0.celery.pidbox", "/0.celeryev/*", "/0.celeryev/worker.*"):
        server.call_as("application", "PSUBSCRIBE", pattern)


def test_the_scaler_counts_and_does_nothing_else(server: Pod) -> None:
    server.call("RPUSH", "reports", "1", "2", "3")
    server.call("SADD", "a set", "1")
    server.call("HSET", "a hash", "field", "1")
    for key, length in (("reports", 3), ("nothing", 0), ("a set", 1), ("a hash", 1)):
        assert server.call_as("keda", "EVAL", SCALER, "1", key) == length
    for words in (*ADMINISTRATION, ("LRANGE", "reports", "0", "-1"), ("LPUSH", "reports", "x"), ("DEL", "reports")):
        assert refused(server, "keda", *words), words
    for inside in ("redis.call('LRANGE', KEYS[1], 0, -1)", "redis.call('DEL', KEYS[1])", "redis.call('GET', KEYS[1])"):
        with pytest.raises(RedisError, match=r"(?i)can't run this command|ACL failure|no permission"):
            server.call_as("keda", "EVAL", f"return {inside}", "1", "reports")
    assert server.call("LLEN", "reports") == 3


def test_who_replicates_reads_no_task_and_changes_no_setting(server: Pod) -> None:
    for words in (
        ("LRANGE", "reports", "0", "-1"),
        ("LPUSH", "reports", "x"),
        ("CONFIG", "SET", "dir", "/data"),
        ("CONFIG", "GET", "masterauth"),
        ("FLUSHALL",),
        ("ACL", "LIST"),
        ("EVAL", "return 1", "0"),
        ("SHUTDOWN", "NOSAVE"),
    ):
        assert refused(server, "replication", *words), words
    assert server.call_as("replication", "PING") == "PONG"


def test_the_exporter_asks_how_the_server_is_and_does_nothing_else(server: Pod) -> None:
    assert "used_memory:" in str(server.call_as("exporter", "INFO", "ALL"))
    assert server.call_as("exporter", "CLIENT", "SETNAME", "redis_exporter") == "OK"
    others = (
        ("LRANGE", "reports", "0", "-1"),
        ("LLEN", "reports"),
        ("LPUSH", "reports", "x"),
        ("GET", "examx:leader"),
        ("EVAL", "return 1", "0"),
        ("PUBLISH", "any", "x"),
        ("SLOWLOG", "LEN"),
        ("LATENCY", "LATEST"),
        ("SELECT", "1"),
    )
    for words in (*ADMINISTRATION, *others):
        assert refused(server, "exporter", *words), words


@pytest.mark.parametrize("shape", [STANDALONE, REPLICATED], ids=["one server", "several"])
def test_without_monitoring_there_is_no_exporter(pods_of: RunPods, shape: StandaloneRedis | ReplicatedRedis) -> None:
    """The Secret may have its key, of a time with monitoring."""
    pods = pods_of(shape, exporter=False)
    for pod in pods.all():
        assert "exporter" not in "".join(pod.files.values())
    if shape is STANDALONE:
        pods["redis-0"].start()
        with pytest.raises(RedisError, match="NOAUTH"):
            pods["redis-0"].call_as("exporter", "PING")
        assert pods["redis-0"].call_as("keda", "PING") == "PONG"


def test_a_secret_of_before_the_exporter_stops_no_server(pods_of: RunPods) -> None:
    pods = pods_of(STANDALONE)
    server = pods["redis-0"]
    server.passwords = before = {user: password for user, password in PASSWORDS.items() if user != "exporter"}
    server.start()
    assert server.call_as("application", "PING") == "PONG"
    for given, taken in ((PASSWORDS, True), (before, False)):
        server.give(given)
        pods.eventually(lambda taken=taken: logs_in(server, "exporter") == taken)
    assert server.call_as("application", "PING") == "PONG"


def logs_in(server: Pod, user: str) -> bool:
    try:
        return server.call_as(user, "PING", password=PASSWORDS[user]) == "PONG"
    except RedisError:
        return False


def test_on_a_sentinel_users_ask_and_only_the_operator_changes(pods_of: RunPods) -> None:
    pods = settled(pods_of(REPLICATED))
    sentinel, leader = pods[SENTINELS[0]], pods[PRIMARY].address
    for user in ("application", "keda"):
        assert sentinel.call_as(user, "SENTINEL", "get-master-addr-by-name", "examx") == [leader, "6379"]
        assert len(sentinel.call_as(user, "SENTINEL", "SENTINELS", "examx")) == len(SENTINELS) - 1
        assert len(sentinel.call_as(user, "SENTINEL", "REPLICAS", "examx")) == len(CORE) - 1
        for words in (
            ("SENTINEL", "FAILOVER", "examx"),
            ("SENTINEL", "SET", "examx", "quorum", "1"),
            ("SENTINEL", "MONITOR", "other", "127.0.0.1", "1", "1"),
            ("SENTINEL", "REMOVE", "examx"),
            ("SENTINEL", "RESET", "*"),
            ("SENTINEL", "CONFIG", "GET", "*"),
            ("SENTINEL", "SIMULATE-FAILURE", "crash-after-election"),
            ("ACL", "LIST"),
            ("SHUTDOWN",),
            ("PUBLISH", "__sentinel__:hello", "x"),
        ):
            assert refused(sentinel, user, *words), (user, words)
    assert refused(sentinel, "replication", "SENTINEL", "FAILOVER", "examx")
    # redis_exporter 1.88.0, exporter/sentinels.go.
    assert "sentinel_masters:1" in str(sentinel.call_as("exporter", "INFO", "ALL"))
    assert len(sentinel.call_as("exporter", "SENTINEL", "MASTERS")) == 1
    assert str(sentinel.call_as("exporter", "SENTINEL", "CKQUORUM", "examx")).startswith("OK")
    for words in (
        ("SENTINEL", "FAILOVER", "examx"),
        ("SENTINEL", "SET", "examx", "quorum", "1"),
        ("SENTINEL", "CONFIG", "GET", "*"),
        ("SENTINEL", "RESET", "*"),
        ("ACL", "LIST"),
        ("SHUTDOWN",),
        ("SUBSCRIBE", "__sentinel__:hello"),
    ):
        assert refused(sentinel, "exporter", *words), words
    for words in (("PING",), ("SENTINEL", "MASTERS"), ("INFO",)):
        with pytest.raises(RedisError, match="NOAUTH"):
            wire.call(sentinel.address, sentinel.port, *words)
    assert all(pods[name].is_ready() for name in (*CORE, *SENTINELS))
    assert all(
        pods[name].exec("sh", "/etc/redis/accepts.sh", user) == "" for name in (*CORE, *SENTINELS) for user in PASSWORDS
    )


def test_no_password_is_an_argument_or_in_a_log(pods_of: RunPods) -> None:
    pods = settled(pods_of(REPLICATED))
    for pod in pods.all():
        for process in pod.processes.values():
            assert not _shows_a_password(Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8"))
            assert not _shows_a_password(Path(f"/proc/{process.pid}/environ").read_text(encoding="utf-8"))
        assert not _shows_a_password((pod.directory / "log").read_text(encoding="utf-8"))
        for path in (pod.directory / "run" / "redis").iterdir():
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_person_types_no_password(server: Pod) -> None:
    assert server.exec("sh", "/etc/redis/cli.sh", "ACL", "WHOAMI") == "operator\n"


@pytest.mark.parametrize("user", PASSWORDS)
@pytest.mark.parametrize(
    ("password", "said"),
    [
        (None, "has no key"),
        ("", "must be letters, digits"),
        ("with space", "must be letters, digits"),
        ("with@at", "must be letters, digits"),
        ("with'quote", "must be letters, digits"),
        ("with-a-line-end\n", "must have no line end"),
        ("two\nlines", "must have no line end"),
    ],
)
def test_a_secret_that_clients_could_not_use_stops_the_pod(
    pods_of: RunPods, user: str, password: str | None, said: str
) -> None:
    pods = pods_of(STANDALONE)
    server = pods["redis-0"]
    others = {key: value for key, value in PASSWORDS.items() if key != user}
    server.passwords = others if password is None else {**others, user: password}
    if user == "exporter" and password is None:
        server.start()  # A Secret of before has no key of its own for it.
        return
    server.begin()
    pods.eventually(lambda: said in server.log and user in server.log)
    assert server.process.wait(5) != 0


def _shows_a_password(text: str) -> bool:
    return any(each in text for each in PASSWORDS.values())
