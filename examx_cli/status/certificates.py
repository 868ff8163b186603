"""When the certificates end that clients get: each host of an Ingress is asked, as a client asks it.

Whose they are only AWS knows; when they end, everybody who connects does. So this takes no right, but a network that
leads there.
"""

import socket
import ssl
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from examx_cli.status.values import Expiry, Unread
from examx_constructs.manifests import Object, items, text

SOON = timedelta(days=30)
"""ACM renews 60 days before the end what it issued: what has less than this left was not renewed."""
_SECONDS = 3.0
_AT_ONCE = 6
_PORT = 443


def certificates(ingresses: Sequence[Object], now: datetime, *, port: int = _PORT) -> list[Expiry | Unread]:
    """Return the certificate of each host."""
    hosts = list(dict.fromkeys(_hosts(ingresses)))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(partial(of_host, now=now, port=port), hosts))


def of_host(host: str, now: datetime, *, port: int = _PORT, trusted: ssl.SSLContext | None = None) -> Expiry | Unread:
    """Return the certificate that a host shows.

    One that has ended, or is of another host, is told in the words of OpenSSL.
    """
    what = f"certificate of {host}"
    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as plain,
            (trusted or ssl.create_default_context()).wrap_socket(plain, server_hostname=host) as secured,
        ):
            ends = _end(secured)
    except ssl.SSLCertVerificationError as error:
        return Expiry(what, f"is not taken: {error.verify_message}", trouble=True)
    except OSError as error:
        return Unread(f"{what}: {host} cannot be reached from here ({error.strerror or error})")
    return Unread(f"{what}: it says no end") if ends is None else judged(what, ends, now)


def judged(what: str, ends: datetime, now: datetime) -> Expiry:
    """Return how long there is left."""
    left = ends - now
    return Expiry(what, f"ends in {left.days} days, on {ends:%Y-%m-%d}", ends, trouble=left < SOON)


def _hosts(ingresses: Sequence[Object]) -> Iterator[str]:
    for each in ingresses:
        for rule in items(each, "spec", "rules"):
            host = text(rule, "host")
            # No client asks for a wildcard.
            if host and not host.startswith("*"):
                yield host


def _end(secured: ssl.SSLSocket) -> datetime | None:
    shown = (secured.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(shown), UTC) if isinstance(shown, str) else None
