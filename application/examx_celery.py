"""What ExamX's Celery app must be, for the Deployments that run it. Generated from their queues; do not edit.

    app = Celery("examx")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    configure(app)

Workers, beat and whatever sends tasks must all be configured by it: they talk through the same lists.

    python -m examx_celery aside [QUEUE]     show what workers have set aside
    python -m examx_celery put-back QUEUE    put it back into the queue
"""

import base64
import bz2
import json
import logging
import lzma
import os
import re
import socket
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from celery import Celery
from celery.app.amqp import AMQP
from celery.app.control import Control
from celery.backends.redis import RedisBackend, SentinelBackend
from celery.signals import task_received, task_rejected, worker_ready
from celery.utils.time import maybe_iso8601
from celery.worker import state
from celery.worker.consumer import Consumer
from kombu import Connection, Producer, pools
from kombu.connection import ConnectionPool
from kombu.exceptions import OperationalError
from kombu.pools import ProducerPool
from kombu.transport import redis as transport
from kombu.transport import virtual
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import dumps, loads
from redis import Connection as RedisConnection
from redis import CredentialProvider, SSLConnection, exceptions
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

RESULT_EXPIRES = 86400
"""Seconds for which Redis keeps a result, at most: what never expires fills the memory that tasks need."""

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
    result_expires: int = RESULT_EXPIRES,
    remote_control: bool = False,
    give_back_every: float = 60,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Set up an app for the Redis that REDIS_URL and REDIS_SENTINEL_MASTER name, over settings that it has already.

    A longer visibility timeout is for tasks that are sent with an ETA further away; a shorter one runs tasks twice.
    `remote_control`: whether workers obey what any client of Redis publishes, such as to revoke tasks, or to stop.
    What the app had set otherwise, of that which keeps strangers out, is told in the log.
    Raises KeyError without a REDIS_URL, ValueError for results that are kept too long.
    """
    if not 0 < result_expires <= RESULT_EXPIRES:
        raise ValueError(
            f"configure.result_expires is {result_expires!r}; allowed: seconds from 1 to {RESULT_EXPIRES}; "
            "results that stay fill the memory that tasks need"
        )
    closed = _closed(result_expires, remote_control=remote_control)
    settings = {**celery_settings(environment, visibility_timeout), **closed}
    app.conf.update(settings)
    if app.configured:
        _insist(app.conf, settings)
    else:
        # The application's own are read when they are needed: Django may be just about to read them.
        app.on_after_configure.connect(lambda source, **_: _insist(source, settings), weak=False)
    app.amqp_cls, app.control_cls = PatientAmqp, Control if remote_control else SilentControl
    for cached in ("amqp", "control"):
        vars(app).pop(cached, None)

    def start(sender: Any, **_: Any) -> None:
        if sender.pool.is_green:
            Thread(target=_give_back, args=(app, give_back_every), daemon=True).start()

    def remember(request: Any, **_: Any) -> None:
        _QoS.requests[request.message.delivery_tag] = request

    worker_ready.connect(start, weak=False)
    task_received.connect(remember, weak=False)


def celery_settings(environment: Mapping[str, str], visibility_timeout: int = VISIBILITY_TIMEOUT) -> dict[str, Any]:
    """Return the settings alone: without the patience of those who send."""
    master_name = environment.get("REDIS_SENTINEL_MASTER")
    url, login = _login(environment)
    kind = "Sentinel" if master_name else "Redis"
    options = _transport(master_name, visibility_timeout, login)
    return {
        **_closed(RESULT_EXPIRES, remote_control=False),
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
        # and it would end, where it cannot write down that it stops its tasks: the results are in the same Redis.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "redis_socket_timeout": _SILENCE,
        "redis_socket_connect_timeout": _CONNECTING,
        "redis_socket_keepalive": True,
    }


def _closed(result_expires: int, *, remote_control: bool) -> dict[str, Any]:
    """Settings that keep strangers who reach Redis out of the workers. An application cannot loosen them."""
    return {
        # Whatever else a message may be, such as a pickle, which runs what its sender wants, workers do not read it.
        "accept_content": ["json"],
        "result_accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        # Who can publish in Redis could stop every worker, or have it drain another queue.
        "worker_enable_remote_control": remote_control,
        # Events tell the arguments of tasks. Workers send some, as their command says; who sends tasks sends none.
        "task_send_sent_event": False,
        "result_expires": result_expires,
        "worker_consumer": f"{__name__}:CarefulConsumer",
    }


def _insist(conf: Any, settings: Mapping[str, Any]) -> None:
    """Let settings go over the application's own, and say which of these do not count.

    With a namespace, as Django's have it, Celery looks for `CELERY_NAME` everywhere before it looks for `name`, even in
    what was set later (Celery 5.5 to 5.7, utils/collections.py, `ConfigurationView`). What code has set since stays.
    """
    prefix, own = conf.prefix or "", conf.maps[1]
    for name, value in settings.items():
        key = f"{prefix}{name}".upper() if prefix.isupper() else f"{prefix}{name}"
        if conf.changes.get(name, value) != value:
            continue
        if _plain(own.get(key, value)) != _plain(value):
            _log.warning("%s of the application's settings does not count: examx_celery sets it", key)
        conf.changes[key] = value


def _plain(value: Any) -> Any:
    """Return a setting as it is compared, which can be written in several ways."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return sorted(value) if isinstance(value, (list, tuple, set, frozenset)) else value


def _transport(master_name: str | None, visibility_timeout: int, login: "Login | None") -> dict[str, Any]:
    sentinels = {"master_name": master_name, "sentinel_kwargs": _asking(login)} if master_name else {}
    return {
        **sentinels,
        "login": login,
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


def _asking(login: "Login | None") -> dict[str, Any]:
    # Sentinels have the servers' users only where these come with a file.
    users = {"credential_provider": login} if login and login.file else {}
    # Given none, Celery's results ask Sentinels with redis-py's own: before 8, one that is silent holds them for ever.
    # Asked once each: with the tries of redis-py 8, at three levels, it holds everybody for minutes.
    return {
        **users,
        "socket_timeout": _ASKING,
        "socket_connect_timeout": _ASKING,
        "socket_keepalive": True,
        "retry": _Once(NoBackoff(), 0),
    }


class Login(CredentialProvider):
    """Who we are in Redis: a user, and the password that a file has now, or one that stays.

    Each new connection reads the file, so a password is changed without a restart. Neither the settings nor anything
    that is logged has the password.
    """

    def __init__(self, user: str | None, *, file: str | None = None, password: str = "") -> None:
        self.user, self.file, self._password = user, file, password

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        """Return the user, if there is one, and the password. Raises ConnectionError where the file has none."""
        password = self._read(self.file) if self.file else self._password
        return (self.user, password) if self.user else (password,)

    @staticmethod
    def _read(file: str) -> str:
        try:
            password = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            # A connection that cannot be made now: another try may find the file.
            raise exceptions.ConnectionError(f"REDIS_PASSWORD_FILE, {file}, cannot be read: {error}") from error
        if not password:
            raise exceptions.ConnectionError(f"REDIS_PASSWORD_FILE, {file}, is empty; it must hold a password")
        return password

    def __repr__(self) -> str:
        return f"Login({self.user!r}, file={self.file!r})"

    def __json__(self) -> str:
        return repr(self)


def login(environment: Mapping[str, str] = os.environ) -> Login | None:
    """Return how other clients of redis-py log in to the Redis of REDIS_URL; None where it needs no password."""
    return _login(environment)[1]


def _login(environment: Mapping[str, str]) -> tuple[str, Login | None]:
    """Return the URL without user and password, and these.

    Where REDIS_PASSWORD_FILE names a file, that has the password, and not the URL, which a process keeps.
    """
    url = environment["REDIS_URL"]
    file, found = environment.get("REDIS_PASSWORD_FILE"), urlsplit(url.partition(";")[0]).netloc.rpartition("@")[0]
    user, _, password = (unquote(each) for each in found.partition(":"))
    if not file and not password:
        return url, None
    plain = ";".join(_without_userinfo(each) for each in url.split(";"))
    return plain, Login(user or None, file=file, password=password)


def _without_userinfo(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class SilentControl(Control):
    """For an app whose workers take no commands: to send one is an error, and not silence."""

    def broadcast(self, command: str, *_: Any, **__: Any) -> Any:
        """Raise RuntimeError: no worker would hear it."""
        raise RuntimeError(f"remote control is off, no worker hears {command!r}: configure(app, remote_control=True)")


class PatientProducer(Producer):
    """Tries again for a while, with pauses, where Redis does not take a task: `retry_policy={"timeout": seconds}`.

    kombu counts tries, and tries again at once. It is through with them before a failover is, and gives up when a new
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

    def Pool(self, limit: int | None = None, **options: Any) -> ConnectionPool:  # noqa: N802 - kombu's name
        """Return those that threads share, and a sender's."""
        return _SteadyPool(self, limit, **options)


class _SteadyPool(ConnectionPool):
    """Of such connections. kombu 5.7 makes a kind of its own for a pool, and a sender would lose its login too."""

    def new(self) -> Connection:
        """Make one."""
        made = super().new()
        if not isinstance(made, _SteadyConnection):
            made.switch = _steady(made)
        return made


def _steady(connection: Connection) -> Callable[[str], None]:
    switch = connection.switch

    def steady(conn_str: str) -> None:
        kept = connection.transport_cls
        switch(conn_str)
        connection.transport_cls = kept

    return steady


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
    """Return whether a server is away, which says nothing of a password that is wrong."""
    cause = error.__cause__ if isinstance(error, OperationalError) else error
    return _is_refusal(cause) or (isinstance(cause, _LOST) and not isinstance(cause, exceptions.AuthenticationError))


class _Refusals:
    """For connections: what a server refuses during a failover counts as a lost connection.

    Celery and kombu get over one of those. A worker ends at any other refusal ("Unrecoverable error"), for to take a
    task is a write (Celery 5.6, `Consumer.start`). redis-py does the same for READONLY, with Sentinels. A password out
    of a file may be newer than what the server has read. A key of another type is set aside by the next connection.
    """

    def read_response(self: Any, *arguments: Any, **options: Any) -> Any:
        try:
            with _lost_where_refused():
                return super().read_response(*arguments, **options)  # type: ignore[misc]
        except exceptions.AuthenticationError as error:
            provider = self.credential_provider
            if isinstance(provider, Login) and provider.file:
                raise exceptions.ConnectionError(f"{error}, with the password in {provider.file}") from error
            raise


def _is_refusal(error: BaseException | None) -> bool:
    """Return whether a primary has no replica in sync, a replica was asked to write, or a key is of another type."""
    known = isinstance(error, (exceptions.ReadOnlyError, exceptions.MasterDownError))
    return known or (isinstance(error, exceptions.ResponseError) and bool(_REFUSAL.search(str(error))))


# Of a pipeline, redis-py says the command before.
_REFUSAL = re.compile(r"(?:^|caused error: )(?:NOREPLICAS|WRONGTYPE) ")


@contextmanager
def _lost_where_refused() -> Iterator[None]:
    """Take care of transactions: what is refused in one is in its answer, which no connection reads."""
    try:
        yield
    except exceptions.ResponseError as error:
        if _is_refusal(error):
            raise exceptions.ConnectionError(str(error)) from error
        raise


class _DirectConnection(_Refusals, RedisConnection):
    """To the one server."""


class _TlsConnection(_Refusals, SSLConnection):
    """The same, by TLS."""


class _ManagedConnection(_Refusals, SentinelManagedConnection):
    """To the server that Sentinels name."""


class NotATaskError(ValueError):
    """Says what an entry of a queue's list has that no message of Celery has."""


# What `json`, kombu's types in JSON and its codecs raise for what they cannot read.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_LARGEST = 64 << 20
"""Bytes of a message, before and after it is unpacked. Redis itself takes 512 MiB."""
_LONGEST = 10_000_000
"""Seconds of a task's time limit: timers take no number that is much larger."""
_DEEPEST = 40
"""How deep an envelope is nested at most: Celery's is 4. What is sent is a text in it."""
_UNPACKING = {
    "application/x-gzip": zlib.decompressobj,
    "application/x-bz2": bz2.BZ2Decompressor,
    "application/x-lzma": lzma.LZMADecompressor,
}
"""What can be unpacked up to a size, so that a small message is none of gigabytes."""
_NAMES = {"application/x-gzip": ("gzip", "zlib"), "application/x-bz2": ("bzip2", "bzip"), "application/x-lzma": ("xz",)}

_TEXT, _MAYBE = str, (str, type(None))
_ENVELOPE = {"body": _TEXT, "headers": dict, "properties": dict, "content-type": _TEXT, "content-encoding": _MAYBE}
_PROPERTIES = {
    "delivery_tag": _TEXT,
    "delivery_info": dict,
    "body_encoding": _MAYBE,
    "correlation_id": _MAYBE,
    "reply_to": _MAYBE,
}
_TASK = {
    "id": _TEXT,
    "task": _TEXT,
    "shadow": _MAYBE,
    "root_id": _MAYBE,
    "parent_id": _MAYBE,
    "group": _MAYBE,
    "retries": (int, type(None)),
    "timelimit": (list, type(None)),
    "stamped_headers": (list, type(None)),
    "stamps": (dict, type(None)),
}
"""Types of what Celery reads without a look: another ends a worker, or keeps a slot of its pool for ever."""


def task_of(entry: bytes, channel: Any) -> dict[str, Any]:
    """Return the message of a queue's entry. Raises NotATaskError for what is none of Celery's (protocols 1 and 2).

    Whether a worker knows the task, and what the task makes of its arguments, is Celery's.
    Source: kombu 5.5 to 5.7, transport/virtual/base.py and message.py; Celery 5.5 to 5.7, worker/consumer/consumer.py,
    strategy.py and request.py.
    """
    if len(entry) > _LARGEST:
        raise NotATaskError(f"it has {len(entry)} bytes, more than {_LARGEST}")
    try:
        payload = loads(entry.decode("utf-8"))
    except _UNREADABLE as error:
        raise NotATaskError(f"it is no JSON: {_short(error)}") from None
    if not isinstance(payload, dict):
        raise NotATaskError(f"it is {_kind(payload)}, not an object")
    _check_texts(payload)
    _check_types("", payload, _ENVELOPE)
    headers, properties = payload["headers"], payload["properties"]
    _check_types("properties.", properties, _PROPERTIES)
    _check_types("properties.delivery_info.", properties["delivery_info"], {"exchange": _TEXT, "routing_key": _TEXT})
    _check_size(payload, headers.get("compression"), channel)
    body = _body_of(payload, channel)
    if "task" in headers:
        _check_task("headers.", headers, body)
    elif isinstance(body, dict):
        _check_task("body.", {**body, **headers}, [body.get("args", []), body.get("kwargs", {}), {}])
    else:
        raise NotATaskError("headers.task is missing: it names no task")
    return payload


def _check_texts(payload: Any) -> None:
    """Check all that is nested, level by level: how deep, and whether each text can be written again."""
    level = [payload]
    for _ in range(_DEEPEST):
        if not level:
            return
        nested = [each for each in level if isinstance(each, (dict, list))]
        level = [part for each in nested for part in (*each, *(each.values() if isinstance(each, dict) else ()))]
        for text in level:
            if isinstance(text, str) and not text.isascii():
                try:
                    text.encode()
                except UnicodeError as error:
                    raise NotATaskError(f"a text in it is no Unicode: {error.reason}") from None
    raise NotATaskError(f"it is nested more than {_DEEPEST} deep")


def _check_types(where: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    for name, kinds in expected.items():
        value = found.get(name)
        if not isinstance(value, kinds):
            told = _kind(value) if name in found else "missing"
            allowed = " or ".join(_KINDS[each] for each in (kinds if isinstance(kinds, tuple) else (kinds,)))
            raise NotATaskError(f"{where}{name} is {told}; it must be {allowed}")


_KINDS = {str: "a text", dict: "an object", list: "a list", int: "a number", type(None): "null"}


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), type(value).__name__)


def _check_size(payload: Mapping[str, Any], compression: Any, channel: Any) -> None:
    """Unpack a packed body up to the size that is allowed: kombu unpacks all there is."""
    if not compression:
        return
    kind = next((kind for kind, names in _NAMES.items() if compression == kind or compression in names), None)
    if kind is None:
        raise NotATaskError(f"headers.compression is {str(compression)[:40]!r}; allowed: {', '.join(_NAMES)}")
    try:
        packed = channel.decode_body(payload["body"], payload["properties"].get("body_encoding"))
        unpacked = _UNPACKING[kind]().decompress(packed, _LARGEST + 1)
    except (*_UNREADABLE, EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        raise NotATaskError(f"its body cannot be unpacked: {_short(error)}") from None
    if len(unpacked) > _LARGEST:
        raise NotATaskError(f"its body has more than {_LARGEST} bytes when it is unpacked")


def _body_of(payload: dict[str, Any], channel: Any) -> Any:
    try:
        message = channel.Message(payload, channel=channel, accept={"application/json"})
        if message.errors:
            message._reraise_error()
        return message.decode()
    except Exception as error:
        # Whatever it is, Celery would meet it too. Nothing here talks to Redis.
        raise NotATaskError(f"its body cannot be read: {_short(error)}") from None


def _check_task(where: str, fields: Mapping[str, Any], body: Any) -> None:
    _check_types(where, fields, _TASK)
    if not fields["id"] or not fields["task"]:
        raise NotATaskError(f"{where}{'task' if fields['id'] else 'id'} is empty")
    for name in ("eta", "expires"):
        moment = None
        with suppress(*_UNREADABLE):
            moment = maybe_iso8601(fields.get(name))
        if moment is None and fields.get(name) is not None:
            raise NotATaskError(f"{where}{name} is no time of ISO 8601")
    limits = fields.get("timelimit") or [None, None]
    if len(limits) != len(("hard", "soft")) or not all(each is None or _is_limit(each) for each in limits):
        raise NotATaskError(f"{where}timelimit must be two numbers of seconds up to {_LONGEST}, or null")
    if isinstance(body, dict) and {"args", "kwargs"} <= body.keys():
        body = [body["args"], body["kwargs"], {}]
    kinds = [_kind(each) for each in body] if isinstance(body, list) else [_kind(body)]
    if kinds not in (["a list", "an object", "an object"], ["a list", "an object", "null"]):
        raise NotATaskError(f"its body is {', '.join(kinds[:4])}; it must be a list, an object, and an object or null")


def _is_limit(value: Any) -> bool:
    return isinstance(value, (int, float)) and 0 <= value <= _LONGEST


def _short(error: BaseException) -> str:
    """Return an error in one line, without what it is about: that may be for nobody else."""
    return f"{type(error).__name__}: {str(error).splitlines()[0][:100]}" if str(error) else type(error).__name__


ASIDE = "examx:set-aside"
"""How many entries were set aside of each queue, and the beginning of the names of the lists that they are in."""
ASIDE_ENTRIES, ASIDE_BYTES = 1000, 16 << 20
"""What is kept of a queue: the newest."""
_ASIDE_LARGEST = ASIDE_BYTES // 4

# The entry leaves its list first: a write that needs no memory, after which the others are allowed when that is full.
_SET_ASIDE = """
redis.call('LREM', KEYS[1], 1, ARGV[1])
local held = 0
if redis.call('LLEN', KEYS[2]) > 0 then
    held = tonumber(redis.call('HGET', KEYS[3], ARGV[3] .. ' bytes') or 0) or 0
end
redis.call('LPUSH', KEYS[2], ARGV[2])
held = held + #ARGV[2]
while redis.call('LLEN', KEYS[2]) > tonumber(ARGV[4]) or held > tonumber(ARGV[5]) do
    local oldest = redis.call('RPOP', KEYS[2])
    if not oldest then break end
    held = held - #oldest
end
redis.call('HSET', KEYS[3], ARGV[3] .. ' bytes', held)
return redis.call('HINCRBY', KEYS[3], ARGV[3], 1)
"""


def set_aside(client: Any, queue: str, entry: bytes, why: object, *, source: str | None = None) -> None:
    """Take an entry out of everybody's way: into a list beside its queue, with when and why; count it, and say so.

    `source`: the list that it is in. Where Redis cannot keep it, as where the list's key is taken, it is thrown away.
    """
    record = json.dumps(
        {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "why": str(why),
            "by": socket.gethostname(),
            "bytes": len(entry),
            **_kept(entry),
        }
    )
    aside = f"{ASIDE}:{queue}"
    limits = ASIDE_ENTRIES, ASIDE_BYTES
    try:
        count = client.eval(_SET_ASIDE, 3, source or aside, aside, ASIDE, entry, record, queue, *limits)
    except (exceptions.ResponseError, exceptions.DataError) as error:
        _log.error("An entry of %s is no task for us: %s. Thrown away, for Redis keeps it not: %s", queue, why, error)
        if source:
            client.lrem(source, 1, entry)
    else:
        _log.error("An entry of %s is no task for us: %s. Set aside in %s, %s so far", queue, why, aside, count)


def _kept(entry: bytes) -> dict[str, Any]:
    if len(entry) > _ASIDE_LARGEST:
        return {"cut": True, "entry": entry[:1000].decode("utf-8", "replace")}
    try:
        return {"entry": entry.decode("utf-8")}
    except UnicodeError:
        return {"base64": base64.b64encode(entry).decode("ascii")}


def put_back(client: Any, queue: str) -> int:
    """Put back into its queue what was set aside and is whole, the oldest first; how many."""
    aside, moved = f"{ASIDE}:{queue}", 0
    for record in reversed(client.lrange(aside, 0, -1)):
        if (entry := _entry_of(record)) is not None:
            with client.pipeline() as pipe:
                pipe.lrem(aside, -1, record).hincrby(ASIDE, f"{queue} bytes", -len(record)).lpush(queue, entry)
                pipe.execute()
            moved += 1
    return moved


def _entry_of(record: bytes) -> bytes | None:
    """Return what was set aside; None where it is not all there."""
    with suppress(*_UNREADABLE):
        known = json.loads(record)
        if not known.get("cut"):
            return base64.b64decode(known["base64"]) if "base64" in known else known["entry"].encode()
    return None


class CarefulConsumer(Consumer):
    """What a worker takes messages with: it sets aside those that Celery would throw away, or end at.

    It does not listen to other workers ("gossip", "mingle"): what it hears there may come from anybody.
    """

    def __init__(self, *arguments: Any, worker_options: Mapping[str, Any] | None = None, **options: Any) -> None:
        quiet = {**(worker_options or {}), "without_gossip": True, "without_mingle": True}
        super().__init__(*arguments, worker_options=quiet, **options)

    def create_task_handler(self, *arguments: Any, **options: Any) -> Any:
        """Return what is called with each message. It lets none end the worker that Celery has not taken."""
        handle = super().create_task_handler(*arguments, **options)

        def careful(message: Any) -> Any:
            try:
                return handle(message)
            except _UNREADABLE as error:
                # From then on it is not the message that is wrong.
                if message.acknowledged or message.delivery_tag in _QoS.requests:
                    raise
                self._refuse(message, _short(error), error)

        return careful

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Set it aside: a newer version may know the task, and this one runs beside it, or again after a rollback."""
        _set_message_aside(message, f"no task {str(message.headers.get('task', exc))[:100]!r} is registered here")
        try:
            super().on_unknown_task(body, message, exc)
        except exceptions.OutOfMemoryError:
            _log.warning("The result of a task that is not registered cannot be stored", exc_info=True)

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Set aside what Celery finds invalid."""
        self._refuse(message, _short(exc), exc)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Set aside what Celery cannot read."""
        self._refuse(message, _short(exc), exc)

    def on_unknown_message(self, body: Any, message: Any) -> None:
        """Set aside what names no task."""
        self._refuse(message, "it names no task", None)

    def _refuse(self, message: Any, why: str, error: Exception | None) -> None:
        _set_message_aside(message, why)
        message.ack()
        task_rejected.send(sender=self, message=message, exc=error)


def _set_message_aside(message: Any, why: str) -> None:
    entry = dumps(message._raw).encode()
    with message.channel.conn_or_acquire() as client:
        set_aside(client, message.delivery_info["routing_key"], entry, why)


class _QoS(transport.QoS):
    """What a worker has taken and not acknowledged.

    kombu takes a task out of its list with one command and writes it down with the next. It is lost with a worker or a
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
    """The tags of tasks that have ended, which Redis may not know of."""
    lists: ClassVar[set[str]] = set()
    """Our lists of what is being taken."""
    seen: ClassVar[dict[tuple[str, str], float]] = {}
    """When an entry of such a list, by its digest, was seen first, by our clock."""

    def can_consume(self) -> bool:
        """Return whether to take another. Not once the worker ends: Celery's loop may see that two seconds later."""
        return not _is_ending() and super().can_consume()

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
        with _lost_where_refused(), self.pipe_or_acquire() as pipe:
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
            with self.channel.conn_or_acquire() as client:
                self._set_keys_aside(client)
            self._give_back_untouched()
        super().restore_visible(*arguments, **options)

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:  # noqa: FBT001, FBT002
        """Give a task back. What is no task is set aside, or it would keep all others from being given back."""
        try:
            super().restore_by_tag(tag, client, leftmost=leftmost)
        except _UNREADABLE as error:
            with self.channel.conn_or_acquire(client) as found:
                if entry := found.hget(self.unacked_key, tag):
                    set_aside(found, self.unacked_key, entry, _short(error))
                found.pipeline().zrem(self.unacked_index_key, tag).hdel(self.unacked_key, tag).execute()

    def _set_keys_aside(self, client: Any, *queues: str) -> None:
        """Rename keys of ours that are of another type: each command on them would be refused, for ever."""
        kinds = {**dict.fromkeys(queues, b"list"), self.unacked_key: b"hash", self.unacked_index_key: b"zset"}
        kinds[_TAKING] = b"zset"
        pipe = client.pipeline(transaction=False)
        for key in kinds:
            pipe.type(key)
        for (key, kind), found in zip(kinds.items(), pipe.execute(), strict=True):
            if found not in (kind, b"none"):
                client.rename(key, f"{ASIDE}:key:{key}")
                client.hincrby(ASIDE, f"key {key}", 1)
                what = bytes_to_str(found), bytes_to_str(kind), ASIDE, key
                _log.error("The key %s is a %s, not a %s. Set aside as %s:key:%s", key, *what)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - as kombu calls it
        super().reject(delivery_tag, requeue)
        self.requests.pop(delivery_tag, None)

    def restore_unacked(self, client: Any = None) -> None:
        """Give back what has not begun, or everything when the worker ends.

        With a lost connection kombu gives back what runs as well, and another worker runs it at the same time. Here a
        task goes on over a lost connection, and is acknowledged by the next.
        """
        ends = _is_ending()
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
            with _lost_where_refused(), self.pipe_or_acquire() as pipe:
                pipe.zrem(self.unacked_index_key, *tags).hdel(self.unacked_key, *tags).execute()
            self.owed.difference_update(tags)

    def new_list(self, queue: str) -> str:
        """Make a list for what one connection takes. What was in those before goes back: we have lost sight of it.

        The server may still serve a connection that we have lost; what that takes gets into its own list.
        """
        name = f"{_TAKING}:{queue}:{uuid4().hex}"
        with self.channel.conn_or_acquire() as client:
            self._set_keys_aside(client, queue)
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
        """Return all lists that connections had in the last day; ours stay known. What is none is forgotten."""
        now = time.time()
        pipe = client.pipeline(transaction=False)
        if self.lists:
            pipe.zadd(_TAKING, dict.fromkeys(self.lists, now))
        pipe.zremrangebyscore(_TAKING, 0, now - 86400)
        pipe.zrange(_TAKING, 0, -1)
        names = pipe.execute()[-1]
        for name in names:
            pipe.type(name)
        kinds = dict(zip(names, pipe.execute(), strict=True))
        known = {bytes_to_str(name): name for name, kind in kinds.items() if kind in (b"list", b"none")}
        lists = {text: name for text, name in known.items() if _queue(text) in QUEUES}
        if strange := kinds.keys() - set(lists.values()):
            client.zrem(_TAKING, *strange)
            _log.error("%s has %d names that are of no list of a worker. They are forgotten", _TAKING, len(strange))
        return [*lists]


def _is_ending() -> bool:
    """Return whether the worker was told to end. Celery keeps the exit status there, and 0 is a status too."""
    return any(each is not None and each is not False for each in (state.should_stop, state.should_terminate))


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
    stays BRPOP for a worker of several queues, which no Deployment has, and while memory is full. BLMOVE is refused
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
        parameters = super()._connparams(*arguments, **options)  # type: ignore[misc]
        if login := self.connection.client.transport_options.get("login"):
            parameters = _by(login, parameters)
        return parameters

    def get_table(self: Any, exchange: str) -> Any:
        # Every queue's exchange leads to that queue. kombu asks Redis, whose answer anybody may have written.
        return [(exchange, "", exchange)] if exchange in QUEUES else super().get_table(exchange)  # type: ignore[misc]

    def _queue_bind(self: Any, exchange: str, *others: Any) -> None:
        # So nobody asks Redis. While memory is full it would refuse, and a worker could not start.
        if exchange not in QUEUES:
            super()._queue_bind(exchange, *others)  # type: ignore[misc]

    def _size(self: Any, queue: str) -> int:
        try:
            with _lost_where_refused():
                return super()._size(queue)  # type: ignore[misc]
        except exceptions.ConnectionError:
            # What is no list has no tasks. It is set aside by who takes some.
            if bytes_to_str(self.client.type(queue)) in ("list", "none"):
                raise
            return 0

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
        taking, connection = self._list if self._moves else None, self.client.connection
        try:
            answer = self.client.parse_response(connection, "BLMOVE" if taking else "BRPOP", **options)
        except exceptions.OutOfMemoryError:
            self._is_full = True
            raise Empty from None
        except self.connection_errors:
            # The next round connects again.
            connection.disconnect()
            raise
        finally:
            self._in_poll = None
        if answer is None:
            raise Empty
        queue, entry = (_queue(taking), answer) if taking else (bytes_to_str(answer[0]), answer[1])
        self._queue_cycle.rotate(queue)
        try:
            payload = task_of(entry, self) if queue in QUEUES else loads(bytes_to_str(entry))
        except _UNREADABLE as error:
            with self.conn_or_acquire() as client:
                set_aside(client, queue, entry, error, source=taking)
            raise Empty from None
        if taking:
            properties = payload["properties"]
            self.qos.taking[properties["delivery_tag"]] = taking
            # It goes back to where it came from, and is tried again there, whatever it says of itself.
            properties["delivery_info"].update(exchange="", routing_key=queue)
        self.connection._deliver(payload, queue)
        return True


def _by(login: Login, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a connection that logs in so, whatever else they have of it."""
    others = {name: each for name, each in parameters.items() if name not in ("username", "password")}
    return {**others, "credential_provider": login}


class _RedisChannel(_Taking, transport.Channel):
    connection_class = _DirectConnection
    connection_class_ssl = _TlsConnection


class _SentinelChannel(_Taking, transport.SentinelChannel):
    connection_class = _ManagedConnection


class RedisTransport(transport.Transport):
    """Tasks, by one server."""

    Channel = _RedisChannel


class SentinelTransport(transport.SentinelTransport):
    """Tasks, by the server that Sentinels name."""

    Channel = _SentinelChannel


class _Results:
    """For results: connections as those for tasks are."""

    _connections: ClassVar[Mapping[Any, type]]

    def __init__(self: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        found = self.connparams.get("connection_class")
        self.connparams["connection_class"] = self._connections.get(found, found)
        if login := self._transport_options.get("login"):
            self.connparams = _by(login, self.connparams)


class RedisResults(_Results, RedisBackend):
    """Results, in one server."""

    _connections: ClassVar = {None: _DirectConnection, SSLConnection: _TlsConnection}


class SentinelResults(_Results, SentinelBackend):
    """Results, in the server that Sentinels name."""

    _connections: ClassVar = {None: _ManagedConnection}


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


def main(arguments: Sequence[str]) -> int:
    """Show what was set aside, or put it back: what people run in a pod. The exit status."""
    match arguments:
        case ["aside", *queues] if set(queues) <= QUEUES.keys():
            with _client() as client:
                for queue in queues or QUEUES:
                    _show(client, queue)
        case ["put-back", queue] if queue in QUEUES:
            with _client() as client:
                sys.stdout.write(f"{put_back(client, queue)} put back into {queue}\n")
        case _:
            sys.stderr.write(f"python -m examx_celery aside [QUEUE] | put-back QUEUE; queues: {', '.join(QUEUES)}\n")
            return 2
    return 0


@contextmanager
def _client() -> Iterator[Any]:
    app = Celery("aside", set_as_current=False)
    configure(app)
    with app.connection_for_write() as connection, connection.default_channel.conn_or_acquire() as client:
        yield client


def _show(client: Any, queue: str) -> None:
    aside = f"{ASIDE}:{queue}"
    count = int(client.hget(ASIDE, queue) or 0)
    sys.stdout.write(f"{queue}: {count} set aside in all, {client.llen(aside)} of them in {aside}\n")
    for record in client.lrange(aside, 0, 19):
        with suppress(*_UNREADABLE):
            known = json.loads(record)
            shown = repr(known.get("entry", known.get("base64")))[:200]
            sys.stdout.write(f"  {known['at']} {known['bytes']} bytes, {known['why']}: {shown}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
