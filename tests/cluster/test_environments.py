"""The environments as they are rendered, in the control plane: what the API server and KEDA make of them."""

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from cdk8s import App
from celery import Celery
from examx_celery import celery_settings

from examx_constructs.chart import ExamxChart
from examx_constructs.features import Feature, feature
from examx_constructs.settings import ImageReference
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.quantities import amount
from tests.cluster.real_pods import running_redis, running_workloads
from tests.conftest import FIXED_IMAGE
from tests.runtime.redis import pods as redis
from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.waiting import eventually
from tests.support import Manifest, of_kind, one, pod_templates, variables

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

EXPIRES = datetime(2030, 1, 31, 18, tzinfo=UTC)
WORKER = "celery-worker-default"


@pytest.fixture(scope="module", params=["dev", "stg", "prod", "feature"])
def environment(request: pytest.FixtureRequest, rendered: dict[str, list[Manifest]]) -> list[Manifest]:
    """The manifests of each environment in turn."""
    if request.param != "feature":
        return rendered[request.param]
    image = ImageReference.parse(FIXED_IMAGE)
    return ExamxChart(App(), feature(Feature(branch="login", image=image, owner="ada", expires=EXPIRES))).to_json()


@dataclass(frozen=True)
class Deployed:
    """An environment in the control plane."""

    plane: ControlPlane
    manifests: list[Manifest]
    redis: redis.Pods

    @property
    def namespace(self) -> str:
        """Where it is."""
        return one(self.manifests, "Namespace")["metadata"]["name"]

    @property
    def primary(self) -> redis.Pod:
        """The server that takes tasks."""
        stateful_sets = {each["metadata"]["name"] for each in of_kind(self.manifests, "StatefulSet")}
        return self.redis["redis-0" if "redis" in stateful_sets else "redis-primary-0"]

    def live(self, kind: str) -> dict[str, Object]:
        """The objects of a kind, by name."""
        items = json.loads(self.plane.kubectl("get", kind, f"--namespace={self.namespace}", "-o", "json"))["items"]
        return {each["metadata"]["name"]: each for each in items}

    def of_kind(self, kind: str) -> dict[str, Manifest]:
        """What was applied of a kind, by name."""
        return {each["metadata"]["name"]: each for each in of_kind(self.manifests, kind)}


@pytest.fixture(scope="module")
def deployed(control_plane: ControlPlane, environment: list[Manifest]) -> Iterator[Deployed]:
    """Each environment in turn, with its Redis running."""
    with running_redis(control_plane, environment) as servers:
        deploy(control_plane, environment)
        yield Deployed(control_plane, environment, servers)
        remove(control_plane, environment)


def deploy(plane: ControlPlane, manifests: Sequence[Manifest]) -> None:
    """Apply everything, ScaledObjects last: KEDA's webhook refuses one whose target it has not heard of."""
    namespace = one(manifests, "Namespace")["metadata"]["name"]
    # One that other tests had may still be on its way out.
    ends = ("get", "namespace", namespace, "--ignore-not-found", "-o", "jsonpath={.metadata.deletionTimestamp}")
    eventually(lambda: not plane.kubectl(*ends), because=lambda: f"{namespace} does not end", seconds=120)
    metadata = {"name": "redis-auth", "namespace": namespace}
    passwords = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": dict(PASSWORDS)}
    # As `examx apply` does: it is there before what takes it.
    plane.apply([*of_kind(manifests, "Namespace"), passwords])
    plane.apply([each for each in manifests if each["kind"] != "ScaledObject"])
    scaled = json.dumps({"apiVersion": "v1", "kind": "List", "items": of_kind(manifests, "ScaledObject")})
    arguments = ("apply", "--server-side", "--validate=strict", "--field-manager=tests", "-f", "-")
    eventually(lambda: plane.kubectl_done(*arguments, stdin=scaled).returncode == 0, because=lambda: plane.servers.logs)


def remove(plane: ControlPlane, manifests: Sequence[Manifest]) -> None:
    """Delete what is no namespace's own, and the namespace."""
    for each in of_kind(manifests, "PersistentVolume"):
        plane.kubectl("delete", "persistentvolume", each["metadata"]["name"], "--wait=false")
    namespace = one(manifests, "Namespace")["metadata"]["name"]
    plane.kubectl("delete", "namespace", namespace, "--wait=false")


def test_every_object_is_taken_strictly_and_without_a_warning(deployed: Deployed) -> None:
    # Once more: a Namespace warns of pods that break its standard, when there are some.
    said = deployed.plane.apply(deployed.manifests).splitlines()
    assert len(said) == len(deployed.manifests)
    assert not [line for line in said if not line.endswith("serverside-applied")]


def test_every_pod_is_admitted_and_gets_ready(deployed: Deployed) -> None:
    def unready() -> list[str]:
        workloads = {**deployed.live("deployments"), **deployed.live("statefulsets")}
        assert workloads.keys() == pod_templates(deployed.manifests).keys()
        return [
            f"{name}: {each['status']}"
            for name, each in workloads.items()
            if each["status"].get("readyReplicas", 0) != each["spec"]["replicas"]
        ]

    eventually(lambda: not unready(), because=lambda: "\n".join(unready()), seconds=30)
    refused = [each["message"] for each in deployed.live("events").values() if each["reason"] == "FailedCreate"]
    assert not [message for message in refused if "PodSecurity" in message]


def test_keda_takes_every_scaled_object_and_makes_its_autoscaler(deployed: Deployed) -> None:
    wanted = deployed.of_kind("ScaledObject")

    def unready() -> list[str]:
        found = deployed.live("scaledobjects")
        assert found.keys() == wanted.keys()
        return [f"{name}: {each.get('status')}" for name, each in found.items() if not is_ready(each)]

    eventually(lambda: not unready(), because=lambda: "\n".join(unready()), seconds=60)
    made = deployed.live("hpa")
    for name, each in wanted.items():
        autoscaler = made[f"keda-hpa-{name}"]["spec"]
        assert autoscaler["scaleTargetRef"]["name"] == each["spec"]["scaleTargetRef"]["name"]
        assert autoscaler["maxReplicas"] == each["spec"]["maxReplicaCount"]
        kinds = ["External" if is_redis(trigger) else "Resource" for trigger in each["spec"]["triggers"]]
        assert sorted(metric["type"] for metric in autoscaler["metrics"]) == sorted(kinds)


def test_keda_counts_the_list_of_a_real_redis(deployed: Deployed) -> None:
    name = f"{WORKER}-scaler"
    queue = next(filter(is_redis, deployed.of_kind("ScaledObject")[name]["spec"]["triggers"]))["metadata"]["listName"]
    try:
        for count in (7, 12):
            deployed.primary.call("DEL", queue)
            deployed.primary.call("RPUSH", queue, *["task"] * count)
            eventually(
                lambda count=count: external_metric(deployed, name) == count,
                because=lambda: deployed.plane.servers.all["keda-operator"].log,
                seconds=30,
            )
    finally:
        deployed.primary.call("DEL", queue)


@pytest.mark.parametrize("environment", ["feature"], indirect=True)
def test_a_sleeping_worker_wakes_for_a_task_and_runs_it(deployed: Deployed) -> None:
    assert deployed.of_kind("ScaledObject")[f"{WORKER}-scaler"]["spec"]["minReplicaCount"] == 0
    assert deployed.live("deployments")[WORKER]["spec"]["replicas"] == 0
    secrets = {
        "examxv2-backend-secrets": {".env": "SECRET_KEY=an-invented-key\nALLOWED_HOST=example.com\n"},
        "redis-auth": PASSWORDS,
    }
    with (
        running_workloads(deployed.plane, deployed.manifests, [WORKER], secrets=secrets) as node,
        producer(deployed) as celery,
    ):
        sent = celery.send_task("examx.tasks.sleep", args=(0,), queue="default")
        done = node.claim("examxv2-backend-pvc") / "tasks.jsonl"
        node.eventually(lambda: done.exists() and sent.id in finished(done.read_text(encoding="utf-8")), seconds=60)
        pod = next(name for name in deployed.live("pods") if name.startswith(WORKER))
        assert pod in deployed.plane.kubectl("logs", pod, f"--namespace={deployed.namespace}")


def is_ready(item: Object) -> bool:
    found = item.get("status", {}).get("conditions", [])
    return any((each["type"], each["status"]) == ("Ready", "True") for each in found)


def is_redis(trigger: Object) -> bool:
    return trigger["type"].startswith("redis")


def external_metric(deployed: Deployed, scaled_object: str) -> float:
    """What an autoscaler is told of the list of a ScaledObject."""
    (name,) = deployed.live("scaledobjects")[scaled_object]["status"]["externalMetricNames"]
    path = f"/apis/external.metrics.k8s.io/v1beta1/namespaces/{deployed.namespace}/{name}"
    selector = f"labelSelector=scaledobject.keda.sh%2Fname%3D{scaled_object}"
    done = deployed.plane.kubectl_done("get", "--raw", f"{path}?{selector}")
    return amount(json.loads(done.stdout)["items"][0]["value"]) if done.returncode == 0 else -1


@contextmanager
def producer(deployed: Deployed) -> Generator[Celery]:
    """A client of the environment's Redis, with the settings of its pods."""
    container = one(deployed.manifests, "Deployment", WORKER)["spec"]["template"]["spec"]["containers"][0]
    values = {name: text for name, text in variables(container).items() if isinstance(text, str)}
    # The file is in its pods; the kubelet would expand the variable.
    del values["REDIS_PASSWORD_FILE"]
    values["REDIS_URL"] = values["REDIS_URL"].replace("$(REDIS_PASSWORD)", PASSWORDS["application"])
    with Celery("producer", set_as_current=False) as celery:
        celery.conf.update(celery_settings(values))
        yield celery


def finished(text: str) -> set[str]:
    """The tasks that have written that they are done."""
    records = map(json.loads, text.splitlines())
    return {each["id"] for each in records if each["event"] == "finished"}
