"""`examx apply` against a cluster: what is there afterwards, and what is not."""

import json

import pytest

from examx_cli import applying
from examx_constructs.nginx import render
from examx_constructs.settings import ClientTlsOff, NginxSettings
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.support import Manifest


def _replicas(cluster: TestCluster) -> int:
    deployment = cluster.get("Deployment", "web")
    assert deployment is not None
    return deployment["spec"]["replicas"]


def _rename(item: Manifest, name: str) -> None:
    item["metadata"]["name"] = name


def test_everything_is_there_afterwards(checkout: Checkout, cluster: TestCluster, examx: Examx):
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == "5 objects changed, 0 removed"
    for item in checkout.manifests:
        assert cluster.get(item["kind"], item["metadata"]["name"]), item["kind"]
    assert 'deployment "web" successfully rolled out' in done.stderr


def test_again_changes_nothing(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    before = cluster.get("Deployment", "web")
    done = examx("apply", "dev")
    assert (done.exit_code, done.stdout) == (0, "0 objects changed, 0 removed\n")
    after = cluster.get("Deployment", "web")
    assert before is not None
    assert after is not None
    assert before["metadata"].get("generation") == after["metadata"].get("generation")


def test_a_change_is_applied_and_a_field_that_is_left_out_is_removed(
    checkout: Checkout, cluster: TestCluster, examx: Examx
):
    examx("apply", "dev")
    checkout.one("ConfigMap")["data"] = {"colour": "blue"}
    checkout.commit("second")
    done = examx("apply", "dev")
    assert done.stdout == "changed: ConfigMap settings\n1 objects changed, 0 removed\n"
    settings = cluster.get("ConfigMap", "settings")
    assert settings is not None
    assert settings["data"] == {"colour": "blue"}


def test_a_dry_run_changes_nothing(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    checkout.one("ConfigMap")["data"]["colour"] = "blue"
    checkout.manifests.remove(checkout.one("Service"))
    checkout.commit("second")
    done = examx("apply", "dev", "--dry-run")
    assert done.stdout.splitlines() == [
        "would be changed: ConfigMap settings",
        "would be removed: Service web",
        "1 objects would be changed, 1 would be removed",
    ]
    settings = cluster.get("ConfigMap", "settings")
    assert settings is not None
    assert settings["data"]["colour"] == "red"
    assert cluster.get("Service", "web")


def test_what_a_person_changed_is_taken_back(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    metadata = {"name": "settings", "namespace": cluster.namespace}
    cluster.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"colour": "green"}}, "person"
    )
    assert examx("apply", "dev").exit_code == 0
    settings = cluster.get("ConfigMap", "settings")
    assert settings is not None
    assert settings["data"]["colour"] == "red"


def test_replicas_go_to_the_autoscaler_without_a_dip(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    assert _replicas(cluster) == 3
    del checkout.one("Deployment")["spec"]["replicas"]
    checkout.commit("second")
    done = examx("apply", "dev")
    assert "Deployment web: its autoscaler decides on the replicas from now on" in done.stderr
    assert _replicas(cluster) == 3
    cluster.scale("web", 5)
    done = examx("apply", "dev")
    assert "its autoscaler decides" not in done.stderr
    assert _replicas(cluster) == 5


def test_replicas_come_back_from_the_autoscaler(checkout: Checkout, cluster: TestCluster, examx: Examx):
    del checkout.one("Deployment")["spec"]["replicas"]
    checkout.commit("without")
    examx("apply", "dev")
    assert _replicas(cluster) == 1
    cluster.scale("web", 4)
    checkout.one("Deployment")["spec"]["replicas"] = 2
    checkout.commit("with")
    assert examx("apply", "dev").exit_code == 0
    assert _replicas(cluster) == 2


def test_another_selector_is_refused_before_anything_is_touched(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    checkout.one("ConfigMap")["data"]["colour"] = "blue"
    deployment, service = checkout.one("Deployment"), checkout.one("Service")
    deployment["spec"]["selector"]["matchLabels"] = {"app.kubernetes.io/name": "shop"}
    deployment["spec"]["template"]["metadata"]["labels"] = {"app.kubernetes.io/name": "shop"}
    service["spec"]["selector"] = {"app.kubernetes.io/name": "shop"}
    checkout.commit("second")
    done = examx("apply", "dev")
    assert done.exit_code == 1
    assert "nothing was applied; the cluster refuses\n  Deployment web: The Deployment" in done.stderr
    assert "field is immutable" in done.stderr
    assert "needs a new object" in done.stderr
    settings = cluster.get("ConfigMap", "settings")
    assert settings is not None
    assert settings["data"]["colour"] == "red"


def test_what_is_no_longer_rendered_is_removed(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    metadata = {"name": "foreign", "namespace": cluster.namespace}
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}}, "person")
    _rename(checkout.one("ConfigMap"), "settings-2")
    checkout.manifests.remove(checkout.one("PersistentVolumeClaim"))
    checkout.commit("second")
    done = examx("apply", "dev")
    assert "removed: ConfigMap settings\n" in done.stdout
    assert cluster.get("ConfigMap", "settings") is None
    assert cluster.get("ConfigMap", "settings-2")
    assert cluster.get("ConfigMap", "foreign"), "what somebody else applied stays"
    assert cluster.get("ConfigMap", "examx-releases"), "the history stays"
    assert cluster.get("PersistentVolumeClaim", "uploads"), "data stays"


def test_a_claim_is_removed_when_told_to(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    checkout.manifests.remove(checkout.one("PersistentVolumeClaim"))
    checkout.commit("second")
    assert examx("apply", "dev", "--prune-storage").stdout.splitlines()[0] == "removed: PersistentVolumeClaim uploads"
    claim = cluster.get("PersistentVolumeClaim", "uploads")
    assert claim is None or claim["metadata"].get("deletionTimestamp")


def test_a_mistake_in_the_manifests_stops_it(checkout: Checkout, cluster: TestCluster, examx: Examx):
    checkout.one("Deployment")["spec"]["template"]["spec"]["containers"][0]["securityContext"]["privileged"] = True
    checkout.commit("second")
    done = examx("apply", "dev")
    assert done.exit_code == 1
    assert "nothing was applied; these manifests would break" in done.stderr
    assert cluster.get("Namespace", cluster.namespace) is None


@pytest.mark.parametrize("protected", [False, True])
def test_files_without_a_login_are_told(checkout: Checkout, examx: Examx, *, protected: bool):
    files = render(NginxSettings(protected_media=protected), ClientTlsOff())
    checkout.one("ConfigMap")["data"] |= files
    checkout.commit("with-nginx")
    for arguments in (("--dry-run",), (), ("--json",)):
        done = examx("apply", "dev", *arguments)
        assert done.exit_code == 0, done.output
        told = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
        assert len(told) == (0 if protected else 1)
        assert all("dist/dev.k8s.yaml: anyone who has the address of a file under /media" in line for line in told)


def test_json_is_for_machines(checkout: Checkout, examx: Examx):
    done = examx("apply", "dev", "--json")
    assert json.loads(done.stdout) == {
        "made": [],
        "changed": [
            f"Namespace {checkout.cluster.namespace}",
            "ConfigMap settings",
            "PersistentVolumeClaim uploads",
            "Service web",
            "Deployment web",
        ],
        "pruned": [],
        "left": [],
    }


@pytest.mark.parametrize("arguments", [("apply", "nowhere"), ("apply", "dev", "--timeout", "ten")])
def test_wrong_arguments_are_named(checkout: Checkout, examx: Examx, arguments: tuple[str, ...]):
    done = examx(*arguments)
    assert done.exit_code == 2
    assert "nowhere" in done.stderr or 'duration is "ten"' in done.stderr


def _scaled_object(namespace: str) -> Manifest:
    trigger = {"type": "cron", "metadata": {"timezone": "UTC", "start": "0 6 * * *", "end": "0 20 * * *"}}
    trigger["metadata"]["desiredReplicas"] = "2"
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "web-scaler", "namespace": namespace},
        "spec": {"scaleTargetRef": {"name": "web"}, "minReplicaCount": 1, "triggers": [trigger]},
    }


def test_a_scaled_object_whose_deployment_keda_has_not_seen_is_applied_again(
    checkout: Checkout, examx: Examx, monkeypatch: pytest.MonkeyPatch
):
    """Its webhook reads a cache, which lags behind the apply that made the Deployment."""
    monkeypatch.setattr(applying, "UNSEEN_PAUSE", 0.01)
    played = checkout.cluster
    if played.state is None:
        pytest.skip("a real webhook lags when it likes")
    del checkout.one("Deployment")["spec"]["replicas"]
    checkout.manifests.append(_scaled_object(played.namespace))
    checkout.commit("scaled")
    played.wish("unseen", {"ScaledObject": 3})
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    assert "KEDA has not seen every Deployment yet" in done.stderr
    assert "web-scaler serverside-applied" in done.stderr


def test_another_refusal_of_a_scaled_object_is_final(checkout: Checkout, examx: Examx):
    if checkout.cluster.state is None:
        pytest.skip("nothing that a real webhook refuses gets past the checks")
    checkout.manifests.append(_scaled_object(checkout.cluster.namespace))
    checkout.commit("scaled")
    checkout.cluster.wish("talkative", ["ScaledObject"])
    done = examx("apply", "dev")
    assert done.exit_code == 1
    assert "KEDA has not seen" not in done.stderr
