"""What Django's META says about a client's certificate, in each mode of the load balancer."""

import pytest

from tests.runtime.backend.backend import Backend
from tests.runtime.nginx.test_client_certificates import CERTIFICATE, FORGED, FROM_BALANCER, SUBJECT

PASSED_ON = ("X-Amzn-Mtls-Clientcert", CERTIFICATE)


def told(backend: Backend, *headers: tuple[str, str], target: str = "/api/exams/") -> dict[str, str]:
    """All that Django could take for something about a client certificate."""
    meta = backend.told("GET", target, headers)["headers"]
    return {name: text for name, text in meta.items() if any(part in name for part in ("CLIENT", "MTLS", "CERT"))}


@pytest.fixture(params=["without_certificates", "backend", "impatient"], ids=["off", "passthrough", "verify"])
def every_mode(request: pytest.FixtureRequest) -> Backend:
    """A backend in each mode."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("target", ["/", "/api/exams/"])
def test_nothing_that_a_client_makes_up_arrives(every_mode: Backend, target: str) -> None:
    forged = [(name, "SUCCESS") for name in [*FORGED, "SSL-Client-Verify", "SSL_CLIENT_CERT", "HTTP_SSL_CLIENT_VERIFY"]]
    assert told(every_mode, *forged, target=target) in ({}, {"HTTP_SSL_CLIENT_VERIFY": "NONE"})


def test_off_tells_nothing(without_certificates: Backend) -> None:
    assert told(without_certificates, *FROM_BALANCER.items(), PASSED_ON) == {}


def test_passthrough_passes_the_certificate_and_claims_nothing(backend: Backend) -> None:
    assert told(backend, PASSED_ON, ("SSL-Client-Verify", "SUCCESS"), ("SSL_CLIENT_VERIFY", "SUCCESS")) == {
        "HTTP_SSL_CLIENT_CERT": CERTIFICATE,
        "HTTP_SSL_CLIENT_VERIFY": "NONE",
    }
    assert told(backend, *FROM_BALANCER.items()) == {"HTTP_SSL_CLIENT_VERIFY": "NONE"}


def test_passthrough_passes_a_long_chain(backend: Backend) -> None:
    chain = CERTIFICATE * 600
    assert told(backend, ("X-Amzn-Mtls-Clientcert", chain))["HTTP_SSL_CLIENT_CERT"] == chain


def test_verify_tells_the_subject_and_the_result(impatient: Backend) -> None:
    forged = [("SSL-Client-DN", "CN=Admin"), ("SSL_CLIENT_DN", "CN=Admin"), ("SSL-Client-Verify", "FAILED")]
    assert told(impatient, *forged, *FROM_BALANCER.items()) == {
        "HTTP_SSL_CLIENT_CERT": CERTIFICATE,
        "HTTP_SSL_CLIENT_DN": SUBJECT,
        "HTTP_SSL_CLIENT_VERIFY": "SUCCESS",
    }
    assert told(impatient, PASSED_ON) == {"HTTP_SSL_CLIENT_VERIFY": "NONE"}


@pytest.mark.parametrize("name", ["X-Amzn-Mtls-Clientcert-Leaf", "X_Amzn_Mtls_Clientcert_Leaf"])
def test_a_second_certificate_is_never_the_one_that_counts(impatient: Backend, name: str) -> None:
    for forged in ([(name, "forged"), *FROM_BALANCER.items()], [*FROM_BALANCER.items(), (name, "forged")]):
        seen = told(impatient, *forged)
        assert seen["HTTP_SSL_CLIENT_VERIFY"] == ("NONE" if "-" in name else "SUCCESS")
        assert seen.get("HTTP_SSL_CLIENT_CERT") in {None, CERTIFICATE}
