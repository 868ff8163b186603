"""The plan for people, as text and as Markdown, and for a machine as JSON.

The shape of the JSON is a contract; fields are only ever added:

    {"environment": "dev", "against": "what runs in dev-examxv2 of dev-stg-cluster", "possible": true,
     "refusals": ["..."], "warnings": ["..."],
     "redis": {"state": "stays", "today": ["host:6379"], "ours": ["host:6379"], "why": "..."},
     "objects": [{"object": {"group": "apps", "kind": "Deployment", "namespace": "dev-examxv2", "name": "celery-beat"},
                  "verdict": "replaced", "why": ["..."]}],
     "steps": [{"name": "workload/celery-beat", "title": "...", "state": "begun"}]}

`verdict` is same, changed in place, replaced, new, left alone or removed afterwards. The `state` of a step is open or
begun.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from examx_cli.adopt.plan import Plan
from examx_cli.adopt.verdicts import Entry, Verdict
from examx_constructs.manifests import ObjectId

JsonObject = dict[str, object]

_TITLES = {
    Verdict.REPLACED: "replaced",
    Verdict.CHANGED: "changed in place",
    Verdict.NEW: "new",
    Verdict.REMOVED: "removed afterwards",
    Verdict.LEFT: "left alone",
    Verdict.SAME: "the same already",
}


def as_text(environment: str, plan: Plan, begun: Sequence[str] = ()) -> str:
    """Return the plan for a terminal or a log."""
    return "\n".join(_text(environment, plan, begun)) + "\n"


def _text(environment: str, plan: Plan, begun: Sequence[str]) -> Iterator[str]:
    yield f"{environment}, taking over {plan.against}"
    yield summary(plan)
    yield f"Redis: {plan.redis.why}"
    for title, found in (("is in the way", plan.refusals), ("to know", plan.warnings)):
        if found:
            yield from ("", title, *(f"  * {each}" for each in found))
    for verdict, title in _TITLES.items():
        chosen = [each for each in plan.entries if each.verdict is verdict]
        if chosen:
            yield from ("", f"{title}: {len(chosen)}")
            yield from _entries(verdict, chosen)
    yield from ("", "steps")
    for number, step in enumerate(plan.steps, start=1):
        yield f"  {number:>2}. {step.name}: {step.title}{' (begun)' if step.name in begun else ''}"


def _entries(verdict: Verdict, chosen: Sequence[Entry]) -> Iterator[str]:
    if verdict in (Verdict.SAME, Verdict.NEW):
        yield f"  {', '.join(str(each.key) for each in chosen)}"
        return
    for each in chosen:
        if len(each.why) == 1:
            yield f"  * {each.key}: {each.why[0]}"
            continue
        yield f"  * {each.key}"
        yield from (f"      {line}" for line in each.why)


def summary(plan: Plan) -> str:
    """Return all of it in one line."""
    numbers = Counter(each.verdict for each in plan.entries)
    said = ", ".join(f"{numbers[verdict]} {verdict.value}" for verdict in _TITLES if numbers[verdict])
    refused = len(plan.refusals)
    how = (
        "it can be done"
        if not refused
        else f"refused until {refused} {'thing is' if refused == 1 else 'things are'} mended"
    )
    return f"{len(plan.entries)} objects: {said}; {how}"


def as_markdown(environment: str, plan: Plan, begun: Sequence[str] = ()) -> str:
    """Return the plan for a pull request or a page."""
    return "\n".join(_markdown(environment, plan, begun)) + "\n"


def _markdown(environment: str, plan: Plan, begun: Sequence[str]) -> Iterator[str]:
    yield from (f"### Adopting `{environment}`", "", f"Against {plan.against}. {summary(plan)}.", "")
    yield from (f"Redis: {_cell(plan.redis.why)}.", "")
    for title, found in (("Is in the way", plan.refusals), ("To know", plan.warnings)):
        if found:
            yield from (f"**{title}**", "", *(f"- {_cell(str(each))}" for each in found), "")
    yield from ("| object | what becomes of it | why |", "|---|---|---|")
    for verdict in _TITLES:
        for each in plan.entries:
            if each.verdict is verdict:
                yield f"| {_name(each.key)} | {verdict.value} | {_cell('; '.join(each.why))} |"
    yield from ("", "**Steps**", "")
    for number, step in enumerate(plan.steps, start=1):
        yield f"{number}. `{step.name}`: {_cell(step.title)}{' (begun)' if step.name in begun else ''}"


def _name(key: ObjectId) -> str:
    return f"{key.kind} `{key.name}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def as_json(environment: str, plan: Plan, begun: Sequence[str] = ()) -> JsonObject:
    """Return the plan for a machine."""
    return {
        "environment": environment,
        "against": plan.against,
        "possible": not plan.refusals,
        "refusals": [str(each) for each in plan.refusals],
        "warnings": [str(each) for each in plan.warnings],
        "redis": {
            "state": plan.redis.state.value,
            "today": list(plan.redis.today),
            "ours": list(plan.redis.ours),
            "why": plan.redis.why,
        },
        "objects": [
            {"object": each.key._asdict(), "verdict": each.verdict.value, "why": list(each.why)}
            for each in plan.entries
        ],
        "steps": [
            {"name": each.name, "title": each.title, "state": "begun" if each.name in begun else "open"}
            for each in plan.steps
        ],
    }
