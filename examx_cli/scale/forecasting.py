"""What a change of manifests does to the queues of an environment, at the standard workloads that it names."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from examx_cli.comparison.forecast import Curve, Forecast, Outcome
from examx_cli.errors import CommandError
from examx_cli.scale.comparing import Work, compared, sentence
from examx_cli.scale.samples import samples, window
from examx_cli.scale.simulating import Simulated, Surroundings
from examx_cli.scale.standard import levels, works
from examx_cli.scale.targets import Chosen, Source, there
from examx_constructs.manifests import Manifests, Object
from examx_constructs.scaling import ClusterModel, ScalingError
from examx_constructs.scaling.policy import hpa_of

_MOMENTS = 60
"""As many as a picture of a comment has room for."""
_MOST_PODS, _MOST_SLOTS = 1000, 10_000
"""More are refused: the manifests may be anybody's, and a figure such as 2147483647 would fill the memory."""


def forecast(environment: str, before: Sequence[Object], after: Sequence[Object]) -> Forecast:
    """Return the queues whose autoscaler or worker is another one, each at its standard workloads.

    What cannot be simulated is named, and is no error: a change can still be looked at.
    """
    outcomes: list[Outcome] = []
    missing: list[str] = []
    sides = Source(environment, Manifests.of(before)), Source(environment, Manifests.of(after))
    for queue, level in levels(environment).items():
        try:
            earlier, later = (_one(each, queue) for each in sides)
            if _same(earlier, later):
                continue
            for work in works(level):
                outcomes.append(_outcome(queue, work, earlier, later))  # noqa: PERF401 - some of them count
        except (ScalingError, CommandError) as error:
            missing.append(f"{queue} is not simulated: {error}")
    return Forecast(tuple(outcomes), tuple(missing))


def _one(side: Source, queue: str) -> Chosen | None:
    """Return the autoscaler of a queue. Raises ScalingError for one that is not modelled, CommandError for several."""
    found = there(side, queue)
    if len(found) > 1:
        raise CommandError(f"{len(found)} autoscalers count it")
    for each in found:
        hpa, slots = hpa_of(each.scaling.policy), each.scaling.workers.concurrency
        if max(hpa.minimum, hpa.maximum) > _MOST_PODS:
            raise ScalingError.at(each.autoscaler.high, f"at most {_MOST_PODS}", "more pods are not simulated here")
        if slots > _MOST_SLOTS:
            raise ScalingError.of(
                f"{each.target}: concurrency", slots, f"at most {_MOST_SLOTS}", "more slots are not simulated here"
            )
    return found[0] if found else None


def _same(before: Chosen | None, after: Chosen | None) -> bool:
    """Return whether nothing that is simulated changed."""
    if before is None or after is None:
        return before is after
    sides = [(each.scaling.policy, each.scaling.workers, each.scaling.versions) for each in (before, after)]
    return sides[0] == sides[1]


def _outcome(queue: str, work: Work, before: Chosen | None, after: Chosen | None) -> Outcome:
    """Return what becomes of a queue at a workload. Raises ScalingError."""
    found = compared(queue, before, after, work, Surroundings(ClusterModel()))
    change, first, last = found.change, found.before, found.after
    told = Outcome(queue, change.workload, sentence(change), change.keeps_level)
    if first is None or last is None or first.figures == last.figures:
        return told
    spans = [window(each.run) for each in (first, last)]
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    curves = tuple(each for each in _curves(first, last, (start, end)) if each.before != each.after)
    return replace(told, seconds=end - start, curves=curves)


def _curves(before: Simulated, after: Simulated, within: tuple[float, float]) -> Iterator[Curve]:
    sides = [samples(each.run, _MOMENTS, within) for each in (before, after)]
    yield Curve("tasks that wait", *(tuple(each.waiting for each in side) for side in sides))
    yield Curve("pods that take tasks", *(tuple(each.ready for each in side) for side in sides))
