"""Backend pods that the tests of a process share."""

import pytest
from attrs import evolve
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ClientTlsVerify, Duration, ImageReference
from tests.runtime.backend.backend import Backend, start
from tests.runtime.conftest import MakeNode
from tests.support import Manifest


@pytest.fixture(scope="session")
def backend(make_node_for_session: MakeNode, rendered: dict[str, list[Manifest]]) -> Backend:
    """Production, as it is rendered; its load balancer passes client certificates on."""
    return start(make_node_for_session, rendered["prod"])


@pytest.fixture(scope="session")
def without_certificates(make_node_for_session: MakeNode, rendered: dict[str, list[Manifest]]) -> Backend:
    """Development, whose load balancer asks for no client certificate."""
    return start(make_node_for_session, rendered["dev"])


@pytest.fixture(scope="session")
def impatient_manifests(image: ImageReference) -> list[Manifest]:
    """Production with a load balancer that verifies client certificates, and with the shortest waits.

    Not shorter: gunicorn's processes tell every second that they live.
    """
    environment = ENVIRONMENTS["prod"](image)
    changed = evolve(
        environment,
        ingress=evolve(environment.ingress, client_tls=ClientTlsVerify(trust_store="examx")),
        nginx=evolve(environment.nginx, request_timeout=Duration("2s")),
    )
    return ExamxChart(App(), changed).to_json()


@pytest.fixture(scope="session")
def impatient(make_node_for_session: MakeNode, impatient_manifests: list[Manifest]) -> Backend:
    """A backend that verifies client certificates and waits for nobody."""
    return start(make_node_for_session, impatient_manifests)


@pytest.fixture(scope="session")
def asking(make_node_for_session: MakeNode, image: ImageReference) -> Backend:
    """Development, where Django is asked who may read a file, and who may send a large body."""
    return start(make_node_for_session, _asking(image))


@pytest.fixture(scope="session")
def unbuffered(make_node_for_session: MakeNode, image: ImageReference) -> Backend:
    """The same, and bodies go on as they arrive."""
    return start(make_node_for_session, _asking(image, unbuffered_uploads=True))


def _asking(image: ImageReference, **changes: object) -> list[Manifest]:
    environment = ENVIRONMENTS["dev"](image)
    nginx = evolve(environment.nginx, upload_check="/api/may-upload/", protected_media=True, **changes)
    return ExamxChart(App(), evolve(environment, nginx=nginx)).to_json()
