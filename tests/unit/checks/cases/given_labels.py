"""Cases of labels that controllers give to pods, and of what is not in the given manifests."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

NAMESPACE = obj("Namespace", "dev")
ALLOWED = "allowed: labels that a workload of the namespace gives its pods; no pod has them"
GONE = "so the Service has no endpoints"


def service(selector: str, name: str = "svc", **more: str) -> Object:
    return obj("Service", name, f"selector: {{{selector}}}\nports: [{{port: 80}}]", **more)


def policy(selector: str, name: str = "p", **more: str) -> Object:
    return obj("NetworkPolicy", name, f"podSelector: {selector}\npolicyTypes: [Ingress]", **more)


CASES = [
    Case(
        "service-selects-pods",
        "labels of controllers: StatefulSet, Job, CronJob, DaemonSet, ReplicaSet",
        [
            workload("redis", kind="StatefulSet"),
            workload("train", kind="Job"),
            workload("nightly", kind="CronJob"),
            workload("agent", kind="DaemonSet"),
            workload("web"),
            service("app: redis, statefulset.kubernetes.io/pod-name: redis-2", "one"),
            service("app: redis, apps.kubernetes.io/pod-index: '0'", "two"),
            service("job-name: train", "three"),
            service("batch.kubernetes.io/job-name: train", "four"),
            service("batch.kubernetes.io/job-name: nightly-29012345", "five"),
            service("app: agent, pod-template-generation: '3'", "six"),
            service("app: web, pod-template-hash: 6c5f8d7b9", "seven"),
            service("app: web, topology.kubernetes.io/zone: eu-west-1a", "eight"),
        ],
    ),
    Case(
        "service-selects-pods",
        "of another StatefulSet, of a Job that is not there, no ordinal",
        [
            NAMESPACE,
            workload("redis", kind="StatefulSet"),
            workload("train", kind="Job"),
            service("statefulset.kubernetes.io/pod-name: reddis-0", "one"),
            service("job-name: trainer", "two"),
            service("app: redis, apps.kubernetes.io/pod-index: first", "three"),
            service("app: redis, statefulset.kubernetes.io/pod-name: redis", "four"),
        ],
        [
            f"Service dev/one: spec.selector is statefulset.kubernetes.io/pod-name=reddis-0; {ALLOWED}, {GONE}",
            f"Service dev/two: spec.selector is job-name=trainer; {ALLOWED}, {GONE}",
            f"Service dev/three: spec.selector is app=redis,apps.kubernetes.io/pod-index=first; {ALLOWED}, {GONE}",
            f"Service dev/four: spec.selector is app=redis,statefulset.kubernetes.io/pod-name=redis; {ALLOWED}, {GONE}",
        ],
    ),
    Case(
        "service-selects-pods",
        "pods of the cluster, of an operator, of nobody; a name outside of the cluster; a placeholder",
        [
            workload("own", namespace="kube-system"),
            service("component: kube-scheduler", "one", namespace="kube-system"),
            workload(),
            obj("Service", "two", "ports: [{port: 80}]"),
            obj("Service", "three", "type: ExternalName\nexternalName: db.example.com\nselector: {app: gone}"),
            service("app: '${APP}'", "four"),
            workload(namespace="ops"),
            obj("HelmRelease", "grafana", "chart: {}", namespace="ops") | {"apiVersion": "helm.toolkit.fluxcd.io/v2"},
            service("app: grafana", "five", namespace="ops"),
        ],
    ),
    Case(
        "service-selects-pods",
        "a label that something may set, a slip in a key",
        [
            workload("db", kind="StatefulSet"),
            service("app: db, shard: a", "shard"),
            service("ap: db", "db"),
        ],
        [
            f"Service dev/shard: spec.selector is app=db,shard=a; {ALLOWED} all, {GONE}, unless something adds shard to pods as they run",
            f"Service dev/db: spec.selector is ap=db; {ALLOWED}, {GONE}",
        ],
    ),
    Case(
        "service-selects-pods",
        "what a pod is at the moment",
        [
            workload("db", kind="StatefulSet"),
            service("app: db, role: master", "one"),
            service("app: db, vault-active: 'true'", "two"),
            service("app: db, cnpg.io/instanceRole: primary", "three"),
        ],
    ),
    Case(
        "network-policy-selects-pods",
        "what a pod is at the moment",
        [workload("db", kind="StatefulSet"), policy("{matchLabels: {app: db, spilo-role: master}}")],
    ),
    Case(
        "disruption-budget-selects-pods",
        "what a pod is at the moment",
        [
            workload("db", kind="StatefulSet"),
            obj("PodDisruptionBudget", "p", "selector: {matchLabels: {app: db, spilo-role: master}}\nminAvailable: 1"),
        ],
    ),
    Case(
        "network-policy-selects-pods",
        "a label of the StatefulSet controller, pods of kube-system, expressions",
        [
            workload("redis", kind="StatefulSet"),
            policy("{matchLabels: {app: redis, apps.kubernetes.io/pod-index: '0'}}", "one"),
            policy(
                "{matchExpressions: [{key: statefulset.kubernetes.io/pod-name, operator: In, values: [redis-0]}]}",
                "two",
            ),
            policy("{matchExpressions: [{key: controller-revision-hash, operator: Exists}]}", "three"),
            policy("{matchExpressions: [{key: role, operator: DoesNotExist}]}", "four"),
            workload("own", namespace="kube-system"),
            policy("{matchLabels: {k8s-app: kube-dns}}", "five", namespace="kube-system"),
        ],
    ),
    Case(
        "network-policy-selects-pods",
        "an index that is none, a hash where there is none",
        [
            NAMESPACE,
            workload("redis", kind="StatefulSet"),
            policy("{matchLabels: {apps.kubernetes.io/pod-index: redis-0}}", "one"),
            policy("{matchExpressions: [{key: controller-revision-hash, operator: DoesNotExist}]}", "two"),
            policy("{matchLabels: {app: redis, pod-template-hash: abc}}", "three"),
        ],
        [
            f"NetworkPolicy dev/{name}: spec.podSelector is {selector}; allowed: an empty selector, or labels of a workload of the namespace; no pod has them, so the policy does nothing"
            for name, selector in (
                ("one", "apps.kubernetes.io/pod-index=redis-0"),
                ("two", "controller-revision-hash DoesNotExist"),
                ("three", "app=redis,pod-template-hash=abc"),
            )
        ],
    ),
    Case(
        "label-is-valid",
        "a null, what is filled in later",
        [
            obj("ConfigMap", "web", labels="{app.kubernetes.io/version: , app: '${APP}', team: '{{ .Values.team }}'}"),
        ],
    ),
    Case(
        "label-is-valid",
        "a number where a Service chooses",
        [service("version: 2")],
        [
            "Service dev/svc: spec.selector.version is 2; allowed: a string: put it in quotes; labels map strings to strings",
        ],
    ),
    Case("annotation-is-valid", "a null", [obj("ConfigMap", "web", annotations="{note: , other: ''}")]),
    Case(
        "name-is-valid",
        "names that are filled in later",
        [
            obj("ConfigMap", name)
            for name in ("${APP}-env", "{{ .Release.Name }}-env", "<your-app>", "$APP", "__NAME__", "YOUR_APP_NAME")
        ],
    ),
]
