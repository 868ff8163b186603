"""Cases of the rules on disruption budgets and updates."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, hpa, obj, workload

BUDGET = "selector: {matchLabels: {app: web}}"

CASES = [
    Case(
        "disruption-budget-allows-drain",
        "none may go",
        [
            workload(),
            obj("PodDisruptionBudget", "a", f"{BUDGET}\nmaxUnavailable: 0%"),
            obj("PodDisruptionBudget", "b", f"{BUDGET}\nminAvailable: 100%"),
            obj("PodDisruptionBudget", "c", f"{BUDGET}\nminAvailable: 1"),
            obj("PodDisruptionBudget", "d", f"{BUDGET}\nminAvailable: 50%"),
        ],
        [
            (
                'PodDisruptionBudget dev/a: spec.maxUnavailable is "0%"; allowed: 1 or more; a node with one of these pods could never be'
                " drained"
            ),
            *(
                f"PodDisruptionBudget dev/{name}: spec.minAvailable is {value}; allowed: fewer than the pods that run; 1 is the fewest that"
                " run; better, maxUnavailable: 1; no node could be drained"
                for name, value in (("b", '"100%"'), ("c", "1"), ("d", '"50%"'))
            ),
        ],
    ),
    Case(
        "disruption-budget-allows-drain",
        "the autoscaler's minimum",
        [
            workload(),
            hpa(spec="minReplicas: 2\nmaxReplicas: 9"),
            obj("PodDisruptionBudget", "web", f"{BUDGET}\nminAvailable: 2"),
        ],
        [
            (
                "PodDisruptionBudget dev/web: spec.minAvailable is 2; allowed: fewer than the pods that run; 2 is the fewest that run; better,"
                " maxUnavailable: 1; no node could be drained"
            )
        ],
    ),
    Case(
        "disruption-budget-allows-drain",
        "one may go",
        [
            workload(spec="replicas: 3"),
            obj("PodDisruptionBudget", "a", f"{BUDGET}\nmaxUnavailable: 1"),
            obj("PodDisruptionBudget", "b", f"{BUDGET}\nminAvailable: 2"),
            obj("PodDisruptionBudget", "c", f"{BUDGET}\nminAvailable: 50%"),
            obj("PodDisruptionBudget", "d", "selector: {matchLabels: {app: elsewhere}}\nminAvailable: 3"),
            workload("agent", kind="DaemonSet"),
            obj("PodDisruptionBudget", "e", "selector: {matchLabels: {app: agent}}\nminAvailable: 1"),
        ],
    ),
    Case(
        "disruption-budget-has-one-bound",
        "both",
        [obj("PodDisruptionBudget", "web", f"{BUDGET}\nminAvailable: 1\nmaxUnavailable: 1")],
        [
            "PodDisruptionBudget dev/web: spec.minAvailable is 1; allowed: nothing beside maxUnavailable; the two exclude each other"
        ],
    ),
    Case("disruption-budget-has-one-bound", "one", [obj("PodDisruptionBudget", "web", f"{BUDGET}\nmaxUnavailable: 1")]),
    Case(
        "disruption-budget-selects-pods",
        "no pod",
        [
            workload(),
            obj(
                "PodDisruptionBudget",
                "web",
                "selector: {matchLabels: {app: wbe}, matchExpressions: [{key: tier, operator: In, values: [a, b]}]}",
            ),
        ],
        [
            (
                "PodDisruptionBudget dev/web: spec.selector is app=wbe,tier In (a,b); allowed: labels of a workload of the namespace; no pod"
                " has them, so the budget protects nothing"
            )
        ],
    ),
    Case(
        "disruption-budget-selects-pods",
        "a pod by every operator, all pods, and no workloads to see",
        [
            workload(),
            obj(
                "PodDisruptionBudget",
                "web",
                "selector: {matchExpressions: [{key: app, operator: In, values: [web]}, {key: app, operator: Exists},"
                " {key: app, operator: NotIn, values: [x]}, {key: x, operator: DoesNotExist}]}",
            ),
            obj("PodDisruptionBudget", "all", "selector: {}"),
            obj("PodDisruptionBudget", "elsewhere", "selector: {matchLabels: {app: x}}", namespace="stg"),
        ],
    ),
    Case(
        "rollout-can-move",
        "neither out nor in",
        [
            workload(spec="strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 0%}}"),
            workload("agent", kind="DaemonSet", spec="updateStrategy: {rollingUpdate: {maxUnavailable: 0}}"),
        ],
        [
            (
                'Deployment dev/web: spec.strategy.rollingUpdate.maxSurge is "0%"; allowed: 1 or more, beside maxUnavailable 0; no pod may'
                " go and none may come: no rollout ever ends"
            ),
            (
                "DaemonSet dev/agent: spec.updateStrategy.rollingUpdate.maxSurge is missing; allowed: 1 or more, beside maxUnavailable 0; no"
                " pod may go and none may come: no rollout ever ends"
            ),
        ],
    ),
    Case(
        "rollout-can-move",
        "in first",
        [workload(spec="strategy: {rollingUpdate: {maxUnavailable: 0}}"), workload("plain")],
    ),
]
