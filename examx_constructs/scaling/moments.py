"""Why tasks waited: the moments in which they did, and what held the policy back then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, isinf

from examx_constructs.scaling.policy import ExternalMetric, KedaPolicy, hpa_of
from examx_constructs.scaling.run import Run
from examx_constructs.settings import Duration

_MOST_TIMES, _MOST_ROWS = 3, 8
_THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class Moment:
    """What was at a second of a run."""

    second: float
    waiting: int
    """Tasks that had come and not begun."""
    replicas: int
    """What the workload was told to have."""
    ready: int
    """Pods that took tasks."""
    held_back: str
    """Why there were no more."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """A time without a gap in which tasks waited that waited too long in the end."""

    start: float
    """When the first of them came."""
    exceeded: float
    """When the first of them had waited as long as is allowed."""
    end: float
    """When the last of them began; the end of the run where it never did."""
    tasks: int


def too_long(run: Run, allowed: float) -> list[TooLong]:
    """Return the times in which tasks waited longer than so many seconds, in their order."""
    found: list[TooLong] = []
    for came, began in zip(run.arrivals, run.started, strict=True):
        if began - came > allowed:
            end = min(began, run.until)
            if found and came <= found[-1].end:
                last = found[-1]
                found[-1] = TooLong(last.start, last.exceeded, max(last.end, end), last.tasks + 1)
            else:
                found.append(TooLong(came, came + allowed, end, 1))
    return found


def moment(run: Run, second: float) -> Moment:
    """Return what was at a second, and what held the policy back."""
    ready = sum(pod.ready <= second and (pod.deleted is None or pod.deleted > second) for pod in run.pods)
    waiting, replicas = run.waiting(second), run.replicas(second)
    return Moment(second, waiting, replicas, ready, _held_back(run, waiting, replicas, ready))


def broken(run: Run, allowed: Duration | float, share: float) -> str:
    """Return a wait that is too long, in words, with the moments in which it became so."""
    most = allowed.seconds if isinstance(allowed, Duration) else allowed
    times = too_long(run, most)
    late = sum(each.tasks for each in times)
    first = f"p{share * 100:g} wait is {_time(run.wait(share))}; allowed: {most:g}s; "
    lines = [f"{first}{late} of {len(run)} tasks waited longer, the longest {_time(run.wait(1))}"]
    # Those that most tasks waited in tell most.
    shown = sorted(sorted(times, key=lambda each: -each.tasks)[:_MOST_TIMES], key=lambda each: each.start)
    for each in shown:
        lines.append(f"  second {each.start:.0f} to {each.end:.0f}: {each.tasks} of them")
        lines += _table([moment(run, second) for second in _seconds(run, each)])
    if len(times) > len(shown):
        lines.append(f"  and {len(times) - len(shown)} more times")
    return "\n".join(lines)


def _table(rows: Sequence[Moment]) -> Iterator[str]:
    yield f"  {'second':>8}  {'waiting':>7}  {'told':>4}  {'ready':>5}  held back by"
    for each in rows:
        figures = f"{each.second:>8.0f}  {each.waiting:>7}  {each.replicas:>4}  {each.ready:>5}"
        yield f"  {figures}  {each.held_back}"


def _seconds(run: Run, each: TooLong) -> list[float]:
    """Return when the first came, when it had waited too long, and the changes of pods until the last began."""
    changes = {second for second, _ in run.steps} | {pod.ready for pod in run.pods}
    # What happens at a moment counts as done: a burst at 60 s waits at 60 s.
    within = sorted(second for second in changes if each.start < second < each.end)
    step = max(ceil(len(within) / (_MOST_ROWS - 2)), 1)
    return sorted({each.start, min(each.exceeded, each.end), *within[::step]})


def _held_back(run: Run, waiting: int, replicas: int, ready: int) -> str:
    policy, most = run.policy, hpa_of(run.policy).maximum
    full = f"; there may be no more than {most}" if replicas >= most else ""
    if isinstance(policy, KedaPolicy) and (policy.is_paused or policy.paused_at is not None):
        return "scaling is paused"
    if ready < replicas:
        return f"pods that start: {replicas - ready} of {replicas}{full}"
    if replicas >= most:
        return f"the most pods, {most}, which all work"
    if replicas == 0 and isinstance(policy, KedaPolicy):
        return f"sleep until the next look: every {policy.polling} s"
    return _asked(run, waiting, replicas)


def _asked(run: Run, waiting: int, replicas: int) -> str:
    """Return what the list asks for, by the least that a pod is worth of its metrics."""
    worth = [
        each.target / _THOUSANDTHS
        for each in hpa_of(run.policy).metrics
        if isinstance(each, ExternalMetric) and each.per_pod and each.target
    ]
    if not worth:
        return "none of its metrics counts the list"
    wanted = ceil(waiting / min(worth))
    if wanted <= replicas:
        return f"list length: at {min(worth):g} tasks a pod it asks for {_pods(wanted)}"
    return f"the next look, and how many its behavior adds: {_pods(wanted)} asked for"


def _time(seconds: float) -> str:
    return "without end" if isinf(seconds) else f"{seconds:.1f} s"


def _pods(number: int) -> str:
    return f"{number} pod" if number == 1 else f"{number} pods"
