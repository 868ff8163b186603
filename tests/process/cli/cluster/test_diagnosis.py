"""Why a workload does not get ready, in the words of the diagnosis: case after case, on a cluster that is played.

What API server and controllers say is here as they say it; tests/cluster/test_diagnosis.py asks the real ones.
"""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from examx_cli.cluster import Cluster, Target
from examx_cli.deploy import diagnosis
from examx_cli.kubectl import Kubectl
from examx_constructs.manifests import ObjectId
from tests.process.cli.cluster.conftest import TestCluster
from tests.support import Manifest

GUIDE = Path(__file__).parents[4] / "docs" / "deployment.md"
WEB = ObjectId("apps", "Deployment", "shop", "web")
REDIS = ObjectId("apps", "StatefulSet", "shop", "redis")
POD_SECURITY = (
    'pods "web-new-7xk2p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false '
    '(container "web" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (containers '
    '"web", "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "web" '
    'must set securityContext.runAsNonRoot=true), hostPath volumes (volume "logs")'
)
QUOTA = (
    'pods "web-new-abcde" is forbidden: exceeded quota: examxv2, requested: limits.cpu=2,pods=1, '
    "used: limits.cpu=7,pods=9, limited: limits.cpu=8,pods=9"
)


def _metadata(name: str, uid: str, owner: str | None = None, revision: int | None = None) -> Manifest:
    owners = {"ownerReferences": [{"uid": owner, "controller": True}]} if owner else {}
    annotations = {"annotations": {"deployment.kubernetes.io/revision": str(revision)}} if revision else {}
    return {"name": name, "namespace": "shop", "uid": uid, **owners, **annotations}


def deployment(**status: Any) -> Manifest:
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata("web", "d"),
        "spec": spec,
        "status": status,
    }


def replica_set(name: str, *, revision: int, wanted: int = 3, created: int = 0, why: str = "") -> Manifest:
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": why}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": _metadata(name, name, "d", revision),
        "spec": {"replicas": wanted},
        "status": {"replicas": created, "conditions": [failure] if why else []},
    }


def pod(name: str, owner: str = "web-new", **more: Any) -> Manifest:
    status = {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}], **more.pop("status", {})}
    metadata = {**_metadata(name, f"uid-of-{name}", owner), "labels": {"app": "web"}, **more.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": more.pop("spec", {}), "status": status}


def waiting(name: str, reason: str, message: str, image: str = "registry.example.com/web:1") -> Manifest:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": name, "image": image, "ready": False, "restartCount": 0, "state": state}


def event(
    kind: str, name: str, reason: str, message: str, *, at: str = "2026-01-01T00:00:00Z", uid: str = ""
) -> Manifest:
    about = {"kind": kind, "name": name, **({"uid": uid} if uid else {})}
    return {"type": "Warning", "reason": reason, "message": message, "involvedObject": about, "lastTimestamp": at}


def autoscaler(name: str, *conditions: Manifest, target: str = "web") -> Manifest:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _metadata(name, name),
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}},
        "status": {"conditions": list(conditions)},
    }


def scaled_object(*conditions: Manifest) -> Manifest:
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": _metadata("web-scaler", "so"),
        "spec": {"scaleTargetRef": {"name": "web"}},
        "status": {"conditions": list(conditions)},
    }


def condition(kind: str, status: str, reason: str = "", message: str = "") -> Manifest:
    return {"type": kind, "status": status, "reason": reason, "message": message}


NO_METRIC = "unable to get external metric shop/s0-redis-default: no matching metrics found"
READY = pod("web-new-ready", status={"phase": "Running", "conditions": [condition("Ready", "True")]})


class Played:
    """What is in the cluster that is played; and what the diagnosis says of it."""

    def __init__(self, cluster: TestCluster) -> None:
        self.cluster = cluster
        self.objects: dict[str, Manifest] = {}
        self.stand(deployment())

    def stand(self, *items: Manifest) -> None:
        for item in items:
            group = item["apiVersion"].rpartition("/")[0]
            key = f"{group}|{item['kind']}|{item['metadata']['namespace']}|{item['metadata']['name']}"
            self.objects[key] = {"object": copy.deepcopy(item), "applied": {}, "uid": item["metadata"]["uid"]}
        self.cluster.wish("objects", self.objects)

    def explain(self, workload: ObjectId = WEB, *, logs: bool = True) -> list[str]:
        cluster = Cluster(Kubectl(binary=self.cluster.binary), Target("testing", "shop"))
        return list(diagnosis.explain(cluster, workload, logs=logs))


@pytest.fixture
def shop(played: TestCluster) -> Played:
    return Played(played)


class TestPodsThatAreNotCreated:
    def test_pod_security_in_words(self, shop: Played):
        shop.stand(replica_set("web-new", revision=2, why=POD_SECURITY), replica_set("web-old", revision=1, created=3))
        assert shop.explain() == [
            "ReplicaSet web-new cannot create pods: Pod Security (restricted) refuses them",
            (
                '  its processes may gain privileges: container "web" must set '
                "securityContext.allowPrivilegeEscalation=false"
            ),
            '  it keeps capabilities: containers "web", "nginx" must set securityContext.capabilities.drop=["ALL"]',
            '  it may run as root: pod or container "web" must set securityContext.runAsNonRoot=true',
            '  it mounts a path of the node: volume "logs"',
        ]

    def test_a_quota_that_is_used_up(self, shop: Played):
        status = {"used": {"limits.cpu": "6", "pods": "9"}, "hard": {"limits.cpu": "8", "pods": "9"}}
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": _metadata("examxv2", "q"), "status": status}
        shop.stand(replica_set("web-new", revision=2, why=QUOTA), quota)
        assert shop.explain() == [
            "ReplicaSet web-new cannot create pods: ResourceQuota examxv2 is used up",
            "  limits.cpu: 6 of 8 used, a pod asks for 2",
            "  pods: 9 of 9 used, a pod asks for 1",
        ]

    def test_a_quota_that_may_not_be_read(self, shop: Played):
        shop.stand(replica_set("web-new", revision=2, why=QUOTA))
        shop.cluster.wish("forbidden", [["list", "resourcequotas"]])
        assert shop.explain() == [
            "ReplicaSet web-new cannot create pods: ResourceQuota examxv2 is used up",
            "  limits.cpu: 7 of 8 used, a pod asks for 2",
            "  pods: 9 of 9 used, a pod asks for 1",
            "not looked at, because this identity may not read them: resourcequotas",
        ]

    @pytest.mark.parametrize(
        ("message", "why"),
        [
            (
                'pods "web-new-x" is forbidden: failed quota: examxv2: must specify limits.cpu for: web',
                "ResourceQuota examxv2 wants each container to say its limits.cpu for: web",
            ),
            (
                (
                    'pods "web-new-x" is forbidden: error looking up service account shop/web: '
                    'serviceaccount "web" not found'
                ),
                "the ServiceAccount web is missing",
            ),
            (
                (
                    'Internal error occurred: failed calling webhook "mpod.elbv2.k8s.aws": failed to call webhook: '
                    'Post "https://webhook.kube-system.svc:443/mutate": no endpoints available for service "webhook"'
                ),
                (
                    "the webhook mpod.elbv2.k8s.aws does not answer: "
                    'Post "https://webhook.kube-system.svc:443/mutate": no endpoints available for service "webhook"'
                ),
            ),
            (
                'admission webhook "images.example.com" denied the request: the image\n  is not signed',
                "the webhook images.example.com refuses them: the image is not signed",
            ),
            (
                'pods "web-new-x" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
                "maximum cpu usage per Container is 1, but limit is 2",
            ),
        ],
    )
    def test_other_reasons(self, shop: Played, message: str, why: str):
        shop.stand(replica_set("web-new", revision=2, why=message))
        assert shop.explain() == [f"ReplicaSet web-new cannot create pods: {why}"]

    def test_events_where_a_status_does_not_say(self, shop: Played):
        said = 'create Pod redis-0 in StatefulSet redis failed error: pods "redis-0" is forbidden: '
        security = 'violates PodSecurity "restricted:latest": runAsUser=0 (pod must not set runAsUser=0)'
        redis = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": _metadata("redis", "r")}
        shop.stand({**redis, "spec": {"replicas": 1}, "status": {"replicas": 0}})
        events = [
            event("StatefulSet", "redis", "FailedCreate", f"{said}{security}", at="2026-01-01T00:00:09Z"),
            event("StatefulSet", "redis", "FailedCreate", f"{said}something of before"),
            event("StatefulSet", "redis", "FailedCreate", "of another that had the name", uid="before"),
        ]
        shop.cluster.wish("events", events)
        assert shop.explain(REDIS) == [
            "StatefulSet redis cannot create pods: Pod Security (restricted) refuses them",
            "  it runs as root: pod must not set runAsUser=0",
        ]

    def test_an_event_of_a_try_that_went_well_later_is_no_reason(self, shop: Played):
        shop.stand(replica_set("web-new", revision=2, created=3))
        shop.cluster.wish("pods", [READY])
        shop.cluster.wish("events", [event("ReplicaSet", "web-new", "FailedCreate", f"Error creating: {QUOTA}")])
        assert shop.explain() == ["all of its pods are ready"]

    def test_only_the_newest_revision_counts(self, shop: Played):
        shop.stand(
            replica_set("web-old", revision=9, why="of before"), replica_set("web-new", revision=10, why="of now")
        )
        assert shop.explain() == ["ReplicaSet web-new cannot create pods: of now"]


class TestPodsThatAreNotReady:
    @pytest.fixture(autouse=True)
    def created(self, shop: Played) -> None:
        shop.stand(replica_set("web-new", revision=2, created=3), replica_set("web-old", revision=1, created=1))

    def test_an_image_that_does_not_come(self, shop: Played):
        pull = 'Failed to pull image "registry.example.com/web:1": rpc error: code = NotFound desc = web:1: not found'
        back_off = 'Back-off pulling image "registry.example.com/web:1"'
        pods = [
            pod(f"web-new-{each}", status={"containerStatuses": [waiting("web", "ImagePullBackOff", back_off)]})
            for each in "abc"
        ]
        shop.cluster.wish("pods", pods)
        events = [
            each
            for name in "abc"
            for each in (
                event("Pod", f"web-new-{name}", "Failed", pull),
                event("Pod", f"web-new-{name}", "Failed", "Error: ImagePullBackOff"),
                event("Pod", f"web-new-{name}", "BackOff", back_off),
            )
        ]
        shop.cluster.wish("events", events)
        assert shop.explain() == [
            "pod web-new-a (and 2 like it): Pending",
            "  container web: its image registry.example.com/web:1 does not come: web:1: not found",
        ]

    def test_what_the_registry_says_where_the_state_tells_it(self, shop: Played):
        said = 'Back-off pulling image "registry.example.com/web:1": ErrImagePull: 403 Forbidden'
        shop.cluster.wish(
            "pods", [pod("web-new-a", status={"containerStatuses": [waiting("web", "ErrImagePull", said)]})]
        )
        assert shop.explain()[1:] == [
            "  container web: its image registry.example.com/web:1 does not come: 403 Forbidden",
        ]

    def test_no_node(self, shop: Played):
        why = "0/3 nodes are available: 3 Insufficient cpu."
        status = {"conditions": [condition("PodScheduled", "False", "Unschedulable", why)]}
        shop.cluster.wish("pods", [pod("web-new-a", status=status)])
        shop.cluster.wish("events", [event("Pod", "web-new-a", "FailedScheduling", why)])
        assert shop.explain() == ["pod web-new-a: Pending", f"  no node takes it: {why}"]

    @pytest.mark.parametrize(
        ("claim", "line"),
        [
            (None, "  its claim uploads is missing"),
            (
                {"spec": {"storageClassName": "efs"}, "status": {"phase": "Pending"}},
                '  its claim uploads waits for a volume of the class efs; storageclass "efs" not found',
            ),
            (
                {"spec": {"volumeName": "media"}, "status": {"phase": "Pending"}},
                '  its claim uploads waits for the volume media; storageclass "efs" not found',
            ),
            (
                {"spec": {"volumeName": "media"}, "status": {"phase": "Lost"}},
                "  its claim uploads has lost its volume media",
            ),
        ],
    )
    def test_claims_without_a_volume(self, shop: Played, claim: Manifest | None, line: str):
        why = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."
        status = {"conditions": [condition("PodScheduled", "False", "Unschedulable", why)]}
        volumes = [
            {"name": "uploads", "persistentVolumeClaim": {"claimName": "uploads"}},
            {"name": "tmp", "emptyDir": {}},
        ]
        shop.cluster.wish("pods", [pod("web-new-a", status=status, spec={"volumes": volumes})])
        missing = event("PersistentVolumeClaim", "uploads", "ProvisioningFailed", 'storageclass "efs" not found')
        shop.cluster.wish("events", [missing])
        if claim:
            shop.stand(
                {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": _metadata("uploads", "c"), **claim}
            )
        assert shop.explain() == ["pod web-new-a: Pending", f"  no node takes it: {why}", line]

    def test_volumes_that_do_not_mount(self, shop: Played):
        said = (
            'MountVolume.SetUp failed for volume "secrets" : rpc error: code = Unknown desc = failed to mount secrets '
            "store objects for pod shop/web-new-a, err: AccessDeniedException"
        )
        creating = waiting("web", "ContainerCreating", "")
        pods = [pod(f"web-new-{each}", status={"containerStatuses": [creating]}) for each in "ab"]
        shop.cluster.wish("pods", pods)
        events = [
            each
            for name in "ab"
            for each in (
                event("Pod", f"web-new-{name}", "FailedMount", said.replace("new-a", f"new-{name}")),
                event("Pod", f"web-new-{name}", "FailedMount", "Unable to attach or mount volumes: timed out"),
            )
        ]
        shop.cluster.wish("events", events)
        assert shop.explain() == [
            "pod web-new-a (and 1 like it): Pending",
            (
                '  a volume does not mount: MountVolume.SetUp failed for volume "secrets" : failed to mount secrets '
                "store objects for pod shop/web-new-a, err: AccessDeniedException"
            ),
        ]

    def test_a_readiness_gate(self, shop: Played):
        gate = "target-health.elbv2.k8s.aws/k8s-shop"
        conditions = [
            condition("ContainersReady", "True"),
            condition("Ready", "False", "ReadinessGatesNotReady", "gates"),
        ]
        shop.cluster.wish(
            "pods",
            [
                pod(
                    "web-new-a",
                    spec={"readinessGates": [{"conditionType": gate}]},
                    status={"phase": "Running", "conditions": conditions},
                ),
                pod(
                    "web-new-b",
                    spec={"readinessGates": [{"conditionType": gate}]},
                    status={
                        "phase": "Running",
                        "conditions": [
                            *conditions,
                            condition(gate, "False", "Elb.InitialHealthChecking", "in progress"),
                        ],
                    },
                ),
            ],
        )
        assert shop.explain() == [
            "pod web-new-a: Running",
            f"  its readiness gate {gate} is not passed: nothing has looked at it yet",
            "pod web-new-b: Running",
            f"  its readiness gate {gate} is not passed: Elb.InitialHealthChecking: in progress",
        ]

    def test_what_a_probe_prints_is_as_secret_as_the_log(self, shop: Played):
        shop.cluster.wish("pods", [pod("web-new-a")])
        printed = "Readiness probe failed: connecting to postgres://user:hunter2@db failed"
        shop.cluster.wish("events", [event("Pod", "web-new-a", "Unhealthy", printed)])
        assert shop.explain(logs=False)[1:] == ["  event Unhealthy: Readiness probe failed"]
        assert shop.explain()[1:] == [f"  event Unhealthy: {printed}"]

    def test_pods_of_others_do_not_count(self, shop: Played):
        """Selectors of other Deployments may match ours."""
        shop.cluster.wish("pods", [pod("foreign", "other"), READY])
        assert shop.explain() == ["all of its pods are ready"]

    def test_the_newest_revision_comes_first(self, shop: Played):
        old = pod("web-old-a", "web-old", status={"reason": "Evicted", "message": "The node was low on memory."})
        new = pod("web-new-a", status={"containerStatuses": [waiting("web", "CreateContainerConfigError", "no env")]})
        shop.cluster.wish("pods", [old, new])
        assert shop.explain() == [
            "pod web-new-a: Pending",
            "  container web waits: CreateContainerConfigError no env",
            "pod web-old-a: Pending, Evicted, The node was low on memory.",
        ]

    def test_pods_that_are_stopping(self, shop: Played):
        stopping = pod("web-old-a", "web-old", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})
        shop.cluster.wish("pods", [READY, stopping])
        assert shop.explain() == ["all of its new pods are ready; still stopping: web-old-a"]

    def test_many_reasons_are_cut_short(self, shop: Played):
        pods = [
            pod(f"web-new-{each}", status={"containerStatuses": [waiting("web", "Waits", f"for {each}")]})
            for each in "abcde"
        ]
        shop.cluster.wish("pods", pods)
        said = shop.explain()
        assert [each for each in said if each.startswith("pod ")] == [f"pod web-new-{each}: Pending" for each in "abc"]
        assert said[-1] == "... and 2 more pods that are not ready"


class TestWithoutPods:
    @pytest.mark.parametrize(
        ("spec", "status", "line"),
        [
            ({"replicas": 0}, {}, "it is scaled to no pods"),
            ({}, {}, "it has no pods, and nothing says why"),
            ({"paused": True}, {}, "its rollout is paused: kubectl rollout resume deployment.apps/web goes on with it"),
            (
                {},
                {"conditions": [condition("Progressing", "False", "ReplicaSetCreateError", "no room")]},
                "it does not go on: ReplicaSetCreateError: no room",
            ),
            (
                {},
                {"conditions": [condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out")]},
                "it has no pods, and nothing says why",
            ),
            (
                {},
                {"conditions": [condition("ReplicaFailure", "True", "FailedCreate", POD_SECURITY.partition(",")[0])]},
                "Deployment web cannot create pods: Pod Security (restricted) refuses them",
            ),
        ],
    )
    def test_what_the_workload_says(self, shop: Played, spec: Manifest, status: Manifest, line: str):
        web = deployment(**status)
        shop.stand({**web, "spec": {**web["spec"], **spec}})
        assert shop.explain()[0] == line

    def test_controllers_that_have_not_looked(self, shop: Played):
        web = deployment(observedGeneration=1)
        shop.stand({**web, "metadata": {**web["metadata"], "generation": 2}})
        assert shop.explain() == ["the cluster's controllers have not looked at it since it was applied"]

    def test_one_that_is_not_there(self, shop: Played):
        assert shop.explain(REDIS) == ["it is not there, or cannot be read"]


class TestAutoscalers:
    @pytest.fixture(autouse=True)
    def ready(self, shop: Played) -> None:
        shop.stand(replica_set("web-new", revision=2, created=1))
        shop.cluster.wish("pods", [READY])

    def test_two_hpas(self, shop: Played):
        no = condition("ScalingActive", "False", "AmbiguousSelector", "pods by selector app=web are controlled by ...")
        shop.stand(autoscaler("web-old", no), autoscaler("keda-hpa-web-scaler", no), autoscaler("else", target="other"))
        shop.stand(
            scaled_object(condition("Ready", "True"), condition("HPAActive", "False", "AmbiguousSelector", "no"))
        )
        assert shop.explain()[1:] == [
            "it does not scale: 2 HPAs are made for it, so none acts (AmbiguousSelector): keda-hpa-web-scaler, web-old"
        ]

    def test_an_hpa_whose_selector_matches_pods_of_another(self, shop: Played):
        said = "pods by selector app=web are controlled by multiple HPAs: [shop/web shop/worker]"
        shop.stand(autoscaler("web", condition("ScalingActive", "False", "AmbiguousSelector", said)))
        assert shop.explain()[1:] == [
            f"it does not scale: its HPA web matches pods of another's (AmbiguousSelector): {said}"
        ]

    def test_an_hpa_that_gets_no_metric(self, shop: Played):
        no = condition("ScalingActive", "False", "FailedGetResourceMetric", "missing request for cpu in container web")
        shop.stand(autoscaler("web", condition("AbleToScale", "False", "FailedGetScale", "no scale"), no))
        assert shop.explain()[1:] == [
            "HPA web does not scale it: FailedGetScale: no scale",
            "HPA web does not scale it: FailedGetResourceMetric: missing request for cpu in container web",
        ]

    @pytest.mark.parametrize(
        ("scaled", "line"),
        [
            (
                [condition("Ready", "False", "TriggerError", "Triggers are not working correctly")],
                "ScaledObject web-scaler is not ready: TriggerError: Triggers are not working correctly",
            ),
            (
                [condition("Ready", "False", "HPAMetricsUnavailable", NO_METRIC)],
                f"ScaledObject web-scaler says that its HPA does not scale: HPAMetricsUnavailable: {NO_METRIC}",
            ),
            (
                [condition("Ready", "True"), condition("HPAActive", "False", "FailedGetExternalMetric", NO_METRIC)],
                f"ScaledObject web-scaler says that its HPA does not scale: FailedGetExternalMetric: {NO_METRIC}",
            ),
        ],
        ids=["2.17", "2.20.0", "2.20.2"],
    )
    def test_each_form_of_keda(self, shop: Played, scaled: list[Manifest], line: str):
        shop.stand(scaled_object(*scaled))
        assert shop.explain()[1:] == [line]

    def test_what_the_hpa_says_keda_need_not_repeat(self, shop: Played):
        shop.stand(autoscaler("web", condition("ScalingActive", "False", "FailedGetExternalMetric", NO_METRIC)))
        said = f"HPA is not actively scaling: {NO_METRIC}"
        shop.stand(
            scaled_object(condition("Ready", "True"), condition("HPAActive", "False", "FailedGetExternalMetric", said))
        )
        shop.cluster.wish("events", [event("HorizontalPodAutoscaler", "web", "FailedGetExternalMetric", NO_METRIC)])
        assert shop.explain()[1:] == [f"HPA web does not scale it: FailedGetExternalMetric: {NO_METRIC}"]

    def test_events_where_conditions_are_silent(self, shop: Played):
        """At the least replicas an HPA stays active while its list cannot be read."""
        shop.stand(autoscaler("web", condition("ScalingActive", "True", "ValidMetricFound")))
        shop.stand(scaled_object(condition("Ready", "False", "ScaledObjectCheckFailed", "failed to ensure HPA")))
        refused = "error parsing redis metadata: no addresses or hosts given"
        shop.cluster.wish(
            "events",
            [
                event("HorizontalPodAutoscaler", "web", "FailedGetExternalMetric", NO_METRIC),
                event("HorizontalPodAutoscaler", "web", "FailedGetResourceMetric", "pods are starting"),
                event("ScaledObject", "web-scaler", "ScaledObjectCheckFailed", "failed to ensure HPA"),
                event("ScaledObject", "web-scaler", "KEDAScalerFailed", refused),
            ],
        )
        assert shop.explain()[1:] == [
            f"HPA web: FailedGetExternalMetric: {NO_METRIC}",
            "ScaledObject web-scaler is not ready: ScaledObjectCheckFailed: failed to ensure HPA",
            f"ScaledObject web-scaler: KEDAScalerFailed: {refused}",
        ]

    def test_a_worker_that_sleeps_is_well(self, shop: Played):
        shop.stand(
            autoscaler("web", condition("ScalingActive", "False", "ScalingDisabled", "the replica count is zero"))
        )
        shop.stand(scaled_object(condition("Ready", "True"), condition("HPAActive", "True", "ScalingDisabled", "zero")))
        assert shop.explain() == ["all of its pods are ready"]


class TestWhatCannotBeRead:
    def test_it_is_said_once(self, shop: Played):
        shop.cluster.wish("forbidden", [["list", "events"], ["list", "scaledobjects.keda.sh"]])
        assert shop.explain()[-1] == (
            "not looked at, because this identity may not read them: events, scaledobjects.keda.sh"
        )

    def test_without_replica_sets_the_selector_tells_whose_pods(self, shop: Played):
        shop.cluster.wish("forbidden", [["list", "replicasets.apps"]])
        shop.cluster.wish("pods", [pod("web-1-a"), {**pod("other-1-a"), "metadata": {"name": "other-1-a"}}])
        assert [each for each in shop.explain() if each.startswith("pod ")] == ["pod web-1-a: Pending"]

    def test_a_cluster_without_keda(self, shop: Played):
        shop.cluster.wish("no_resource", ["scaledobjects.keda.sh"])
        assert shop.explain() == ["it has no pods, and nothing says why"]

    def test_another_failure(self, shop: Played):
        shop.cluster.wish("unreachable", ["pods"])
        assert shop.explain()[-1] == "not looked at, because they could not be read: pods"


def test_messages_have_an_end(shop: Played):
    shop.stand(replica_set("web-new", revision=2, why='admission webhook "w" denied the request: ' + "word " * 1000))
    (line,) = shop.explain()
    assert len(line) < 500
    assert line.endswith(" ...")


def test_environment_variables_are_never_shown(shop: Played):
    container = {"name": "web", "image": "web", "env": [{"name": "PASSWORD", "value": "hunter2"}]}
    shop.stand(replica_set("web-new", revision=2, created=1))
    shop.cluster.wish("pods", [pod("web-new-a", spec={"containers": [container]})])
    assert "hunter2" not in json.dumps(shop.explain())


def test_the_guide_to_deployments_tells_of_what_is_said():
    source = "".join(each.read_text(encoding="utf-8") for each in Path(diagnosis.__file__).parent.glob("*.py"))
    section = GUIDE.read_text(encoding="utf-8").partition("### When a workload")[2].partition("\n\nA reviewer")[0]
    rows = re.findall(r"^\| (\*.*?) \|", section, re.MULTILINE)
    said = [each for row in rows for each in re.findall(r"\*([^*]+)\*", row)]
    assert len(said) >= 20
    # What is filled in differs from time to time.
    texts = re.sub(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "…", source)
    for each in said:
        for part in re.split(r"…|\(restricted\)|: ", each):
            assert part.strip() in texts, each
