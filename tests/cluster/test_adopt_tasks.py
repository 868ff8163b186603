"""Adopting Celery workers under load: real workers, a real Redis, no task lost and none done twice."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference
from tests.cluster.adoption import IMAGE, REDIS, WORKER, Scene
from tests.cluster.celery_pods import CeleryPods, Server, server
from tests.cluster.control_plane import ControlPlane
from tests.runtime.waiting import eventually

pytestmark = pytest.mark.e2e

GRACE = 2
"""Seconds that the pods of today have to end, by their own manifest."""
LONGEST = 5
"""Seconds that a task takes at most: more than that."""


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "redis", random.randrange(20000, 28000)) as made:
        yield made


@pytest.fixture
def other_redis(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "other-redis", random.randrange(28000, 32000)) as made:
        yield made


class Load:
    """Sends tasks until it is told to stop: to the broker that the backend of the moment uses."""

    def __init__(self, scene: Scene, brokers: dict[str, Server]) -> None:
        self.scene, self.brokers = scene, brokers
        self.sent: list[int] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def again(self) -> "Load":
        """The same, once more."""
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._run, daemon=True)
        return self

    def _run(self) -> None:
        clients = {name: Celery(broker=each.url) for name, each in self.brokers.items()}
        number = len(self.sent)
        while not self._stop.wait(0.15):
            broker = self._broker()
            if broker is None:
                continue
            number += 1
            seconds = LONGEST if number % 5 == 0 else 0.1
            clients[broker].send_task("work", args=(number, seconds), queue="default", ignore_result=True)
            self.sent.append(number)

    def _broker(self) -> str | None:
        """The broker of a pod that the Service leads to now."""
        namespace, client = self.scene.namespace, self.scene.plane.client
        slices = client.get(
            f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices",
            labelSelector="kubernetes.io/service-name=examxv2-backend-service",
        )["items"]
        names = [
            each["targetRef"]["name"]
            for one in slices
            if one.get("ports")
            for each in one.get("endpoints") or ()
            if each["conditions"].get("ready")
        ]
        for name in names:
            pod = client.get(f"/api/v1/namespaces/{namespace}/pods/{name}")
            values = [env.get("value", "") for each in pod["spec"]["containers"] for env in each.get("env", [])]
            for broker in self.brokers:
                if any(broker in value for value in values):
                    return broker
        return None


def _start(scene: Scene, pods: CeleryPods) -> None:
    for each in scene.today:
        if each["kind"] == "Deployment":
            each["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = GRACE
        if each["kind"] == "Deployment" and each["metadata"]["name"] == WORKER:
            each["spec"]["replicas"] = 2
    pods.take(scene.namespace, WORKER, f"examx-adoption-drain-{WORKER}")
    scene.start()


def _all_done(load: Load, pods: CeleryPods) -> None:
    eventually(
        lambda: set(pods.told("done")) >= set(load.sent),
        because=lambda: f"never done: {sorted(set(load.sent) - set(pods.told('done')))}",
        seconds=60,
    )
    done = pods.told("done")
    assert sorted(done) == sorted(load.sent), "a task was done twice"
    assert sorted(pods.told("begun")) == sorted(load.sent), "a task was begun twice"
    assert not pods.killed


@pytest.fixture
def scene(control_plane: ControlPlane, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(control_plane, tmp_path / "checkout", "dev", small=True)
    yield made
    control_plane.kubectl_done("delete", "namespace", made.namespace, "--wait=false")
    control_plane.kubectl_done("delete", "persistentvolume", f"{made.namespace}-pv", "--wait=false")


def test_no_task_is_lost_or_done_twice(
    scene: Scene, control_plane: ControlPlane, tmp_path: Path, redis: Server
) -> None:
    scene.write()
    brokers = {f"{REDIS}:6379": redis}
    pods = CeleryPods(control_plane.client, control_plane.nodes, tmp_path / "pods", brokers)
    try:
        _start(scene, pods)
        with Load(scene, brokers) as load:
            time.sleep(2)
            scene.adopt("--execute")
            adopted = len(load.sent)
            scene.adopt("--undo")
        assert adopted > 50
        _all_done(load, pods)
    finally:
        pods.end()


def test_a_redis_that_moves_is_drained_first(
    scene: Scene, control_plane: ControlPlane, tmp_path: Path, redis: Server, other_redis: Server
) -> None:
    image = ImageReference.parse(f"{IMAGE}:dev-20260101-000000-abcdef0")
    # The foreign worker would be left behind at the old Redis, which the command refuses.
    scene.today = [each for each in scene.today if "exam-submission" not in each["metadata"]["name"]]
    scene.rendered = scene.render(redis=ENVIRONMENTS["dev"](image).redis, guests=())
    scene.write()
    brokers = {f"{REDIS}:6379": redis, f"redis.{scene.namespace}.svc.cluster.local:6379": other_redis}
    pods = CeleryPods(control_plane.client, control_plane.nodes, tmp_path / "pods", brokers)
    try:
        _start(scene, pods)
        with Load(scene, brokers) as load:
            time.sleep(2)
            said = scene.adopt("--execute", "--drain-timeout", "2m")
        assert "waiting until the old Redis has no task left in default" in said
        assert redis.length("default") == redis.taken() == 0
        assert not scene.get("jobs")
        with load.again():
            time.sleep(2)
            scene.adopt("--undo", "--drain-timeout", "2m")
        assert other_redis.length("default") == other_redis.taken() == 0
        _all_done(load, pods)
    finally:
        pods.end()
