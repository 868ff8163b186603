"""Random ScaledObjects and what happens to them: polls, outages and questions of the HPA, with what the model does."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from examx_constructs.scaling.keda import Keda
from examx_constructs.scaling.policy import ExternalMetric, Fallback, FallbackBehavior, KedaPolicy, Trigger
from tests.unit.scaling.support import keda

STEPS = 60


@dataclass
class KedaHistory:
    """A policy, what KEDA is given at each step, and what the model does."""

    policy: KedaPolicy
    given: dict[str, Any]
    done: list[int] = field(default_factory=list[int])
    """The replicas after a poll, and what the HPA is told, in thousandths; -1 for an error."""


def keda_history(seed: int) -> KedaHistory:
    """All of it by this seed."""
    random = Random(seed)
    policy = _policy(random)
    made = KedaHistory(policy, _given(policy))
    # KEDA's timer is a little late each time.
    keda, now, replicas, late = Keda(policy), random.randrange(60) / 4, random.randint(0, 4), random.choice((0.0, 0.25))
    amounts: list[float | None] = [0.0 for _ in policy.triggers]
    for _ in range(STEPS):
        if random.random() < 0.2:
            # The HPA or a person changes it.
            replicas = random.randint(0, 9)
        if random.random() < 0.35:
            amounts = [random.choice((None, 0.0, 0.0, 1.0, 5.0, 7.0)) for _ in policy.triggers]
        step: dict[str, Any] = {"at": now, "replicas": replicas}

        def count(trigger: Trigger, seen: list[float | None] = amounts) -> float | None:
            return seen[policy.triggers.index(trigger)]

        if random.random() < 0.6:
            known = [(each, amount) for each, amount in zip(policy.triggers, amounts, strict=True)]
            step |= {
                "poll": True,
                "active": any(amount is not None and amount > each.activation for each, amount in known),
                "failed": None in amounts,
            }
            replicas = keda.poll(now, replicas, count)
            made.done.append(replicas)
        else:
            index = random.randrange(len(policy.triggers))
            metric, amount = policy.triggers[index].metric, amounts[index]
            step |= {
                "metric": f"s{index}",
                "failed": amount is None,
                "amount": int((amount or 0) * 1000),
                "target": metric.target,
                "average": metric.per_pod,
            }
            told = keda.told(index, replicas, count)
            made.done.append(-1 if told is None else told)
        made.given["steps"].append(step)
        now += random.choice((5.0, 15.0, 15.0, 30.0)) + late
    return made


def _policy(random: Random) -> KedaPolicy:
    triggers = (
        Trigger(ExternalMetric(random.choice((5_000, 2_500))), activation=random.choice((0.0, 5.0)), connects=False),
        Trigger(ExternalMetric(3_000, per_pod=random.random() < 0.5), activation=2.0, connects=False),
    )
    minimum = random.choice((0, 0, 1, 3))
    fallback = Fallback(random.randint(0, 3), random.choice((0, 2, 6)), random.choice(list(FallbackBehavior)))
    return keda(
        minimum,
        9,
        triggers=triggers[: random.randint(1, 2)],
        cooldown=random.choice((0, 30, 120)),
        initial_cooldown=random.choice((0, 60, 200)),
        idle=0 if minimum and random.random() < 0.4 else None,
        fallback=fallback if random.random() < 0.6 else None,
        paused_at=random.choice((0, 4)) if random.random() < 0.05 else None,
    )


def _given(policy: KedaPolicy) -> dict[str, Any]:
    """As the program reads it."""
    spec: dict[str, Any] = {
        "scaleTargetRef": {"name": "worker"},
        "minReplicaCount": policy.minimum,
        "maxReplicaCount": policy.hpa.maximum,
        "cooldownPeriod": policy.cooldown,
        "initialCooldownPeriod": policy.initial_cooldown,
        "triggers": [],
    }
    if policy.idle is not None:
        spec["idleReplicaCount"] = policy.idle
    if policy.fallback:
        spec["fallback"] = {
            "failureThreshold": policy.fallback.threshold,
            "replicas": policy.fallback.replicas,
            "behavior": policy.fallback.behavior.value,
        }
    paused = {} if policy.paused_at is None else {"autoscaling.keda.sh/paused-replicas": str(policy.paused_at)}
    return {"spec": spec, "annotations": paused, "steps": []}
