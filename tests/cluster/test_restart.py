"""`examx restart` on a real API server, with real controllers: as the rendered deployer, seen by a played driver."""

import json
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examx_constructs.manifests import at
from examx_constructs.settings.application import EXAMX
from tests.cluster.pod_status import Behaviour
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster, examx
from tests.process.cli.cluster.secrets import mount, secret_class, workload
from tests.runtime.waiting import eventually
from tests.support import Manifest, one
from tests.unit.cli.rotation.pods import CLASS, NEW, OLD

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

__all__ = ["examx"]
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
DEPLOYERS = "examxv2-deployers"
MANAGER = "--field-manager=secrets-store-csi"


@dataclass
class Shop:
    """An environment that runs: `web`, which rolls, and `beat`, which is never there twice; and its driver."""

    plane: "ControlPlane"
    checkout: Checkout
    _written: dict[str, Manifest] = field(default_factory=dict[str, Manifest])

    @property
    def namespace(self) -> str:
        return self.checkout.cluster.namespace

    def pods(self, name: str) -> dict[str, Manifest]:
        """The pods of a workload that are not on their way out, by name."""
        arguments = ("get", "pods", f"--namespace={self.namespace}", "-o", "json")
        found = json.loads(self.plane.kubectl(*arguments, f"--selector=app.kubernetes.io/name={name}"))["items"]
        return {each["metadata"]["name"]: each for each in found if "deletionTimestamp" not in each["metadata"]}

    def mounts(self, pod: Manifest, version: str) -> None:
        """What the driver writes: it makes the object at the first mount, and replaces it at each look after that."""
        name = pod["metadata"]["name"]
        owner = {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": pod["metadata"]["uid"]}
        status = {
            "podName": name,
            "secretProviderClassName": CLASS,
            "mounted": True,
            "targetPath": f"/var/lib/kubelet/pods/{pod['metadata']['uid']}/volumes/kubernetes.io~csi/{CLASS}/mount",
            "objects": [{"id": ".env", "version": version}],
        }
        item = {
            "apiVersion": "secrets-store.csi.x-k8s.io/v1",
            "kind": "SecretProviderClassPodStatus",
            "metadata": {
                "name": f"{name}-{self.namespace}-{CLASS}",
                "namespace": self.namespace,
                "labels": {"internal.secrets-store.csi.k8s.io/node-name": pod["spec"]["nodeName"]},
                "ownerReferences": [owner],
            },
            "status": status,
        }
        verb = "replace" if name in self._written else "create"
        self._written[name] = item
        self.plane.kubectl(verb, MANAGER, "-f", "-", stdin=json.dumps(item))

    def template(self, name: str) -> Manifest:
        return self.plane.get("deployment", name, self.namespace)["spec"]["template"]

    @contextmanager
    def watched(self) -> Iterator[Mapping[str, list[int]]]:
        """How many pods run of each workload, and how many of these are ready, at every moment in between."""
        seen: defaultdict[str, list[int]] = defaultdict(list)
        over = threading.Event()

        def look() -> None:
            while not over.is_set():
                path = f"/api/v1/namespaces/{self.namespace}/pods"
                listed = self.plane.client.get(path)["items"]
                beat = [each for each in listed if name_of(each) == "beat" and each["status"]["phase"] == "Running"]
                web = [each for each in listed if name_of(each) == "web" and is_ready(each)]
                seen["beats"].append(len(beat))
                seen["ready webs"].append(len(web))
                time.sleep(0.05)

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            yield seen
        finally:
            over.set()
            watcher.join()


def name_of(pod: Manifest) -> str:
    return pod["metadata"]["labels"]["app.kubernetes.io/name"]


def is_ready(pod: Manifest) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))


@pytest.fixture
def shop(
    control_plane: "ControlPlane", rendered: dict[str, list[Manifest]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """The environment, applied by an administrator; from then on the rendered deployer acts."""
    monkeypatch.setenv("EXAMX_KUBECTL", str(control_plane.kubectl_binary))
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
    view = json.loads(control_plane.kubectl("config", "view", "--minify", "-o", "json"))
    namespace = f"examx-e2e-{uuid.uuid4().hex[:8]}"
    cluster = TestCluster(view["clusters"][0]["name"].rpartition("/")[2], namespace, str(control_plane.kubectl_binary))
    checkout = Checkout(tmp_path / "checkout", cluster)
    monkeypatch.chdir(checkout.root)
    checkout.manifests.remove(checkout.one("PersistentVolumeClaim"))
    beat = workload(checkout, "beat", replicas=1, strategy={"type": "Recreate"})
    for each in (checkout.one("Deployment"), beat):
        mount(each, CLASS)
    rights = [one(rendered["dev"], kind, f"{EXAMX.name}-deployer") for kind in ("Role", "RoleBinding")]
    there = one(rendered["dev"], "Namespace")["metadata"]["name"]
    moved = json.loads(json.dumps(rights).replace(there, namespace))
    checkout.manifests[1:1] = [*moved, secret_class(namespace, CLASS)]
    checkout.commit("with-secrets")
    yield Shop(control_plane, checkout)
    control_plane.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


def test_a_rotated_value_reaches_every_pod(shop: Shop, examx: Examx, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = examx("apply", "dev")
    assert applied.exit_code == 0, applied.output
    monkeypatch.setenv("KUBECONFIG", str(shop.plane.kubeconfig_for("deployer", DEPLOYERS)))
    before = {**shop.pods("web"), **shop.pods("beat")}
    assert len(before) == 4
    for pod in before.values():
        shop.mounts(pod, OLD)
    outdated = held_by(examx)
    assert outdated() == []

    # The driver looks again, and finds nothing new: the API server renews no time for that.
    time.sleep(1.1)
    for pod in before.values():
        shop.mounts(pod, OLD)
    assert outdated() == []

    # It was rotated, and the driver has come to one of the pods by now: the others have an older one mounted.
    first = next(iter(shop.pods("web").values()))
    shop.mounts(first, NEW)
    assert outdated() == sorted(before)
    for pod in before.values():
        shop.mounts(pod, NEW)
    assert outdated() == sorted(before)
    drift = examx("drift", "dev")
    assert drift.exit_code == 1
    assert f"Deployment web: 3 pods hold an older value of {CLASS}" in drift.stderr

    with shop.watched() as seen:
        done = examx("restart", "dev", "--outdated")
    assert done.exit_code == 0, done.output
    assert max(seen["beats"]) == 1
    assert min(seen["ready webs"]) >= 3
    after = {**shop.pods("web"), **shop.pods("beat")}
    assert len(after) == 4
    assert not after.keys() & before.keys()
    for pod in after.values():
        shop.mounts(pod, NEW)
    assert outdated() == []

    templates = {name: shop.template(name) for name in ("web", "beat")}
    for template in templates.values():
        assert at(template, "metadata", "annotations", RESTARTED_AT)
    for command in (("drift", "dev"), ("diff", "dev", "--against", "cluster", "--exit-code")):
        said = examx(*command)
        assert said.exit_code == 0, said.output
        assert "restart" not in said.output
    assert examx("apply", "dev").stdout == "0 objects changed, 0 removed\n"
    assert {name: shop.template(name) for name in ("web", "beat")} == templates
    # What somebody restarted with kubectl is not in the way, nor does it come back.
    shop.plane.kubectl("rollout", "restart", "deployment/beat", f"--namespace={shop.namespace}")
    assert examx("apply", "dev").exit_code == 0
    assert examx("restart", "dev", "beat").exit_code == 0
    assert examx("apply", "dev").stdout == "0 objects changed, 0 removed\n"


def held_by(examx: Examx) -> Callable[[], list[str]]:
    """The pods that hold an older value, by their names."""

    def ask() -> list[str]:
        done = examx("restart", "dev", "--dry-run", "--json")
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        assert told["unknown"] == ""
        return sorted(each["pod"] for each in told["outdated"])

    return ask


def test_what_does_not_start_stops_the_restart_before_beat(
    shop: Shop, examx: Examx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value that is wrong: the new pods of web crash, those from before serve, and beat goes on with what it has."""
    assert examx("apply", "dev").exit_code == 0
    monkeypatch.setenv("KUBECONFIG", str(shop.plane.kubeconfig_for("deployer", DEPLOYERS)))
    beat, webs = shop.pods("beat"), shop.pods("web")
    shop.plane.nodes.behave_from_now_on(shop.namespace, "web", Behaviour.CRASHES)
    done = examx("restart", "dev", "--timeout", "6s")
    assert done.exit_code == 1
    assert "restarted, but not ready: web; not restarted: beat;" in done.stderr
    assert "Why web is not ready" in done.stderr
    assert "CrashLoopBackOff" in done.stderr
    assert shop.pods("beat").keys() == beat.keys()
    assert webs.keys() <= {name for name, each in shop.pods("web").items() if is_ready(each)}
    shop.plane.nodes.behave(shop.namespace, "web", Behaviour.READY)
    done = examx("restart", "dev")
    assert done.exit_code == 0, done.output
    eventually(lambda: not shop.pods("web").keys() & webs.keys(), because=lambda: str(shop.pods("web").keys()))
    assert not shop.pods("beat").keys() & beat.keys()
