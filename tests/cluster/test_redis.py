"""Rolling updates of the replicated Redis by the real controller of StatefulSets, under a client that writes."""

import json
import sys
from collections.abc import Iterator

import pytest
from attrs import evolve
from cdk8s import App, Chart

from examx_constructs.redis import redis
from examx_constructs.settings import Quantity, RedisPersistence
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.nodes import workload_of
from tests.runtime.redis import pods as runtime
from tests.runtime.redis.conftest import REPLICATED
from tests.runtime.redis.rolling import Writer
from tests.runtime.redis.test_replicated import CORE, SENTINELS, agree
from tests.runtime.redis.test_updates import assert_nothing_is_lost, tell
from tests.runtime.waiting import eventually
from tests.support import Manifest, of_kind

pytestmark = pytest.mark.e2e


class Runner:
    """Runs the pods of Redis that the control plane makes."""

    def __init__(self, plane: ControlPlane, pods: runtime.Pods) -> None:
        self.plane, self.pods = plane, pods
        self.ended: list[str] = []

    def start(self, pod: Object) -> str:
        self.pods[pod["metadata"]["name"]].begin()
        return self.plane.nodes.address(pod)

    def is_ready(self, pod: Object) -> bool:
        return self.pods[pod["metadata"]["name"]].is_ready()

    def stop(self, pod: Object) -> None:
        self.pods[pod["metadata"]["name"]].delete()
        self.ended.append(workload_of(pod)[1])

    def log(self, pod: Object, container: str) -> str:
        del container
        return self.pods[pod["metadata"]["name"]].log


@pytest.fixture
def manifests(namespace: str) -> list[Manifest]:
    chart = Chart(App(), "chart", namespace=namespace, disable_resource_name_hashes=True)
    persistence = RedisPersistence(size=Quantity("1Gi"), storage_class="gp2")
    redis(chart, "redis", shape=evolve(REPLICATED, persistence=persistence))
    return chart.to_json()


@pytest.fixture
def runner(control_plane: ControlPlane, namespace: str, manifests: list[Manifest]) -> Iterator[Runner]:
    with runtime.running(manifests, patient=True) as pods:
        runner = Runner(control_plane, pods)
        for each in of_kind(manifests, "StatefulSet"):
            control_plane.nodes.run_for_real(namespace, each["metadata"]["name"], runner)
        control_plane.apply(manifests)
        yield runner
        for each in of_kind(manifests, "StatefulSet"):
            control_plane.nodes.play_again(namespace, each["metadata"]["name"])
        control_plane.kubectl("delete", "statefulsets", "--all", "--namespace", namespace, "--cascade=orphan")


def test_a_change_replaces_all_servers_and_loses_nothing(
    control_plane: ControlPlane, namespace: str, manifests: list[Manifest], runner: Runner
) -> None:
    pods = runner.pods
    pods.eventually(lambda: agree(pods, *CORE), seconds=120)
    with Writer(pods, SENTINELS) as writer:
        # All three at the same time, as an apply of a changed configuration does.
        for each in of_kind(manifests, "StatefulSet"):
            name = each["metadata"]["name"]
            change = {"spec": {"template": {"metadata": {"annotations": {"checksum/config": "changed"}}}}}
            control_plane.kubectl_done(
                "patch", "statefulset", name, "--namespace", namespace, "--patch", json.dumps(change)
            )
        eventually(
            lambda: len(runner.ended) >= len(CORE) + len(SENTINELS), because=lambda: f"{runner.ended}", seconds=240
        )
        for each in of_kind(manifests, "StatefulSet"):
            control_plane.kubectl_done(
                "rollout",
                "status",
                f"statefulset/{each['metadata']['name']}",
                "--namespace",
                namespace,
                "--timeout=120s",
            )
    tell(writer, [0])
    sys.stdout.write(f"in the order {runner.ended}\n")
    assert_nothing_is_lost(pods, writer)
    assert not [name for name in SENTINELS if pods[name].has_written("+odown")]
