"""What ExamX's Celery app must be, for the Deployments that run it. Generated from their queues; do not edit.

    app = Celery("examx")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    configure(app)

Workers, beat and whatever sends tasks must all be configured by it: they talk through the same lists.
"""

import logging
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha1
from queue import Empty
from threading import Thread
from typing import Any, ClassVar
from uuid import uuid4

from celery import Celery
from celery.app.amqp import AMQP
from celery.backends.redis import RedisBackend, SentinelBackend
from celery.signals import task_received, worker_ready
from celery.worker import state
from kombu import Connection, Producer, pools
from kombu.exceptions import OperationalError
from kombu.pools import ProducerPool
from kombu.transport import redis as transport
from kombu.transport import virtual
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import dumps, loads
from redis import Connection as RedisConnection
from redis import exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import SentinelManagedConnection

QUEUES: Mapping[str, int] = {
    "default": 120,
    "bulk_upload": 900,
    "question_enrichment": 300,
    "question_generator_ai": 600,
}
"""Each queue and its longest task in seconds: what its workers' grace period leaves a task for, and no more."""

VISIBILITY_TIMEOUT = 3600
"""Seconds after which a task that was taken and not acknowledged goes to another worker."""

PATIENCE = 30.0
"""Seconds for which a sender tries again while Redis fails over. One more try may begin just before they are over."""

# A server that is gone without a word, as with its node, is noticed after so many seconds.
_SILENCE, _CONNECTING = 10, 5
# A Sentinel answers at once, or the next one does.
_ASKING = 2
# Celery 5.7 acknowledges from the greenlets of a gevent pool, over a connection for each. With kombu's limit of 10,
# what ends together stays unacknowledged, and runs again.
_CONNECTIONS = 10_000
# Seconds between two tries of a sender, the first and the longest.
_SOON, _LATER = 0.1, 1.0
# Seconds in which a worker has written down what it takes. One that has not will not.
_TAKEN_WITHIN = 30.0

_log = logging.getLogger(__name__)


def configure(
    app: Celery,
    *,
    visibility_timeout: int = VISIBILITY_TIMEOUT,
    give_back_every: float = 60,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Set up an app for the Redis that REDIS_URL and REDIS_SENTINEL_MASTER name, over settings that it has already.

    A longer visibility timeout is for tasks that are sent with an ETA further away; a shorter one runs tasks twice.
    Raises KeyError without a REDIS_URL.
    """
    app.conf.update(celery_settings(environment, visibility_timeout))
    app.amqp_cls = PatientAmqp
    vars(app).pop("amqp", None)

    def start(sender: Any, **_: Any) -> None:
        if sender.pool.is_green:
            Thread(target=_give_back, args=(app, give_back_every), daemon=True).start()

    def remember(request: Any, **_: Any) -> None:
        _QoS.requests[request.message.delivery_tag] = request

    worker_ready.connect(start, weak=False)
    task_received.connect(remember, weak=False)


def celery_settings(environment: Mapping[str, str], visibility_timeout: int = VISIBILITY_TIMEOUT) -> dict[str, Any]:
    """The settings alone: without the patience of those who send."""
    url, master_name = environment["REDIS_URL"], environment.get("REDIS_SENTINEL_MASTER")
    kind = "Sentinel" if master_name else "Redis"
    options = _transport(master_name, visibility_timeout)
    return {
        "broker_url": url,
        "broker_transport": f"{__name__}:{kind}Transport",
        "result_backend": f"{__name__}:{kind}Results+{url}",
        # One list for each queue, whatever a task's priority: the list that the autoscaler counts. A worker that is
        # lost while it gives tasks back keeps the others from doing so for half a minute, not five.
        "broker_transport_options": {
            **options,
            "priority_steps": [0],
            "unacked_mutex_expire": 30,
            "max_connections": _CONNECTIONS,
        },
        # Who waits for a result, and a worker that stores one, are as patient as who sends.
        "result_backend_transport_options": {**options, "retry_policy": {"max_retries": None, "timeout": PATIENCE}},
        "visibility_timeout": visibility_timeout,
        # A queue that no worker drains would keep its tasks for ever: sending to one is an error instead.
        "task_queues": {name: {"exchange": name, "routing_key": name} for name in QUEUES},
        "task_create_missing_queues": False,
        "task_default_queue": "default",
        # A task is done when it has ended, not when it was taken. One whose process dies is given back.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A worker holds the tasks that it runs and no others: what waits is in the list, for every worker to take.
        "worker_prefetch_multiplier": 1,
        # After a lost connection, Celery before 5.7 would go on with one task at a time in a gevent pool;
        "worker_enable_prefetch_count_reduction": False,
        # and it would end, where it can not write down that it stops its tasks: the results are in the same Redis.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "redis_socket_timeout": _SILENCE,
        "redis_socket_connect_timeout": _CONNECTING,
        "redis_socket_keepalive": True,
    }


def _transport(master_name: str | None, visibility_timeout: int) -> dict[str, Any]:
    sentinels = {"master_name": master_name, "sentinel_kwargs": _asking()} if master_name else {}
    return {
        **sentinels,
        "visibility_timeout": visibility_timeout,
        "socket_timeout": _SILENCE,
        "socket_connect_timeout": _CONNECTING,
        "socket_keepalive": True,
        "health_check_interval": _SILENCE,
    }


class _Once(Retry):
    """No try again. `celery inspect stats` tells all options, as JSON."""

    def __json__(self) -> str:
        return "once"


def _asking() -> dict[str, Any]:
    # Given none, Celery's results ask Sentinels with redis-py's own: before 8, one that is silent holds them for ever.
    # Asked once each: with the tries of redis-py 8, at three levels, it holds everybody for minutes.
    return {
        "socket_timeout": _ASKING,
        "socket_connect_timeout": _ASKING,
        "socket_keepalive": True,
        "retry": _Once(NoBackoff(), 0),
    }


class PatientProducer(Producer):
    """Tries again for a while, with pauses, where Redis does not take a task: `retry_policy={"timeout": seconds}`.

    kombu counts tries, and tries again at once: it is through with them before a failover is, and gives up when a new
    connection is refused too (kombu 5.7, `Connection.ensure`). What lasts, such as full memory, is an error at once.
    """

    def publish(
        self, *arguments: Any, retry: bool = False, retry_policy: Mapping[str, Any] | None = None, **options: Any
    ) -> Any:
        """Send. Raises what the last try did, when the time is over."""
        end, pause = time.monotonic() + (retry_policy or {}).get("timeout", PATIENCE), _SOON
        while True:
            try:
                return super().publish(*arguments, **options)
            except (OperationalError, exceptions.ResponseError, *_LOST) as error:
                if not retry or time.monotonic() + pause > end or not _may_pass(error):
                    raise
                _log.warning("Redis does not take a task now, trying again: %s", error)
            time.sleep(pause)
            pause = min(2 * pause, _LATER)


class _SteadyConnection(Connection):
    """Keeps its transport when it goes on at another of its URL's hosts, as kombu does after an error.

    kombu takes the transport of the URL's scheme then: a worker would go on without all that is made up for here
    (kombu 5.5 to 5.7, `Connection.switch`).
    """

    def switch(self, conn_str: str) -> None:
        kept = self.transport_cls
        super().switch(conn_str)
        self.transport_cls = kept


class PatientAmqp(AMQP):
    """What an app sends tasks with: patient producers, and connections that stay what they are."""

    Connection = _SteadyConnection
    Producer = PatientProducer

    @property
    def producer_pool(self) -> ProducerPool:
        """Those that are shared by the threads of a process."""
        if self._producer_pool is None:
            connections = pools.connections[self.app.connection_for_write()]
            self._producer_pool = ProducerPool(connections, limit=self.app.pool.limit, Producer=self.Producer)
        return self._producer_pool


_LOST = (OSError, exceptions.ConnectionError, exceptions.TimeoutError)


def _may_pass(error: Exception) -> bool:
    """Whether a server is away, which says nothing of a password that is wrong."""
    cause = error.__cause__ if isinstance(error, OperationalError) else error
    return _is_refusal(cause) or (isinstance(cause, _LOST) and not isinstance(cause, exceptions.AuthenticationError))


class _Refusals:
    """For connections: what a server refuses during a failover counts as a lost connection.

    Celery and kombu get over one of those. A worker ends at any other refusal ("Unrecoverable error"), for to take a
    task is a write (Celery 5.6, `Consumer.start`). redis-py does the same for READONLY, with Sentinels.
    """

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().read_response(*arguments, **options)  # type: ignore[misc]
        except exceptions.ResponseError as error:
            if _is_refusal(error):
                raise exceptions.ConnectionError(str(error)) from error
            raise


def _is_refusal(error: BaseException | None) -> bool:
    """Whether a primary has no replica in sync, or a replica was asked to write, or has lost its primary."""
    known = isinstance(error, (exceptions.ReadOnlyError, exceptions.MasterDownError))
    return known or (isinstance(error, exceptions.ResponseError) and str(error).startswith("NOREPLICAS"))


class _DirectConnection(_Refusals, RedisConnection):
    """To the one server."""


class _ManagedConnection(_Refusals, SentinelManagedConnection):
    """To the server that Sentinels name."""


class _QoS(transport.QoS):
    """What a worker has taken and not acknowledged.

    kombu takes a task out of its list with one command and writes it down with the next: it is lost with a worker or a
    primary that is lost in between. It forgets an acknowledgement that fails, together with the slot that the task had:
    a worker with one slot takes nothing any more (kombu 5.7, `Channel._brpop_read`, `QoS.append` and `QoS.ack`). Here
    a task is in Redis at every moment, and what has failed is made up for.
    """

    taking: ClassVar[dict[str, str]] = {}
    """For a task that is being taken, by its delivery tag: the list that it is in meanwhile."""
    dropped: ClassVar[set[str]] = set()
    """The tags of tasks that could not be written down, or were without our knowing. They are not begun."""
    requests: ClassVar[dict[str, Any]] = {}
    """Celery's requests for what we have taken, by delivery tags: they know whether they have begun."""
    owed: ClassVar[set[str]] = set()
    """The tags of tasks that have ended, of which Redis may not know."""
    lists: ClassVar[set[str]] = set()
    """Our lists of what is being taken."""
    seen: ClassVar[dict[tuple[str, str], float]] = {}
    """When an entry of such a list, by its digest, was seen first, by our clock."""

    def append(self, message: Any, delivery_tag: str) -> None:
        if (taking := self.taking.pop(delivery_tag, None)) is None:
            super().append(message, delivery_tag)
            return
        self.dropped.add(delivery_tag)
        try:
            self._write_down(message, delivery_tag, taking)
        except exceptions.OutOfMemoryError:
            # There is room for it in one place: the other one goes first, as with kombu.
            with self.channel.conn_or_acquire() as client:
                client.lpop(taking)
            super().append(message, delivery_tag)
        else:
            virtual.QoS.append(self, message, delivery_tag)
        self.dropped.discard(delivery_tag)

    def _write_down(self, message: Any, delivery_tag: str, taking: str) -> None:
        names = message.delivery_info["exchange"], message.delivery_info["routing_key"]
        with self.pipe_or_acquire() as pipe:
            pipe.zadd(self.unacked_index_key, {delivery_tag: time.time()})
            pipe.hset(self.unacked_key, delivery_tag, dumps([message._raw, *names]))
            pipe.lpop(taking).execute()

    def ack(self, delivery_tag: str) -> None:
        self.owed.add(delivery_tag)
        try:
            self._settle()
        finally:
            self.requests.pop(delivery_tag, None)
            virtual.QoS.ack(self, delivery_tag)

    def restore_visible(self, *arguments: Any, **options: Any) -> None:
        with suppress(exceptions.OutOfMemoryError):
            self._settle()
            self._give_back_untouched()
        super().restore_visible(*arguments, **options)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - as kombu calls it
        super().reject(delivery_tag, requeue)
        self.requests.pop(delivery_tag, None)

    def restore_unacked(self, client: Any = None) -> None:
        """Give back what has not begun, or everything when the worker ends.

        With a lost connection kombu gives back what runs as well, and another worker runs it at the same time. Here a
        task goes on over a lost connection, and is acknowledged by the next.
        """
        ends = any(each is not None and each is not False for each in (state.should_stop, state.should_terminate))
        self.dropped.update(tag for tag in self._delivered if ends or not self._has_begun(tag))
        self._delivered.clear()
        with self.channel.conn_or_acquire(client) as found:
            self._give_back_dropped(found)

    def _has_begun(self, delivery_tag: str) -> bool:
        return getattr(self.requests.get(delivery_tag), "time_start", None) is not None

    def _give_back_dropped(self, client: Any) -> None:
        for tag in tuple(self.dropped):
            self.restore_by_tag(tag, client, leftmost=True)
            self.dropped.discard(tag)
            self.requests.pop(tag, None)

    def _settle(self) -> None:
        if tags := tuple(self.owed):
            with self.pipe_or_acquire() as pipe:
                pipe.zrem(self.unacked_index_key, *tags).hdel(self.unacked_key, *tags).execute()
            self.owed.difference_update(tags)

    def new_list(self, queue: str) -> str:
        """A list for what one connection takes, and what was in those before goes back: we have lost sight of it.

        The server may still serve a connection that we have lost; what that takes gets into its own list.
        """
        name = f"{_TAKING}:{queue}:{uuid4().hex}"
        with self.channel.conn_or_acquire() as client:
            client.zadd(_TAKING, {name: time.time()})
            for each in tuple(self.lists):
                client.lmove(each, _queue(each), "RIGHT", "RIGHT")
                self.lists.discard(each)
            # Celery forgets what came by a lost connection and has not begun, and kombu may fail to give it back.
            earlier = {tag for tag, each in self.requests.items() if each.message.channel is not self.channel}
            self.dropped.update(tag for tag in earlier if not self._has_begun(tag))
            self._give_back_dropped(client)
        self.lists.add(name)
        return name

    def _give_back_untouched(self) -> None:
        """Give back what workers that are lost were taking: nobody has begun it."""
        now = time.monotonic()
        with self.channel.conn_or_acquire() as client:
            lists = self._known_lists(client)
            pipe = client.pipeline(transaction=False)
            for name in lists:
                pipe.lindex(name, -1)
            last = {(name, _digest(entry)) for name, entry in zip(lists, pipe.execute(), strict=True) if entry}
            for gone in set(self.seen) - last:
                self.seen.pop(gone, None)
            for name, digest in last:
                if now - self.seen.setdefault((name, digest), now) >= min(_TAKEN_WITHIN, self.visibility_timeout):
                    client.eval(_GIVE_BACK, 2, name, _queue(name), digest)

    def _known_lists(self, client: Any) -> list[str]:
        """All lists that connections had in the last day; ours stay known."""
        now = time.time()
        pipe = client.pipeline(transaction=False)
        if self.lists:
            pipe.zadd(_TAKING, dict.fromkeys(self.lists, now))
        pipe.zremrangebyscore(_TAKING, 0, now - 86400)
        pipe.zrange(_TAKING, 0, -1)
        return [bytes_to_str(each) for each in pipe.execute()[-1]]


_TAKING = "taking"
"""The names of the lists of what is being taken, with the times at which their workers lived; and how they begin."""

# Only who still finds an entry gives it back: several workers may look at the same time.
_GIVE_BACK = """
if redis.sha1hex(redis.call('LINDEX', KEYS[1], -1) or '') == ARGV[1] then
    redis.call('LMOVE', KEYS[1], KEYS[2], 'RIGHT', 'RIGHT')
end
"""


def _queue(taking: str) -> str:
    return taking.removeprefix(f"{_TAKING}:").rpartition(":")[0]


def _digest(entry: bytes) -> str:
    return sha1(entry, usedforsecurity=False).hexdigest()


class _Taking:
    """For channels: a task leaves its list for one of what is being taken, with one command.

    kombu waits for a task with BRPOP, sent and read in two steps: here it is BLMOVE (Redis 6.2) in the same places. It
    stays BRPOP for a worker of several queues, which no Deployment has, and while memory is full: BLMOVE is refused
    then, and workers must go on to make room.
    """

    QoS = _QoS
    _list: str | None = None
    _moves = _is_full = False

    def _connparams(self: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        # Celery 5.7 closes a connection that is lost. A task that came by it may end later: kombu 5.7 fails there with
        # an AttributeError, which no worker gets over. A lost connection is told in the log.
        if self.connection is None or self.connection.client is None:
            raise exceptions.ConnectionError("the connection that the task came by is closed")
        return super()._connparams(*arguments, **options)  # type: ignore[misc]

    def _brpop_start(self: Any, timeout: float | None = None) -> None:
        queues, is_full, self._is_full = [*self.active_queues], self._is_full, False
        self._moves = not is_full and len(queues) == 1 and queues[0] in QUEUES and self._has_list(queues[0])
        if not self._moves:
            super()._brpop_start(*(() if timeout is None else (timeout,)))  # type: ignore[misc]
            return
        self._in_poll = self.client.connection
        self._brpop_sent_at = time.monotonic()
        # kombu 5.5 has no such setting, and waits for a second.
        wait = timeout or getattr(self, "brpop_timeout", 1) or 0
        self._in_poll.send_command("BLMOVE", queues[0], self._list, "RIGHT", "LEFT", wait)

    def _has_list(self: Any, queue: str) -> bool:
        if self._list is None:
            with suppress(exceptions.OutOfMemoryError):
                self._list = self.qos.new_list(queue)
        return self._list is not None

    def _on_connection_disconnect(self: Any, connection: Any) -> None:
        self._list = None
        super()._on_connection_disconnect(connection)  # type: ignore[misc]

    def _brpop_read(self: Any, **options: Any) -> bool:
        if not self._moves:
            return super()._brpop_read(**options)  # type: ignore[misc]
        taking, connection = self._list, self.client.connection
        try:
            entry = self.client.parse_response(connection, "BLMOVE", **options)
        except exceptions.OutOfMemoryError:
            self._is_full = True
            raise Empty from None
        except self.connection_errors:
            # The next round connects again.
            connection.disconnect()
            raise
        finally:
            self._in_poll = None
        if entry is None:
            raise Empty
        try:
            payload = loads(bytes_to_str(entry))
            tag = payload["properties"]["delivery_tag"]
        except (ValueError, LookupError, TypeError):
            _log.exception("An entry of %s is no task, and is thrown away: %r", _queue(taking), entry[:1000])
            with self.conn_or_acquire() as client:
                client.lpop(taking)
            raise Empty from None
        self.qos.taking[tag] = taking
        self.connection._deliver(payload, _queue(taking))
        return True


class _RedisChannel(_Taking, transport.Channel):
    connection_class = _DirectConnection


class _SentinelChannel(_Taking, transport.SentinelChannel):
    connection_class = _ManagedConnection


class RedisTransport(transport.Transport):
    """Tasks, by one server."""

    Channel = _RedisChannel


class SentinelTransport(transport.SentinelTransport):
    """Tasks, by the server that Sentinels name."""

    Channel = _SentinelChannel


class RedisResults(RedisBackend):
    """Results, in one server."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.connparams.setdefault("connection_class", _DirectConnection)


class SentinelResults(SentinelBackend):
    """Results, in the server that Sentinels name."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.connparams.setdefault("connection_class", _ManagedConnection)


def _give_back(app: Celery, every: float) -> None:
    # kombu gives back the tasks of workers that were killed while its event loop runs. A gevent pool has none.
    while True:
        time.sleep(every)
        try:
            with app.connection_for_write() as connection:
                connection.default_channel.qos.restore_visible(num=None, interval=1)
        except Exception:
            # Whatever it was, the next time it may be over; a thread that ended would give back nothing.
            _log.warning("Tasks of lost workers could not be given back", exc_info=True)
