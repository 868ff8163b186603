"""The way to the Redis server that leads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

import redis
from redis.sentinel import Sentinel

Client: TypeAlias = Any
"""A client of redis-py, whose methods tell no types of their own that hold for each of its versions."""
_SILENCE, _CONNECTING = 5.0, 3.0


class Login(redis.CredentialProvider):
    """Who it is in Redis. Each new connection reads the file, so that a changed password needs no restart."""

    def __init__(self, user: str | None, file: str | None, password: str) -> None:
        self._user, self._file, self._password = user, file, password

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        """Return the user, if there is one, and the password."""
        try:
            password = Path(self._file).read_text(encoding="utf-8").strip() if self._file else self._password
        except OSError as error:
            raise redis.ConnectionError(f"REDIS_PASSWORD_FILE cannot be read: {error}") from error
        return (self._user, password) if self._user else (password,)


def connect(environment: Mapping[str, str]) -> Client:
    """Return a client of the server that leads, by the variables of the application."""
    urls = [urlsplit(each) for each in environment["REDIS_URL"].split(";")]
    first, file = urls[0], environment.get("REDIS_PASSWORD_FILE")
    user, password = unquote(first.username or "") or None, unquote(first.password or "")
    options: dict[str, Any] = {"socket_timeout": _SILENCE, "socket_connect_timeout": _CONNECTING}
    if file or password:
        options["credential_provider"] = Login(user, file, password)
    database = int(first.path.strip("/") or "0")
    if master := environment.get("REDIS_SENTINEL_MASTER"):
        hosts = [(each.hostname or "", each.port or 26379) for each in urls]
        sentinels: Client = Sentinel(hosts, sentinel_kwargs=dict(options))
        return sentinels.master_for(master, db=database, **options)
    if first.scheme == "rediss":
        options |= {"ssl": True, "ssl_cert_reqs": parse_qs(first.query).get("ssl_cert_reqs", ["required"])[0]}
    return redis.Redis(host=first.hostname or "", port=first.port or 6379, db=database, **options)
