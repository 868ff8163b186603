"""Nodes that run the pods of an environment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

import pytest

from tests.runtime.pods import pod
from tests.runtime.pods.pod import Node
from tests.support import Manifest, one

MakeNode = Callable[..., Node]


@pytest.fixture(scope="session")
def pods_run_here() -> None:
    """Skips where there are no user namespaces, and says why."""
    if reason := pod.refusal():
        pytest.skip(f"this machine runs no pods: {reason}")


@pytest.fixture(scope="session")
def make_node_for_session(pods_run_here: None) -> Iterator[MakeNode]:
    """Makes nodes that live until the last test has ended."""
    yield from _make_nodes()


@pytest.fixture
def make_node(pods_run_here: None) -> Iterator[MakeNode]:
    """Makes nodes, for manifests, the addresses of hosts, and more lines of the application's `.env`."""
    yield from _make_nodes()


def _make_nodes() -> Iterator[MakeNode]:
    with ExitStack() as stack:

        def make(
            manifests: Sequence[Manifest],
            *,
            hosts: Mapping[str, str] | None = None,
            **settings: object,
        ) -> Node:
            secrets = pod.invented_secrets(manifests)
            secrets["examxv2-backend-secrets"] = {".env": _env_file(manifests, settings)}
            return stack.enter_context(pod.running(manifests, secrets=secrets, hosts=hosts))

        yield make


def public_host(manifests: Sequence[Manifest]) -> str:
    """The host of the Ingress."""
    return one(manifests, "Ingress")["spec"]["rules"][0]["host"]


def _env_file(manifests: Sequence[Manifest], settings: Mapping[str, object]) -> str:
    values = {"SECRET_KEY": "an-invented-key", "ALLOWED_HOST": public_host(manifests), **settings}
    return "".join(f"{name}={value}\n" for name, value in values.items())
