"""Redis within the restrictions of its pod: read-only root, the pod's user, and the mounts that are rendered."""

import pytest

from tests.runtime.conftest import MakeNode
from tests.runtime.pods.pod import Pod
from tests.support import Manifest


@pytest.fixture(params=["dev", "stg"])
def pod(request: pytest.FixtureRequest, make_node: MakeNode, rendered: dict[str, list[Manifest]]) -> Pod:
    node = make_node(rendered[request.param])
    pod = node.pod("redis", own_network=True).start()
    node.eventually(pod.is_ready)
    return pod


def test_it_runs_restricted_and_writes_where_its_volumes_are(pod: Pod) -> None:
    container = pod.containers["redis"]
    assert container.passes("liveness")
    assert container.exec(["sh", "/etc/redis/cli.sh", "LPUSH", "default", "task"]).stdout == "1\n"
    status = container.exec(["cat", "/proc/1/status"]).stdout
    assert "Uid:\t10001" in status
    assert "CapEff:\t0000000000000000" in status
    assert container.exec(["touch", "/elsewhere"]).returncode != 0
    assert [path.name for path in pod.volume("data").iterdir()] == ["appendonlydir"]
    # What was queued is there for the next pod of the same claim.
    assert pod.delete() == {"redis": 0, "keeper": 0}
    assert pod.start().containers["redis"].is_running
    pod.node.eventually(pod.is_ready)
    assert container.exec(["sh", "/etc/redis/cli.sh", "LRANGE", "default", "0", "-1"]).stdout == "task\n"
