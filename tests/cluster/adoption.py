"""A namespace as it runs today, on the real control plane, and a checkout that is to take it over."""

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml
from attrs import evolve
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import Environment, ExternalRedis, Guest, ImageReference
from tests.cluster.control_plane import ControlPlane
from tests.runtime.waiting import eventually
from tests.unit.cli.adopt.support import legacy

Manifest = dict[str, Any]

IMAGE = "registry.example.com/examxv2-backend"
TODAY = f"{IMAGE}:today"
GUEST = "celery-exam-submission-worker"
FRONTEND = "examxv2-frontend-service"
BACKEND, WORKER = "examxv2-backend", "celery-worker-default"
OTHER_WORKERS = ("celery-bulk-upload", "celery-enrichment", "celery-question-generator")
REDIS = "master.redis.example.com"
FAST = ("--deregistration", "1s", "--settle", "1s", "--timeout", "3m")


def _released(environment: str) -> str:
    """What an environment is to run; production runs nothing without a digest."""
    return f"{IMAGE}:{environment}-20260101-000000-abcdef0@sha256:{0:064}"


_SERVERS_OWN = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")


@dataclass
class Scene:
    """One namespace, what runs in it, and the checkout whose environment takes it over.

    `small`: one queue of four, so that a test that does it often takes less time.
    """

    plane: ControlPlane
    root: Path
    name: str
    small: bool = False
    namespace: str = field(default_factory=lambda: f"adopt-{uuid.uuid4().hex[:8]}")
    today: list[Manifest] = field(init=False)
    rendered: list[Manifest] = field(init=False)

    def __post_init__(self) -> None:
        self.today = self._today()
        self.rendered = self.render()

    @property
    def cluster(self) -> str:
        view = json.loads(self.plane.kubectl("config", "view", "--minify", "-o", "json"))
        return view["clusters"][0]["name"].rpartition("/")[2]

    def environment(self, **changes: Any) -> Environment:
        """The environment as it fits to what runs: its Redis is kept, the foreign worker is a guest."""
        made = ENVIRONMENTS[self.name](ImageReference.parse(_released(self.name)))
        kept = {
            "cluster": self.cluster,
            "namespace": self.namespace,
            "ingress": evolve(made.ingress, host=f"{self.namespace}.example.com", other_hosts=()),
            "media": evolve(made.media, name=f"{self.namespace}-pv", provisioner=None),
            "redis": ExternalRedis(host=REDIS),
            "guests": (Guest(app=GUEST),),
            **({"queues": made.queues[:1], "service_levels": {}, "telemetry": None} if self.small else {}),
        }
        return evolve(made, **{**kept, **changes})

    def render(self, **changes: Any) -> list[Manifest]:
        """What the checkout renders; without the seconds for which a worker must be ready, which a test has not."""
        made: list[Manifest] = ExamxChart(App(), self.environment(**changes)).to_json()
        for each in made:
            each.get("spec", {}).pop("minReadySeconds", None)
        return made

    def _today(self) -> list[Manifest]:
        found: list[Manifest] = list(yaml.safe_load_all(legacy(self.name).read_text(encoding="utf-8")))
        if self.small:
            found = [each for each in found if not any(name in each["metadata"]["name"] for name in OTHER_WORKERS)]
        for each in found:
            if each["metadata"]["name"] == WORKER and each["kind"] == "Deployment":
                # Dev's had none at the moment of the copy.
                each["spec"]["replicas"] = max(1, each["spec"]["replicas"])
            if each["kind"] == "PersistentVolume":
                each["metadata"]["name"] = f"{self.namespace}-pv"
                # Only this claim may take it: other tests have volumes of the same class.
                each["spec"]["claimRef"] = {"namespace": self.namespace, "name": "examxv2-backend-pvc"}
            else:
                each["metadata"]["namespace"] = self.namespace
        frontend = {"ports": [{"port": 80}], "selector": {"app": "examxv2-frontend"}}
        found.append(self._object("v1", "Service", FRONTEND, {"spec": frontend}))
        for account in ("dev-examxv2-sa", "examxv2-sa", "examxv2-production-sa"):
            role = {"annotations": {"eks.amazonaws.com/role-arn": f"arn:aws:iam::123456789012:role/{account}"}}
            found.append(self._object("v1", "ServiceAccount", account, {}, **role))
        return found

    def _object(self, version: str, kind: str, name: str, more: Manifest, **metadata: Any) -> Manifest:
        placed = {"name": name, "namespace": self.namespace, **metadata}
        return {"apiVersion": version, "kind": kind, "metadata": placed, **more}

    def write(self) -> None:
        """Write the checkout, and commit it."""
        (self.root / "dist").mkdir(parents=True, exist_ok=True)
        (self.root / "cdk8s.yaml").touch()
        images = "".join(f"{name}: {_released(name)}\n" for name in ENVIRONMENTS)
        (self.root / "images.yaml").write_text(images, encoding="utf-8")
        (self.root / "dist" / f"{self.name}.k8s.yaml").write_text(yaml.safe_dump_all(self.rendered), encoding="utf-8")
        if not (self.root / ".git").exists():
            self._git("init", "--quiet", "--initial-branch=main")
        self._git("add", "--all")
        self._git(
            "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "x", "--allow-empty"
        )

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True)

    def start(self, objects: Sequence[Manifest] | None = None) -> None:
        """Apply what runs today as its deployment does, client-side, and wait until it runs."""
        self.plane.kubectl("create", "namespace", self.namespace)
        wanted = self.today if objects is None else objects
        self.apply_client_side([each for each in wanted if each["kind"] != "ScaledObject"])
        # KEDA's webhook knows Deployments a moment later.
        scalers = [each for each in wanted if each["kind"] == "ScaledObject"]
        eventually(lambda: self.apply_client_side(scalers), because=lambda: "KEDA refuses", ignoring=(AssertionError,))
        self.settled(wanted)

    def settled(self, objects: Sequence[Manifest]) -> None:
        for each in objects:
            if each["kind"] == "Deployment":
                name = f"deployment/{each['metadata']['name']}"
                self.kubectl("rollout", "status", name, "--timeout=60s")

    def apply_client_side(self, objects: Sequence[Manifest]) -> bool:
        return bool(self.kubectl("apply", "-f", "-", stdin=_listed(objects)))

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        done = self.plane.kubectl_done(*arguments, f"--namespace={self.namespace}", stdin=stdin)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def get(self, *what: str) -> list[Manifest]:
        printed = self.kubectl("get", *what, "--ignore-not-found", "-o", "json")
        if not printed.strip():
            return []
        found = json.loads(printed)
        return found["items"] if found["kind"] == "List" else [found]

    def one(self, kind: str, name: str) -> Manifest | None:
        return next(iter(self.get(kind, name)), None)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "examx_cli", "adopt", self.name, *arguments]

    @property
    def variables(self) -> dict[str, str]:
        home = str(Path(__file__).parents[2])
        more = {"KUBECONFIG": str(self.plane.kubeconfig), "EXAMX_KUBECTL": str(self.plane.kubectl_binary)}
        return {**os.environ, "PYTHONPATH": home, **more}

    def adopt(self, *arguments: str, status: int | None = 0) -> str:
        """Run the command as people do; returns what it said."""
        fast = FAST if {"--execute", "--undo"} & set(arguments) else ()
        command = self.command(*arguments, *fast)
        done = subprocess.run(
            command, cwd=self.root, env=self.variables, capture_output=True, text=True, check=False, timeout=600
        )
        said = done.stdout + done.stderr
        assert status is None or done.returncode == status, f"{' '.join(command)} ended with {done.returncode}:\n{said}"
        return said

    def objects(self) -> dict[str, Manifest]:
        """Every object of the namespace that somebody applied, as a person sees it: without what is the server's."""
        kinds = (
            "configmaps,services,persistentvolumeclaims,serviceaccounts,deployments,statefulsets,ingresses,"
            "horizontalpodautoscalers,poddisruptionbudgets,networkpolicies,roles,rolebindings,scaledobjects,"
            "secretproviderclasses,triggerauthentications"
        )
        found = self.get(kinds)
        found += [json.loads(self.plane.kubectl("get", "namespace", self.namespace, "-o", "json"))]
        found += self.get("persistentvolume", f"{self.namespace}-pv")
        return {f"{each['kind']}/{each['metadata']['name']}": seen(each) for each in found if not _is_clusters(each)}


@dataclass
class Sampler:
    """Looks every 100 ms where a Service leads to, until it is told to stop."""

    scene: Scene
    service: str = "examxv2-backend-service"
    samples: list[frozenset[tuple[str, int]]] = field(default_factory=list[frozenset[tuple[str, int]]])
    listens: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    """The ports of every pod that was seen, by its address."""
    errors: list[Exception] = field(default_factory=list[Exception])
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def _run(self) -> None:
        path = f"/apis/discovery.k8s.io/v1/namespaces/{self.scene.namespace}/endpointslices"
        pods = f"/api/v1/namespaces/{self.scene.namespace}/pods"
        while not self._stop.wait(0.1):
            try:
                for pod in self.scene.plane.client.get(pods)["items"]:
                    if address := pod["status"].get("podIP"):
                        ports = {
                            port["containerPort"]
                            for each in pod["spec"]["containers"]
                            for port in each.get("ports", [])
                        }
                        self.listens[address] = ports
                slices = self.scene.plane.client.get(path, labelSelector=f"kubernetes.io/service-name={self.service}")
                self.samples.append(frozenset(_ready(slices["items"])))
            except Exception as error:
                self.errors.append(error)

    def check(self) -> None:
        """Whether there was always a ready address, and each of a pod that listens there."""
        assert not self.errors
        assert len(self.samples) > 10
        empty = [number for number, each in enumerate(self.samples) if not each]
        assert not empty, f"{len(empty)} of {len(self.samples)} samples had no ready address: {empty[:10]}"
        for address, port in frozenset().union(*self.samples):
            assert port in self.listens[address], (
                f"{address} was sent to on {port}, and listens on {self.listens[address]}"
            )


def _ready(slices: Sequence[Manifest]) -> Iterator[tuple[str, int]]:
    for each in slices:
        for port in each.get("ports") or ():
            for endpoint in each.get("endpoints") or ():
                if endpoint["conditions"].get("ready"):
                    yield from ((address, port["port"]) for address in endpoint["addresses"])


def _listed(objects: Sequence[Manifest]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})


def _is_clusters(item: Manifest) -> bool:
    owned = any(each.get("controller") for each in item["metadata"].get("ownerReferences", []))
    return owned or (item["kind"], item["metadata"]["name"]) in {
        ("ConfigMap", "kube-root-ca.crt"),
        ("ServiceAccount", "default"),
        ("ConfigMap", "examx-releases"),
    }


def seen(item: Manifest) -> Manifest:
    """An object without its status and what names this very instance of it."""
    made: Manifest = json.loads(json.dumps({key: value for key, value in item.items() if key != "status"}))
    for name in _SERVERS_OWN:
        made["metadata"].pop(name, None)
    annotations = made["metadata"].get("annotations", {})
    annotations.pop("deployment.kubernetes.io/revision", None)
    if not annotations:
        made["metadata"].pop("annotations", None)
    if item["kind"] == "PersistentVolume":
        for name in ("uid", "resourceVersion"):
            made["spec"].get("claimRef", {}).pop(name, None)
    return made
