"""How a message gets to Slack: by its incoming webhook, within a time that is known before.

The webhook's address is a credential: who has it can write to the channel. No message and no error shows it.
"""

import logging
import queue
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from slack_sdk.webhook import WebhookClient, WebhookResponse

TRIES = 3

_LONGEST_ANSWER = 10_000  # bytes; Slack's has two
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SLACKS_WORD = re.compile(r"[a-z][a-z_]{0,59}")
_SILENCE = logging.Logger("slack", level=logging.CRITICAL + 1)


class Undelivered(Exception):  # noqa: N818 - an answer, not an error
    """Slack did not take a message: why, without the webhook's address."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a try failed, whether another may help, and how many seconds Slack asks to wait until then."""

    why: str
    passing: bool = False
    wait: float = 0


def post(payload: Mapping[str, object], address: str, *, seconds: float) -> None:
    """Send a message, trying again what may pass. Raises Undelivered, at the latest after that many seconds.

    A try gets a quarter of the seconds. One that Slack took without saying so in time is repeated: told twice is better
    than not told.
    """
    client = _Client(_checked(address), timeout=seconds / (TRIES + 1))
    faults: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    # A thread, because a look-up of a name, a handshake and bytes that trickle have no end of their own. A daemon,
    # because a process must not wait for it.
    threading.Thread(target=lambda: faults.put(_deliver(client, payload, seconds)), daemon=True).start()
    try:
        fault = faults.get(timeout=seconds)
    except queue.Empty:
        fault = f"no whole answer within {seconds:g} s"
    if fault:
        raise Undelivered(fault)


class _Client(WebhookClient):
    """Slack's client, which goes nowhere but where it is sent.

    The opener of its own would follow a redirect to any host, and take every proxy for a proxy of every host. It would
    raise an error for each status. This one knows none of these: an answer is an answer.
    """

    def __init__(self, address: str, timeout: float) -> None:
        super().__init__(address, logger=_SILENCE, retry_handlers=[])
        self._seconds = timeout
        self._opener = OpenerDirector()
        for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
            self._opener.add_handler(handler)

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        with self._opener.open(req, timeout=self._seconds) as answer:
            body: bytes = answer.read(_LONGEST_ANSWER)
            return WebhookResponse(
                url=url, status_code=answer.status, body=body.decode(errors="replace"), headers=answer.headers
            )


def _checked(address: str) -> str:
    """Return the address, if it can be one.

    Everybody on the way can read it in plain HTTP, so that stays on this machine.
    """
    address = address.strip()
    if not address:
        raise Undelivered("no webhook is set")
    scheme, host = _scheme_and_host(address)
    if scheme != "https" and not (scheme == "http" and host in _LOOPBACK):
        raise Undelivered("the webhook is no https address")
    return address


def _scheme_and_host(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    return (parts.scheme, host) if host and re.fullmatch("[!-~]+", address) else ("", "")


def _deliver(client: WebhookClient, payload: Mapping[str, object], seconds: float) -> str | None:
    """Return why it was not delivered; None when it was. A wait that does not fit into the time is not begun."""
    end = time.monotonic() + seconds
    attempt = 0
    while True:
        attempt += 1
        fault = _try(client, payload)
        if fault is None:
            return None
        pause = max(fault.wait, seconds / 30 * attempt)
        if not fault.passing or attempt == TRIES or time.monotonic() + pause >= end:
            return f"{fault.why} (try {attempt} of {TRIES})"
        time.sleep(pause)


def _try(client: WebhookClient, payload: Mapping[str, object]) -> _Fault | None:
    try:
        answer = client.send_dict(dict(payload))
    except OSError as error:
        reason = error.reason if isinstance(error, URLError) else error
        return _Fault(f"no answer: {getattr(reason, 'strerror', None) or reason}", passing=True)
    except HTTPException:
        return _Fault("the answer is not HTTP")
    except Exception as error:  # whatever it is, it must not end a deployment; its text may show the address
        return _Fault(f"unexpected {type(error).__name__}")
    return _verdict(answer)


def _verdict(answer: WebhookResponse) -> _Fault | None:
    status, said = answer.status_code, answer.body.strip()
    if status == HTTPStatus.OK:
        return None if said == "ok" else _Fault("it answered 200, but not as Slack does: is the address right?")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        asked: str = answer.headers.get("Retry-After", "")
        wait = float(asked) if asked.isdecimal() else 0
        return _Fault(f"it answered 429 and asks to wait {wait:g} s", passing=True, wait=wait)
    word = f" {said}" if _SLACKS_WORD.fullmatch(said) else ""
    return _Fault(f"it answered {status}{word}", passing=status >= HTTPStatus.INTERNAL_SERVER_ERROR)
