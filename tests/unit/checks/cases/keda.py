"""Cases of the rules on triggers, formulas and fallbacks of KEDA."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.autoscaling import TAKEOVER
from tests.unit.checks.support import Case, redis_scaler, scaler

CRON = "{type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: '2'}}"
CPU_TRIGGER = "{type: cpu, metricType: Utilization, metadata: {value: '70'}}"
QUEUE_TRIGGER = "{type: redis, metadata: {address: 'redis.dev:6379', listName: default}}"

CASES = [
    Case(
        "scaled-object-has-triggers",
        "none",
        [scaler(triggers="[]")],
        [
            "ScaledObject dev/web: spec.triggers is an empty list; allowed: at least one trigger; there is nothing to scale on"
        ],
    ),
    Case("scaled-object-has-triggers", "one", [scaler()]),
    Case(
        "trigger-names-are-unique",
        "one name twice",
        [scaler(triggers="[{type: cpu, name: a, metadata: {}}, {type: redis, name: a, metadata: {}}]")],
        [
            (
                'ScaledObject dev/web: spec.triggers[1].name is "a"; allowed: a name that no other trigger has; the formula finds'
                " triggers by name"
            )
        ],
    ),
    Case(
        "trigger-names-are-unique",
        "two names, two without",
        [scaler(triggers="[{name: a}, {name: b}, {type: cpu}, {type: cpu}]")],
    ),
    Case(
        "trigger-metadata-is-text",
        "a number",
        [redis_scaler("listName: default, listLength: 10")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.listLength is 10; allowed: a string: put it in quotes; the CRD"
                " refuses anything else"
            )
        ],
    ),
    Case("trigger-metadata-is-text", "a string", [redis_scaler("listName: default, listLength: '10'")]),
    Case(
        "resource-triggers-cannot-wake",
        "cpu alone from zero",
        [scaler(triggers=f"[{CPU_TRIGGER}]")],
        [
            (
                "ScaledObject dev/web: spec.minReplicaCount is missing; allowed: 1 or more; its cpu and memory triggers cannot be"
                " measured at zero replicas"
            )
        ],
    ),
    Case("resource-triggers-cannot-wake", "a queue beside it", [scaler(triggers=f"[{CPU_TRIGGER}, {QUEUE_TRIGGER}]")]),
    Case(
        "metric-type-fits-trigger",
        "each with the other's",
        [scaler(triggers="[{type: redis, metricType: Utilization}, {type: cpu, metricType: Value}]")],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metricType is "Utilization"; allowed: AverageValue or Value; a redis'
                " trigger has no request to be a share of"
            ),
            (
                'ScaledObject dev/web: spec.triggers[1].metricType is "Value"; allowed: Utilization or AverageValue; the cpu scaler'
                " knows no total"
            ),
        ],
    ),
    Case(
        "metric-type-fits-trigger",
        "each with its own",
        [scaler(triggers=f"[{CPU_TRIGGER}, {{type: redis, metricType: AverageValue}}]")],
    ),
    Case(
        "cached-metrics-fit-trigger",
        "cron",
        [scaler(triggers=f"[{CRON[:-1]}, useCachedMetrics: true}}]")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].useCachedMetrics is true; allowed: false, or leave it out; KEDA does not poll"
                " a cron trigger, so it caches nothing"
            )
        ],
    ),
    Case("cached-metrics-fit-trigger", "redis", [scaler(triggers=f"[{QUEUE_TRIGGER[:-1]}, useCachedMetrics: true}}]")]),
    Case(
        "scaled-object-name-is-short",
        "55 characters",
        [scaler("w" * 55)],
        [
            (
                f'ScaledObject dev/{"w" * 55}: metadata.name is "{"w" * 55}"; allowed: at most 54 characters; KEDA\'s HPA would be'
                " keda-hpa-<name>, 64 characters, and 63 is the most"
            )
        ],
    ),
    Case(
        "scaled-object-name-is-short", "54, or another name for the HPA", [scaler("w" * 54), scaler("w" * 60, TAKEOVER)]
    ),
]
