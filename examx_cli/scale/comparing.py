"""What a change does to a workload: before and after, queue by queue, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from examx_cli.scale import words
from examx_cli.scale.figures import Figures, JsonObject
from examx_cli.scale.simulating import Surroundings, simulated
from examx_cli.scale.targets import Chosen
from examx_constructs.scaling import Workload

_P95 = 0.95


@dataclass(frozen=True, slots=True)
class Change:
    """A queue before and after; None where it is not scaled."""

    queue: str
    before: Figures | None
    after: Figures | None


def changes(before: Sequence[Chosen], after: Sequence[Chosen], tasks: Workload, around: Surroundings) -> list[Change]:
    """Each queue of either side, in the order in which they are now. Raises ScalingError.

    All runs are of one length, so that pod hours are of the same time.
    """
    runs = simulated([*before, *after], tasks, around)
    earlier = {_key(each.chosen): each.figures for each in runs[: len(before)]}
    later = {_key(each.chosen): each.figures for each in runs[len(before) :]}
    return [Change(key, earlier.get(key), later.get(key)) for key in {**later, **earlier}]


def _key(chosen: Chosen) -> str:
    return chosen.scaling.queue or chosen.scaling.name


def text(where: str, against: str, said: str, found: Sequence[Change]) -> str:
    """All of it in words, a line for each queue."""
    width = max(len(each.queue) for each in found)
    figures = next(figures for each in found for figures in (each.after, each.before) if figures)
    lines = [f"{where} against {against}: {said}, over {words.time(figures.span)}", ""]
    return "\n".join([*lines, *(f"{each.queue:<{width}}  {sentence(each)}" for each in found)])


def sentence(change: Change) -> str:
    """What becomes of a queue: `p95 wait 41 s -> 95 s, 0.80 -> 0.50 pod hours`."""
    before, after = change.before, change.after
    if before is None or after is None:
        there = after or before
        what = "not scaled before" if after else "not scaled any more"
        return f"{what}; p95 wait {_wait(there)}, {_hours(there)} pod hours" if there else what
    if before == after:
        return f"the same: p95 wait {_wait(after)}, {_hours(after)} pod hours"
    parts = [f"p95 wait {_step(_wait(before), _wait(after))}"]
    parts.append(f"{_step(_hours(before), _hours(after))} pod hours")
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


def _of_a_pod(figures: Figures) -> tuple[float, float]:
    """What a pod requests: CPUs and GiB."""
    hours = figures.pod_hours or 1.0
    return round(figures.cpu_hours / hours, 6), round(figures.memory_hours / hours, 6)


def _wait(figures: Figures | None) -> str:
    return words.time(figures.waits[_P95]) if figures else ""


def _hours(figures: Figures | None) -> str:
    return words.amount(figures.pod_hours) if figures else ""


def _step(before: str, after: str) -> str:
    """From one to the other; once where they read the same."""
    return before if before == after else f"{before} -> {after}"


def document(where: str, against: str, said: str, found: Sequence[Change]) -> JsonObject:
    """All of it for a machine; null is a queue that is not scaled."""
    return {
        "environment": where,
        "against": against,
        "workload": said,
        "queues": [
            {
                "queue": each.queue,
                "said": sentence(each),
                "before": each.before.document() if each.before else None,
                "after": each.after.document() if each.after else None,
            }
            for each in found
        ],
    }
