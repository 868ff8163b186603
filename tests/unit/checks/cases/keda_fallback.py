"""Cases of the rules on the fallback of a ScaledObject."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.cases.keda import CPU_TRIGGER, CRON
from tests.unit.checks.support import Case, Object, scaler

KEDA_2_18, KEDA_2_20 = Versions(keda="2.18"), Versions(keda="2.20")
FALLBACK = "fallback: {failureThreshold: 3, replicas: 2}"
ONE_VALUE = "[{type: redis, metricType: Value, metadata: {listName: a}}]"
NAMED_VALUE = "[{type: redis, name: a, metricType: Value, metadata: {listName: a}}]"
NONE_CAN = "no trigger of this ScaledObject can fall back"


def formula(target: str, more: str = "", fallback: str = FALLBACK) -> Object:
    """A ScaledObject with a formula over a trigger of type Value, and a fallback."""
    spec = f"advanced: {{scalingModifiers: {{formula: a * 2, target: '{target}'{more}}}}}\n{fallback}"
    return scaler(spec=spec, triggers=NAMED_VALUE)


def behaves(behavior: str, replicas: int = 2) -> str:
    """A fallback of this behavior."""
    return f"fallback: {{failureThreshold: 3, replicas: {replicas}, behavior: {behavior}}}"


CASES = [
    Case(
        "fallback-is-usable",
        "incomplete, and nothing can fall back",
        [scaler(spec="minReplicaCount: 1\nfallback: {failureThreshold: 3}", triggers=f"[{CPU_TRIGGER}]")],
        [
            (
                "ScaledObject dev/web: spec.fallback.replicas is missing; allowed: a whole number, 0 or more; a fallback needs both of"
                " its numbers"
            ),
            (
                "ScaledObject dev/web: spec.fallback is a mapping of 1 keys; allowed: a fallback beside a trigger of metricType"
                " AverageValue other than cpu and memory; no trigger of this ScaledObject can fall back"
            ),
        ],
    ),
    Case("fallback-is-usable", "a queue can", [scaler(spec="fallback: {failureThreshold: 3, replicas: 2}")]),
    Case(
        "fallback-is-usable",
        "of type Value, where only AverageValue can",
        [scaler(spec=FALLBACK, triggers=ONE_VALUE)],
        [
            f"ScaledObject dev/web: spec.fallback is a mapping of 2 keys; allowed: a fallback beside a trigger of metricType AverageValue other than cpu and memory; {NONE_CAN}"
        ],
    ),
    Case(
        "fallback-is-usable",
        "cpu alone, where any type can",
        [scaler(spec=FALLBACK, triggers=f"[{CPU_TRIGGER}]")],
        [
            f"ScaledObject dev/web: spec.fallback is a mapping of 2 keys; allowed: a fallback beside a trigger other than cpu and memory; {NONE_CAN}"
        ],
        KEDA_2_18,
    ),
    Case(
        "fallback-is-usable",
        "a formula of type Value",
        [formula("5", ", metricType: Value")],
        [
            'ScaledObject dev/web: spec.advanced.scalingModifiers.metricType is "Value"; allowed: AverageValue, or no fallback; the webhook of KEDA 2.17 refuses a fallback beside it'
        ],
    ),
    *(
        Case(
            "fallback-is-usable",
            f"a formula whose target is {target}, for {keda}",
            [formula(target)],
            [
                f'ScaledObject dev/web: spec.advanced.scalingModifiers.target is "{target}"; allowed: a whole number, in quotes, where there is a fallback; KEDA reads it as a whole number for the fallback, which otherwise never acts'
            ],
            Versions(keda=keda),
        )
        for target, keda in (("2.5", "2.17"), ("5.0", "2.17"), ("1e1", "2.20"), ("0.5", "2.21"))
    ),
    Case(
        "fallback-is-usable",
        "a formula over triggers of type Value",
        [formula("5"), formula("5", ", metricType: AverageValue")],
    ),
    Case(
        "fallback-is-usable",
        "a fraction, and no fallback",
        [formula("2.5", fallback="pollingInterval: 15"), formula("5", ", metricType: Value", "pollingInterval: 15")],
    ),
    Case(
        "fallback-is-usable",
        "of type Value, where it can",
        [scaler(spec=FALLBACK, triggers=ONE_VALUE), formula("5", ", metricType: Value")],
        versions=KEDA_2_18,
    ),
    Case(
        "fallback-is-usable",
        "one of several triggers can",
        [scaler(spec=FALLBACK, triggers=f"[{CPU_TRIGGER}, {ONE_VALUE[1:-1]}, {CRON}]")],
    ),
    *(
        Case(
            "fallback-target-is-whole",
            f"a target of {threshold}",
            [
                scaler(
                    spec=FALLBACK,
                    triggers=f"[{{type: prometheus, metadata: {{threshold: '{threshold}', activationThreshold: '0.5'}}}}]",
                )
            ],
            [
                f'ScaledObject dev/web: spec.triggers[0].metadata.threshold is "{threshold}"; allowed: a whole number where there is a fallback, or KEDA 2.18; KEDA cuts the fraction off for the fallback, which then has fewer replicas than it says'
            ],
        )
        for threshold in ("0.5", "2.5", ".25")
    ),
    Case(
        "fallback-target-is-whole",
        "whole",
        [
            scaler(
                spec=FALLBACK,
                triggers="[{type: prometheus, metadata: {threshold: '5', activationThreshold: '0.5'}}, {type: prometheus, metadata: {threshold: '5.0'}}]",
            )
        ],
    ),
    Case(
        "fallback-target-is-whole",
        "no fallback, or not of this metric",
        [
            scaler(triggers="[{type: prometheus, metadata: {threshold: '0.5'}}]"),
            scaler(spec=FALLBACK, triggers="[{type: prometheus, metricType: Value, metadata: {threshold: '0.5'}}]"),
        ],
    ),
    Case(
        "fallback-target-is-whole",
        "a later version",
        [scaler(spec=FALLBACK, triggers="[{type: prometheus, metadata: {threshold: '0.5'}}]")],
        versions=KEDA_2_18,
    ),
    Case(
        "fallback-is-within-maximum",
        "above it",
        [
            scaler(spec="maxReplicaCount: 5\nfallback: {failureThreshold: 3, replicas: 8}"),
            scaler("api", "fallback: {failureThreshold: 3, replicas: 101}"),
        ],
        [
            "ScaledObject dev/web: spec.fallback.replicas is 8; allowed: at most spec.maxReplicaCount, 5; the HPA never has more than that",
            "ScaledObject dev/api: spec.fallback.replicas is 101; allowed: at most spec.maxReplicaCount, 100; the HPA never has more than that",
        ],
    ),
    Case(
        "fallback-is-within-maximum",
        "above it, where it is a floor",
        [scaler(spec=f"maxReplicaCount: 5\n{behaves('currentReplicasIfHigher', 6)}")],
        [
            "ScaledObject dev/web: spec.fallback.replicas is 6; allowed: at most spec.maxReplicaCount, 5; the HPA never has more than that"
        ],
    ),
    Case(
        "fallback-is-within-maximum",
        "all of it, and not counted",
        [
            scaler(spec="maxReplicaCount: 5\nfallback: {failureThreshold: 3, replicas: 5}"),
            scaler(spec=f"maxReplicaCount: 5\n{behaves('currentReplicas', 6)}"),
        ],
    ),
    Case(
        "fallback-behavior-is-known",
        "no such behavior",
        [scaler(spec=behaves("keep"))],
        [
            'ScaledObject dev/web: spec.fallback.behavior is "keep"; allowed: one of static, currentReplicas, currentReplicasIfHigher, currentReplicasIfLower; the CRD refuses anything else'
        ],
    ),
    Case(
        "fallback-behavior-is-known",
        "of a later version",
        [formula("5", fallback=behaves("scalingModifiers"))],
        [
            'ScaledObject dev/web: spec.fallback.behavior is "scalingModifiers"; allowed: one of static, currentReplicas, currentReplicasIfHigher, currentReplicasIfLower; the CRD refuses anything else'
        ],
    ),
    Case(
        "fallback-behavior-is-known",
        "of a formula that is not there",
        [scaler(spec=behaves("scalingModifiers"))],
        [
            'ScaledObject dev/web: spec.fallback.behavior is "scalingModifiers"; allowed: a formula beside it, or another behavior; KEDA\'s webhook refuses it without one'
        ],
        KEDA_2_20,
    ),
    Case(
        "fallback-behavior-is-known",
        "each that there is",
        [
            scaler(spec=behaves(each))
            for each in ("static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower")
        ],
    ),
    Case(
        "fallback-behavior-is-known",
        "that of a formula",
        [formula("5", fallback=behaves("scalingModifiers"))],
        versions=KEDA_2_20,
    ),
]
