"""The rules as a whole: their names, their order, and that nothing can make them crash."""
# ruff: noqa: E501 - messages and YAML are quoted whole

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examx_constructs.checks import RULES, Manifests, check
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.resources import Document
from examx_constructs.settings.naming import CLUSTER_ANNOTATION
from tests.examples import examples
from tests.unit.checks.support import hpa, obj, workload

KINDS = words(
    """Deployment StatefulSet DaemonSet Job CronJob Pod ReplicaSet Service Ingress NetworkPolicy ConfigMap Secret Namespace
    HorizontalPodAutoscaler ScaledObject ScaledJob TriggerAuthentication ClusterTriggerAuthentication PodDisruptionBudget PersistentVolume PersistentVolumeClaim StorageClass
    SecretProviderClass RoleBinding LimitRange Whatever"""
)
KEYS = words(
    """spec metadata name namespace labels annotations template containers initContainers env envFrom value valueFrom image command args
    ports containerPort resources requests limits cpu memory volumes volumeMounts mountPath csi driver volumeAttributes volumeHandle
    lifecycle preStop postStart exec sleep seconds securityContext capabilities drop add selector matchLabels matchExpressions key
    operator values replicas minReplicas maxReplicas minReplicaCount maxReplicaCount scaleTargetRef kind triggers type metadata
    jobTargetRef formula target metricType replicas failureThreshold tolerance scaleUp queueName start end timezone
    authenticationRef metrics resource target averageUtilization behavior scaleDown policies periodSeconds advanced
    horizontalPodAutoscalerConfig scalingModifiers fallback minAvailable maxUnavailable strategy rollingUpdate rules http paths backend
    service port number defaultBackend podSelector ingress egress from to data stringData items secretObjects parameters objects provider
    subjects roleRef claimRef volumeName storageClassName accessModes mountOptions jobTemplate serviceName data address listName
    envSourceContainerName limits default terminationGracePeriodSeconds secretTargetRef"""
)
ANNOTATIONS = [
    CLUSTER_ANNOTATION,
    "examx.ai/longest-task-seconds",
    *(
        f"alb.ingress.kubernetes.io/{suffix}"
        for suffix in ("listen-ports", "mutual-authentication", "ssl-redirect", "nonsense")
    ),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 70000),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(
        [
            *KINDS,
            "aws",
            "web",
            "redis",
            "redis-server",
            "celery",
            "worker",
            "-Q",
            "sh",
            "-c",
            "exec celery worker",
            "100%",
            "efs.csi.aws.com",
            "[{}]",
            '[{"port": 443}]',
            '[{"HTTPS": 443}]',
            "- objectName: a",
            "- [",
            "redis:6379",
            "$(A)",
            "use-annotation",
            "900",
            "sleep 5",
        ]
    ),
)
KEY = st.one_of(st.sampled_from([*KEYS, *ANNOTATIONS]), st.text(max_size=4), st.integers(0, 3), st.booleans())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEY, inner, max_size=5)),
    max_leaves=25,
)
ANY_OBJECT = st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec", "data", "parameters"]), VALUES)


@st.composite
def damaged(draw: st.DrawFn) -> dict:
    """An object of a kind that rules look into, with anything at all inside."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    built = obj(kind, draw(st.sampled_from(["web", "redis", "A b"])))
    containers = draw(st.lists(st.dictionaries(st.sampled_from(sorted(KEYS)), VALUES, max_size=6), max_size=2))
    inside = draw(st.dictionaries(KEY, VALUES, max_size=8)) | {
        "template": {"spec": {"containers": containers}, "metadata": draw(VALUES)}
    }
    if draw(st.booleans()):
        inside["scaleTargetRef"] = {"kind": "Deployment", "name": "web"}
        inside["triggers"] = [{"type": draw(st.sampled_from(["redis", "cpu"])), "metadata": draw(VALUES)}]
    built["metadata"]["annotations"] = draw(st.dictionaries(st.sampled_from(ANNOTATIONS), VALUES, max_size=3))
    return built | {"spec": inside, "data": draw(VALUES)}


def test_ids_are_unique_and_readable():
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", each) for each in ids)


def test_every_rule_says_what_it_wants_and_where_it_comes_from():
    assert all(rule.summary.endswith(".") and rule.source for rule in RULES)


def test_findings_come_in_the_same_order_whatever_the_order_of_objects():
    objects = [workload(spec="replicas: 2"), hpa(), hpa("second"), obj("Secret", "s", root="data: {a: eA==}")]
    forward, backward = check(Manifests.of(objects)), check(Manifests.of(reversed(objects)))
    assert len(forward) > 2
    assert sorted(forward, key=str) == forward
    assert [finding.object.kind for finding in forward] == [finding.object.kind for finding in backward]


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(ANY_OBJECT, damaged()), max_size=4), st.sampled_from([None, "a.yaml"]))
def test_no_shape_of_manifest_crashes_a_rule(objects, file):
    for finding in check(Manifests(Document(each, file) for each in objects)):
        assert "\n" not in str(finding)
