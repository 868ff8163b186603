"""A rotated value reaches a process when its container starts anew, and never before: in the rendered pods."""

import copy
import os
import signal

import pytest

from tests.runtime.backend.backend import Backend
from tests.runtime.conftest import MakeNode
from tests.runtime.pods.pod import Container, Node, Pod
from tests.runtime.rotation import driver
from tests.runtime.waiting import eventually
from tests.support import Manifest, one

WORKLOADS = (
    "examxv2-backend",
    "celery-worker-default",
    "celery-bulk-upload-worker",
    "celery-enrichment-worker",
    "celery-question-generator-ai-worker",
    "celery-beat",
)
SECRETS = "examxv2-backend-secrets"
DIRECTORY, FILE = "/mnt/secret-store/.env", "/app/examx/.env"
OLD, NEW = "GREETING=hello\n", "GREETING=good day\n"

writers = pytest.mark.parametrize("write", [driver.by_provider, driver.by_driver], ids=["provider", "driver"])


def sleeping(manifests: list[Manifest]) -> list[Manifest]:
    """The rendered pods, with all their mounts, whose first containers only wait."""
    changed = copy.deepcopy(manifests)
    for name in WORKLOADS:
        pod = one(changed, "Deployment", name)["spec"]["template"]["spec"]
        pod["containers"] = pod["containers"][:1]
        pod["containers"][0]["command"] = ["sleep", "600"]
    return changed


def started(node: Node, workload: str, write: driver.Write, content: str) -> tuple[Pod, Container]:
    """A pod that the driver has mounted this value for, before its container starts."""
    pod = node.pod(workload)
    write(pod.volume(SECRETS), {".env": content})
    [container] = pod.start().containers.values()
    node.eventually(lambda: container.exec(["cat", FILE]).stdout == content)
    return pod, container


def seen(container: Container, path: str) -> str:
    done = container.exec(["cat", path])
    assert done.returncode == 0, done.stderr
    return done.stdout


@writers
def test_the_directory_shows_a_rotated_value_and_the_file_never_does(
    make_node: MakeNode, rendered: dict[str, list[Manifest]], write: driver.Write
) -> None:
    """So what reads the file at its start holds the older value, whatever the driver does, in each of the pods."""
    node = make_node(sleeping(rendered["prod"]))
    for workload in WORKLOADS:
        pod, container = started(node, workload, write, OLD)
        assert seen(container, DIRECTORY) == OLD
        write(pod.volume(SECRETS), {".env": NEW})
        assert (seen(container, DIRECTORY), seen(container, FILE)) == (NEW, OLD), workload


@writers
def test_a_container_that_starts_anew_has_the_file_of_now(
    make_node: MakeNode, rendered: dict[str, list[Manifest]], write: driver.Write
) -> None:
    """The kubelet mounts a file again where it is another one by now (kubelet v1.34.4, subpath_linux.go)."""
    node = make_node(sleeping(rendered["prod"]))
    pod, container = started(node, "celery-beat", write, OLD)
    write(pod.volume(SECRETS), {".env": NEW})
    assert seen(container, FILE) == OLD
    container.signal(signal.SIGKILL)
    container.wait(10)
    container.start()
    node.eventually(lambda: container.exec(["cat", FILE]).stdout == NEW)
    # As `examx restart` does.
    _, replacement = started(node, "celery-beat", write, "GREETING=good night\n")
    assert seen(replacement, DIRECTORY) == "GREETING=good night\n"


def test_the_application_answers_by_the_new_value_from_the_next_pod_on(
    make_node: MakeNode, rendered: dict[str, list[Manifest]]
) -> None:
    """nginx, gunicorn and Django for real: which hosts are allowed is in the `.env`."""
    node = make_node(rendered["dev"])
    values = {name: f"SECRET_KEY=an-invented-key\nALLOWED_HOST={name}.example.com\n" for name in ("old", "new")}

    def ask(pod: Pod, host: str) -> int:
        return Backend(node, pod, f"{host}.example.com").ask("GET", "/api/small/").status

    def serves(pod: Pod, host: str) -> None:
        eventually(lambda: ask(pod, host) == 200, because=lambda: pod.log, ignoring=(OSError,))

    def serving(value: str) -> Pod:
        pod = node.pod("examxv2-backend", own_network=True)
        driver.by_provider(pod.volume(SECRETS), {".env": values[value]})
        pod.start()
        # Its readiness asks for the host of the Ingress.
        serves(pod, value)
        return pod

    first = serving("old")
    assert (ask(first, "old"), ask(first, "new")) == (200, 400)
    driver.by_provider(first.volume(SECRETS), {".env": values["new"]})
    gunicorn = first.containers["backend"]
    assert seen(gunicorn, DIRECTORY) == values["new"]
    # Another process of gunicorn reads the file again, and the file is the older one.
    before = Backend(node, first, "").workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    node.eventually(lambda: (now := Backend(node, first, "").workers()) and not now & before)
    serves(first, "old")
    assert (ask(first, "old"), ask(first, "new")) == (200, 400)
    second = serving("new")
    assert (ask(second, "old"), ask(second, "new")) == (400, 200)
