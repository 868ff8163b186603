"""What a change does to a workload: before and after, queue by queue, in words.

`examx scale compare` and `examx diff` both tell it from here, so that both name the same figures.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from examx_cli.scale import words
from examx_cli.scale.figures import Figures, JsonObject
from examx_cli.scale.simulating import Simulated, Surroundings, simulated
from examx_cli.scale.targets import Chosen
from examx_constructs.scaling import Workload
from examx_constructs.scaling.levels import P95
from examx_constructs.settings import ServiceLevel


@dataclass(frozen=True, slots=True)
class Work:
    """What comes to a queue, and what it promises then."""

    tasks: Workload
    level: ServiceLevel | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A queue before and after, at a workload; None where it is not scaled.

    Both are of one span: the time until the slower side has done all and has its fewest pods again. That is the
    queue's own, so that its pod hours do not depend on what others do meanwhile.
    """

    queue: str
    workload: str
    before: Figures | None
    after: Figures | None
    level: ServiceLevel | None = None

    @property
    def keeps_level(self) -> bool:
        """Whether what is promised holds after the change."""
        return self._keeps(self.after)

    @property
    def kept_level(self) -> bool:
        """Whether it held before."""
        return self._keeps(self.before)

    def _keeps(self, side: Figures | None) -> bool:
        return side is None or self.level is None or side.waits[P95] <= self.level.wait_p95.seconds


@dataclass(frozen=True, slots=True)
class Compared:
    """A change, with the runs that it was read from."""

    change: Change
    before: Simulated | None
    after: Simulated | None


def compared(queue: str, before: Chosen | None, after: Chosen | None, work: Work, around: Surroundings) -> Compared:
    """Return one queue at one workload: both sides meet the same tasks, for the same time. Raises ScalingError."""
    runs = simulated([each for each in (before, after) if each], work.tasks, around)
    first, last = (runs[0] if before else None), (runs[-1] if after else None)
    earlier, later = (each.figures if each else None for each in (first, last))
    return Compared(Change(queue, work.tasks.said, earlier, later, work.level), first, last)


def changes(
    before: Sequence[Chosen],
    after: Sequence[Chosen],
    works: Callable[[str], Iterable[Work]],
    around: Surroundings,
) -> list[Change]:
    """Return each queue of either side at each of its workloads, in the order in which they are now.

    Raises ScalingError.
    """
    earlier, later = ({_key(each): each for each in side} for side in (before, after))
    return [
        compared(key, earlier.get(key), later.get(key), work, around).change
        for key in {**later, **earlier}
        for work in works(key)
    ]


def _key(chosen: Chosen) -> str:
    return chosen.scaling.queue or chosen.scaling.name


def text(where: str, against: str, said: str, found: Sequence[Change]) -> str:
    """Return all of it in words, a line for each queue at each workload."""
    several = {each.workload for each in found} != {said}
    names = [f"{each.queue}, {each.workload}" if several else each.queue for each in found]
    width = max(map(len, names))
    lines = [f"{name:<{width}}  {sentence(each)}" for name, each in zip(names, found, strict=True)]
    return "\n".join([f"{where} against {against}: {said}", "", *lines])


def sentence(change: Change) -> str:
    """Return what becomes of a queue: `p95 wait 41 s -> 95 s, 0.80 -> 0.50 pod hours over 16.0 min`."""
    allowed = words.time(change.level.wait_p95.seconds) if change.level else ""
    if not change.keeps_level:
        return f"{_sentence(change)}; over its service level, {allowed}"
    return f"{_sentence(change)}{'' if change.kept_level else f'; within its service level, {allowed}, again'}"


def _sentence(change: Change) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        there = after or before
        what = "not scaled before" if after else "not scaled any more"
        return f"{what}; p95 wait {_wait(there)}, {_hours(there)} {_over(there)}" if there else what
    if before == after:
        return f"the same: p95 wait {_wait(after)}, {_hours(after)} {_over(after)}"
    parts = [f"p95 wait {_step(_wait(before), _wait(after))}"]
    parts.append(f"{_step(_hours(before), _hours(after))} {_over(after)}")
    if _of_a_pod(before) != _of_a_pod(after):
        # A pod that asks for less is cheaper by the hour.
        parts.append(f"{_step(words.amount(before.cpu_hours), words.amount(after.cpu_hours))} CPU hours")
        parts.append(f"{_step(words.amount(before.memory_hours), words.amount(after.memory_hours))} GiB hours")
    if before.most != after.most:
        parts.append(f"at most {_step(str(before.most), str(after.most))} pods")
    if before.cost is not None and after.cost is not None:
        parts.append(f"cost {_step(words.amount(before.cost), words.amount(after.cost))}")
    if before.cut or after.cut:
        parts.append(f"{_step(str(before.cut), str(after.cut))} tasks cut")
    if before.unfinished or after.unfinished:
        parts.append(f"{_step(str(before.unfinished), str(after.unfinished))} tasks not done")
    return ", ".join(parts)


def _over(figures: Figures) -> str:
    """Say that hours are of a time: the same policy costs more over a longer one."""
    return f"pod hours over {words.time(figures.span)}"


def _of_a_pod(figures: Figures) -> tuple[float, float]:
    """Return what a pod requests: CPUs and GiB."""
    hours = figures.pod_hours or 1.0
    return round(figures.cpu_hours / hours, 6), round(figures.memory_hours / hours, 6)


def _wait(figures: Figures | None) -> str:
    return words.time(figures.waits[P95]) if figures else ""


def _hours(figures: Figures | None) -> str:
    return words.amount(figures.pod_hours) if figures else ""


def _step(before: str, after: str) -> str:
    """Write a step from one to the other; once where they read the same."""
    return before if before == after else f"{before} -> {after}"


def document(where: str, against: str, said: str, found: Sequence[Change]) -> JsonObject:
    """Return all of it for a machine; null is a queue that is not scaled."""
    return {
        "environment": where,
        "against": against,
        "workload": said,
        "queues": [
            {
                "queue": each.queue,
                "workload": each.workload,
                "said": sentence(each),
                "before": each.before.document() if each.before else None,
                "after": each.after.document() if each.after else None,
            }
            for each in found
        ],
    }
