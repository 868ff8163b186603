"""Asks a Prometheus by its HTTP API, within a time that is known before.

Source: Prometheus 2.42 and 3, "HTTP API": POST /api/v1/query and /api/v1/query_range; the answer is JSON with `status`
and `data`, or with `error`.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import cast
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from examx_cli.credential import Credential
from examx_cli.errors import CommandError
from examx_constructs.manifests import shown

TOKEN_VARIABLE = "EXAMX_PROMETHEUS_TOKEN"  # noqa: S105 - a name
_SECONDS = 60.0
_MOST_BYTES = 64 * 1024 * 1024
_PIECE = 64 * 1024
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SAID = 200

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server, what logs in there, and how many seconds an answer may take."""

    url: str
    token: Credential = field(default_factory=lambda: Credential(TOKEN_VARIABLE))
    seconds: float = _SECONDS

    def check(self) -> None:
        """Raise CommandError for what is no address, and for one on whose way others could read the token."""
        try:
            parts = urlsplit(self.url)
            host, who, _ = parts.hostname, parts.password or parts.username, parts.port
        except ValueError:
            host, who, parts = None, None, None
        if who:
            raise CommandError(
                f"--prometheus holds credentials, which others on this machine see; give a token in {TOKEN_VARIABLE}"
            )
        if parts is None or not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
            raise CommandError(
                f"--prometheus is {shown(self.url)}; allowed: the address of a server, such as http://localhost:9090; "
                "its API is asked"
            )
        if self.token.read() and parts.scheme == "http" and host not in _LOOPBACK:
            raise CommandError("--prometheus is no https address; everybody on the way could read the token")

    def ask(self, path: str, named: str, **form: str) -> Json:
        """Return the `data` of its answer to `/api/v1/<path>`. `named` says whose query it is. Raises CommandError."""
        self.check()
        token = self.token.read()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"{self.url.rstrip('/')}/api/v1/{path}"
        # Slack's client knows the reasons: no redirect to another host, and no proxy but those of the environment.
        opener = OpenerDirector()
        for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
            opener.add_handler(handler)
        end = time.monotonic() + self.seconds
        try:
            request = Request(address, data=urlencode(form).encode(), headers=headers)  # noqa: S310 - was checked
            with opener.open(request, timeout=self.seconds) as answer:
                status, text = cast("int", answer.status), _read(cast("HTTPResponse", answer), end)
        except TimeoutError:
            raise CommandError(f"--prometheus {self.url} has not answered within {self.seconds:g} s") from None
        except (URLError, HTTPException, OSError, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            said = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
            raise CommandError(f"--prometheus {self.url} does not answer: {said}") from None
        return self._data(status, text, named)

    def number(self, query: str, moment: float, named: str) -> float | None:
        """Return what an instant query comes to; None where it has no series, or no number. Raises CommandError.

        A query with several series is a mistake of the caller.
        """
        data = self.ask("query", named, query=query, time=f"{moment:.3f}")
        series = data.get("result")
        if data.get("resultType") != "vector" or not isinstance(series, list):
            raise CommandError(f"--prometheus {self.url} answers another thing than a vector; is it a Prometheus?")
        several = cast("list[Json]", series)
        if len(several) > 1:
            raise CommandError(f"{named} has {len(several)} series; one is wanted")
        try:
            values = [float(cast("tuple[float, str]", each["value"])[1]) for each in several]
        except (KeyError, IndexError, TypeError, ValueError):
            raise CommandError(f"--prometheus {self.url} answers with values that are none") from None
        return next((each for each in values if math.isfinite(each)), None)

    def _data(self, status: int, text: bytes, named: str) -> Json:
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            why = "it does not take the token" if self.token.read() else f"it wants a token, in {TOKEN_VARIABLE}"
            raise CommandError(f"--prometheus {self.url} answers {status}: {why}")
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise CommandError(f"--prometheus {self.url} answers {status}: it leads elsewhere, such as to a login")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise CommandError(f"--prometheus {self.url} answers {status}, and no JSON; is it a Prometheus?")
        answer = cast("Json", found)
        data = answer.get("data")
        if answer.get("status") != "success" or not isinstance(data, dict):
            why = " ".join(str(answer.get("error", f"it answers {status}")).split())[:_SAID]
            raise CommandError(f"{named}: {self.url} refuses it: {why}")
        return cast("Json", data)


def _read(answer: HTTPResponse, end: float) -> bytes:
    """Read all of it, or as much as is taken. Raises TimeoutError for one that trickles."""
    pieces: list[bytes] = []
    while sum(map(len, pieces)) <= _MOST_BYTES and (piece := answer.read1(_PIECE)):
        pieces.append(piece)
        if time.monotonic() > end:
            raise TimeoutError
    return b"".join(pieces)
