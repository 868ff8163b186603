"""Cases of the rules on scalingModifiers."""
# ruff: noqa: E501 - messages and YAML are quoted whole

import json

from tests.unit.checks.cases.keda import CPU_TRIGGER
from tests.unit.checks.support import Case, Object, scaler

FORMULA = "ScaledObject dev/web: spec.advanced.scalingModifiers.formula"
COMPILED = "KEDA's webhook cannot compile the formula"
TRIGGERS = "[{type: redis, name: pending}, {type: prometheus, name: active}, {type: cpu, name: load}]"


def formula(text: str, triggers: str = TRIGGERS, target: str = "5") -> Object:
    """A ScaledObject with a formula."""
    return scaler(
        spec=f"advanced: {{scalingModifiers: {{formula: {json.dumps(text)}, target: '{target}'}}}}", triggers=triggers
    )


CASES = [
    Case(
        "scaling-modifiers-are-complete",
        "a formula without a target",
        [scaler(spec="advanced: {scalingModifiers: {formula: a + b}}")],
        [
            (
                "ScaledObject dev/web: spec.advanced.scalingModifiers.target is missing; allowed: a value; formula and target only"
                " work together"
            )
        ],
    ),
    Case(
        "scaling-modifiers-are-complete",
        "both",
        [scaler(spec="advanced: {scalingModifiers: {formula: a + b, target: '5'}}")],
    ),
    *(
        Case(
            "scaling-modifiers-are-complete",
            f"a target of {target}",
            [formula("pending", target=target)],
            [
                f'ScaledObject dev/web: spec.advanced.scalingModifiers.target is "{target}"; allowed: a number above 0, in quotes; KEDA refuses any other'
            ],
        )
        for target in ("0", "-1", "five", "5%")
    ),
    Case(
        "scaling-modifiers-are-complete",
        "fractions, and what is filled in later",
        [formula("pending", target="2.5"), formula("pending", target="${TARGET}")],
    ),
    Case(
        "formula-names-triggers",
        "an unknown name",
        [formula("pending + backlog")],
        [f"{FORMULA} is backlog; allowed: names of its triggers; it has active, pending; {COMPILED}"],
    ),
    Case(
        "formula-names-triggers",
        "a slip of the hand",
        [formula("max([pendng, active])")],
        [f"{FORMULA} is pendng; allowed: pending, most likely; {COMPILED}"],
    ),
    Case(
        "formula-names-triggers",
        "a hyphen, which is a minus",
        [formula("my-queue * 2", "[{type: redis, name: my-queue}]")],
        [
            f"{FORMULA} is my; allowed: names of its triggers; it has my-queue; {COMPILED}",
            f"{FORMULA} is queue; allowed: names of its triggers; it has my-queue; {COMPILED}",
        ],
    ),
    Case(
        "formula-names-triggers",
        "the name of a cpu trigger",
        [formula("pending + load")],
        [
            f"{FORMULA} is load; allowed: names of its triggers; it has active, pending; cpu and memory are metrics of their own beside it, and KEDA's webhook cannot compile it"
        ],
    ),
    Case(
        "formula-names-triggers",
        "triggers without names",
        [formula("redis + 1", "[{type: redis}]")],
        [f"{FORMULA} is redis; allowed: names of its triggers; none of it has a name; {COMPILED}"],
    ),
    *(
        Case("formula-names-triggers", text, [formula(text)])
        for text in (
            "pending + active",
            "pending > 5 ? pending : active * 1.5e3",
            "max(pending, active) + 0x10",
            "float(max([pending, active]) ?? 2)",
            "let both = pending + active; both > 10 ? both : 0",
            "if pending > 1 { active } else { pending }",
            "not (pending == nil) and active in [1, 2] or true ? 1 : 0",
            "count([pending, active], {# > 1 && .5 < #acc}) + len('a name')",
            'sum([pending, active]) /* of both */ + len("other\\" name") + len(`raw`) // and more',
            "[pending, active] | filter(# > 1) | len()",
            "$env.pending + get($env, 'active')",
            "{a: pending, b: active}.a",
            "${FORMULA}",
        )
    ),
    Case(
        "formula-counts-all-triggers",
        "one without a name",
        [formula("a * 2", f"[{{type: redis, name: a}}, {{type: rabbitmq}}, {CPU_TRIGGER}]")],
        [
            "ScaledObject dev/web: spec.triggers[1].name is missing; allowed: a name that the formula uses; the one metric of the ScaledObject is what the formula makes of named triggers"
        ],
    ),
    Case(
        "formula-counts-all-triggers",
        "names, cpu without one, and no formula",
        [formula("a * 2", f"[{{type: redis, name: a}}, {CPU_TRIGGER}]"), scaler()],
    ),
]
