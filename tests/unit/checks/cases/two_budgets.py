"""Cases of pods under more than one disruption budget, and of budgets for labels that controllers add."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

REFUSED = "the eviction API refuses pods of two budgets, and no node with one could be drained"


def budget(name: str, selector: str, **more: str) -> Object:
    return obj("PodDisruptionBudget", name, f"selector: {selector}\nmaxUnavailable: 1", **more)


def second(name: str, value: str, why: str) -> str:
    return f"PodDisruptionBudget dev/{name}: spec.selector is {value}; allowed: labels of pods that no other budget selects; {why}; {REFUSED}"


BOTH = "PodDisruptionBudget dev/a selects those of Deployment dev/web too"

CASES = [
    Case(
        "disruption-budget-is-the-only-one",
        "the same labels twice",
        [workload(), budget("a", "{matchLabels: {app: web}}"), budget("b", "{matchLabels: {app: web}}")],
        [second("b", "app=web", BOTH)],
    ),
    Case(
        "disruption-budget-is-the-only-one",
        "two workloads",
        [
            workload(),
            workload("api"),
            budget("a", "{matchLabels: {app: web}}"),
            budget("b", "{matchLabels: {app: api}}"),
        ],
    ),
    Case(
        "disruption-budget-is-the-only-one",
        "every pod, an expression, an index of a StatefulSet",
        [
            workload(),
            budget("a", "{}"),
            budget("b", "{matchExpressions: [{key: app, operator: In, values: [web, api]}]}"),
            workload("redis", kind="StatefulSet", namespace="data"),
            budget("all", "{matchLabels: {app: redis}}", namespace="data"),
            budget("one", "{matchLabels: {apps.kubernetes.io/pod-index: '0'}}", namespace="data"),
        ],
        [
            second("b", "app In (web,api)", BOTH),
            second(
                "one",
                "apps.kubernetes.io/pod-index=0",
                "PodDisruptionBudget data/all selects those of StatefulSet data/redis too",
            ).replace("dev/one", "data/one"),
        ],
    ),
    Case(
        "disruption-budget-is-the-only-one",
        "of pods that stand elsewhere",
        [budget("a", "{matchLabels: {app: gone}}"), budget("b", "{matchLabels: {app: gone}}")],
        [second("b", "app=gone", "PodDisruptionBudget dev/a has the same selector")],
    ),
    Case(
        "disruption-budget-is-the-only-one",
        "another namespace, no selector, two indices, other values",
        [
            workload(),
            workload("redis", kind="StatefulSet"),
            budget("a", "{matchLabels: {app: web}}"),
            budget("b", "{matchLabels: {app: web}}", namespace="stg"),
            obj("PodDisruptionBudget", "c", "maxUnavailable: 1"),
            obj("PodDisruptionBudget", "d", "maxUnavailable: 1"),
            budget("e", "{matchLabels: {app: redis, apps.kubernetes.io/pod-index: '0'}}"),
            budget("f", "{matchLabels: {app: redis, apps.kubernetes.io/pod-index: '1'}}"),
            budget("g", "{matchExpressions: [{key: app, operator: NotIn, values: [web, redis]}]}"),
        ],
    ),
    Case(
        "disruption-budget-selects-pods",
        "a label that a controller adds, pods of the cluster, a placeholder",
        [
            workload("redis", kind="StatefulSet"),
            budget("a", "{matchLabels: {app: redis, apps.kubernetes.io/pod-index: '0'}}"),
            budget("b", "{matchLabels: {app: '${APP}'}}"),
            workload("own", namespace="kube-system"),
            budget("c", "{matchLabels: {k8s-app: kube-dns}}", namespace="kube-system"),
        ],
    ),
]
