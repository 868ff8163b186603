"""The Secret of Redis' users on a real API server: made once, by who may not read it, and changed key by key."""

import base64
import itertools
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cdk8s import App, Chart

from examx_cli import processes
from examx_cli.credentials import servers
from examx_constructs.access import DeployerAccess
from examx_constructs.settings.redis import REDIS_USERS
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster, examx
from tests.process.cli.cluster.killing import Killed, Run, killed_at
from tests.process.cli.cluster.passwords import SECRET, with_redis
from tests.support import Manifest, one

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

__all__ = ["examx"]
DEPLOYERS = "examxv2-deployers"
WITH_PREVIOUS = sorted([*REDIS_USERS, *(f"{each}.previous" for each in REDIS_USERS)])


class Shop:
    """An environment with one server of Redis, whose pods are played, as its administrator sees it."""

    def __init__(self, plane: "ControlPlane", checkout: Checkout) -> None:
        self.plane, self.checkout, self.lag = plane, checkout, 1
        self._files: dict[str, list[str]] = {}
        self._behind: dict[str, int] = {}

    @property
    def namespace(self) -> str:
        return self.checkout.cluster.namespace

    def live(self) -> Manifest:
        return self.plane.get("secret", SECRET, self.namespace)

    def passwords(self) -> dict[str, str]:
        return {name: base64.b64decode(each).decode() for name, each in self.live()["data"].items()}

    def put(self, values: dict[str, str]) -> None:
        """Let the Secret hold this, as if it had been made now."""
        self.plane.kubectl("delete", "secret", SECRET, f"--namespace={self.namespace}", "--ignore-not-found")
        item = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": SECRET, "namespace": self.namespace},
            "data": {name: base64.b64encode(each.encode()).decode() for name, each in values.items()},
        }
        self.plane.kubectl("create", "-f", "-", stdin=json.dumps(item))

    def answering(self, run: Run) -> Run:
        """What plays the kubelet, for there is none: a pod's files lag behind by some looks."""

        def instead(command: Any, **options: Any) -> str:
            if command[1] != "exec":
                return run(command, **options)
            pod, now = command[2], sorted(self.live()["data"])
            if self._files.get(pod) != now and self._behind.setdefault(pod, self.lag) > 0:
                self._behind[pod] -= 1
            else:
                self._files[pod] = now
                self._behind.pop(pod, None)
            return "\n".join([*self._files.get(pod, []), "="])

        return instead


@pytest.fixture
def shop(control_plane: "ControlPlane", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The environment, whose administrator has applied the namespace and the deployer's rights."""
    monkeypatch.setenv("EXAMX_KUBECTL", str(control_plane.kubectl_binary))
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
    monkeypatch.setattr(servers, "PAUSE", 0)
    view = json.loads(control_plane.kubectl("config", "view", "--minify", "-o", "json"))
    namespace = f"examx-e2e-{uuid.uuid4().hex[:8]}"
    cluster = TestCluster(view["clusters"][0]["name"].rpartition("/")[2], namespace, str(control_plane.kubectl_binary))
    checkout = Checkout(tmp_path / "checkout", cluster)
    monkeypatch.chdir(checkout.root)
    checkout.manifests.remove(checkout.one("PersistentVolumeClaim"))
    chart = Chart(App(), "rights", namespace=namespace)
    DeployerAccess(chart, "deployer", namespace=namespace, group=DEPLOYERS)
    rights: list[Manifest] = chart.to_json()
    checkout.manifests[1:1] = rights
    server = with_redis(checkout, replicas=2)
    server["spec"] |= {"serviceName": "web", "updateStrategy": {"type": "RollingUpdate"}}
    checkout.commit("with-redis-2")
    control_plane.apply([checkout.one("Namespace"), *rights], manager="examx")
    yield Shop(control_plane, checkout)
    control_plane.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


def _apply(examx: Examx) -> None:
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output


def test_the_deployer_makes_it_once_and_never_reads_it(
    shop: Shop, examx: Examx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(shop.plane.kubeconfig_for("deployer", DEPLOYERS)))
    tried = examx("apply", "dev", "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert tried.stdout.splitlines()[0] == f"would be made: Secret {SECRET}"
    assert shop.plane.kubectl_done("get", "secret", SECRET, f"--namespace={shop.namespace}").returncode == 1

    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == f"made: Secret {SECRET}"
    made = shop.live()
    assert (made["type"], sorted(made["data"])) == ("Opaque", sorted(REDIS_USERS))
    for value in (*shop.passwords().values(), *made["data"].values()):
        assert value not in done.output + done.stderr

    again = examx("apply", "dev")
    assert (again.exit_code, again.stdout) == (0, "0 objects changed, 0 removed\n"), again.output
    assert shop.live() == made, "not a field of it, its record of owners included"
    for command in (("drift", "dev"), ("diff", "dev", "--against", "cluster", "--exit-code")):
        said = examx(*command)
        assert said.exit_code == 0, said.output
    refused = examx("rotate", "dev")
    assert refused.exit_code == 1
    assert f"this identity may not read Secret {SECRET}" in refused.stderr


def test_who_may_not_create_it_is_told_who_does(shop: Shop, examx: Examx, monkeypatch: pytest.MonkeyPatch) -> None:
    role = {**one(shop.checkout.manifests, "Role"), "apiVersion": "rbac.authorization.k8s.io/v1"}
    role = json.loads(json.dumps(role))
    role["rules"] = [each for each in role["rules"] if each.get("resources") != ["secrets"]]
    shop.plane.apply([role], manager="examx")
    shop.checkout.manifests[shop.checkout.manifests.index(one(shop.checkout.manifests, "Role"))] = role
    shop.checkout.commit("without-the-right")
    monkeypatch.setenv("KUBECONFIG", str(shop.plane.kubeconfig_for("deployer", DEPLOYERS)))
    done = examx("apply", "dev")
    assert done.exit_code == 1
    assert f"Secret {SECRET}: the pods need it, and this identity may not create it" in done.stderr
    assert "an administrator of the namespace makes it with this same command" in done.stderr
    there = shop.plane.kubectl(
        "get", "deployments,statefulsets,configmaps", f"--namespace={shop.namespace}", "-o", "name"
    )
    assert there.split() == ["configmap/kube-root-ca.crt"]


def test_of_applies_at_the_same_time_one_makes_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(shop.plane.kubeconfig_for("deployer", DEPLOYERS)))
    command = [sys.executable, "-m", "examx_cli", "apply", "dev"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [each.communicate(timeout=120) for each in runs]
    assert [each.returncode for each in runs] == [0, 0], said
    assert [f"made: Secret {SECRET}" in out for out, _ in said].count(True) == 1
    assert sorted(shop.passwords()) == sorted(REDIS_USERS)


def test_a_rotation_from_end_to_end(shop: Shop, examx: Examx, monkeypatch: pytest.MonkeyPatch) -> None:
    _apply(examx)
    old = shop.passwords()
    monkeypatch.setattr(processes, "run", shop.answering(processes.run))
    time.sleep(1.1)  # Times are of whole seconds.
    done = examx("rotate", "dev")
    assert (done.exit_code, done.stdout) == (0, f"rotated: {', '.join(REDIS_USERS)}\n"), done.output
    rotated = shop.passwords()
    assert sorted(rotated) == WITH_PREVIOUS
    assert {each: rotated[f"{each}.previous"] for each in REDIS_USERS} == old
    assert not any(value in done.output + done.stderr for value in (*old.values(), *rotated.values()))
    assert "examx.ai/rotating" not in shop.live()["metadata"]["annotations"]

    early = examx("rotate", "dev", "--forget")
    assert early.exit_code == 1
    assert "3 pods started with the previous password of application" in early.stderr
    time.sleep(1.1)
    restarted = examx("restart", "dev")
    assert restarted.exit_code == 0, restarted.output
    assert "restarted: Deployment web" in restarted.stdout
    assert "StatefulSet redis" not in restarted.stdout
    forgotten = examx("rotate", "dev", "--forget")
    assert forgotten.exit_code == 0, forgotten.output
    assert shop.passwords() == {each: rotated[each] for each in REDIS_USERS}
    assert examx("apply", "dev").stdout == "0 objects changed, 0 removed\n"


def _killed_and_gone_on_with(shop: Shop, examx: Examx, verb: str, moment: str, step: int = 1) -> int:
    _apply(examx)
    shop.lag = 0
    old = shop.passwords()
    answering = shop.answering(processes.run)
    for number in itertools.count(1, step):
        shop.put(old)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(processes, "run", killed_at(number, verb, answering, after=moment == "after"))
            try:
                done = examx("rotate", "dev")
            except Killed:
                pass
            else:
                assert done.exit_code == 0, done.output
                return number - step
        between = shop.passwords()
        for user in REDIS_USERS:
            assert old[user] in (between[user], between.get(f"{user}.previous"))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(processes, "run", answering)
            again = examx("rotate", "dev")
        assert again.exit_code == 0 or "the one from before is taken still" in again.stderr, again.output
        after = shop.passwords()
        assert sorted(after) == WITH_PREVIOUS
        for user in REDIS_USERS:
            assert after[f"{user}.previous"] == old[user]
            assert between.get(f"{user}.next") in (None, after[user])
    raise AssertionError


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_each_change_it_is_gone_on_with(shop: Shop, examx: Examx, moment: str) -> None:
    assert _killed_and_gone_on_with(shop, examx, "patch", moment) == 3


@pytest.mark.long
def test_killed_at_every_other_call_it_is_gone_on_with(shop: Shop, examx: Examx) -> None:
    """Behind a call is before the next: with every other one, each has been the last."""
    assert _killed_and_gone_on_with(shop, examx, "", "after", step=2) > 15
