"""Reads the past out of Prometheus: a range query, as its HTTP API has them.

Source: Prometheus 2.42 and 3, "HTTP API", Range queries: POST /api/v1/query_range with query, start, end and step. The
answer is a matrix of series, each with pairs of a moment and a text. A server gives at most 11,000 points of a series,
so a longer time is asked for in parts (web/api/v1/api.go, `queryRange`).
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import cast
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from examx_cli.errors import CommandError
from examx_cli.scale.record_credentials import Credential
from examx_cli.scale.record_rows import ARRIVALS, LENGTH, Rows
from examx_constructs.manifests import shown

TOKEN_VARIABLE = "EXAMX_PROMETHEUS_TOKEN"  # noqa: S105 - a name
_MOST_POINTS = 11_000
_MOST_ROWS = 1_000_000
_MOST_BYTES = 64 * 1024 * 1024
_SECONDS = 60.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SAID = 200

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server, and what it is asked."""

    url: str
    query: str
    token: Credential = field(default_factory=lambda: Credential(TOKEN_VARIABLE))

    def past(self, *, now: float, since: float, step: float, counts: bool) -> Rows:
        """Return what was from so many seconds before `now` on. Raises CommandError.

        The query tells a list's length; or, where it `counts`, the tasks that came within each step.
        """
        self._check()
        steps = math.floor(since / step)
        if not 0 < steps <= _MOST_ROWS:
            raise CommandError(
                f"--since has {steps} steps of --every; allowed: 1 to {_MOST_ROWS}; each becomes a row of the file"
            )
        end = math.floor(now / step) * step
        start = end - steps * step
        found: dict[int, float] = {}
        for first in range(0, steps, _MOST_POINTS):
            last = min(first + _MOST_POINTS, steps) - 1
            for moment, value in self._points(start + first * step, start + last * step, step):
                found[round((moment - start) / step)] = value
        if not found:
            raise CommandError(f"--query {shown(self.query)} has no sample in this time; is its name right?")
        return _rows([found.get(index) for index in range(steps)], step, counts=counts)

    def _check(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, who = parts.hostname, parts.password or parts.username
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

    def _points(self, start: float, end: float, step: float) -> Iterator[tuple[float, float]]:
        asked = {"query": self.query, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        data = self._ask(urlencode(asked).encode())
        series = data.get("result")
        if data.get("resultType") != "matrix" or not isinstance(series, list):
            raise CommandError(f"--prometheus {self.url} answers another thing than a matrix; is it a Prometheus?")
        several = cast("list[Json]", series)
        if len(several) > 1:
            names = ", ".join(json.dumps(each.get("metric"))[:_SAID] for each in several[:2])
            raise CommandError(
                f"--query {shown(self.query)} has {len(several)} series, such as {names}; allowed: one; "
                "add them up with sum(...), or choose one by its labels"
            )
        for each in several:
            try:
                for moment, value in cast("list[tuple[float, str]]", each["values"]):
                    yield float(moment), float(value)
            except (KeyError, TypeError, ValueError):
                raise CommandError(f"--prometheus {self.url} answers with values that are none") from None

    def _ask(self, body: bytes) -> Json:
        """Return what it says. Raises CommandError."""
        token = self.token.read()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"{self.url.rstrip('/')}/api/v1/query_range"
        # Slack's client knows the reasons: no redirect to another host, and no proxy but those of the environment.
        opener = OpenerDirector()
        for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
            opener.add_handler(handler)
        try:
            request = Request(address, data=body, headers=headers)  # noqa: S310 - http or https, which was checked
            with opener.open(request, timeout=_SECONDS) as answer:
                status, text = cast("int", answer.status), cast("bytes", answer.read(_MOST_BYTES + 1))
        except (URLError, HTTPException, OSError, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            said = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
            raise CommandError(f"--prometheus {self.url} does not answer: {said}") from None
        return self._data(status, text)

    def _data(self, status: int, text: bytes) -> Json:
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
            raise CommandError(f"--query {shown(self.query)}: {self.url} refuses it: {why}")
        return cast("Json", data)


def _rows(values: list[float | None], step: float, *, counts: bool) -> Rows:
    """Return whole numbers. Of tasks that came, what is cut off one row goes into the next, so that none is lost."""
    figures: list[int | None] = []
    owed = 0.0
    for value in values:
        if value is None or not math.isfinite(value):
            figures.append(None)
        elif value < 0:
            raise CommandError(
                f"--query has {value:g} at {len(figures) * step:g} s; allowed: 0 or more; tasks are counted"
            )
        elif counts:
            whole = math.floor(value + owed + 0.5)
            owed += value - whole
            figures.append(whole)
        else:
            figures.append(round(value))
    return Rows(ARRIVALS if counts else LENGTH, step, figures)
