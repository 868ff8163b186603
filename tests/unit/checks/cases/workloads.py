"""Cases of the rules on the inside of workloads."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, workload

CASES = [
    Case(
        "selector-matches-own-pods",
        "another label",
        [workload(spec="selector: {matchLabels: {app: website}}")],
        [
            (
                "Deployment dev/web: spec.selector is app=website; allowed: labels that spec.template.metadata.labels has; the workload would"
                " not find its own pods"
            )
        ],
    ),
    Case(
        "selector-matches-own-pods",
        "an operator that does not exist",
        [workload(spec="selector: {matchExpressions: [{key: app, operator: Is}]}")],
        [
            (
                "Deployment dev/web: spec.selector is app Is; allowed: labels that spec.template.metadata.labels has; the workload would not"
                " find its own pods"
            )
        ],
    ),
    Case("selector-matches-own-pods", "its own", [workload(), workload("agent", kind="DaemonSet")]),
    Case(
        "selector-matches-no-other-pods",
        "a StatefulSet of the same label",
        [
            workload("redis", spec="selector: {matchExpressions: [{key: app, operator: Exists}]}"),
            workload("cache", kind="StatefulSet"),
        ],
        [
            (
                "Deployment dev/redis: spec.selector is app Exists; allowed: labels that no other workload of the namespace gives its pods;"
                " StatefulSet dev/cache has them too, so each would count the other's pods"
            )
        ],
    ),
    Case(
        "selector-matches-no-other-pods",
        "other labels, another namespace, a Job, a ReplicaSet of its own",
        [
            workload("web"),
            workload("worker"),
            workload("web", namespace="stg"),
            workload("web", kind="Job"),
            workload("web", kind="ReplicaSet"),
        ],
    ),
    Case(
        "container-names-are-unique",
        "an init container of the same name",
        [workload(pod="initContainers: [{name: app}]")],
        [
            (
                f'{IN_POD}.initContainers[0].name is "app"; allowed: a name that no other container of the pod has;'
                " spec.template.spec.containers[0].name has it already"
            )
        ],
    ),
    Case("container-names-are-unique", "two names", [workload(pod="initContainers: [{name: init}]")]),
    Case(
        "volume-names-are-unique",
        "twice",
        [workload(pod="volumes: [{name: tmp, emptyDir: {}}, {name: tmp, emptyDir: {}}]")],
        [
            (
                f'{IN_POD}.volumes[1].name is "tmp"; allowed: a name that no other volume has; spec.template.spec.volumes[0].name has it'
                " already"
            )
        ],
    ),
    Case("volume-names-are-unique", "two names", [workload(pod="volumes: [{name: a}, {name: b}]")]),
    Case(
        "variables-are-unique",
        "twice",
        [workload(container="env: [{name: A, value: '1'}, {name: A, value: '2'}]")],
        [
            f'{APP}.env[1].name is "A"; allowed: a variable that is set once; spec.template.spec.containers[0].env[0].name has it already'
        ],
    ),
    Case("variables-are-unique", "two variables", [workload(container="env: [{name: A}, {name: B}]")]),
    Case(
        "mount-paths-are-unique",
        "twice",
        [workload(container="volumeMounts: [{name: a, mountPath: /tmp}, {name: b, mountPath: /tmp}]")],
        [
            (
                f'{APP}.volumeMounts[1].mountPath is "/tmp"; allowed: a path where nothing else is mounted;'
                " spec.template.spec.containers[0].volumeMounts[0].mountPath has it already"
            )
        ],
    ),
    Case(
        "mount-paths-are-unique", "two paths", [workload(container="volumeMounts: [{mountPath: /a}, {mountPath: /b}]")]
    ),
]
