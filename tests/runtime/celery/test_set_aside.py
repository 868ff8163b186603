"""What is in a queue and is none of Celery's: it is set aside, and the worker goes on, and so does the next one."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
import redis

from tests.runtime.celery import strange
from tests.runtime.celery.conftest import REDIS, StartSystem
from tests.runtime.celery.system import System
from tests.support import Manifest

Rendered = dict[str, list[Manifest]]

POOLS = {"gevent": "default", "prefork": "bulk_upload"}


@pytest.mark.parametrize("queue", POOLS.values(), ids=POOLS)
def test_each_is_set_aside_and_the_worker_goes_on(start_system: StartSystem, rendered: Rendered, queue: str) -> None:
    system = start_system(rendered["dev"])
    worker = system.worker(queue)
    client = client_of(system)
    first = worker.process_id
    for entry in strange.ENTRIES.values():
        client.lpush(queue, strange.encoded(entry))
    sent = system.send("sleep", 0, queue=queue, ignore_result=True)
    system.eventually(lambda: system.count("finished", [sent.id]) == 1)
    known = records(client, queue)
    kept = {kept_entry(each) for each in known}
    assert [name for name, entry in strange.ENTRIES.items() if strange.encoded(entry) not in kept] == []
    assert len(known) == len(strange.ENTRIES) == int(client.hget("examx:set-aside", queue))
    assert all(each["why"] and each["at"] and each["by"] == worker.pod.name for each in known)
    assert worker.log.count("is no task for us") == len(known)
    assert "Traceback" not in worker.log
    assert (worker.is_running, worker.process_id) == (True, first)
    assert nothing_is_left(system, queue)
    # A worker that starts meets none of it again.
    worker.pod.kill()
    again, later = system.worker(queue), system.send("sleep", 0, queue=queue, ignore_result=True)
    system.eventually(lambda: system.count("finished", [later.id]) == 1)
    assert "is no task for us" not in again.log
    assert len(records(client, queue)) == len(known)


@pytest.mark.parametrize("queue", POOLS.values(), ids=POOLS)
def test_no_slot_of_the_pool_is_lost(start_system: StartSystem, rendered: Rendered, queue: str) -> None:
    system = start_system(rendered["dev"])
    worker, client = system.worker(queue), client_of(system)
    client.lpush(queue, *[strange.encoded(strange.message(["x", {}, {}])) for _ in range(60)])
    ids = [system.send("sleep", 0, queue=queue, ignore_result=True).id for _ in range(30)]
    system.eventually(lambda: system.count("finished", ids) == len(ids))
    assert int(client.hget("examx:set-aside", queue)) == 60
    assert worker.is_running


def test_what_is_in_the_way_when_a_worker_starts_is_set_aside(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    client = client_of(system)
    client.rpush("default", *(strange.encoded(each) for each in strange.ENTRIES.values()))
    sent = system.send("sleep", 0, ignore_result=True)
    worker = system.worker("default")
    system.eventually(lambda: system.count("finished", [sent.id]) == 1)
    assert len(records(client, "default")) == len(strange.ENTRIES)
    assert worker.is_running


def test_what_celery_sends_is_never_set_aside(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    for queue in POOLS.values():
        system.worker(queue)
    app = system.producer
    sleep = app.signature("examx.tasks.sleep", args=[0], queue="default", immutable=True)
    plain = [
        system.send("sleep", 0, queue=queue, **{"ignore_result": True, **options})
        for queue in POOLS.values()
        for options in (
            {},
            {"countdown": 1, "expires": 60},
            {"priority": 9, "time_limit": 50, "soft_time_limit": 40.5},
            {"compression": "gzip"},
            {"compression": "bzip2"},
            {"compression": "lzma"},
            {"headers": {"of": {"the": ["application", 1, None]}}, "shadow": "another name"},
            {"argsrepr": "(…)", "reply_to": "nobody", "ignore_result": True},
        )
    ]
    chained = (sleep | sleep | sleep).apply_async(ignore_result=True)
    # As another application of protocol 1 would.
    older = strange.message({"id": "older", "task": strange.TASK, "args": [0], "kwargs": {}}) | {"headers": {}}
    client_of(system).lpush("default", strange.encoded(older))
    ids = {*(each.id for each in plain), chained.id, chained.parent.id, "older"}
    system.eventually(lambda: ids <= set(system.ids("finished")))
    failed = system.send("fail", ignore_result=True)
    system.eventually(lambda: system.count("started", [failed.id]) == 1)
    assert client_of(system).keys("examx:set-aside*") == []


def test_a_task_that_no_worker_knows_waits_to_be_put_back(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    worker, client = system.worker("default"), client_of(system)
    name = "examx.tasks.of_the_next_version"
    newer = system.producer.send_task(name, args=[7], queue="default", ignore_result=True)
    # Who waits for its result is told at once.
    result = system.eventually(lambda: client.get(f"celery-task-meta-{newer.id}"))
    assert "NotRegistered" in json.loads(result)["result"]["exc_type"]
    (record,) = records(client, "default")
    assert record["why"] == "no task 'examx.tasks.of_the_next_version' is registered here"
    # The version that knows it is there again: here, the same task by a name that is known.
    entry = record["entry"].replace("of_the_next_version", "sleep").replace(newer.id, "put-back")
    client.lset("examx:set-aside:default", 0, json.dumps(record | {"entry": entry}))
    told = worker.exec(["python", "-m", "examx_celery", "aside"])
    assert "default: 1 set aside in all, 1 of them in examx:set-aside:default\n" in told.stdout, told.stderr
    assert "is registered here" in told.stdout
    told = worker.exec(["python", "-m", "examx_celery", "put-back", "default"])
    assert told.stdout == "1 put back into default\n", told.stderr
    system.eventually(lambda: system.count("finished", ["put-back"]) == 1)
    assert records(client, "default") == []
    assert worker.exec(["python", "-m", "examx_celery", "put-back", "nobody"]).returncode == 2


def test_what_is_kept_is_bounded(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    client, large = client_of(system), b"x" * (3 << 20)
    for each in range(8):
        client.lpush("default", large + str(each).encode())
    client.lpush("default", b"y" * (5 << 20))
    system.worker("default")
    system.eventually(lambda: client.hget("examx:set-aside", "default") == b"9")
    known = records(client, "default")
    assert [each.get("cut", False) for each in known] == [True, False, False, False, False, False]
    assert known[1]["entry"].endswith("7")
    assert client.llen("default") == 0
    small = client.pipeline()
    for each in range(1100):
        small.lpush("default", f"none {each}")
    small.execute()
    system.eventually(lambda: client.hget("examx:set-aside", "default") == b"1109")
    known = records(client, "default")
    assert (len(known), known[0]["entry"], known[-1]["entry"]) == (1000, "none 1099", "none 100")


def test_a_full_memory_does_not_keep_it_in_the_way(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    client = client_of(system)
    client.rpush("default", "not a task", b"\xff")
    client.config_set("maxmemory", "1")
    worker = system.started_worker("default")
    system.eventually(lambda: client.llen("default") == 0)
    client.config_set("maxmemory", "0")
    sent = system.send("sleep", 0, ignore_result=True)
    system.eventually(lambda: system.count("finished", [sent.id]) == 1)
    assert [each["bytes"] for each in records(client, "default")] == [10, 1]
    assert worker.log.count("is no task for us") == 2
    assert worker.is_running


def test_what_is_none_of_the_tasks_that_were_taken_keeps_none_from_coming_back(
    start_system: StartSystem, rendered: Rendered
) -> None:
    soon = {"visibility_timeout": 2, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    system = start_system(
        rendered["dev"], TRANSPORT_OPTIONS=json.dumps(soon), CELERY_SETTINGS=json.dumps({"give_back_every": 1})
    )
    client = client_of(system)
    taken = strange.message(headers={"id": "taken"})
    entries = {"1": "none", "2": "[1]", "3": "[1, 2, 3]", "4": "[null, null, null]", "5": b"\xff"}
    client.hset("unacked", mapping={**entries, "6": json.dumps([taken, "default", "default"])})
    client.zadd("unacked_index", {**{name: int(name) for name in entries}, "6": 6, b"\xff": 1})
    client.zadd("taking", {"nobody": 9e9, b"\xff": 9e9, "taking:default:text": 9e9, "taking:elsewhere:1": 9e9})
    client.set("taking:default:text", "x")
    system.worker("default")
    system.eventually(lambda: system.count("finished", ["taken"]) == 1)
    system.eventually(lambda: client.hlen("unacked") == client.zcard("unacked_index") == 0)
    system.eventually(lambda: client.zcard("taking") == 1)


@pytest.mark.parametrize("queue", POOLS.values(), ids=POOLS)
def test_keys_of_another_type_are_set_aside(start_system: StartSystem, rendered: Rendered, queue: str) -> None:
    system = start_system(rendered["dev"])
    worker, client = system.worker(queue), client_of(system)
    keys = (queue, "unacked", "unacked_index", "taking", f"_kombu.binding.{queue}")
    for key in keys:
        client.delete(key)
        client.set(key, "a text")
    sent = system.send("sleep", 0, queue=queue, ignore_result=True)
    system.eventually(lambda: system.count("finished", [sent.id]) == 1)
    assert {client.get(f"examx:set-aside:key:{key}") for key in keys[:-1]} == {b"a text"}
    assert worker.is_running


def client_of(system: System) -> "redis.Redis[bytes]":
    server = system.redis[REDIS[0]]
    return redis.Redis(server.address, server.port, username="operator", password=system.redis.password)


def records(client: Any, queue: str) -> list[dict[str, Any]]:
    """What was set aside, the newest first."""
    return [json.loads(each) for each in client.lrange(f"examx:set-aside:{queue}", 0, -1)]


def kept_entry(record: Mapping[str, Any]) -> bytes:
    """What was set aside, as it was in the queue."""
    return base64.b64decode(record["base64"]) if "base64" in record else record["entry"].encode()


def nothing_is_left(system: System, queue: str) -> bool:
    client = client_of(system)
    held = [client.llen(each) for each in client.zrange("taking", 0, -1)]
    system.eventually(lambda: client.hlen("unacked") == 0)
    return client.llen(queue) == 0 and sum(held) == 0
