"""`examx status`, `logs` and `shell` at a cluster that is played: edges that a real one does not have on demand."""

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from examx_cli.cluster import Cluster, Target
from examx_cli.kubectl import Kubectl
from examx_cli.status.choosing import Place
from examx_cli.status.streaming import Streams, Wish
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.support import Manifest

PLAYER = """\
import json, os, sys, time
words = [each for each in sys.argv[1:] if not each.startswith("--context")]
name = next((each for each in words[1:] if not each.startswith("-")), "")
if words[0] == "logs":
    if "--previous" in words:
        print("the end of", name)
    elif name == "gone":
        sys.exit('Error from server (NotFound): pods "gone" not found')
    elif name == "forbidden":
        sys.exit('Error from server (Forbidden): pods "forbidden" is forbidden: cannot get resource "pods/log"')
    else:
        print("one of", name, flush=True)
        print("two of", name, flush=True)
        if "--follow" in words:
            time.sleep(60)
"""


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


@pytest.fixture
def player(tmp_path: Path) -> Cluster:
    """A kubectl that plays logs and nothing else."""
    (tmp_path / "player.py").write_text(PLAYER, encoding="utf-8")
    binary = tmp_path / "logs-kubectl"
    binary.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {tmp_path / "player.py"} "$@"\n', encoding="utf-8")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    return Cluster(Kubectl(binary=str(binary)), Target("testing", "shop"))


def streams(player: Cluster, *, follow: bool = False, prefix: bool = True) -> tuple[Streams, list[str], list[str]]:
    said: list[str] = []
    told: list[str] = []
    return Streams(player, Wish("60s", 5, follow), said.append, told.append, prefix), said, told


def test_each_line_has_its_pod_before_it(player: Cluster) -> None:
    logs, said, told = streams(player)
    logs.show([Place("a", "web"), Place("b", "web")])
    assert said == ["a/web one of a", "a/web two of a", "b/web one of b", "b/web two of b"]
    assert told == []


def test_what_ended_before_comes_first(player: Cluster) -> None:
    logs, said, told = streams(player, prefix=False)
    logs.show([Place("a", "web", 2, "OOMKilled, exit code 137, at 2026-11-29T07:00:00Z")])
    assert said == ["the end of a", "one of a", "two of a"]
    assert told[0].startswith("a/web: it ended before (OOMKilled, exit code 137, at 2026-11-29T07:00:00Z; 2 restarts)")


def test_a_pod_that_has_gone_meanwhile_keeps_nobody_from_the_others(player: Cluster) -> None:
    logs, said, _ = streams(player, prefix=False)
    logs.show([Place("gone", "web"), Place("a", "web")])
    assert said == ["one of a", "two of a"]


def test_pods_that_come_are_followed_too(player: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examx_cli.status.streaming._AGAIN_SECONDS", 0.3)
    logs, said, told = streams(player, follow=True)
    looks = 0

    def listed() -> list[Place]:
        nonlocal looks
        looks += 1
        if len(said) == 4:
            raise KeyboardInterrupt
        assert looks < 200, said
        return [Place("a", "web", uid="1"), *([Place("b", "web", uid="2")] if looks > 1 else [])]

    with pytest.raises(KeyboardInterrupt):
        logs.follow(listed)
    assert sorted(said) == ["a/web one of a", "a/web two of a", "b/web one of b", "b/web two of b"]
    assert told == ["b/web: new"]


def ready_pod(name: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": name, "labels": {"app.kubernetes.io/name": "web"}},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    }


def test_a_release_stands_on_top_and_what_may_not_be_read_in_its_place(
    checkout: Checkout, cluster: TestCluster, examx: Examx
) -> None:
    assert examx("apply", "dev").exit_code == 0
    cluster.wish("unreachable", ["pods", "events"])
    done = examx("status", "dev")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("dev: shop in testing, ")
    assert lines[2] == "release"
    assert lines[3].startswith("  examxv2-backend:dev-first, commit ")
    assert " deployed " in lines[3]
    for resource, section in (("pods", "workloads"), ("events", "warnings of the last hour")):
        assert lines[lines.index(section) + 1].startswith(f"  not known: {resource} could not be read: the cluster ")
    assert any(line.startswith("  web  0/3 ready") for line in lines)


PAGE = """\
examx_queue_exporter_up{namespace="shop"} 1
examx_queue_oldest_message_age_seconds{queue="default",namespace="shop"} 310
examx_queue_growth_per_minute{queue="default",namespace="shop"} 7
"""
COUNT = '{"kind": "ExternalMetricValueList", "items": [{"metricName": "s0-redis-default", "value": "41"}]}'
PROXY = "/services/celery-queue-metrics:metrics/proxy/metrics"


@pytest.fixture
def counted(checkout: Checkout, cluster: TestCluster) -> TestCluster:
    """A queue that KEDA counts, and the exporter's pod beside it."""
    scaled = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "scaleTargetRef": {"name": "web"},
            "triggers": [{"type": "redis", "metadata": {"listName": "default"}}],
        },
        "status": {"externalMetricNames": ["s0-redis-default"]},
    }
    exporter = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "celery-queue-metrics", "namespace": "shop"},
    }
    checkout.manifests.append(exporter)
    checkout.commit("with the exporter of queue metrics")
    cluster.apply(checkout.one("Namespace"), "tests")
    cluster.apply(scaled, "tests")
    pod = ready_pod("celery-queue-metrics-1")
    pod["metadata"]["labels"] = {"app": "celery-queue-metrics"}
    pod["status"]["containerStatuses"] = [{"name": "queue-metrics", "state": {"running": {"startedAt": "now"}}}]
    cluster.wish("pods", [pod])
    cluster.wish("printed", {"celery-queue-metrics-1": PAGE})
    cluster.wish("answers", {"/external.metrics.k8s.io/": {"said": COUNT}})
    return cluster


def queue_told(examx: Examx) -> Any:
    """The queue as `--json` tells it."""
    done = examx("status", "dev", "--json")
    assert done.exit_code == 0, done.output
    (queue,) = json.loads(done.stdout)["queues"]
    return queue


def test_a_queue_has_its_length_its_age_and_its_growth_at_one_look(counted: TestCluster, examx: Examx) -> None:
    assert queue_told(examx) == {
        "name": "default",
        "worker": "web",
        "length": 41,
        "about": False,
        "rate": 7.0,
        "oldest": 310.0,
    }
    assert "  default  41 waiting, grows by 7 a minute, the oldest 5 min old" in examx("status", "dev").stdout


def test_who_may_run_nothing_in_the_pod_asks_by_the_api_server(counted: TestCluster, examx: Examx) -> None:
    counted.wish("forbidden", [["create", "pods/exec"]])
    counted.wish("answers", {"/external.metrics.k8s.io/": {"said": COUNT}, PROXY: {"said": PAGE}})
    told = queue_told(examx)
    assert (told["length"], told["rate"], told["oldest"]) == (41, 7.0, 310.0)


NO_RIGHT = 'Error from server (Forbidden): services "celery-queue-metrics:metrics" is forbidden'
KEPT_OUT = "Error from server (ServiceUnavailable): error trying to reach service: dial tcp 10.0.0.1:9540: i/o timeout"
NO_WAY = (
    "this identity may neither run a program in celery-queue-metrics-1 (create pods/exec) nor ask the exporter by the "
    "API server (get services/proxy of celery-queue-metrics:metrics)"
)
NO_ANSWER = (
    f"celery-queue-metrics:metrics does not answer the API server ({KEPT_OUT}), which NetworkPolicies keep out where "
    "they are enforced; who may run a program in celery-queue-metrics-1 (create pods/exec) is told"
)


@pytest.mark.parametrize(("said", "why"), [(NO_RIGHT, NO_WAY), (KEPT_OUT, NO_ANSWER)], ids=["no right", "kept out"])
def test_an_age_that_cannot_be_had_says_why(counted: TestCluster, examx: Examx, said: str, why: str) -> None:
    counted.wish("forbidden", [["create", "pods/exec"]])
    counted.wish("answers", {"/external.metrics.k8s.io/": {"said": COUNT}, PROXY: {"said": said, "fails": True}})
    told = queue_told(examx)
    assert (told["length"], told["rate"], told["oldest"]) == (41, None, {"unread": why})
    assert f"  age of the oldest task not known: {why}" in examx("status", "dev").stdout


def test_an_environment_without_the_exporter_says_so(counted: TestCluster, checkout: Checkout, examx: Examx) -> None:
    counted.wish("pods", [])
    assert queue_told(examx)["oldest"] == {"unread": "no pod of celery-queue-metrics runs"}
    checkout.manifests.pop()
    checkout.commit("without")
    assert queue_told(examx)["oldest"]["unread"].startswith("the environment has no exporter of queue metrics")


@pytest.fixture
def shop(checkout: Checkout, cluster: TestCluster) -> TestCluster:
    """A Deployment without a pod."""
    for kind in ("Namespace", "Deployment"):
        cluster.apply(checkout.one(kind), "tests")
    return cluster


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("status", "dev", "--every", "1s"), "--every is 1s; allowed: 2s or more; a look takes that long itself"),
        (("status", "dev", "--over", "soon"), "soon"),
        (("logs", "dev", "flower"), 'no part of the environment is called "flower"; there are web; or name'),
        (("shell", "dev", "--part", "flower"), 'no part of the environment is called "flower"; there are web; or name'),
        (("logs", "dev", "--since", "yesterday"), "yesterday"),
    ],
)
def test_input_that_means_nothing_is_one_line(
    checkout: Checkout, examx: Examx, arguments: tuple[str, ...], said: str
) -> None:
    done = examx(*arguments)
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    assert said in line
    assert done.stdout == ""


def test_nothing_is_opened_where_no_pod_is_ready(shop: TestCluster, examx: Examx) -> None:
    done = examx("shell", "dev", "--part", "web")
    assert done.exit_code == 1, done.output
    assert done.stderr.splitlines()[-1] == "error: no pod is ready for a shell: Deployment web: it has no pods"


def test_prod_is_asked_for_and_nobody_is_there_to_ask(shop: TestCluster, checkout: Checkout, examx: Examx) -> None:
    root = checkout.root
    (root / "dist" / "prod.k8s.yaml").write_bytes((root / "dist" / "dev.k8s.yaml").read_bytes())
    owned = ready_pod("web-1")
    live = shop.get("Deployment", "web")
    assert live is not None
    owned["metadata"]["ownerReferences"] = [{"uid": live["metadata"]["uid"], "kind": "Deployment", "name": "web"}]
    shop.wish("pods", [owned])
    done = examx("shell", "prod", "--part", "web", "--", "python", "manage.py", "check")
    assert done.exit_code == 2, done.output
    assert "this is prod: python manage.py check runs in web-1/web of shop, beside what serves people" in done.stderr
    assert done.stderr.splitlines()[-1] == "error: there is nobody to ask: say --yes to run it"
    assert not [call for call in shop.calls if call[0] == "exec"]
