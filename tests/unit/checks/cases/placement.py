"""Cases of the rules on spread constraints and affinities."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import IN_POD, Case, Object, obj, workload

NAMESPACE = obj("Namespace", "dev")
AFFINITY = f"{IN_POD}.affinity"
TERM = "requiredDuringSchedulingIgnoredDuringExecution"
ALLOWED = "labels of a workload of the namespace"


def spread(selector: str, **more: str) -> Object:
    given = f", labelSelector: {selector}" if selector else ""
    return workload(
        pod=f"topologySpreadConstraints: [{{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule{given}}}]",
        **more,
    )


def near(kind: str, selector: str, more: str = "") -> Object:
    return workload(pod=f"affinity: {{{kind}: {{{TERM}: [{{topologyKey: zone, labelSelector: {selector}{more}}}]}}}}")


CASES = [
    Case(
        "spread-constraint-selects-own-pods",
        "labels of no pod",
        [spread("{matchLabels: {app: wbe}}")],
        [
            f"{IN_POD}.topologySpreadConstraints[0].labelSelector is app=wbe; allowed: labels of the pod itself: app=web; it counts no pod, and spreads nothing"
        ],
    ),
    Case("spread-constraint-selects-own-pods", "its own labels", [spread("{matchLabels: {app: web}}")]),
    Case(
        "spread-constraint-selects-own-pods",
        "no selector, those of another workload, a label that its own lack",
        [
            spread(""),
            workload("api", pod="topologySpreadConstraints: [{labelSelector: {matchLabels: {app: web}}}]"),
            workload(
                "job",
                kind="CronJob",
                pod="topologySpreadConstraints: [{labelSelector: {matchLabels: {app: job, tier: x}}}]",
            ),
        ],
        [
            f"{IN_POD}.topologySpreadConstraints[0].labelSelector is missing; allowed: labels of the pod itself; a constraint without one matches no pod, and spreads nothing",
            "Deployment dev/api: spec.template.spec.topologySpreadConstraints[0].labelSelector is app=web; allowed: labels of the pod itself: app=api; it counts other pods, and its own are not spread",
            "CronJob dev/job: spec.jobTemplate.spec.template.spec.topologySpreadConstraints[0].labelSelector is app=job,tier=x; allowed: labels of the pod itself: app=job; it counts no pod, and spreads nothing",
        ],
    ),
    Case(
        "spread-constraint-selects-own-pods",
        "every pod, expressions, labels of controllers, a placeholder",
        [
            spread("{}"),
            spread("{matchExpressions: [{key: app, operator: In, values: [web, api]}]}", kind="StatefulSet"),
            workload(
                "train",
                kind="Job",
                pod="topologySpreadConstraints: [{labelSelector: {matchLabels: {job-name: train}}}]",
            ),
            workload(
                "hash",
                pod="topologySpreadConstraints: [{labelSelector: {matchExpressions: [{key: pod-template-hash, operator: Exists}]}}]",
            ),
            workload("later", pod="topologySpreadConstraints: [{labelSelector: {matchLabels: {app: '${APP}'}}}]"),
        ],
    ),
    Case(
        "affinity-selects-pods",
        "near to nobody",
        [NAMESPACE, near("podAffinity", "{matchLabels: {app: cache}}")],
        [
            f"{AFFINITY}.podAffinity.{TERM}[0].labelSelector is app=cache; allowed: {ALLOWED}; no pod has them, and this one waits for a place for ever"
        ],
    ),
    Case(
        "affinity-selects-pods",
        "near to a cache",
        [NAMESPACE, near("podAffinity", "{matchLabels: {app: cache}}"), workload("cache")],
    ),
    Case(
        "affinity-selects-pods",
        "apart from nobody, preferred too",
        [
            near("podAntiAffinity", "{matchExpressions: [{key: app, operator: In, values: [wbe]}]}"),
            workload(
                "api",
                pod="affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {labelSelector: {matchLabels: {app: ipa}}}}]}}",
            ),
        ],
        [
            f"{AFFINITY}.podAntiAffinity.{TERM}[0].labelSelector is app In (wbe); allowed: {ALLOWED}; no pod has them, so it keeps apart from nothing",
            f"Deployment dev/api: spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector is app=ipa; allowed: {ALLOWED}; no pod has them, so it changes nothing",
        ],
    ),
    Case(
        "affinity-selects-pods",
        "itself, other namespaces, nodes, pods of an operator",
        [
            NAMESPACE,
            near("podAntiAffinity", "{matchLabels: {app: web}}"),
            near("podAffinity", "{matchLabels: {app: gone}}", ", namespaces: [stg]"),
            near("podAffinity", "{matchLabels: {app: gone}}", ", namespaceSelector: {}"),
            near("podAntiAffinity", "{}"),
            workload("a", pod=f"affinity: {{nodeAffinity: {{{TERM}: {{nodeSelectorTerms: []}}}}}}"),
            workload(
                "b",
                namespace="ops",
                pod=f"affinity: {{podAffinity: {{{TERM}: [{{labelSelector: {{matchLabels: {{app: db}}}}}}]}}}}",
            ),
            obj("Cluster", "db", "instances: 1", namespace="ops") | {"apiVersion": "postgresql.cnpg.io/v1"},
        ],
    ),
]
