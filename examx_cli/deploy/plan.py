"""What an apply would do, found out without doing it: a dry run of everything, and what this identity may not touch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from examx_cli.cluster import Cluster, Live, Trial
from examx_cli.credentials import redis
from examx_cli.credentials.random_secret import Made, RandomSecret
from examx_cli.errors import Refusal
from examx_cli.kubectl import OUTDATED
from examx_constructs.manifests import Object, ObjectId, items, mapping


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be applied, in order; how it will be; what runs now; and what somebody else applies.

    `secrets`: what no manifest holds, and is to be made before.
    """

    apply: Sequence[Object]
    after: Mapping[ObjectId, Object]
    live: Live
    left: Mapping[ObjectId, str]
    namespace_is_new: bool
    secrets: Sequence[RandomSecret] = ()


def plan(cluster: Cluster, wanted: Sequence[Object]) -> Plan:
    """Find out what an apply would do. Raises Refusal, with every reason, for what would go wrong."""
    live = cluster.read(wanted)
    shared = [each for each in wanted if ObjectId.of(each).cluster_scoped]
    trial = cluster.try_apply(shared, live.objects)
    is_new = not any(key.kind == "Namespace" for key in live.objects)
    if not is_new:
        own = [each for each in wanted if not ObjectId.of(each).cluster_scoped]
        trial = _both(trial, cluster.try_apply(own, live.objects))
    left = _left_to_others(wanted, live, trial)
    secrets, unmade = _secrets(cluster, wanted)
    refuse({**trial.refused, **{key: why for key, why in trial.forbidden.items() if key not in left}, **unmade})
    return Plan(
        apply=[each for each in wanted if ObjectId.of(each) not in left],
        after=trial.accepted,
        live=live,
        left=left,
        namespace_is_new=is_new,
        secrets=secrets,
    )


def _secrets(cluster: Cluster, wanted: Sequence[Object]) -> tuple[list[RandomSecret], dict[ObjectId, str]]:
    """Return the Secrets that are to be made, and why others that the pods need cannot be."""
    missing: list[RandomSecret] = []
    unmade: dict[ObjectId, str] = {}
    for each in redis.secrets_of(wanted):
        match each.try_to_make(cluster.kubectl):
            case Made.NEW | Made.NO_NAMESPACE:
                missing.append(each)
            case Made.THERE:
                redis.warn_of_poor(cluster.kubectl, each)
            case Made.FORBIDDEN:
                if why := redis.why_not(cluster.kubectl, each):
                    unmade[each.key] = why
    return missing, unmade


def refuse(reasons: Mapping[ObjectId, str]) -> None:
    """Raise Refusal where there are reasons, with all of them."""
    if reasons:
        lines = "\n".join(f"  {key}: {why}" for key, why in reasons.items())
        raise Refusal(f"nothing was applied; the cluster refuses\n{lines}\n{_advice(reasons.values())}".rstrip())


def _left_to_others(wanted: Sequence[Object], live: Live, trial: Trial) -> dict[ObjectId, str]:
    """Return what this identity may not change and does not have to: it is as rendered, or cannot even be seen."""
    left: dict[ObjectId, str] = {}
    for item in wanted:
        key = ObjectId.of(item)
        if key not in trial.forbidden:
            continue
        if key in live.unseen:
            left[key] = "this identity may neither see nor change it; an administrator applies it"
        elif key in live.objects and _holds(live.objects[key], item):
            left[key] = "this identity may not change it; it is as it should be"
    return left


def _holds(live: object, wanted: object) -> bool:
    """Return whether everything that is rendered is there already; the API server may have added to it."""
    if isinstance(wanted, dict):
        there = mapping(live)
        return all(_holds(there.get(name), value) for name, value in mapping(cast("object", wanted)).items())
    if isinstance(wanted, list):
        ours, theirs = items(cast("object", wanted)), items(live)
        return len(ours) == len(theirs) and all(map(_holds, theirs, ours))
    return live == wanted


def _both(first: Trial, second: Trial) -> Trial:
    return Trial(
        accepted={**first.accepted, **second.accepted},
        refused={**first.refused, **second.refused},
        forbidden={**first.forbidden, **second.forbidden},
    )


def _advice(reasons: Iterable[str]) -> str:
    text = " ".join(reasons)
    hints: list[str] = []
    if "immutable" in text or "Forbidden: updates to" in text or "is invalid" in text:
        hints.append(
            "A field that cannot be changed needs a new object: give it a new name, or delete the old one yourself "
            "at a quiet time and apply again; docs/deployment.md says how."
        )
    if OUTDATED in text:
        hints.append("Somebody changed it while this was prepared: run the command again.")
    if "(Forbidden)" in text:
        hints.append("What you may not change, an administrator applies once, with this same command.")
    return "\n".join(hints)
