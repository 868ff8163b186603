"""What a whole difference says: what it comes to, in which words, and what it keeps to itself."""

import json

import pytest

from examx_cli.comparison import ABSENT, Action, Difference, Impact, NotCompared, compare
from examx_cli.comparison.fields import shown
from examx_cli.diff import document, markdown, text
from examx_cli.diff.sources import Comparison
from examx_constructs.manifests import ObjectId
from tests.unit.cli.diff.support import (
    NEW_NGINX,
    WORKERS,
    Edit,
    Manifest,
    another_nginx,
    changed,
    difference,
    drop,
    find,
    manifests,
    new_image,
    only,
    put,
    release,
    remove,
    swap,
)


def test_summary_names_what_it_is_about() -> None:
    found = difference(
        "prod",
        new_image("examxv2-backend", "nginx"),
        new_image("celery-beat", "celery-beat"),
        put("ScaledObject celery-worker-default-scaler", "spec.maxReplicaCount", 21),
        put("Role examxv2-deployer", "rules[0].verbs", ["list"]),
    )

    assert found.impact is Impact.RESTART
    assert found.summary() == (
        "4 objects change: restarts examxv2-backend, celery-beat; changes scaling of celery-worker-default"
    )
    assert found.subjects(Impact.RESTART) == ["examxv2-backend", "celery-beat"]


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([put("Namespace dev-examxv2", "metadata.labels.team", "a")], "1 object changes: nothing that runs notices"),
        ([remove("Service redis")], "1 object is removed: stops or cuts off Service redis"),
        (
            [remove("Service redis"), drop("Deployment celery-beat", "spec.selector.matchLabels")],
            "2 objects change, 1 removed: would be refused: Deployment celery-beat; stops or cuts off Service redis",
        ),
        (
            [remove("PersistentVolumeClaim examxv2-backend-pvc")],
            "1 object is removed: deletes data or cuts pods off from it: PersistentVolumeClaim examxv2-backend-pvc",
        ),
    ],
)
def test_summary_is_a_sentence(edits: list[Edit], expected: str) -> None:
    assert difference("dev", *edits).summary() == expected


def test_summary_of_a_new_environment_stays_short() -> None:
    found = compare([], manifests("prod"))

    assert found.summary().startswith(f"{len(manifests('prod'))} objects are new: changes scaling of redis-replica, ")
    assert " and " in found.summary()
    assert len(found.summary()) < 1000
    assert {change.action for change in found.changes} == {Action.ADDED}
    assert {change.action for change in compare(manifests("prod"), []).changes} == {Action.REMOVED}


def test_the_heaviest_field_decides() -> None:
    change = only(
        difference(
            "dev",
            put("Deployment celery-beat", "metadata.labels.team", "a"),
            put("Deployment celery-beat", "spec.template.spec.terminationGracePeriodSeconds", 31),
            put("Deployment celery-beat", "spec.selector.matchLabels.team", "a"),
        )
    )

    assert change.impact is Impact.REFUSED
    assert [effect.impact for effect in change.effects] == [Impact.REFUSED, Impact.RESTART, Impact.NONE]
    assert [field.effect.impact for field in change.fields] == [Impact.NONE, Impact.REFUSED, Impact.RESTART]


def test_another_version_of_an_api_is_a_field() -> None:
    change = only(
        difference("dev", put("HorizontalPodAutoscaler examxv2-backend-pod-autoscaler", "apiVersion", "autoscaling/v3"))
    )

    assert [shown(field.path) for field in change.fields] == ["apiVersion"]
    assert change.impact is Impact.NONE


def test_another_name_is_another_object() -> None:
    found = difference("dev", put("Service redis", "metadata.name", "other"))

    assert [(str(each.key), each.action) for each in found.changes] == [
        ("Service other", Action.ADDED),
        ("Service redis", Action.REMOVED),
    ]


def test_a_configuration_under_a_new_name_shows_what_changes_in_it() -> None:
    found = difference("dev", another_nginx)

    config, backend = found.changes
    assert config.action is Action.REPLACED
    assert config.key.name == NEW_NGINX
    assert config.replaces is not None
    assert config.replaces.name.startswith("examxv2-nginx-")
    assert [shown(field.path) for field in config.fields] == ['data["requests.conf"]']
    assert config.impact is Impact.NONE
    assert config.effects[0].reason == "configuration for examxv2-backend"
    assert backend.impact is Impact.RESTART
    assert found.summary() == "2 objects change: restarts examxv2-backend"


def test_a_configuration_that_pods_still_need_may_not_go_under_another_name() -> None:
    found = difference("dev", put("ConfigMap examxv2-nginx-*", "metadata.name", NEW_NGINX))

    assert only(found).impact is Impact.STOP
    assert [effect.impact for effect in only(found).effects] == [Impact.STOP, Impact.NONE]


def test_two_configurations_of_one_stem_are_not_paired() -> None:
    before, after = changed("dev", another_nginx)
    second = json.loads(json.dumps(find(after, f"ConfigMap {NEW_NGINX}")))
    second["metadata"]["name"] = "examxv2-nginx-9876543210"

    actions = [each.action for each in compare(before, [*after, second]).changes if each.key.kind == "ConfigMap"]
    assert actions == [Action.ADDED, Action.ADDED, Action.REMOVED]


def test_a_configuration_whose_checksum_follows_restarts_only_there() -> None:
    found = difference(
        "dev",
        swap("ConfigMap redis-config", 'data["redis.conf"]', "409mb", "500mb"),
        put("StatefulSet redis", 'spec.template.metadata.annotations["checksum/config"]', "0"),
    )

    assert {str(each.key): each.impact for each in found.changes} == {
        "ConfigMap redis-config": Impact.NONE,
        "StatefulSet redis": Impact.RESTART,
    }
    assert found.changes[0].effects[0].reason == "is read at the start of redis, which restarts as well"


def in_memory(items: list[Manifest]) -> None:
    """A Redis without a volume, as an environment may have it."""
    swap("ConfigMap redis-config", 'data["redis.conf"]', "appendonly yes", "appendonly no")(items)
    del find(items, "StatefulSet redis")["spec"]["volumeClaimTemplates"]


def test_a_redis_that_keeps_nothing_loses_its_tasks_when_it_restarts() -> None:
    before = manifests("dev")
    in_memory(before)
    after = json.loads(json.dumps(before))
    put("StatefulSet redis", "spec.template.spec.containers[redis].image", "registry.example.com/redis:8")(after)

    change = only(compare(before, after))
    assert change.impact is Impact.DATA
    assert change.effects[0].reason.startswith("this Redis keeps tasks in memory only: those that are queued are gone")
    assert change.effects[1].reason == "restarts 1 pod: it is down until it is back"
    remove("StatefulSet redis")(after)
    assert only(compare(before, after)).impact is Impact.DATA


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            put("Deployment celery-beat", "spec.paused", value=True),
            "it is paused: its pods are replaced when that ends",
        ),
        (put("Deployment celery-beat", "spec.replicas", 0), "it has no pods"),
        (put("Deployment celery-beat", "spec.replicas", 2), "restarts 2 pods, Recreate: it is down until new ones run"),
        (
            put("Deployment celery-beat", "spec.strategy", {"type": "RollingUpdate"}),
            "restarts 1 pod, rolling: up to 25% may be missing meanwhile",
        ),
        (
            put("Deployment celery-beat", "spec.strategy", {"rollingUpdate": {"maxUnavailable": 1}}),
            "restarts 1 pod, rolling: up to 1 may be missing meanwhile",
        ),
    ],
)
def test_how_a_deployment_restarts(edit: Edit, expected: str) -> None:
    before, _ = changed("dev")
    edit(before)
    after = json.loads(json.dumps(before))
    new_image("celery-beat", "celery-beat")(after)

    assert only(compare(before, after)).effects[0].reason == expected


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ({"type": "OnDelete"}, "its pods are only replaced when somebody deletes them (OnDelete)"),
        ({"rollingUpdate": {"partition": 2}}, "restarts 3 pods from number 2 on, one after the other"),
        ({}, "restarts 3 pods, one after the other, each down until it is back"),
    ],
)
def test_how_a_stateful_set_restarts(strategy: Manifest, expected: str) -> None:
    before = manifests("prod")
    find(before, "StatefulSet redis-sentinel")["spec"]["updateStrategy"] = strategy
    after = json.loads(json.dumps(before))
    put("StatefulSet redis-sentinel", "spec.template.spec.terminationGracePeriodSeconds", 61)(after)

    assert only(compare(before, after)).effects[0].reason == expected


POD = {
    "metadata": {"labels": {"app": "a"}},
    "spec": {"containers": [{"name": "a", "image": "registry.example.com/a:1"}]},
}


def item(api_version: str, kind: str, **content: object) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a", "namespace": "ns"}, **content}


@pytest.mark.parametrize(
    ("given", "removed", "added"),
    [
        (
            item("apps/v1", "DaemonSet", spec={"template": POD}),
            (Impact.STOP, "stops a pod on each node"),
            (Impact.LIVE, "starts a pod on each node"),
        ),
        (
            item("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": POD}}}),
            (Impact.STOP, "runs no more"),
            (Impact.LIVE, "starts pods by its schedule"),
        ),
        (
            item("apps/v1", "StatefulSet", spec={"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}),
            (Impact.DATA, "its claims, and what they hold, are deleted with it (whenDeleted: Delete)"),
            (Impact.LIVE, "starts 1 pod"),
        ),
        (
            item("v1", "Service", spec={"type": "LoadBalancer"}),
            (Impact.STOP, "nothing answers under the name a any more, and its load balancer goes away"),
            (Impact.LIVE, "is a new address for pods"),
        ),
        (
            item("v1", "PersistentVolumeClaim", spec={}),
            (Impact.DATA, "what it holds is deleted, unless its volume is kept (Retain)"),
            (Impact.NONE, "claims a volume"),
        ),
        (
            item("v1", "PersistentVolume", spec={"persistentVolumeReclaimPolicy": "Delete"}),
            (Impact.DATA, "what it holds is deleted (reclaim policy Delete)"),
            (Impact.NONE, "a volume, for the claim that it names"),
        ),
        (
            item(
                "keda.sh/v1alpha1",
                "ScaledObject",
                spec={"scaleTargetRef": {"name": "w"}, "advanced": {"restoreToOriginalReplicaCount": True}},
            ),
            (Impact.SCALING, "nothing scales it any more: it goes back to the pods that it had before"),
            (Impact.SCALING, "is scaled from now on, 0 to 100 pods"),
        ),
        (
            item("autoscaling/v2", "HorizontalPodAutoscaler", spec={"minReplicas": 2, "maxReplicas": 2}),
            (Impact.SCALING, "nothing scales it any more: it keeps as many pods as it has then"),
            (Impact.SCALING, "is scaled from now on, 2 pods"),
        ),
        (
            item("networking.k8s.io/v1", "Ingress", spec={"rules": [{"http": {}}]}),
            (Impact.STOP, "takes the load balancer away: all hosts is not served"),
            (Impact.LIVE, "makes a load balancer for all hosts"),
        ),
        (
            item("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{}]}),
            (Impact.LIVE, "no longer restricts the pods that it selected"),
            (Impact.LIVE, "its pods may send or take at once what it names, and nothing that no policy names"),
        ),
        (
            item("example.com/v1", "Thing"),
            (Impact.STOP, "its controller stops what it did for it; what that is, is not known here"),
            (Impact.LIVE, "its controller acts on it; what that does is not known here"),
        ),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_what_goes_and_what_comes(given: Manifest, removed: tuple[Impact, str], added: tuple[Impact, str]) -> None:
    [gone], [new] = only(compare([given], [])).effects, only(compare([], [given])).effects

    assert (gone.impact, gone.reason) == removed
    assert (new.impact, new.reason) == added


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "a claim without a storage class cannot grow: its volume was made by hand"),
        (
            "examxv2-production-efs",
            "a claim of the storage class examxv2-production-efs cannot grow: allowVolumeExpansion is not set",
        ),
    ],
)
def test_a_claim_grows_only_where_its_class_lets_it(name: str, reason: str) -> None:
    before, after = manifests("prod"), manifests("prod")
    for each in (before, after):
        put("PersistentVolumeClaim examxv2-backend-pvc", "spec.storageClassName", name)(each)
    put("PersistentVolumeClaim examxv2-backend-pvc", "spec.resources.requests.storage", "20Gi")(after)

    [effect] = only(compare(before, after)).effects
    assert (effect.impact, effect.reason) == (Impact.REFUSED, reason)


def test_replicas_are_left_to_an_autoscaler() -> None:
    before, after = changed("dev", put("Deployment celery-worker-default", "spec.replicas", 2))

    [effect] = only(compare(after, before)).effects
    assert effect.reason == "leaves the number of pods to ScaledObject celery-worker-default-scaler, 1 to 3 pods"


REFERENCES = [
    {"volumes": [{"name": "a", "configMap": {"name": "a"}}]},
    {"volumes": [{"name": "a", "projected": {"sources": [{"configMap": {"name": "a"}}]}}]},
    {"containers": [{"name": "a", "envFrom": [{"configMapRef": {"name": "a"}}]}]},
    {
        "initContainers": [
            {"name": "a", "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}]}
        ]
    },
]


@pytest.mark.parametrize("pod", REFERENCES)
def test_readers_of_a_configuration_are_found(pod: Manifest) -> None:
    workload = item("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": {"spec": pod}}}})
    before, after = ([item("v1", "ConfigMap", data={"a": value}), workload] for value in ("b", "c"))

    [effect] = only(compare(before, after)).effects
    assert effect.reason == "restarts nothing: running pods of a keep what they read at their start"


SECRET_POD = {
    "containers": [{"name": "a", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]}]
}


def test_the_values_of_secrets_are_never_shown() -> None:
    workload = item("apps/v1", "Deployment", spec={"template": {"spec": SECRET_POD}})
    before = [item("v1", "Secret", data={"old": "b25lLXZhbHVl", "both": "Zmlyc3Q="}), workload]
    after = [item("v1", "Secret", data={"both": "c2Vjb25k"}, stringData={"new": "plain-value"}), workload]

    found = compare(before, after)
    change = only(found)
    assert change.impact is Impact.LIVE
    assert {shown(field.path): (field.before, field.after) for field in change.fields} == {
        "data.old": ("(hidden)", ABSENT),
        "data.both": ("(hidden)", "(hidden)"),
        "stringData.new": (ABSENT, "(hidden)"),
    }
    for difference_to_show in (found, compare([], after), compare(before, [])):
        shown_to = [Comparison("dev", "HEAD", difference_to_show)]
        said = text.report(shown_to).plain + markdown.report(shown_to) + json.dumps(document.report(shown_to))
        assert not any(value in said for value in ("b25lLXZhbHVl", "Zmlyc3Q=", "c2Vjb25k", "plain-value"))


BEAT = ObjectId("apps", "Deployment", "dev-examxv2", "celery-beat")


def test_what_a_server_refused_is_refused() -> None:
    before, after = changed("dev", put("Deployment celery-beat", "spec.progressDeadlineSeconds", 1))

    change = only(
        compare(before, after, refused={BEAT: 'The Deployment "celery-beat" is invalid:\n * spec: too short'})
    )
    assert change.impact is Impact.REFUSED
    assert change.effects[0].reason == 'The Deployment "celery-beat" is invalid: * spec: too short'
    assert change.effects[1].impact is Impact.NONE


def test_what_is_known_to_be_refused_is_said_in_our_words() -> None:
    before, after = changed("dev", put("Deployment celery-beat", "spec.selector.matchLabels.team", "a"))

    [effect] = only(compare(before, after, refused={BEAT: "field is immutable"})).effects
    assert effect.reason == "spec.selector cannot be changed: it must be deleted first, which stops its pods"


def test_what_a_server_refused_is_a_change_even_without_a_field() -> None:
    change = only(compare(manifests("dev"), manifests("dev"), refused={BEAT: "no"}))

    assert (change.key, change.fields, change.impact) == (BEAT, (), Impact.REFUSED)


def test_what_was_not_compared_is_no_change() -> None:
    found = compare([], [], not_compared=[NotCompared("StorageClass a", "no")])

    assert not found
    assert found == Difference(not_compared=(NotCompared("StorageClass a", "no"),))


def test_a_cluster_writes_much_that_is_no_change() -> None:
    bookkeeping = {
        "uid": "1",
        "resourceVersion": "2",
        "generation": 3,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "selfLink": "/a",
        "managedFields": [{"manager": "a"}],
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "deployment.kubernetes.io/revision": "4",
            "pv.kubernetes.io/bind-completed": "yes",
        },
    }
    live = [{**each, "status": {"a": 1}, "metadata": {**each["metadata"], **bookkeeping}} for each in manifests("dev")]
    find(live, "PersistentVolume dev-*")["spec"]["claimRef"] |= {"uid": "5", "resourceVersion": "6"}
    wanted = manifests("dev")
    for one, other in zip(live, wanted, strict=True):
        one["metadata"]["annotations"] = {**other["metadata"].get("annotations", {}), **bookkeeping["annotations"]}

    assert not compare(live, wanted)
    assert not compare(wanted, live)


@pytest.mark.parametrize("path", ["spec", "rules"])
def test_a_malformed_object_is_still_compared(path: str) -> None:
    before, after = manifests("dev"), manifests("dev")
    for each in after:
        each[path] = "text"

    assert len(compare(before, after).changes) == len(after)


def test_every_workload_of_a_release_restarts() -> None:
    found = difference("dev", *release())

    assert found.subjects(Impact.RESTART) == ["examxv2-backend", *WORKERS, "celery-beat"]
