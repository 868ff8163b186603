"""The backend's pod runs as it is rendered, and within the restrictions that it is rendered with."""

import pytest

from tests.runtime.conftest import MakeNode
from tests.support import Manifest


@pytest.mark.parametrize("name", ["dev", "stg", "prod"])
def test_it_becomes_ready_in_every_environment(
    make_node: MakeNode, rendered: dict[str, list[Manifest]], name: str
) -> None:
    node = make_node(rendered[name])
    pod = node.pod("examxv2-backend", own_network=True).start()
    node.eventually(pod.is_ready)
    assert all(container.passes("liveness") for container in pod.containers.values())
