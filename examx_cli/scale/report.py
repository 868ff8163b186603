"""What `examx scale simulate` prints: figures, and how it went over time."""

from collections.abc import Iterable, Sequence

from examx_cli.scale import columns, words
from examx_cli.scale.figures import Figures, JsonObject
from examx_cli.scale.samples import samples
from examx_cli.scale.simulating import Simulated
from examx_constructs.scaling import Prices
from examx_constructs.scaling.policy import KedaPolicy, Policy, hpa_of

_LABEL = 13


def text(where: str, said: str, runs: Sequence[Simulated], prices: Prices | None = None) -> str:
    """Return all of it for a person: one queue with its plot, several as a table."""
    if len(runs) == 1:
        return _alone(where, said, runs[0], prices)
    rows = [_HEADINGS, *(_row(each) for each in runs)]
    lines = [f"{where}: {said}, over {words.time(runs[0].figures.span)}", "", *table(rows)]
    lines += ["", *(f"{each.chosen.label}: {wrong}" for each in runs for wrong in _wrong(each.figures))]
    return "\n".join(lines).rstrip()


_HEADINGS = ("queue", "p50 wait", "p95 wait", "longest", "drained", "pods", "pod hours")


def _row(each: Simulated) -> tuple[str, ...]:
    figures = each.figures
    waits = [words.time(figures.waits[share]) for share in (0.5, 0.95)]
    pods = f"{_least(each)}..{figures.most}"
    times = (*waits, words.time(figures.longest), words.time(figures.drained))
    return (each.chosen.label, *times, pods, words.amount(figures.pod_hours))


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows below their headings: the first column to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:<{width}}" if index == 0 else f"{cell:>{width}}"
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _least(each: Simulated) -> int:
    return min(size for _, size in each.run.steps)


def _alone(where: str, said: str, each: Simulated, prices: Prices | None) -> str:
    figures, scaling = each.figures, each.chosen.scaling
    slots = words.counted(scaling.workers.concurrency, "task")
    what = [("autoscaler", scaling.name), ("scales", f"{each.chosen.target}, {slots} at once in a pod")]
    what += [("bounds", f"{words.between(*bounds(scaling.policy))} pods"), *_figures(figures, prices)]
    lines = [
        f"{where}: {each.chosen.label}, {said}",
        "",
        *(f"{label:<{_LABEL}}{value}" for label, value in what),
        *_wrong(figures),
        "",
        plots(each),
    ]
    return "\n".join(lines)


def bounds(policy: Policy) -> tuple[int, int]:
    """Return the fewest and the most pods."""
    hpa = hpa_of(policy)
    return (policy.minimum if isinstance(policy, KedaPolicy) else hpa.minimum), hpa.maximum


def _figures(figures: Figures, prices: Prices | None) -> Iterable[tuple[str, str]]:
    waits = [f"{words.percentile(share)} {words.time(wait)}" for share, wait in figures.waits.items()]
    yield "wait", ", ".join([*waits, f"longest {words.time(figures.longest)}"])
    yield "drained", _drained(figures)
    yield "most pods", str(figures.most)
    yield "pod hours", f"{words.amount(figures.pod_hours)} over {words.time(figures.span)}"
    yield "requested", f"{words.amount(figures.cpu_hours)} CPU hours, {words.amount(figures.memory_hours)} GiB hours"
    if prices and figures.cost is not None:
        yield "cost", f"{words.amount(figures.cost)} {prices.currency}"


def _drained(figures: Figures) -> str:
    after = words.time(figures.drained)
    return after if figures.unfinished else f"{after} after the last task came"


def _wrong(figures: Figures) -> Iterable[str]:
    if figures.cut:
        yield f"{words.counted(figures.cut, 'task')} cut by the grace period, and done again later"
    if figures.unfinished:
        yield f"{words.counted(figures.unfinished, 'task')} not done after {words.time(figures.span)}"


def plots(each: Simulated) -> str:
    """Return what waits and what works, over time."""
    shown = samples(each.run, columns.WIDTH)
    axis = columns.axis_of([sample.second for sample in shown])
    waiting = columns.plot("tasks that wait", [sample.waiting for sample in shown], axis)
    ready = columns.plot("pods that take tasks", [sample.ready for sample in shown], axis)
    return f"{waiting}\n\n{ready}"


def document(where: str, said: str, runs: Iterable[Simulated]) -> JsonObject:
    """Return all of it for a machine."""
    return {"target": where, "workload": said, "runs": [_document(each) for each in runs]}


def _document(each: Simulated) -> JsonObject:
    return {
        "queue": each.chosen.scaling.queue,
        "label": each.chosen.label,
        "autoscaler": each.chosen.scaling.name,
        "workload": each.chosen.target,
        **each.figures.document(),
        "steps": [[words.finite(moment), size] for moment, size in each.run.steps],
    }
