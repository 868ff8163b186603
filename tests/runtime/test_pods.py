"""The node of these tests keeps its promises: what it runs is restricted, and none of it outlives the tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.conftest import MakeNode
from tests.runtime.pods.pod import Pod
from tests.runtime.waiting import eventually
from tests.support import Manifest

# Found in /proc by this.
MARK = "86399"
MANIFEST: Manifest = {
    "kind": "Deployment",
    "metadata": {"name": "sleeper"},
    "spec": {
        "template": {
            "spec": {
                "securityContext": {"runAsUser": 10001},
                "terminationGracePeriodSeconds": 1,
                "containers": [
                    {
                        "name": "main",
                        "command": ["sh", "-c", "sleep $(LENGTH) & wait"],
                        "env": [{"name": "LENGTH", "value": MARK}],
                        "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],
                    }
                ],
                "volumes": [{"name": "scratch", "emptyDir": {}}],
            }
        }
    },
}
SCRIPT = f"""
import sys, time
from tests.runtime.pods import pod
with pod.running([{MANIFEST!r}]) as node:
    node.pod("sleeper", own_network=True).start()
    print("started", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def sleeper(make_node: MakeNode) -> Iterator[Pod]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.runtime.conftest.public_host", lambda _: "none")
        yield make_node([MANIFEST]).pod("sleeper", own_network=True).start()


def test_a_container_may_write_where_a_volume_is_and_nowhere_else(sleeper: Pod) -> None:
    container = sleeper.containers["main"]
    assert container.exec(["touch", "/tmp/there"]).returncode == 0
    assert (sleeper.volume("scratch") / "there").exists()
    for path in ("/elsewhere", "/usr/elsewhere", "/etc/passwd", "/app/elsewhere", "/dev/elsewhere"):
        assert container.exec(["touch", path]).returncode != 0, path
    assert container.exec(["id", "-u"]).stdout == "10001\n"
    assert container.exec(["mount", "-t", "tmpfs", "none", "/tmp"]).returncode != 0


def test_a_container_sees_no_other_process_and_no_other_network(sleeper: Pod) -> None:
    container = sleeper.containers["main"]
    assert container.exec(["sh", "-c", "ls -d /proc/[0-9]* | wc -l"]).stdout.strip() in {"4", "5", "6"}
    assert container.exec(["sh", "-c", "tail -n +3 /proc/net/dev"]).stdout.split(":")[0].strip() == "lo"


def test_what_ignores_sigterm_is_killed_when_its_grace_is_over(sleeper: Pod) -> None:
    # Process 1 of a container gets only the signals that it handles, and a shell handles none.
    assert sleeper.delete() == {"main": 137}


def test_nothing_outlives_a_test_run_that_is_killed(pods_run_here: None) -> None:
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, start_new_session=True) as run:
        assert run.stdout
        assert run.stdout.readline() == b"started\n"
        group = eventually(processes, because=lambda: "the container runs nothing")
        os.kill(run.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while group & processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not group & processes()


def processes() -> set[int]:
    """The processes of the sleeper's command that run."""
    found = set()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes()
        except OSError:
            continue
        if b"sleep\0" + MARK.encode() in command:
            found.add(int(directory.name))
    return found
