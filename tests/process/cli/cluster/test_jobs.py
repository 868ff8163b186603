"""`examx apply` with what runs before the rollout: a migration, which ends well before any workload is touched."""

import copy
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from examx_cli.deploy import before_rollout
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.support import Manifest

MIGRATION = "shop-migrate"
IMAGE = "registry.example.com/migrate"
FAILED = {"ends": {"type": "Failed", "reason": "BackoffLimitExceeded", "message": "Job has reached its limit"}}
POD = {
    "metadata": {"name": "shop-migrate-abcde", "ownerReferences": [{"uid": "theirs"}]},
    "status": {
        "phase": "Failed",
        "containerStatuses": [
            {"name": "command", "ready": False, "state": {"terminated": {"reason": "Error", "exitCode": 1}}}
        ],
    },
}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(before_rollout, "PAUSE", 0.01)


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


@pytest.fixture
def job(checkout: Checkout) -> Manifest:
    """A migration, behind the Deployment in the manifests: it is the annotation that brings it forward."""
    pod = copy.deepcopy(checkout.one("Deployment")["spec"]["template"]["spec"])
    pod["restartPolicy"] = "Never"
    [command] = pod["containers"]
    for name in ("ports", "readinessProbe"):
        del command[name]
    command |= {"name": "command", "image": f"{IMAGE}:1"}
    made: Manifest = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": MIGRATION,
            "namespace": checkout.cluster.namespace,
            "annotations": {"examx.ai/before-rollout": "true"},
        },
        "spec": {"activeDeadlineSeconds": 60, "template": {"spec": pod}},
    }
    checkout.manifests.append(made)
    checkout.commit("first-with-one")
    return made


def _release(checkout: Checkout, job: Manifest, tag: str) -> None:
    job["spec"]["template"]["spec"]["containers"][0]["image"] = f"{IMAGE}:{tag}"
    checkout.one("Deployment")["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "COLOUR", "value": tag}]
    checkout.commit(tag)


def _state(cluster: TestCluster) -> Manifest:
    assert cluster.state is not None
    return json.loads(cluster.state.read_text(encoding="utf-8"))


def _kinds(cluster: TestCluster) -> list[str]:
    """The kinds of what is there, in the order in which it came."""
    return [key.split("|")[1] for key in _state(cluster)["objects"]]


def _colour(cluster: TestCluster) -> str:
    deployment = cluster.get("Deployment", "web")
    assert deployment is not None
    return deployment["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"]


def _image(cluster: TestCluster) -> str:
    found = _state(cluster)["objects"][f"batch|Job|{cluster.namespace}|{MIGRATION}"]["object"]
    return found["spec"]["template"]["spec"]["containers"][0]["image"]


def _there(cluster: TestCluster, job: Manifest, image: str, run: Manifest) -> None:
    """A Job of another deployment, which has begun."""
    theirs = json.loads(json.dumps(job))
    theirs["spec"]["template"]["spec"]["containers"][0]["image"] = image
    entry = {"object": theirs, "applied": {"examx": theirs}, "version": 1, "uid": "theirs", "run": run}
    cluster.wish("objects", {**_state(cluster)["objects"], f"batch|Job|{cluster.namespace}|{MIGRATION}": entry})


def _deletions(cluster: TestCluster) -> int:
    return sum("delete" in call and any("/jobs/" in word for word in call) for call in cluster.calls)


def test_it_ends_before_a_workload_is_touched(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    cluster.wish("jobs", {MIGRATION: [{"looks": 3}]})
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    kinds = _kinds(cluster)
    assert (
        kinds.index("PersistentVolumeClaim") < kinds.index("Job") < kinds.index("Service") < kinds.index("Deployment")
    )
    assert done.stderr.index(f"{MIGRATION}: done") < done.stderr.index("|Deployment|")
    assert "1 pods active, 1 ready, 0 failed" in done.stderr


def test_it_runs_once_for_a_release(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    assert examx("apply", "dev").exit_code == 0
    again = examx("apply", "dev")
    assert (again.exit_code, again.stdout) == (0, "0 objects changed, 0 removed\n")
    assert _deletions(cluster) == 0
    _release(checkout, job, "2")
    next_one = examx("apply", "dev")
    assert next_one.exit_code == 0, next_one.output
    assert f"changed: Job {MIGRATION}" in next_one.stdout
    assert (_deletions(cluster), _image(cluster), _colour(cluster)) == (1, f"{IMAGE}:2", "2")


def test_nothing_is_rolled_out_where_it_fails(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    assert examx("apply", "dev").exit_code == 0
    _release(checkout, job, "2")
    cluster.wish("jobs", {MIGRATION: [FAILED]})
    failed = examx("apply", "dev")
    assert failed.exit_code == 1
    assert f"nothing was rolled out: Job {MIGRATION} failed (BackoffLimitExceeded)" in failed.stderr
    assert "Traceback" not in failed.output
    assert (_colour(cluster), _image(cluster)) == ("red", f"{IMAGE}:2")
    # Mended, it runs anew under the same name.
    mended = examx("apply", "dev")
    assert mended.exit_code == 0, mended.output
    assert _colour(cluster) == "2"


def test_what_its_pods_said_is_shown(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    assert examx("apply", "dev").exit_code == 0
    _there(cluster, job, f"{IMAGE}:1", {"looks": 4, **FAILED})
    cluster.wish("pods", [POD])
    cluster.wish("logs", {"shop-migrate-abcde": "relation exams_exam is locked"})
    failed = examx("apply", "dev")
    assert failed.exit_code == 1
    assert "container command ended: Error, exit status 1" in failed.stderr
    assert "| relation exams_exam is locked" in failed.stderr


def test_what_its_deadline_took_is_shown_too(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    ends = {"type": "Failed", "reason": "DeadlineExceeded", "message": "Job was active longer than specified"}
    cluster.wish("jobs", {MIGRATION: [{"looks": 4, "ends": ends}]})
    cluster.wish("logs", {f"job/{MIGRATION}": "Applying exams.0042_large..."})
    failed = examx("apply", "dev")
    assert failed.exit_code == 1
    assert "failed (DeadlineExceeded)" in failed.stderr
    assert "| Applying exams.0042_large..." in failed.stderr


def test_two_releases_take_turns(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    assert examx("apply", "dev").exit_code == 0
    _there(cluster, job, f"{IMAGE}:other", {"looks": 6})
    _release(checkout, job, "2")
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    assert f"{MIGRATION}: one of another release runs; waiting for its end" in done.stderr
    assert (_deletions(cluster), _image(cluster), _colour(cluster)) == (1, f"{IMAGE}:2", "2")


def test_one_of_the_same_release_that_runs_is_waited_for(
    checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest
):
    """As after an apply that was stopped, or beside one that runs."""
    assert examx("apply", "dev").exit_code == 0
    _there(cluster, job, f"{IMAGE}:1", {"looks": 6})
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    assert "1 pods active" in done.stderr
    assert (_deletions(cluster), _image(cluster)) == (0, f"{IMAGE}:1")


def test_going_back_runs_no_migration_and_keeps_the_last(
    checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest
):
    assert examx("apply", "dev").exit_code == 0
    _release(checkout, job, "2")
    assert examx("apply", "dev").exit_code == 0
    back = examx("rollback", "dev")
    assert back.exit_code == 0, back.output
    assert f"{MIGRATION}: left as it is; going back undoes nothing that it did" in back.stderr
    assert (_image(cluster), _colour(cluster)) == (f"{IMAGE}:2", "red")


def test_what_is_no_longer_rendered_goes(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    assert examx("apply", "dev").exit_code == 0
    checkout.manifests.remove(job)
    checkout.commit("without")
    assert f"removed: Job {MIGRATION}" in examx("apply", "dev").stdout


def test_without_rights_to_jobs_an_environment_without_any_is_deployed(
    checkout: Checkout, cluster: TestCluster, examx: Examx
):
    cluster.wish("forbidden", [["list", "jobs.batch"], ["list", "cronjobs.batch"]])
    done = examx("apply", "dev")
    assert done.exit_code == 0
    assert (
        "cronjobs.batch and jobs.batch: this identity may not list them; those of an earlier version would"
        in done.stderr
    )


def test_a_dry_run_runs_nothing(checkout: Checkout, cluster: TestCluster, examx: Examx, job: Manifest):
    assert examx("apply", "dev").exit_code == 0
    _release(checkout, job, "2")
    done = examx("apply", "dev", "--dry-run")
    assert done.exit_code == 0, done.output
    assert f"would be changed: Job {MIGRATION}" in done.stdout
    assert (_deletions(cluster), _image(cluster), _colour(cluster)) == (0, f"{IMAGE}:1", "red")


def test_stopped_while_it_runs_nothing_is_rolled_out(checkout: Checkout, cluster: TestCluster, job: Manifest):
    cluster.wish("jobs", {MIGRATION: [{"looks": 100_000}]})
    command = [sys.executable, "-m", "examx_cli", "apply", "dev"]
    with subprocess.Popen(
        command, cwd=checkout.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        deadline = time.monotonic() + 60
        while "Job" not in _kinds(cluster) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert f"interrupted while {MIGRATION} runs: nothing is rolled out" in said
    assert "Deployment" not in _kinds(cluster)
