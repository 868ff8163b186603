"""What a restart did, or would do: for people, and for machines."""

from collections.abc import Iterable, Iterator

from examx_cli.comparison import Difference
from examx_cli.comparison.impact import Impact
from examx_cli.restart.plan import Plan
from examx_cli.rotation.holding import Look
from examx_constructs.manifests import ObjectId


def rehearsed(plan: Plan, difference: Difference) -> Iterator[str]:
    """Yield what would be done, step by step, and what is known of the values that pods hold."""
    manners = {effect.subject: effect.reason for effect in difference.effects(Impact.RESTART)}
    for number, step in enumerate(plan.steps, 1):
        yield f"step {number} of {len(plan.steps)}"
        for key in step:
            takes = f"; it takes {', '.join(plan.takes[key])}" if plan.takes[key] else ""
            yield f"  {key}: {manners.get(key.name, 'its pods are replaced')}{takes}"
    if plan.left:
        yield "left as it is"
        for key, why in plan.left.items():
            yield f"  {key}: {why}"
    yield from _values(plan.look)
    yield f"{len(plan.keys)} workloads would be restarted"


def done(plan: Plan, after: Look) -> Iterator[str]:
    """Yield what was done."""
    for key in plan.keys:
        yield f"restarted: {key}"
    yield f"{len(plan.keys)} workloads restarted"
    yield from _values(after)


def document(plan: Plan, known: Look) -> dict[str, object]:
    """Return the same for a machine. Fields are only ever added."""
    return {
        "steps": [_named(step) for step in plan.steps],
        "left": [{"workload": str(key), "reason": why} for key, why in plan.left.items()],
        "not_rendered": _named(plan.foreign),
        "outdated": outdated(known),
        "unknown": known.unknown,
    }


def outdated(known: Look) -> list[dict[str, str]]:
    """Return the pods that hold an older value, for a machine."""
    return [
        {
            "workload": str(each.workload),
            "pod": each.pod,
            "secret": each.secret,
            "since": each.since.isoformat().replace("+00:00", "Z"),
        }
        for each in known.outdated
    ]


def _values(known: Look) -> Iterator[str]:
    if known.unknown:
        yield f"whether pods hold an older value of a secret is not known: {known.unknown}"
        return
    yield "an older value of a secret is held by" if known.outdated else "no pod is known to hold an older value"
    yield from (f"  {line}" for line in known.lines())


def _named(keys: Iterable[ObjectId]) -> list[str]:
    return [str(key) for key in keys]
