"""`examx restart`: what is replaced, in which order, and what an apply makes of it afterwards."""

import copy
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.kubectl import MOUNTS
from tests.process.cli.cluster.secrets import PASSWORD, mount, secret_class, take_variable, there, workload
from tests.support import Manifest
from tests.unit.cli.rotation.pods import CLASS, NEW, OLD, minutes, pod, status

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


def annotation(cluster: TestCluster, name: str, kind: str = "Deployment") -> str | None:
    live = cluster.get(kind, name)
    assert live is not None
    return live["spec"]["template"]["metadata"].get("annotations", {}).get(RESTARTED_AT)


@pytest.fixture
def shop(checkout: Checkout) -> Checkout:
    """The backend `web`, `beat`, which is never there twice, a worker without pods, a server that takes a password,
    and `plain`, which takes no secret."""
    namespace = checkout.cluster.namespace
    beat = workload(checkout, "beat", replicas=1, strategy={"type": "Recreate"})
    sleeper = workload(checkout, "sleeper", replicas=0)
    workload(checkout, "plain")
    server = workload(checkout, "server", replicas=1)
    for each in (checkout.one("Deployment"), beat, sleeper):
        mount(each, CLASS)
    server["kind"] = "StatefulSet"
    del server["spec"]["strategy"]
    server["spec"]["updateStrategy"] = {"type": "RollingUpdate"}
    take_variable(server, PASSWORD)
    checkout.manifests[1:1] = [secret_class(namespace, CLASS), secret_class(namespace, PASSWORD, synced=True)]
    checkout.commit("with-secrets")
    return checkout


def applied(examx: Examx) -> None:
    """What there is to restart."""
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


def test_what_takes_a_secret_restarts_and_nothing_else(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    done = examx("restart", "dev")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[:3] == [
        "restarted: Deployment web",
        "restarted: Deployment beat",
        "2 workloads restarted",
    ]
    assert annotation(cluster, "web") == annotation(cluster, "beat")
    assert annotation(cluster, "web")
    for name in ("sleeper", "plain"):
        assert annotation(cluster, name) is None
    # The history of releases is not touched.
    assert examx("drift", "dev").exit_code == 0


def test_what_would_be_down_waits_until_the_others_are_ready(shop: Checkout, cluster: TestCluster, examx: Examx):
    """A value that is wrong stops the pods that roll, while those from before serve; beat still runs then."""
    applied(examx)
    cluster.wish("stuck", {"web": True})
    done = examx("restart", "dev")
    assert done.exit_code == 1
    assert "restarted, but not ready: web; not restarted: beat;" in done.stderr
    assert annotation(cluster, "web")
    assert annotation(cluster, "beat") is None
    cluster.wish("stuck", {})
    before = annotation(cluster, "web")
    assert examx("restart", "dev").exit_code == 0
    assert annotation(cluster, "web") != before
    assert annotation(cluster, "beat")


def test_every_rollout_is_waited_for(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    earlier = len(cluster.calls)
    examx("restart", "dev")
    words = [[word for word in call if not word.startswith("-")] for call in cluster.calls[earlier:]]
    touched = [call[: 3 if call[0] == "rollout" else 2] for call in words if call[0] in ("patch", "rollout")]
    assert touched == [
        ["patch", "deployment.apps/web"],
        ["patch", "deployment.apps/beat"],
        ["patch", "deployment.apps/web"],
        ["rollout", "status", "deployment.apps/web"],
        ["patch", "deployment.apps/beat"],
        ["rollout", "status", "deployment.apps/beat"],
    ]


def test_a_dry_run_says_all_and_does_nothing(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    done = examx("restart", "dev", "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "step 1 of 2",
        f"  Deployment web: restarts 3 pods, rolling: none is missing meanwhile; it takes {CLASS}",
        "step 2 of 2",
        f"  Deployment beat: restarts 1 pod, Recreate: it is down until the new one runs; it takes {CLASS}",
        "left as it is",
        "  Deployment sleeper: it has no pods: those to come start with the newest value",
        f"  StatefulSet server: what keeps data restarts only when it is named, or its secret is: {PASSWORD}",
        "no pod is known to hold an older value",
        "2 workloads would be restarted",
    ]
    assert annotation(cluster, "web") is None


def test_what_is_named_restarts_whether_it_takes_a_secret_or_not(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    done = examx("restart", "dev", "plain", "statefulset/server", "Deployment/beat", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["steps"] == [["Deployment plain"], ["Deployment beat"], ["StatefulSet server"]]
    assert annotation(cluster, "plain")
    assert annotation(cluster, "web") is None


def test_a_secret_that_is_named_takes_its_servers_along_last(shop: Checkout, cluster: TestCluster, examx: Examx):
    take_variable(shop.one("Deployment"), PASSWORD)
    server = next(each for each in shop.manifests if each["kind"] == "StatefulSet")
    other = json.loads(json.dumps(server).replace('"server"', '"other"'))
    shop.manifests.append(other)
    shop.commit("with-a-password")
    applied(examx)
    done = examx("restart", "dev", "--secret", PASSWORD, "--dry-run", "--json")
    assert json.loads(done.stdout)["steps"] == [["Deployment web"], ["StatefulSet other"], ["StatefulSet server"]]


def test_what_is_not_there_is_refused_with_what_is(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    for arguments, said in {
        ("webb",): 'no workload of the environment is "webb"; there are web, beat, sleeper, plain, server',
        ("statefulset/web",): 'no workload of the environment is "statefulset/web"',
        ("",): 'no workload of the environment is ""',
        ("--secret", "none"): f'no workload that runs takes a secret "none"; they take {CLASS}, {PASSWORD}',
        ("--timeout", "soon"): "soon",
    }.items():
        done = examx("restart", "dev", *arguments)
        assert done.exit_code == 2, arguments
        assert said in done.stderr
        assert "Traceback" not in done.output
    assert annotation(cluster, "web") is None


def test_before_the_first_apply_there_is_nothing_to_restart(shop: Checkout, examx: Examx):
    done = examx("restart", "dev")
    assert done.exit_code == 1
    assert "nothing of the environment runs in shop: `examx apply` makes it" in done.stderr


def test_another_cluster_is_refused(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    cluster.wish("name", "another")
    done = examx("restart", "dev")
    assert done.exit_code == 1
    assert "leads to the cluster another" in done.stderr


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("web", {"paused": True}, "Deployment web: its rollout is paused: kubectl rollout resume deployment.apps/web"),
        (
            "beat",
            {"strategy": {"type": "RollingUpdate"}},
            "Deployment beat: spec.strategy.type is RollingUpdate, its manifest says Recreate: run `examx apply` first",
        ),
        (
            "web",
            {"strategy": {"rollingUpdate": {"maxUnavailable": "50%"}}},
            "Deployment web: spec.strategy.rollingUpdate.maxUnavailable is 50%, its manifest says 0",
        ),
        ("server", {"updateStrategy": {"type": "OnDelete"}}, "StatefulSet server: its pods are only replaced when"),
    ],
)
def test_what_can_not_roll_as_it_must_is_not_touched(
    shop: Checkout, examx: Examx, name: str, change: Manifest, said: str
):
    """Beat above all: with a rolling strategy there would be two of it."""
    cluster = shop.cluster
    applied(examx)
    kind = "StatefulSet" if name == "server" else "Deployment"
    metadata = {"name": name, "namespace": cluster.namespace}
    part = {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": change}
    arguments = ("apply", "--server-side", "--field-manager=person", "--force-conflicts", "--validate=false", "-f", "-")
    cluster.kubectl(*arguments, stdin=json.dumps(part))
    done = examx("restart", "dev", "web", "beat", "server")
    assert done.exit_code == 1
    assert "nothing was restarted:" in done.stderr
    assert said in done.stderr
    assert [annotation(cluster, each) for each in ("web", "beat")] == [None, None]


def test_what_the_cluster_refuses_is_known_before_anything_is_touched(
    shop: Checkout, cluster: TestCluster, examx: Examx
):
    applied(examx)
    cluster.wish("forbidden", [["patch", "Deployment"]])
    done = examx("restart", "dev")
    assert done.exit_code == 1
    assert "nothing was restarted; the cluster refuses\n  Deployment web: Error from server (Forbidden)" in done.stderr
    assert annotation(cluster, "web") is None


def test_an_apply_leaves_a_restart_and_says_nothing_of_it(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    examx("restart", "dev")
    asked = annotation(cluster, "web")
    for command in (("drift", "dev"), ("diff", "dev", "--against", "cluster", "--exit-code")):
        done = examx(*command)
        assert done.exit_code == 0, done.output
        assert "restart" not in done.stdout
    shop.one("ConfigMap")["data"]["colour"] = "blue"
    shop.commit("second")
    done = examx("apply", "dev")
    assert done.stdout.splitlines() == ["changed: ConfigMap settings", "1 objects changed, 0 removed"]
    assert "restartedAt" not in done.stderr
    assert annotation(cluster, "web") == asked


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_restart_says_what_it_leaves(
    shop: Checkout, cluster: TestCluster, examx: Examx, stop: signal.Signals
):
    applied(examx)
    cluster.wish("slow", {"web": 60})
    process = subprocess.Popen(
        [sys.executable, "-m", "examx_cli", "restart", "dev"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "rollout to finish" not in (line := process.stderr.readline()):
        assert line, "it ended early"
    process.send_signal(stop)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted: what was asked for of web goes on in the cluster; not restarted: beat" in said
    assert "Traceback" not in said
    assert annotation(cluster, "beat") is None


def test_no_step_begins_when_the_time_is_over(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    cluster.wish("slow", {"web": 2})
    done = examx("restart", "dev", "--timeout", "1s")
    assert done.exit_code == 1
    assert "the time is over; not restarted: beat; run the command again, with their names" in done.stderr
    assert annotation(cluster, "web")
    assert annotation(cluster, "beat") is None


def test_what_fails_half_way_says_what_it_leaves(
    shop: Checkout, cluster: TestCluster, examx: Examx, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """A connection that breaks after all was tried."""
    applied(examx)
    broken = tmp_path / "broken-kubectl"
    fails = 'case "$*" in *dry-run*) ;; "patch deployment.apps/web"*) echo "connection lost" >&2; exit 1 ;; esac'
    broken.write_text(f'#!/bin/sh\n{fails}\nexec {cluster.binary} "$@"\n', encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("EXAMX_KUBECTL", str(broken))
    done = examx("restart", "dev")
    assert done.exit_code == 1
    assert "a step stopped half-way: connection lost; not restarted: beat; run the command again" in done.stderr
    assert annotation(cluster, "beat") is None


def test_a_deployment_that_has_not_ended_well_is_warned_of(shop: Checkout, cluster: TestCluster, examx: Examx):
    cluster.wish("stuck", {"web": True})
    assert examx("apply", "dev").exit_code == 1
    cluster.wish("stuck", {})
    done = examx("restart", "dev")
    assert done.exit_code == 0, done.output
    assert "warning: a deployment of" in done.stderr
    assert "has not ended well" in done.stderr


def test_what_others_made_and_takes_the_secret_is_named(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    guest = copy.deepcopy(shop.one("Deployment"))
    guest["metadata"]["name"] = "flower"
    cluster.apply(guest, "person")
    done = examx("restart", "dev")
    assert "Deployment flower: not rendered here, and takes one of these secrets too" in done.stderr
    assert "`kubectl rollout restart deployment.apps/flower --namespace=shop` restarts it" in done.stderr
    assert annotation(cluster, "flower") is None


def test_a_file_that_was_rotated_under_a_pod_is_older_than_its_mount(
    shop: Checkout, cluster: TestCluster, examx: Examx
):
    """The driver has rotated the directory of both; a container that started before still has its file of before."""
    applied(examx)
    there(
        cluster,
        (pod("web-1", "web", minutes(0)), status("web-1", NEW, minutes(0), minutes(30))),
        (pod("web-2", "web", minutes(31)), status("web-2", NEW, minutes(31))),
        # Its container crashed and started anew: it got the file of now.
        (pod("beat-1", "beat", minutes(40)), status("beat-1", NEW, minutes(0), minutes(30))),
    )
    done = examx("restart", "dev", "--dry-run")
    lines = done.stdout.splitlines()
    held = lines.index("an older value of a secret is held by")
    assert lines[held + 1] == (
        f"  Deployment web: 1 pod holds an older value of {CLASS}; a newer one is known since 2026-01-02 12:30:00 UTC"
    )
    assert lines[-1] == "2 workloads would be restarted"
    told = json.loads(examx("restart", "dev", "--dry-run", "--json").stdout)
    assert told["outdated"] == [
        {"workload": "Deployment web", "pod": "web-1", "secret": CLASS, "since": "2026-01-02T12:30:00Z"}
    ]


def test_only_what_holds_an_older_value_restarts(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    there(
        cluster,
        (pod("web-1", "web", minutes(31)), status("web-1", NEW, minutes(31))),
        (pod("beat-1", "beat", minutes(0)), status("beat-1", NEW, minutes(0), minutes(30))),
    )
    renewed = pod("beat-2", "beat", minutes(50)), status("beat-2", NEW, minutes(50))
    cluster.wish("after_restart", {"pods": [renewed[0]], MOUNTS: [renewed[1]]})
    done = examx("restart", "dev", "--outdated")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "restarted: Deployment beat",
        "1 workloads restarted",
        "no pod is known to hold an older value",
    ]
    assert annotation(cluster, "web") is None
    again = examx("restart", "dev", "--outdated")
    assert again.exit_code == 0
    assert again.stdout.splitlines()[0] == "0 workloads restarted"


def test_a_value_that_changes_while_pods_restart_is_told(shop: Checkout, cluster: TestCluster, examx: Examx):
    applied(examx)
    there(cluster, (pod("web-1", "web", minutes(0)), status("web-1", NEW, minutes(0), minutes(30))))
    late = pod("web-2", "web", minutes(50)), status("web-2", "version-3", minutes(50), minutes(52))
    cluster.wish("after_restart", {"pods": [late[0]], MOUNTS: [late[1]]})
    done = examx("restart", "dev", "web")
    assert done.exit_code == 1
    assert "restarted, but pods of web hold an older value: it changed once more; run the command again" in done.stderr


def test_versions_that_nodes_disagree_on_are_warned_of_where_variables_come_from_them(
    shop: Checkout, cluster: TestCluster, examx: Examx
):
    """Each node writes what it has mounted into the Secret (driver v1.6.0, secretproviderclasspodstatus_controller)."""
    applied(examx)
    there(
        cluster,
        (pod("web-1", "web", minutes(0)), status("web-1", OLD, minutes(0), name=PASSWORD)),
        (pod("server-0", "server", minutes(0)), status("server-0", NEW, minutes(0), minutes(5), name=PASSWORD)),
    )
    done = examx("restart", "dev", "--secret", PASSWORD, "--dry-run")
    assert f"warning: {PASSWORD}: pods have several versions of it mounted" in done.stderr
    assert "several versions" not in examx("restart", "dev", "web", "--dry-run").stderr


@pytest.mark.parametrize(
    ("wish", "value", "why"),
    [
        ("forbidden", [["list", MOUNTS]], "this identity may not read SecretProviderClassPodStatuses"),
        ("no_resource", [MOUNTS], "the cluster has no Secrets Store CSI driver"),
    ],
)
def test_what_is_not_known_is_said(shop: Checkout, examx: Examx, wish: str, value: list[object], why: str):
    applied(examx)
    shop.cluster.wish(wish, value)
    done = examx("restart", "dev", "--dry-run")
    assert done.exit_code == 0, done.output
    assert f"whether pods hold an older value of a secret is not known: {why}" in done.stdout
    done = examx("restart", "dev", "--outdated")
    assert done.exit_code == 2
    assert f"which pods hold an older value is not known: {why}" in done.stderr


def test_an_environment_as_it_is_rendered(
    checkout: Checkout, cluster: TestCluster, examx: Examx, rendered: dict[str, list[Manifest]]
):
    """Production's workloads all take the `.env`; its Redis takes its own passwords, and beat comes last."""
    checkout.manifests = copy.deepcopy(rendered["prod"])
    cluster.wish("name", checkout.one("Namespace")["metadata"]["annotations"]["examx.ai/cluster"])
    checkout.commit("production")
    assert examx("apply", "dev").exit_code == 0
    done = examx("restart", "dev", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    deployments = [each["metadata"]["name"] for each in checkout.manifests if each["kind"] == "Deployment"]
    assert told["steps"] == [
        [f"Deployment {name}" for name in deployments if name != "celery-beat"],
        ["Deployment celery-beat"],
    ]
    assert len(deployments) == 6
    assert [each["workload"] for each in told["left"]] == [
        f"StatefulSet redis-{role}" for role in ("primary", "replica", "sentinel")
    ]
    lines = examx("restart", "dev", "--secret", "examxv2-google-credentials", "--dry-run").stdout.splitlines()
    assert f"{len(deployments)} workloads would be restarted" in lines
