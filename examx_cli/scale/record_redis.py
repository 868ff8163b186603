"""Counts a queue's lists in a Redis that is reached directly, or that Sentinels lead to.

The client is redis-py, which Celery uses as well. It makes a new connection for whatever failed, and asks the Sentinels
anew. So after a failover the next look counts at the server that leads now.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from examx_cli.credential import Credential
from examx_cli.errors import CommandError
from examx_cli.scale.record_lists import lists_of
from examx_cli.scale.record_loop import Unanswered
from examx_constructs.manifests import shown

if TYPE_CHECKING:
    from redis import Redis

PASSWORD_VARIABLE = "EXAMX_REDIS_PASSWORD"  # noqa: S105 - a name
_FORM = "redis://[USER@]HOST[:PORT][,HOST[:PORT]...][/DATABASE], or rediss:// for TLS"
_PORTS = {False: 6379, True: 26379}
_SECONDS = 3.0
_HOST = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[\w.-]+))(?::(?P<port>\d{1,5}))?", re.ASCII)
_MOST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Redis is: one server, or the Sentinels of the master of a name."""

    hosts: tuple[tuple[str, int], ...]
    database: int
    user: str | None
    tls: bool
    master: str | None = None

    @classmethod
    def parse(cls, url: str, master: str | None = None) -> "Address":
        """Read it. Raises CommandError, which shows no password."""
        scheme, there, rest = url.partition("://")
        place, _, path = rest.partition("/")
        who, _, hosts = place.rpartition("@")
        if ":" in who or "password" in rest.lower():
            raise CommandError(
                "--redis holds a password, which everybody on this machine sees in the list of processes; give it in "
                f"{PASSWORD_VARIABLE} or with --password-file"
            )
        if not there or scheme not in ("redis", "rediss"):
            raise _refused(url)
        if path and not re.fullmatch(r"\d{1,4}", path, re.ASCII):
            raise _refused(url)
        found = [_host(url, each, sentinels=master is not None) for each in hosts.split(",")]
        if len(found) > 1 and master is None:
            raise CommandError(f"--redis names {len(found)} hosts; give --master NAME where they are Sentinels")
        return cls(tuple(found), int(path or 0), unquote(who) or None, scheme == "rediss", master)

    def __str__(self) -> str:
        hosts = ", ".join(f"{name}:{port}" for name, port in self.hosts)
        return f"the master {self.master} of {hosts}" if self.master else hosts


def _refused(url: str) -> CommandError:
    return CommandError(f"--redis is {shown(url)}; allowed: {_FORM}; the list is counted there")


def _host(url: str, text: str, *, sentinels: bool) -> tuple[str, int]:
    form = _HOST.fullmatch(text)
    if form is None:
        raise _refused(url)
    port = int(form["port"] or _PORTS[sentinels])
    if not 0 < port <= _MOST_PORT:
        raise _refused(url)
    return form["six"] or form["name"], port


@dataclass(slots=True)
class Server:
    """The lists of a queue in a Redis."""

    address: Address
    queue: str
    password: Credential = field(default_factory=lambda: Credential(PASSWORD_VARIABLE))
    _client: "Redis | None" = None

    def length(self) -> int:
        """Return how many tasks wait. Raises Unanswered, and CommandError where redis-py is not installed."""
        try:
            import redis  # noqa: PLC0415 - only who records has it
        except ImportError:
            raise CommandError("redis is not installed, which asks Redis; install examx-constructs[scale]") from None
        try:
            with self._connected().pipeline(transaction=False) as pipe:  # pyright: ignore[reportUnknownMemberType]
                for name in lists_of(self.queue):
                    pipe.llen(name)
                return sum(cast("Sequence[int]", pipe.execute()))
        except (redis.RedisError, OSError, CommandError) as error:
            # The next look connects anew, with the password that there is then.
            self._leave()
            raise Unanswered(f"{self.address}: {_said(error)}") from None

    def _leave(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> "Redis":
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _connect(self) -> "Redis":
        from redis import Redis, Sentinel  # noqa: PLC0415 - see above
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        options: dict[str, Any] = {
            "username": self.address.user,
            "password": self.password.read(),
            "ssl": self.address.tls,
            "socket_timeout": _SECONDS,
            "socket_connect_timeout": _SECONDS,
            # The next look is the next try.
            "retry": Retry(NoBackoff(), 0),
        }
        if self.address.master is None:
            ((host, port),) = self.address.hosts
            return Redis(host=host, port=port, db=self.address.database, **options)
        # What is rendered here gives the Sentinels the same users and passwords as the servers.
        sentinels = Sentinel(self.address.hosts, sentinel_kwargs=options, db=self.address.database, **options)
        return sentinels.master_for(self.address.master)  # pyright: ignore[reportUnknownMemberType]


def _said(error: Exception) -> str:
    """Return what went wrong, in a line."""
    return " ".join(str(error).split()) or type(error).__name__
