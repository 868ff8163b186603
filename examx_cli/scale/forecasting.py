"""What a change of manifests does to the queues of an environment, at the standard workloads that it names."""

from collections.abc import Iterator, Sequence

from examx_cli.comparison.forecast import Curve, Forecast, Outcome
from examx_cli.errors import CommandError
from examx_cli.scale import words
from examx_cli.scale.comparing import Change, sentence
from examx_cli.scale.samples import samples, window
from examx_cli.scale.simulating import Simulated, Surroundings, simulated
from examx_cli.scale.targets import Chosen, Source, there
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import Manifests, Object
from examx_constructs.scaling import ClusterModel, ScalingError, Workload, workloads_of
from examx_constructs.scaling.levels import P95
from examx_constructs.scaling.policy import hpa_of
from examx_constructs.settings import ImageReference, ServiceLevel

_ANY_IMAGE = ImageReference.parse("registry.example.com/any:any-20260101-000000-0000000")
"""A service level does not depend on the image, and images.yaml may be broken by the change that is looked at."""

_MOMENTS = 60
"""As many as a picture of a comment has room for."""
_MOST_PODS, _MOST_SLOTS = 1000, 10_000
"""More are refused: the manifests may be anybody's, and a figure such as 2147483647 would fill the memory."""


def forecast(environment: str, before: Sequence[Object], after: Sequence[Object]) -> Forecast:
    """The queues whose autoscaler or worker is another one, each at its standard workloads.

    What cannot be simulated is named, and is no error: a change can still be looked at.
    """
    outcomes: list[Outcome] = []
    missing: list[str] = []
    sides = Source(environment, Manifests.of(before)), Source(environment, Manifests.of(after))
    for queue, level in ENVIRONMENTS[environment](_ANY_IMAGE).service_levels.items():
        try:
            earlier, later = (_one(each, queue) for each in sides)
            if _same(earlier, later):
                continue
            for workload in workloads_of(level):
                outcomes.append(_outcome(queue, workload, level, earlier, later))  # noqa: PERF401 - some of them count
        except (ScalingError, CommandError) as error:
            missing.append(f"{queue} is not simulated: {error}")
    return Forecast(tuple(outcomes), tuple(missing))


def _one(side: Source, queue: str) -> Chosen | None:
    """The autoscaler of a queue. Raises ScalingError for one that is not modelled, CommandError for several."""
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
    """Whether nothing that is simulated changed."""
    if before is None or after is None:
        return before is after
    return (before.scaling.policy, before.scaling.workers) == (after.scaling.policy, after.scaling.workers)


def _outcome(
    queue: str, workload: Workload, level: ServiceLevel, before: Chosen | None, after: Chosen | None
) -> Outcome:
    """Both sides meet the same tasks, for the same time. Raises ScalingError."""
    there_are = [each for each in (before, after) if each]
    versions = there_are[0].scaling.versions
    runs = simulated(there_are, workload, Surroundings(ClusterModel(versions=versions)))
    first, last = (runs[0] if before else None), (runs[-1] if after else None)
    change = Change(queue, first.figures if first else None, last.figures if last else None)
    held, keeps = _keeps(first, level), _keeps(last, level)
    allowed = words.time(level.wait_p95.seconds)
    note = "" if keeps else f"; over its service level, {allowed}"
    note = f"; within its service level, {allowed}, again" if keeps and not held else note
    said = f"{sentence(change)}{note}"
    if first is None or last is None or first.figures == last.figures:
        return Outcome(queue, workload.said, said, keeps)
    spans = [window(each.run) for each in (first, last)]
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    curves = tuple(each for each in _curves(first, last, (start, end)) if each.before != each.after)
    return Outcome(queue, workload.said, said, keeps, end - start, curves)


def _keeps(side: Simulated | None, level: ServiceLevel) -> bool:
    return side is None or side.run.wait(P95) <= level.wait_p95


def _curves(before: Simulated, after: Simulated, within: tuple[float, float]) -> Iterator[Curve]:
    sides = [samples(each.run, _MOMENTS, within) for each in (before, after)]
    yield Curve("tasks that wait", *(tuple(each.waiting for each in side) for side in sides))
    yield Curve("pods that take tasks", *(tuple(each.ready for each in side) for side in sides))
