"""`examx status`, `logs` and `shell` at a cluster that is played: edges that a real one does not have on demand."""

import stat
import sys
from pathlib import Path

import pytest

from examx_cli.cluster import Cluster, Target
from examx_cli.kubectl import Kubectl
from examx_cli.status.choosing import Place
from examx_cli.status.streaming import Streams, Wish
from tests.cli.cluster.conftest import Checkout, Examx, TestCluster
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


@pytest.mark.process
def test_each_line_has_its_pod_before_it(player: Cluster) -> None:
    logs, said, told = streams(player)
    logs.show([Place("a", "web"), Place("b", "web")])
    assert said == ["a/web one of a", "a/web two of a", "b/web one of b", "b/web two of b"]
    assert told == []


@pytest.mark.process
def test_what_ended_before_comes_first(player: Cluster) -> None:
    logs, said, told = streams(player, prefix=False)
    logs.show([Place("a", "web", 2, "OOMKilled, exit code 137, at 2026-11-29T07:00:00Z")])
    assert said == ["the end of a", "one of a", "two of a"]
    assert told[0].startswith("a/web: it ended before (OOMKilled, exit code 137, at 2026-11-29T07:00:00Z; 2 restarts)")


@pytest.mark.process
def test_a_pod_that_has_gone_meanwhile_keeps_nobody_from_the_others(player: Cluster) -> None:
    logs, said, _ = streams(player, prefix=False)
    logs.show([Place("gone", "web"), Place("a", "web")])
    assert said == ["one of a", "two of a"]


@pytest.mark.process
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
