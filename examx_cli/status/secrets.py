"""The ages of secrets: what pods hold of those of Secrets Manager, and when Redis' passwords changed last.

No value of a secret is read: the Secrets Store driver writes down versions, and a template tells keys and times.
"""

from collections.abc import Iterator
from datetime import datetime

from examx_cli.credentials import redis
from examx_cli.credentials.keys import Keys
from examx_cli.deploy.diagnosis.reader import last_line
from examx_cli.errors import CommandError, Refusal
from examx_cli.processes import ProcessError
from examx_cli.rotation.holding import look_at
from examx_cli.status.reading import Reading
from examx_cli.status.values import Expiry, Unread


def secrets(reading: Reading, now: datetime) -> Iterator[Expiry | Unread]:
    """Yield what is known of each."""
    yield from _mounted(reading)
    for secret in redis.secrets_of(reading.rendered):
        what = f"passwords of {secret.name}"
        try:
            keys = Keys.of(reading.cluster.kubectl, secret)
        except Refusal:
            yield Unread(f"{what}: there are none, or this identity may not read their Secret")
        except CommandError as error:
            yield Unread(f"{what}: {_said(error)}")
        else:
            yield _passwords(what, keys, now)


def _mounted(reading: Reading) -> Iterator[Expiry | Unread]:
    try:
        found = look_at(reading.cluster, reading.rendered)
    except CommandError as error:
        yield Unread(f"mounted secrets: {_said(error)}")
        return
    if found.unknown:
        yield Unread(f"mounted secrets: {found.unknown}")
    for line in found.lines():
        yield Expiry("mounted secret", f"{line}; `examx restart` replaces these pods", trouble=True)
    if not found.unknown and not found.outdated and found.seen:
        yield Expiry("mounted secrets", f"every pod holds the newest that is known of {', '.join(sorted(found.seen))}")


def _passwords(what: str, keys: Keys, now: datetime) -> Expiry:
    if keys.rotating:
        return Expiry(what, f"a rotation of {', '.join(keys.rotating)} was begun and has not ended", trouble=True)
    if keys.changed is None:
        return Expiry(what, "nothing says when they changed last")
    return Expiry(what, f"changed {(now - keys.changed).days} days ago, on {keys.changed:%Y-%m-%d}")


def _said(error: CommandError) -> str:
    return last_line(error) if isinstance(error, ProcessError) else str(error)
