"""What a deployment does when things go wrong: it says what, and leaves a state that can be gone on from."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.support import Manifest

CRASHING: Manifest = {
    "metadata": {"name": "web-5d4f-abcde", "creationTimestamp": "2026-01-01T00:00:00Z"},
    "status": {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "False", "message": "containers with unready status: [web]"}],
        "containerStatuses": [
            {
                "name": "web",
                "ready": False,
                "restartCount": 4,
                "state": {
                    "waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}
                },
                "lastState": {"terminated": {"reason": "Error", "exitCode": 3}},
            }
        ],
    },
}
EVENTS = [
    {
        "type": "Warning",
        "reason": "BackOff",
        "message": "Back-off restarting",
        "involvedObject": {"name": "web-5d4f-abcde"},
    },
    {
        "type": "Warning",
        "reason": "Unhealthy",
        "message": "Liveness probe failed: connection refused",
        "involvedObject": {"name": "web-5d4f-abcde"},
    },
    {"type": "Normal", "reason": "Pulled", "message": "Pulled the image", "involvedObject": {"name": "web-5d4f-abcde"}},
    {"type": "Warning", "reason": "Other", "message": "of another pod", "involvedObject": {"name": "other"}},
]


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


def run_pods(cluster: TestCluster, pods: list[Manifest]) -> None:
    """What the controllers make of the Deployment that was applied: a ReplicaSet, and these pods."""
    deployment = cluster.get("Deployment", "web")
    assert deployment
    metadata = {"name": "web-5d4f", "namespace": "shop", "annotations": {"deployment.kubernetes.io/revision": "1"}}
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": deployment["metadata"]["uid"]}
    replica_set = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {**metadata, "ownerReferences": [owner]},
        "spec": {"replicas": len(pods)},
        "status": {"replicas": len(pods)},
    }
    cluster.apply(replica_set, "kube-controller-manager")
    made = json.loads(cluster.kubectl("get", "replicaset.apps/web-5d4f", "--namespace=shop", "-o", "json"))
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d4f", "uid": made["metadata"]["uid"]}
    cluster.wish("pods", [{**each, "metadata": {**each["metadata"], "ownerReferences": [owner]}} for each in pods])


def test_a_failed_rollout_says_why(checkout: Checkout, cluster: TestCluster, examx: Examx):
    assert examx("apply", "dev").exit_code == 0
    run_pods(cluster, [CRASHING])
    cluster.wish("stuck", {"web": True})
    cluster.wish("events", EVENTS)
    cluster.wish("logs", {"web-5d4f-abcde": "Traceback\nKeyError: 'DATABASE_URL'"})
    done = examx("apply", "dev")
    assert done.exit_code == 1
    said = done.stderr.splitlines()
    why = said[said.index("Why web is not ready") :]
    assert why[1:-1] == [
        'error: deployment "web" exceeded its progress deadline',
        "pod web-5d4f-abcde: Running",
        "  container web waits: CrashLoopBackOff back-off 40s restarting failed container",
        "  container web ended before: Error, exit status 3",
        "  container web was restarted 4 times",
        "  event Unhealthy: Liveness probe failed: connection refused",
        "  last lines of web:",
        "    | Traceback",
        "    | KeyError: 'DATABASE_URL'",
    ]
    assert why[-1].startswith("error: everything is applied, but not ready: web;")
    assert "examx rollback" in why[-1]


def test_nothing_is_removed_before_the_rollouts_are_done(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    checkout.one("ConfigMap")["metadata"]["name"] = "settings-2"
    checkout.commit("second")
    cluster.wish("stuck", {"web": True})
    assert examx("apply", "dev").exit_code == 1
    assert cluster.get("ConfigMap", "settings"), "the old pods may still need it"
    cluster.wish("stuck", {})
    assert examx("apply", "dev").exit_code == 0
    assert cluster.get("ConfigMap", "settings") is None


def test_another_cluster_is_refused(checkout: Checkout, cluster: TestCluster, examx: Examx):
    cluster.wish("name", "arn:aws:eks:ap-south-1:123456789012:cluster/greatify-testing")
    done = examx("apply", "dev", "--context", "wrong")
    assert done.exit_code == 1
    assert done.stderr == (
        'error: the context "standing-in" leads to the cluster '
        "arn:aws:eks:ap-south-1:123456789012:cluster/greatify-testing; this environment is of testing: "
        "choose its context with --context\n"
    )
    assert cluster.calls == [["--context=wrong", "config", "view", "--minify", "-o", "json"]]


class TestSomebodyWhoMayNotDoEverything:
    def test_what_is_as_it_should_be_is_left(self, checkout: Checkout, cluster: TestCluster, examx: Examx):
        examx("apply", "dev")
        cluster.wish("forbidden", [["patch", "Namespace"]])
        done = examx("apply", "dev")
        assert (done.exit_code, done.stdout) == (0, "0 objects changed, 0 removed\n")
        assert "Namespace shop: left alone; this identity may not change it; it is as it should be" in done.stderr

    def test_what_can_not_be_seen_is_left_and_told(self, checkout: Checkout, cluster: TestCluster, examx: Examx):
        volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "media"}, "spec": {}}
        checkout.manifests.append(volume)
        examx("apply", "dev")
        cluster.wish("forbidden", [["patch", "PersistentVolume"], ["get", "PersistentVolume"]])
        done = examx("apply", "dev")
        assert done.exit_code == 0, done.stderr

    def test_what_must_change_is_refused(self, checkout: Checkout, cluster: TestCluster, examx: Examx):
        examx("apply", "dev")
        checkout.one("Namespace")["metadata"]["labels"]["environment"] = "other"
        checkout.one("ConfigMap")["data"]["colour"] = "blue"
        checkout.commit("second")
        cluster.wish("forbidden", [["patch", "Namespace"]])
        done = examx("apply", "dev")
        assert done.exit_code == 1
        assert "Namespace shop: Error from server (Forbidden)" in done.stderr
        assert "an administrator applies once, with this same command" in done.stderr
        settings = cluster.get("ConfigMap", "settings")
        assert settings is not None
        assert settings["data"]["colour"] == "red"

    def test_a_new_environment_needs_an_administrator(self, checkout: Checkout, cluster: TestCluster, examx: Examx):
        cluster.wish("forbidden", [["patch", "Namespace"]])
        done = examx("apply", "dev")
        assert done.exit_code == 1
        assert "an administrator applies once" in done.stderr

    def test_leftovers_that_may_not_be_removed_are_told(self, checkout: Checkout, cluster: TestCluster, examx: Examx):
        examx("apply", "dev")
        checkout.manifests.remove(checkout.one("Service"))
        checkout.commit("second")
        cluster.wish("forbidden", [["delete", "Service"]])
        done = examx("apply", "dev")
        assert (done.exit_code, done.stdout) == (0, "0 objects changed, 0 removed\n")
        assert "warning: Service web is no longer rendered and could not be removed" in done.stderr


def test_uncommitted_manifests_are_told(checkout: Checkout, cluster: TestCluster, examx: Examx):
    checkout.one("ConfigMap")["data"]["colour"] = "blue"
    checkout.write("second")
    assert "no rollback can come back to it" in examx("apply", "dev").stderr


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_wait_can_be_gone_on_with(
    checkout: Checkout, cluster: TestCluster, examx: Examx, stop: signal.Signals, tmp_path: Path
):
    cluster.wish("slow", {"web": 60})
    process = subprocess.Popen(
        [sys.executable, "-m", "examx_cli", "apply", "dev"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "rollout to finish" not in (line := process.stderr.readline()):
        assert line, "it ended early"
    before = time.monotonic()
    process.send_signal(stop)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted while waiting: everything is applied and the rollouts go on" in said
    assert "Traceback" not in said
    assert time.monotonic() - before < 30, "it does not wait for the rollout"
    cluster.wish("slow", {})
    assert examx("apply", "dev").stdout == "0 objects changed, 0 removed\n"


def test_no_kubectl(checkout: Checkout, examx: Examx, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXAMX_KUBECTL", "/nonexistent/kubectl")
    done = examx("apply", "dev")
    assert (done.exit_code, done.stderr) == (
        2,
        "error: `/nonexistent/kubectl` is not installed: no such program on the PATH\n",
    )


def test_no_checkout(examx: Examx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = examx("apply", "dev")
    assert done.exit_code == 2
    assert "is not in a checkout of this project" in done.stderr


def test_secrets_of_the_cluster_are_not_in_the_arguments(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    assert "large" not in json.dumps(cluster.calls), "objects go through standard input"
