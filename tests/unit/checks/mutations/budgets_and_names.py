"""Budgets, names, rights and copies: what blocks a drain, and what an API server refuses to take."""

from tests.unit.checks.mutations.edits import Mutation, beside, both, doubled, drop, put

BUDGET = "PodDisruptionBudget/examxv2-backend"
WORKER = "Deployment/celery-worker-default"

MUTATIONS = [
    Mutation(
        "nobody may ever be evicted", "disruption-budget-allows-drain", "prod", put(BUDGET, "spec.maxUnavailable", 0)
    ),
    Mutation(
        "all must stay",
        "disruption-budget-allows-drain",
        "prod",
        both(drop(BUDGET, "spec.maxUnavailable"), put(BUDGET, "spec.minAvailable", "100%")),
    ),
    Mutation(
        "as many must stay as there are",
        "disruption-budget-allows-drain",
        "dev",
        both(drop(BUDGET, "spec.maxUnavailable"), put(BUDGET, "spec.minAvailable", 1)),
    ),
    Mutation(
        "a budget with both bounds", "disruption-budget-has-one-bound", "dev", put(BUDGET, "spec.minAvailable", 1)
    ),
    Mutation(
        "a budget for nobody",
        "disruption-budget-selects-pods",
        "prod",
        put(BUDGET, "spec.selector.matchLabels.app", "backend"),
    ),
    Mutation(
        "a budget that selects all", "disruption-budget-is-the-only-one", "prod", put(BUDGET, "spec.selector", {})
    ),
    Mutation(
        "two budgets for one pod",
        "disruption-budget-is-the-only-one",
        "prod",
        beside(
            """{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: everything},
            spec: {maxUnavailable: 1, selector: {matchLabels: {app.kubernetes.io/name: examxv2}}}}"""
        ),
    ),
    Mutation(
        "a budget of a version that is gone",
        "api-version-is-served",
        "dev",
        put(BUDGET, "apiVersion", "policy/v1beta1"),
    ),
    Mutation(
        "a workload of a group that is gone",
        "api-version-is-served",
        "dev",
        put(WORKER, "apiVersion", "extensions/v1beta1"),
    ),
    Mutation("a group with a typo", "kind-is-known", "dev", put(WORKER, "apiVersion", "app/v1")),
    Mutation("a kind in lower case", "kind-is-known", "dev", put(WORKER, "kind", "deployment")),
    Mutation(
        "a name in capitals", "name-is-valid", "dev", put("ConfigMap/redis-config", "metadata.name", "Redis-Config")
    ),
    Mutation(
        "a name with an underscore",
        "name-is-valid",
        "dev",
        put("ServiceAccount/dev-examxv2-sa", "metadata.name", "dev_examxv2_sa"),
    ),
    Mutation(
        "a Service's name that begins with a digit",
        "name-is-valid",
        "dev",
        put("Service/redis", "metadata.name", "1-redis"),
    ),
    Mutation(
        "a label that is a number", "label-is-valid", "dev", put(WORKER, "spec.template.metadata.labels.version", 2)
    ),
    Mutation("a label with a space", "label-is-valid", "dev", put(WORKER, "metadata.labels.team", "exam platform")),
    Mutation(
        "a label of more than 63 characters",
        "label-is-valid",
        "dev",
        put(WORKER, "metadata.labels.team", "examination-platform-" * 4),
    ),
    Mutation(
        "a label's key with two slashes",
        "label-is-valid",
        "dev",
        put(WORKER, "metadata.labels<examx.ai/team/lead>", "a"),
    ),
    Mutation(
        "a namespace that is not there",
        "autoscaler-target-exists",
        "prod",
        put(WORKER, "metadata.namespace", "examxv2-prod"),
    ),
    Mutation("the same object twice", "object-exists-once", "prod", doubled("Service/examxv2-backend-service")),
    Mutation(
        "rights out of a Role that is not there",
        "reference-leads-somewhere",
        "dev",
        put("RoleBinding/examxv2-deployer", "roleRef.name", "examxv2-deployers"),
    ),
    Mutation(
        "rights for an account that is not there",
        "reference-leads-somewhere",
        "dev",
        put(
            "RoleBinding/examxv2-observer",
            "subjects",
            [{"kind": "ServiceAccount", "name": "grafana-agent", "namespace": "dev-examxv2"}],
        ),
    ),
    Mutation(
        "a policy bound that is not there",
        "",
        "dev",
        put("ValidatingAdmissionPolicyBinding/dev-examxv2-deployer", "spec.policyName", "deployer"),
        missed="an administrator may apply the policy apart from its binding",
    ),
    Mutation(
        "two environments in one namespace",
        "object-exists-once",
        "dev+stg",
        put("Deployment/celery-beat@stg-*", "metadata.namespace", "dev-examxv2"),
    ),
    Mutation(
        "a default request above its limit",
        "limit-range-is-possible",
        "feature",
        put("LimitRange/examxv2", "spec.limits[0].defaultRequest.memory", "1Gi"),
    ),
]
