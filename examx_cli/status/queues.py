"""The queues: how long they are, as KEDA counts them.

KEDA's adapter is asked as an HPA asks it, through the API of external metrics. So it takes a right to read, and none to
run a program in a pod. Each such call has KEDA count the list anew (KEDA 2.17.2, pkg/provider/provider.go). Where that
may not be asked, the HPA's own last look tells, rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from urllib.parse import quote

from examx_cli.deploy.diagnosis.autoscalers import HPAS, SCALED_OBJECTS
from examx_cli.status import triggers
from examx_cli.status.asks import amount, told
from examx_cli.status.exporter import Told
from examx_cli.status.reading import Reading
from examx_cli.status.triggers import Source
from examx_cli.status.values import Queue, Unread
from examx_constructs.manifests import Manifests, Object, text
from examx_constructs.manifests.scaling import autoscaler_of, redis_triggers

API = "/apis/external.metrics.k8s.io/v1beta1"
_LABEL = "scaledobject.keda.sh/name"
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Counted:
    """What KEDA counts: the queues, and how much there is of each metric now, by its name."""

    queues: tuple[Queue | Unread, ...]
    totals: Mapping[str, Fraction]


def counted(reading: Reading) -> Counted:
    """Count everything once."""
    scaled = reading.objects(SCALED_OBJECTS)
    if isinstance(scaled, Unread):
        return Counted((scaled,), {})
    asked = [source for each in scaled for source in triggers.of(each)]
    namespace = reading.cluster.target.namespace
    answers = reading.raw((_path(namespace, each), "external metrics (external.metrics.k8s.io)") for each in asked)
    numbers = [_number(each) for each in answers]
    totals = {
        source.metric: number for source, number in zip(asked, numbers, strict=True) if not isinstance(number, Unread)
    }
    queues = [_queue(reading, source, number) for source, number in zip(asked, numbers, strict=True) if source.queue]
    lost = [each for each in scaled if _counts(each) and not any(triggers.of(each))]
    return Counted((*queues, *map(_uncounted, lost)), totals)


def _path(namespace: str, source: Source) -> str:
    selector = quote(f"{_LABEL}={source.scaled_object}", safe="")
    return f"{API}/namespaces/{namespace}/{quote(source.metric, safe='')}?labelSelector={selector}"


def _number(answer: Object | Unread) -> Fraction | Unread:
    if isinstance(answer, Unread):
        return answer
    (resource,) = Manifests.of([{**answer, "metadata": {"name": "answer"}}])
    found = [amount(each["value"]) for each in resource.root["items"]]
    total = next((each for each in found if each is not None), None)
    return Unread("KEDA's adapter answers without a number") if total is None else total


def _queue(reading: Reading, source: Source, number: Fraction | Unread) -> Queue:
    if not isinstance(number, Unread):
        return Queue(source.queue, source.worker, int(number))
    hpas = reading.objects(HPAS)
    seen = [told(each, source.metric) for each in hpas] if not isinstance(hpas, Unread) else []
    known = next((each for each in seen if each is not None), None)
    length = number if known is None else int(known)
    return Queue(source.queue, source.worker, length, about=known is not None)


def _counts(scaled: Object) -> bool:
    """Return whether it has a trigger that counts a list."""
    return bool(_lists(scaled))


def _lists(scaled: Object) -> list[str]:
    return [each["metadata"]["listName"].text for each in redis_triggers(autoscaler_of(scaled))]


def _uncounted(scaled: Object) -> Queue:
    why = "KEDA has not made its metrics yet (status.externalMetricNames)"
    return Queue(_lists(scaled)[0], text(scaled, "spec", "scaleTargetRef", "name"), Unread(why))


def with_told(queues: Sequence[Queue | Unread], told: Told | Unread) -> list[Queue | Unread]:
    """Return the queues with what the exporter of queue metrics tells of them, or why it does not."""
    return [_with_told(each, told) if isinstance(each, Queue) else each for each in queues]


def _with_told(queue: Queue, told: Told | Unread) -> Queue:
    if isinstance(told, Unread):
        return replace(queue, oldest=told)
    oldest = told.ages.get(queue.name, Unread("the exporter of queue metrics does not know the list"))
    return replace(queue, oldest=oldest, rate=told.rates.get(queue.name))


def with_rates(now: Sequence[Queue | Unread], before: Sequence[Queue | Unread], seconds: float) -> list[Queue | Unread]:
    """Return the queues with by how much they grew a minute since an earlier look."""
    earlier = {(each.name, each.worker): each.length for each in before if isinstance(each, Queue)}
    return [_with_rate(each, earlier, seconds) if isinstance(each, Queue) else each for each in now]


def _with_rate(queue: Queue, earlier: Mapping[tuple[str, str], int | Unread], seconds: float) -> Queue:
    then = earlier.get((queue.name, queue.worker))
    if isinstance(queue.length, Unread) or not isinstance(then, int) or seconds <= 0:
        return queue
    return replace(queue, rate=(queue.length - then) * _MINUTE / seconds)
