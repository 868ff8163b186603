"""Cases of the rules on autoscalers, of HPA and KEDA alike."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.support import Case, Object, hpa, obj, scaler, workload

TAKEOVER = "advanced: {horizontalPodAutoscalerConfig: {name: web}}"
TRANSFER = "{scaledobject.keda.sh/transfer-hpa-ownership: 'true'}"

EXTERNAL = "maxReplicas: 3\nmetrics: [{type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: 5}}}]"


def custom(version: str) -> Object:
    """An HPA on a custom resource."""
    return obj(
        "HorizontalPodAutoscaler",
        version[0],
        f"maxReplicas: 3\nscaleTargetRef: {{apiVersion: {version}, kind: Rollout, name: web}}",
    )


def unversioned(target: str) -> Object:
    """An HPA on this target."""
    return obj("HorizontalPodAutoscaler", "web", f"maxReplicas: 3\nscaleTargetRef: {target}")


CASES = [
    Case(
        "one-autoscaler-per-target",
        "an HPA and a ScaledObject",
        [workload(), hpa(), scaler("web-scaler")],
        [
            (
                'ScaledObject dev/web-scaler: spec.scaleTargetRef.name is "web"; allowed: a target that no other autoscaler has;'
                " HorizontalPodAutoscaler dev/web scales Deployment web already; two autoscalers of one workload undo each"
                " other's work"
            )
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "two HPAs",
        [hpa("one"), hpa("two")],
        [
            (
                'HorizontalPodAutoscaler dev/two: spec.scaleTargetRef.name is "web"; allowed: a target that no other autoscaler'
                " has; HorizontalPodAutoscaler dev/one scales Deployment web already; two autoscalers of one workload undo each"
                " other's work"
            )
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "one each, and one adopted",
        [hpa(), scaler(spec=TAKEOVER, annotations=TRANSFER), hpa("api", target="api")],
    ),
    Case(
        "one-autoscaler-per-target",
        "the same names in two namespaces",
        [scaler(), scaler() | {"metadata": {"name": "web", "namespace": "stg"}}],
    ),
    Case(
        "no-replicas-under-autoscaler",
        "replicas beside an HPA",
        [workload(spec="replicas: 2"), hpa()],
        [
            (
                "Deployment dev/web: spec.replicas is 2; allowed: nothing, leave it out; every apply would undo what"
                " HorizontalPodAutoscaler dev/web decided"
            )
        ],
    ),
    Case(
        "no-replicas-under-autoscaler",
        "replicas where nothing scales",
        [workload(spec="replicas: 2"), hpa(target="api")],
    ),
    Case(
        "replica-range-is-possible",
        "min above max",
        [hpa(spec="minReplicas: 5\nmaxReplicas: 2"), scaler(spec="minReplicaCount: 101")],
        [
            (
                "HorizontalPodAutoscaler dev/web: spec.minReplicas is 5; allowed: at most spec.maxReplicas, 2; no number of"
                " replicas lies in the range"
            ),
            (
                "ScaledObject dev/web: spec.minReplicaCount is 101; allowed: at most spec.maxReplicaCount, 100; no number of"
                " replicas lies in the range"
            ),
        ],
    ),
    Case(
        "replica-range-is-possible",
        "below what can be",
        [hpa(spec="minReplicas: 0\nmaxReplicas: 2"), scaler(spec="minReplicaCount: -1\nmaxReplicaCount: 0")],
        [
            "HorizontalPodAutoscaler dev/web: spec.minReplicas is 0; allowed: 1 or more; an HPA cannot scale to zero by default",
            "ScaledObject dev/web: spec.minReplicaCount is -1; allowed: 0 or more; replicas are counted from 0",
            (
                "ScaledObject dev/web: spec.maxReplicaCount is 0; allowed: 1 or more; a workload that may never have a replica"
                " cannot scale"
            ),
        ],
    ),
    Case(
        "replica-range-is-possible",
        "equal bounds, and KEDA's defaults",
        [hpa(spec="minReplicas: 2\nmaxReplicas: 2"), scaler()],
    ),
    Case(
        "idle-replicas-are-zero",
        "one replica when idle",
        [scaler(spec="idleReplicaCount: 1\nminReplicaCount: 2")],
        [
            "ScaledObject dev/web: spec.idleReplicaCount is 1; allowed: 0, or leave it out; KEDA supports no other idle count"
        ],
    ),
    Case(
        "idle-replicas-are-zero",
        "nothing to fall to",
        [scaler(spec="idleReplicaCount: 0")],
        [
            (
                "ScaledObject dev/web: spec.idleReplicaCount is 0; allowed: an idle count below minReplicaCount, which is 0 here;"
                " there is nothing to fall to when idle"
            )
        ],
    ),
    Case("idle-replicas-are-zero", "0 below 1", [scaler(spec="idleReplicaCount: 0\nminReplicaCount: 1")]),
    Case(
        "autoscaler-target-exists",
        "a wrong name, and a kind without a scale",
        [workload("api"), hpa(), hpa("agent", kind="DaemonSet", target="agent")],
        [
            (
                'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: a Deployment of the same namespace;'
                " nothing in these manifests has that name"
            ),
            (
                'HorizontalPodAutoscaler dev/agent: spec.scaleTargetRef.kind is "DaemonSet"; allowed: a kind with a scale'
                " subresource, such as Deployment or StatefulSet; this kind cannot be scaled"
            ),
        ],
    ),
    Case(
        "autoscaler-target-exists",
        "workloads are elsewhere, or custom",
        [hpa(), hpa("roll", kind="Rollout", target="roll")],
    ),
    Case("autoscaler-target-exists", "it is there", [workload(), scaler()]),
    Case(
        "one-autoscaler-per-target",
        "the same HPA defined twice",
        [hpa(), hpa(spec="maxReplicas: 4"), scaler("api", target="api"), scaler("api", target="api")],
    ),
    Case(
        "one-autoscaler-per-target",
        "a ScaledObject that is paused, and one that says it is not",
        [
            hpa(),
            scaler(annotations="{autoscaling.keda.sh/paused: 'true'}"),
            hpa("api", target="api"),
            scaler("api", target="api", annotations="{autoscaling.keda.sh/paused-replicas: '0'}"),
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "an annotation that pauses nothing",
        [hpa(), scaler(annotations="{autoscaling.keda.sh/paused: 'false'}")],
        [
            'ScaledObject dev/web: spec.scaleTargetRef.name is "web"; allowed: a target that no other autoscaler has; HorizontalPodAutoscaler dev/web scales Deployment web already; two autoscalers of one workload undo each other\'s work'
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "the HPA that KEDA made, out of a cluster",
        [
            scaler(),
            hpa("keda-hpa-web")
            | {
                "metadata": {"name": "keda-hpa-web", "namespace": "dev", "labels": {"scaledobject.keda.sh/name": "web"}}
            },
            scaler("api", target="api"),
            hpa("keda-hpa-api", target="api")
            | {
                "metadata": {
                    "name": "keda-hpa-api",
                    "namespace": "dev",
                    "ownerReferences": [{"kind": "ScaledObject", "name": "api"}],
                }
            },
        ],
    ),
    Case(
        "one-autoscaler-per-target",
        "custom kinds of the same name in two groups, and names that are filled in later",
        [
            custom("a.example.com/v1"),
            custom("b.example.com/v1"),
            hpa("one", target="'${APP}'"),
            hpa("two", target="'${APP}'"),
        ],
    ),
    Case(
        "no-replicas-under-autoscaler",
        "replicas while KEDA is paused",
        [workload(spec="replicas: 2"), scaler(annotations="{autoscaling.keda.sh/paused: ''}")],
    ),
    Case(
        "replica-range-is-possible",
        "equal bounds of KEDA, by each version",
        [scaler(spec="minReplicaCount: 3\nmaxReplicaCount: 3")],
        versions=Versions(keda="2.21"),
    ),
    Case(
        "replica-range-is-possible",
        "an HPA to zero, on a queue, where the server does that",
        [hpa(spec=f"minReplicas: 0\n{EXTERNAL}")],
        versions=Versions(kubernetes="1.37"),
    ),
    Case(
        "replica-range-is-possible",
        "an HPA to zero, on a queue, where it does not",
        [hpa(spec=f"minReplicas: 0\n{EXTERNAL}")],
        [
            "HorizontalPodAutoscaler dev/web: spec.minReplicas is 0; allowed: 1 or more; an HPA cannot scale to zero by default"
        ],
        Versions(kubernetes="1.36"),
    ),
    Case(
        "replica-range-is-possible",
        "an HPA to zero, on cpu",
        [hpa(spec="minReplicas: 0\nmaxReplicas: 3")],
        [
            "HorizontalPodAutoscaler dev/web: spec.minReplicas is 0; allowed: 1 or more; an HPA cannot scale to zero by default"
        ],
        Versions(kubernetes="1.37"),
    ),
    Case(
        "idle-replicas-are-zero",
        "0 beside a minimum of 0, which KEDA takes for 1",
        [scaler(spec="idleReplicaCount: 0\nminReplicaCount: 0")],
    ),
    Case(
        "autoscaler-target-exists",
        "names that are filled in later",
        [
            workload("web-blue"),
            hpa(target="'${APP}'"),
            workload("'{{ .Values.name }}'", namespace="stg"),
            hpa() | {"metadata": {"name": "web", "namespace": "stg"}},
        ],
    ),
    Case(
        "autoscaler-target-kind-is-served",
        "small letters, a plural, no version, and an old one",
        [
            hpa("a", kind="deployment"),
            hpa("b", kind="StatefulSets"),
            unversioned("{kind: Deployment, name: web}"),
            unversioned("{apiVersion: extensions/v1beta1, kind: Deployment, name: web}"),
            obj("ScaledObject", "web", "scaleTargetRef: {kind: statefulset, name: web}"),
        ],
        [
            'HorizontalPodAutoscaler dev/a: spec.scaleTargetRef.kind is "deployment"; allowed: Deployment, most likely; kinds are told apart by every letter, and there is no such one',
            'HorizontalPodAutoscaler dev/b: spec.scaleTargetRef.kind is "StatefulSets"; allowed: StatefulSet, most likely; kinds are told apart by every letter, and there is no such one',
            "HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.apiVersion is missing; allowed: apps/v1; there is no Deployment in that group, and the autoscaler finds nothing to scale",
            'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.apiVersion is "extensions/v1beta1"; allowed: apps/v1; there is no Deployment in that group, and the autoscaler finds nothing to scale',
            'ScaledObject dev/web: spec.scaleTargetRef.kind is "statefulset"; allowed: StatefulSet, most likely; kinds are told apart by every letter, and there is no such one',
        ],
    ),
    Case(
        "autoscaler-target-kind-is-served",
        "each that there is, custom ones, and KEDA's defaults",
        [
            hpa(),
            hpa("db", kind="StatefulSet"),
            custom("argoproj.io/v1alpha1"),
            scaler(),
            obj("ScaledObject", "db", "scaleTargetRef: {kind: StatefulSet, name: db}"),
            unversioned("{kind: ReplicationController, apiVersion: v1, name: old}"),
        ],
    ),
    Case(
        "keda-hpa-is-its-own",
        "one name for two",
        [
            scaler("one", TAKEOVER),
            scaler("two", TAKEOVER, target="api"),
            scaler("three", "advanced: {horizontalPodAutoscalerConfig: {name: keda-hpa-four}}"),
            scaler("four"),
        ],
        [
            'ScaledObject dev/two: spec.advanced.horizontalPodAutoscalerConfig.name is "web"; allowed: an HPA that no other ScaledObject has; ScaledObject dev/one has web; KEDA refuses it',
            'ScaledObject dev/four: metadata.name is "four"; allowed: an HPA that no other ScaledObject has; ScaledObject dev/three has keda-hpa-four; KEDA refuses it',
        ],
    ),
    Case(
        "keda-hpa-is-its-own",
        "a name for each, and one object in two files",
        [scaler("one", TAKEOVER), scaler("one", TAKEOVER), scaler("two"), scaler("three")],
    ),
]
