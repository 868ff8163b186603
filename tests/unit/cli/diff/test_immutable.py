"""What an API server refuses to change of kinds that dist/ does not have, or has in one form only.

The answers are those of an API server of version 1.34 to a dry run of a server-side apply.
"""

import copy
from typing import Any

import pytest

from examx_cli.comparison import Impact, compare
from tests.unit.cli.diff.support import Manifest, only, put

POD = {
    "metadata": {"labels": {"app": "a"}},
    "spec": {"containers": [{"name": "a", "image": "registry.example.com/a:1"}]},
}


def _item(api_version: str, kind: str, **content: Any) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a", "namespace": "ns"}, **content}


DAEMON_SET = _item("apps/v1", "DaemonSet", spec={"selector": {"matchLabels": {"app": "a"}}, "template": POD})
REPLICA_SET = _item("apps/v1", "ReplicaSet", spec={"selector": {"matchLabels": {"app": "a"}}, "template": POD})
JOB = _item("batch/v1", "Job", spec={"completions": 2, "parallelism": 1, "template": POD})
SUSPENDED = _item("batch/v1", "Job", spec={"completions": 2, "parallelism": 1, "suspend": True, "template": POD})
INDEXED = _item(
    "batch/v1",
    "Job",
    spec={"completionMode": "Indexed", "completions": 2, "parallelism": 2, "backoffLimitPerIndex": 1, "template": POD},
)
CRON_JOB = _item("batch/v1", "CronJob", spec={"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": POD}}})
SECRET = _item("v1", "Secret", type="Opaque", data={"a": "Yg=="})
FIXED_SECRET = _item("v1", "Secret", type="Opaque", immutable=True, data={"a": "Yg=="})
FIXED_CONFIG_MAP = _item("v1", "ConfigMap", immutable=True, data={"a": "b"})
INGRESS_CLASS = _item("networking.k8s.io/v1", "IngressClass", spec={"controller": "ingress.k8s.aws/alb"})
DRIVER = _item("storage.k8s.io/v1", "CSIDriver", spec={"attachRequired": True, "volumeLifecycleModes": ["Persistent"]})
PRIORITY = _item("scheduling.k8s.io/v1", "PriorityClass", value=1000)
BINDING = _item(
    "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding",
    roleRef={"kind": "ClusterRole", "name": "view"},
    subjects=[{"kind": "Group", "name": "a"}],
)
AUTHENTICATION = _item(
    "keda.sh/v1alpha1", "TriggerAuthentication", spec={"secretTargetRef": [{"parameter": "a", "key": "b"}]}
)
BALANCER = _item(
    "v1", "Service", spec={"type": "LoadBalancer", "loadBalancerClass": "example.com/a", "ports": [{"port": 80}]}
)
LOCAL = _item("v1", "Service", spec={"type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": [{"port": 80}]})
PLAIN = _item(
    "v1",
    "Service",
    spec={"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ipFamilies": ["IPv4"], "ports": [{"port": 80}]},
)
EXTERNAL = _item("v1", "Service", spec={"type": "ExternalName", "externalName": "a.example.com"})
VOLUME = _item(
    "v1",
    "PersistentVolume",
    spec={
        "capacity": {"storage": "1Gi"},
        "csi": {"volumeHandle": "a"},
        "volumeAttributesClassName": "gold",
        "nodeAffinity": {"required": {"a": "b"}},
    },
)
BARE_VOLUME = _item("v1", "PersistentVolume", spec={"capacity": {"storage": "1Gi"}, "csi": {"volumeHandle": "a"}})
CLAIM = _item(
    "v1",
    "PersistentVolumeClaim",
    spec={
        "storageClassName": "grows",
        "volumeAttributesClassName": "gold",
        "resources": {"requests": {"storage": "10Gi"}},
    },
)
# Names neither its class nor its volume, as one that is made by the default class; it is bound.
LOOSE_CLAIM = _item("v1", "PersistentVolumeClaim", spec={"resources": {"requests": {"storage": "10Gi"}}})
GROWS = _item("storage.k8s.io/v1", "StorageClass", provisioner="ebs.csi.aws.com", allowVolumeExpansion=True)
GROWS["metadata"]["name"] = "grows"

REFUSED: list[tuple[Manifest, str, object]] = [
    (DAEMON_SET, "spec.selector.matchLabels.team", "a"),
    (REPLICA_SET, "spec.selector.matchLabels.team", "a"),
    (JOB, "spec.template.spec.containers[a].image", "registry.example.com/a:2"),
    (JOB, "spec.template.spec.nodeSelector", {"a": "b"}),
    (JOB, "spec.template.metadata.annotations", {"a": "b"}),
    (JOB, "spec.completions", 3),
    (JOB, "spec.completionMode", "Indexed"),
    (JOB, "spec.managedBy", "example.com/a"),
    (JOB, "spec.selector", {"matchLabels": {"a": "b"}}),
    (JOB, "spec.podFailurePolicy", {"rules": []}),
    (SUSPENDED, "spec.template.spec.containers[a].image", "registry.example.com/a:2"),
    (SUSPENDED, "spec.template.spec.containers[a].resources", {"requests": {"cpu": "1"}}),
    (SUSPENDED, "spec.completions", 4),
    (INDEXED, "spec.completions", 3),
    (INDEXED, "spec.backoffLimitPerIndex", 2),
    (INDEXED, "spec.successPolicy", {"rules": []}),
    (SECRET, "type", "kubernetes.io/basic-auth"),
    (FIXED_SECRET, "data.a", "eA=="),
    (FIXED_SECRET, "immutable", None),
    (FIXED_CONFIG_MAP, "binaryData", {"x": "eA=="}),
    (INGRESS_CLASS, "spec.controller", "example.com/a"),
    (DRIVER, "spec.attachRequired", False),
    (DRIVER, "spec.volumeLifecycleModes", ["Ephemeral"]),
    (PRIORITY, "value", 2000),
    (PRIORITY, "preemptionPolicy", "Never"),
    (BINDING, "roleRef.name", "edit"),
    (BALANCER, "spec.loadBalancerClass", "example.com/b"),
    (BALANCER, "spec.loadBalancerClass", None),
    (LOCAL, "spec.loadBalancerClass", "example.com/b"),
    (LOCAL, "spec.healthCheckNodePort", 31000),
    (PLAIN, "spec.clusterIPs", ["10.0.0.2"]),
    (PLAIN, "spec.ipFamilies", ["IPv6"]),
    (VOLUME, "spec.nodeAffinity.required.a", "c"),
    (VOLUME, "spec.nodeAffinity", None),
    (VOLUME, "spec.volumeAttributesClassName", None),
    (VOLUME, "spec.nfs", {"server": "a.example.com", "path": "/"}),
    (CLAIM, "spec.resources.requests.storage", "9Gi"),
    (CLAIM, "spec.volumeAttributesClassName", None),
    (CLAIM, "spec.resources.limits", {"storage": "20Gi"}),
    (CLAIM, "spec.selector", {"matchLabels": {"a": "b"}}),
    (CLAIM, "spec.dataSource", {"kind": "PersistentVolumeClaim", "name": "b"}),
    (CLAIM, "spec.dataSourceRef", {"kind": "PersistentVolumeClaim", "name": "b"}),
]  # fmt: skip

TAKEN: list[tuple[Manifest, str, object, Impact]] = [
    (DAEMON_SET, "spec.updateStrategy", {"type": "OnDelete"}, Impact.NONE),
    (DAEMON_SET, "spec.template.spec.nodeSelector", {"a": "b"}, Impact.RESTART),
    (JOB, "spec.parallelism", 2, Impact.SCALING),
    (JOB, "spec.suspend", True, Impact.STOP),
    (JOB, "spec.backoffLimit", 2, Impact.LIVE),
    (JOB, "spec.activeDeadlineSeconds", 2, Impact.LIVE),
    (SUSPENDED, "spec.suspend", False, Impact.LIVE),
    (SUSPENDED, "spec.template.spec.nodeSelector", {"a": "b"}, Impact.LIVE),
    (SUSPENDED, "spec.template.spec.tolerations", [{"key": "a"}], Impact.LIVE),
    (SUSPENDED, "spec.template.metadata.annotations", {"a": "b"}, Impact.LIVE),
    (INDEXED, "spec.maxFailedIndexes", 2, Impact.LIVE),
    (CRON_JOB, "spec.schedule", "1 0 * * *", Impact.LIVE),
    (CRON_JOB, "spec.jobTemplate.spec.template.spec.containers[a].image", "registry.example.com/a:2", Impact.LIVE),
    (SECRET, "data.a", "eA==", Impact.NONE),
    (FIXED_SECRET, "metadata.labels", {"a": "b"}, Impact.NONE),
    (INGRESS_CLASS, "spec.parameters", {"kind": "a"}, Impact.LIVE),
    (DRIVER, "spec.podInfoOnMount", True, Impact.LIVE),
    (PRIORITY, "globalDefault", True, Impact.LIVE),
    (BINDING, "subjects[0].name", "b", Impact.NONE),
    (AUTHENTICATION, "spec.secretTargetRef[0].key", "c", Impact.SCALING),
    (BALANCER, "spec.type", "ClusterIP", Impact.STOP),
    (LOCAL, "spec.externalTrafficPolicy", "Cluster", Impact.LIVE),
    (PLAIN, "spec.type", "ExternalName", Impact.LIVE),
    (PLAIN, "spec.clusterIP", None, Impact.NONE),
    (PLAIN, "spec.ipFamilies", ["IPv4", "IPv6"], Impact.LIVE),
    (PLAIN, "spec.ipFamilies", None, Impact.LIVE),
    (PLAIN, "spec.sessionAffinity", "ClientIP", Impact.LIVE),
    (EXTERNAL, "spec.externalName", "b.example.com", Impact.LIVE),
    (VOLUME, "spec.volumeAttributesClassName", "silver", Impact.NONE),
    (BARE_VOLUME, "spec.claimRef", {"namespace": "ns", "name": "a"}, Impact.LIVE),
    (BARE_VOLUME, "spec.nodeAffinity", {"required": {"a": "b"}}, Impact.NONE),
    (CLAIM, "spec.resources.requests.storage", "11Gi", Impact.LIVE),
    (CLAIM, "spec.volumeAttributesClassName", "silver", Impact.LIVE),
    (LOOSE_CLAIM, "spec.resources.requests.storage", "11Gi", Impact.LIVE),
    (LOOSE_CLAIM, "spec.volumeName", "a", Impact.LIVE),
    (LOOSE_CLAIM, "spec.storageClassName", "grows", Impact.LIVE),
    (GROWS, "allowVolumeExpansion", False, Impact.NONE),
    (GROWS, "mountOptions", ["noatime"], Impact.NONE),
]  # fmt: skip


def _changed(item: Manifest, path: str, value: object) -> Manifest:
    after = copy.deepcopy(item)
    put(f"{item['kind']} {item['metadata']['name']}", path, value)([after])
    return after


def _name(value: object) -> str | None:
    return value["kind"] if isinstance(value, dict) and "kind" in value and "metadata" in value else None


@pytest.mark.parametrize(("item", "path", "value"), REFUSED, ids=_name)
def test_refused(item: Manifest, path: str, value: object) -> None:
    change = only(compare([item, GROWS], [_changed(item, path, value), GROWS]))

    assert change.impact is Impact.REFUSED
    assert all(effect.reason for effect in change.effects)


@pytest.mark.parametrize(("item", "path", "value", "impact"), TAKEN, ids=_name)
def test_taken(item: Manifest, path: str, value: object, impact: Impact) -> None:
    others = [] if item is GROWS else [GROWS]

    assert only(compare([item, *others], [_changed(item, path, value), *others])).impact is impact


def test_an_indexed_job_may_change_both_numbers_together() -> None:
    after = _changed(_changed(INDEXED, "spec.completions", 3), "spec.parallelism", 3)

    assert only(compare([INDEXED], [after])).impact is Impact.SCALING


def test_a_service_may_get_an_address_when_it_was_only_a_name() -> None:
    after = _item("v1", "Service", spec={"type": "ClusterIP", "clusterIP": "10.0.0.3", "ports": [{"port": 80}]})

    assert only(compare([EXTERNAL], [after])).impact is Impact.LIVE


def test_nothing_but_the_spec_of_a_stateful_set_is_guarded() -> None:
    item = _item("apps/v1", "StatefulSet", spec={"replicas": 1, "template": POD})

    assert only(compare([item], [{**item, "status": {}, "other": 1}])).impact is Impact.NONE


def test_the_same_amount_of_storage_is_no_change() -> None:
    assert not compare([CLAIM], [_changed(CLAIM, "spec.resources.requests.storage", "10240Mi")])
