"""A status as lines of words: what each is about, how deep it is, and whether somebody should look at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from examx_cli.deploy.history import Entry, History
from examx_cli.status.values import Balancer, Expiry, Queue, Server, Status, Target, Unread, Workload
from examx_cli.status.warnings import SHOWN

_COMMIT = 10
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class Tone(StrEnum):
    """How a line looks on a terminal."""

    TITLE = "bold"
    PLAIN = ""
    GOOD = "green"
    TROUBLE = "bold red"
    UNREAD = "yellow"
    DETAIL = "dim"


@dataclass(frozen=True, slots=True)
class Line:
    """One line, however wide. `indent`: spaces before it, and before what does not fit beside it."""

    text: str
    tone: Tone = Tone.PLAIN
    indent: int = 2


def lines(status: Status) -> Iterator[Line]:
    """Yield all of it, the most asked first."""
    time = f"{status.time:%Y-%m-%d %H:%M:%S} UTC"
    yield Line(f"{status.environment}: {status.namespace} in {status.cluster}, {time}", Tone.TITLE, 0)
    yield from _section("release", _release(status.release))
    yield from _section("workloads", _workloads(status.workloads))
    yield from _section("queues", queue_lines(status.queues))
    yield from _section("redis", _servers(status.redis))
    yield from _section("load balancer", _balancer(status.balancer))
    yield from _section("certificates and secrets", _expiries(status.expiries))
    yield from _section("warnings of the last hour", _warnings(status))


def _section(title: str, within: Iterator[Line]) -> Iterator[Line]:
    found = list(within)
    if found:
        yield Line("", indent=0)
        yield Line(title, Tone.TITLE, 0)
        yield from found


def _unread(found: Unread) -> Line:
    return Line(f"not known: {found.why}", Tone.UNREAD)


def _release(found: History | Unread) -> Iterator[Line]:
    if isinstance(found, Unread):
        yield _unread(found)
        return
    if found.begun is not None:
        yield Line(f"begun and not ended well: {_entry(found.begun)}", Tone.TROUBLE)
    if found.good:
        yield Line(_entry(found.good[0]))
    elif found.begun is None:
        yield Line("nothing says what was deployed: `examx apply` writes it down", Tone.UNREAD)


def _entry(entry: Entry) -> str:
    tag = entry.image.rpartition("/")[2] or "no image"
    commit = f"commit {entry.commit[:_COMMIT]}" if entry.commit else "of files that are not committed"
    return f"{tag}, {commit}, deployed {entry.time} by {entry.by}"


def _workloads(found: Sequence[Workload | Unread]) -> Iterator[Line]:
    known = [each for each in found if isinstance(each, Workload)]
    wide = max((len(each.name) for each in known), default=0)
    counts = max((len(_ready(each)) for each in known), default=0)
    for each in found:
        if isinstance(each, Unread):
            yield _unread(each)
            continue
        bounds = "" if each.most is None else f"  {each.least}..{each.most}"
        tone = Tone.GOOD if each.ready >= each.wanted and not each.trouble else Tone.TROUBLE
        yield Line(f"{each.name:<{wide}}  {_ready(each):>{counts}} ready{bounds}", tone)
        if each.why:
            yield Line(each.why, Tone.DETAIL, 4)
        for line in each.trouble:
            yield Line(line.strip(), Tone.TROUBLE, 4)


def _ready(workload: Workload) -> str:
    return f"{workload.ready}/{workload.wanted}"


def queue_lines(found: Sequence[Queue | Unread]) -> Iterator[Line]:
    """Yield a line for each queue, and one for each reason for which ages are not known."""
    wide = max((len(each.name) for each in found if isinstance(each, Queue)), default=0)
    for each in found:
        if isinstance(each, Unread):
            yield _unread(each)
        else:
            told = ", ".join(filter(None, (_waiting(each), _rate(each), _oldest(each))))
            tone = Tone.UNREAD if isinstance(each.length, Unread) else Tone.PLAIN
            yield Line(f"{each.name:<{wide}}  {told}", tone)
    known = [each for each in found if isinstance(each, Queue)]
    for why in dict.fromkeys(each.oldest.why for each in known if isinstance(each.oldest, Unread)):
        names = [each.name for each in known if each.oldest == Unread(why)]
        of = f" of {', '.join(names)}" if len(names) < len(known) else ""
        yield Line(f"age of the oldest task{of} not known: {why}", Tone.UNREAD)


def _waiting(queue: Queue) -> str:
    if isinstance(queue.length, Unread):
        return f"length not known: {queue.length.why}"
    return f"{'about ' if queue.about else ''}{queue.length} waiting"


def _rate(queue: Queue) -> str:
    if queue.rate is None:
        return ""
    if round(queue.rate) == 0:
        return "as long as before"
    return f"{'grows' if queue.rate > 0 else 'shrinks'} by {abs(queue.rate):.0f} a minute"


def _oldest(queue: Queue) -> str:
    # An empty list has none.
    if queue.oldest is None or isinstance(queue.oldest, Unread) or not queue.length:
        return ""
    return f"the oldest {span(queue.oldest)} old"


def _servers(found: Sequence[Server | Unread]) -> Iterator[Line]:
    for each in found:
        if isinstance(each, Unread):
            yield _unread(each)
        else:
            yield Line(f"{each.pod} {each.said}", Tone.TROUBLE if each.trouble else Tone.GOOD)


def _balancer(found: Balancer | Unread | None) -> Iterator[Line]:
    if found is None:
        return
    if isinstance(found, Unread):
        yield _unread(found)
        return
    for host, address in found.addresses:
        told = f"is at {address}" if address else "has no address: no load balancer leads to it"
        yield Line(f"{host} {told}", Tone.PLAIN if address else Tone.TROUBLE)
    if not found.addresses:
        yield Line("there is no Ingress: nobody reaches the application", Tone.TROUBLE)
    if isinstance(found.bindings, Unread):
        yield Line(f"target groups not known: {found.bindings.why}", Tone.UNREAD)
    elif not found.bindings:
        yield Line("no TargetGroupBinding: the load balancer leads to no pod", Tone.TROUBLE)
    yield from _targets(found.targets)


def _targets(found: Sequence[Target] | Unread) -> Iterator[Line]:
    if isinstance(found, Unread):
        yield _unread(found)
        return
    gated = [each for each in found if each.healthy is not None]
    if gated:
        healthy = sum(each.healthy is True for each in gated)
        tone = Tone.GOOD if healthy == len(gated) else Tone.TROUBLE
        yield Line(f"{healthy} of {len(gated)} targets are healthy", tone)
    for each in found:
        if not each.healthy:
            yield Line(f"{each.pod}: {each.said}", Tone.UNREAD if each.healthy is None else Tone.TROUBLE, 4)


def _expiries(found: Sequence[Expiry | Unread]) -> Iterator[Line]:
    for each in found:
        if isinstance(each, Unread):
            yield _unread(each)
        else:
            yield Line(f"{each.what}: {each.said}", Tone.TROUBLE if each.trouble else Tone.GOOD)


def _warnings(status: Status) -> Iterator[Line]:
    if isinstance(status.warnings, Unread):
        yield _unread(status.warnings)
        return
    for each in status.warnings[:SHOWN]:
        times = f" ({each.count} times)" if each.count > 1 else ""
        yield Line(f"{ago(each.last, status.time)}{each.about}: {each.reason}: {each.message}{times}")
    if len(status.warnings) > SHOWN:
        yield Line(f"and {len(status.warnings) - SHOWN} more: --json shows all", Tone.DETAIL)
    if not status.warnings:
        yield Line("none", Tone.GOOD)


def ago(then: datetime | None, now: datetime) -> str:
    """Return how long ago something was, with what parts it from what comes behind."""
    return "" if then is None else f"{span((now - then.astimezone(UTC)).total_seconds())} ago, "


def span(seconds: float) -> str:
    """Return a time to the unit that counts: `45 s`, `12 min`, `3 h`, `5 d`."""
    whole = max(int(seconds), 0)
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if whole >= 2 * size:
            return f"{whole // size} {unit}"
    return f"{whole} s"
