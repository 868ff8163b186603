"""What Django learns about the client's certificate: only what the load balancer says in its mode."""

from pathlib import Path

import pytest

from examx_constructs.settings import ClientTls, ClientTlsPassthrough, ClientTlsVerify
from tests.runtime.nginx import server, upstream
from tests.runtime.nginx.client import ask
from tests.runtime.nginx.server import Nginx
from tests.runtime.nginx.upstream import Echo

CERTIFICATE = "-----BEGIN%20CERTIFICATE-----%0AMIIB+/=%0A-----END%20CERTIFICATE-----%0A"
SUBJECT = "CN=Exam Centre 7,O=ExamX,C=IN"
FROM_BALANCER = {
    "X-Amzn-Mtls-Clientcert-Serial-Number": "03A5",
    "X-Amzn-Mtls-Clientcert-Issuer": "CN=ExamX CA",
    "X-Amzn-Mtls-Clientcert-Subject": SUBJECT,
    "X-Amzn-Mtls-Clientcert-Validity": "NotBefore=2026-01-01T00:00:00Z;NotAfter=2027-01-01T00:00:00Z",
    "X-Amzn-Mtls-Clientcert-Leaf": CERTIFICATE,
}
FORGED = [
    "SSL-Client-Verify",
    "SSL-Client-DN",
    "SSL-Client-Cert",
    "SSL-Client-S-DN",
    "SSL-Client-Subject-DN",
    "SSL-Client-Issuer",
    "SSL-Client-Serial",
    "SSL-Client-Fingerprint",
    "ssl-client-verify",
    "Ssl_Client_Verify",
    "SSL_CLIENT_VERIFY",
    "SSL_CLIENT_DN",
    "SSL-CLIENT_CERT",
    "X-SSL-Client-Verify",
    "X-Forwarded-Client-Cert",
    "Client-Cert",
]


def echo(nginx: Nginx, headers: list[tuple[str, str]], target: str = "/api/x") -> Echo:
    return upstream.parse(ask(nginx.port, "GET", target, headers).body)


def told(nginx: Nginx, *headers: tuple[str, str], target: str = "/api/x") -> dict[str, list[str]]:
    """All that Django could take for something about a client certificate."""
    seen = echo(nginx, list(headers), target)
    return {
        name: seen.all(name) for name in sorted(seen.names()) if "client" in name or "mtls" in name or "cert" in name
    }


@pytest.fixture(params=["nginx", "passthrough", "verify"])
def every_mode(request: pytest.FixtureRequest) -> Nginx:
    """nginx in each client TLS mode."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("target", ["/", "/api/x", "/admin/"])
def test_forged_headers_never_arrive(every_mode: Nginx, target: str):
    forged = [(name, "SUCCESS") for name in FORGED]
    values = told(every_mode, *forged, target=target)
    assert values in ({}, {"ssl-client-verify": ["NONE"]})


def test_headers_of_the_load_balancer_itself_never_arrive(every_mode: Nginx):
    seen = echo(every_mode, [*FROM_BALANCER.items(), ("X-Amzn-Mtls-Clientcert", CERTIFICATE)])
    assert not [name for name in seen.names() if "mtls" in name]


def test_off_tells_nothing(nginx: Nginx):
    assert told(nginx, *FROM_BALANCER.items(), ("X-Amzn-Mtls-Clientcert", CERTIFICATE)) == {}


def test_passthrough_passes_the_certificate_and_claims_nothing(passthrough: Nginx):
    assert told(passthrough, ("X-Amzn-Mtls-Clientcert", CERTIFICATE), ("SSL-Client-Verify", "SUCCESS")) == {
        "ssl-client-cert": [CERTIFICATE],
        "ssl-client-verify": ["NONE"],
    }


def test_passthrough_without_a_certificate(passthrough: Nginx):
    assert told(passthrough, ("SSL-Client-Cert", CERTIFICATE)) == {"ssl-client-verify": ["NONE"]}


def test_passthrough_does_not_believe_the_headers_of_verify(passthrough: Nginx):
    assert told(passthrough, *FROM_BALANCER.items()) == {"ssl-client-verify": ["NONE"]}


def test_verify_tells_the_subject_and_the_result(verify: Nginx):
    forged = [("SSL-Client-DN", "CN=Admin"), ("SSL-Client-Verify", "FAILED"), ("SSL-Client-Cert", "x")]
    assert told(verify, *forged, *FROM_BALANCER.items()) == {
        "ssl-client-cert": [CERTIFICATE],
        "ssl-client-dn": [SUBJECT],
        "ssl-client-verify": ["SUCCESS"],
    }


@pytest.mark.parametrize("missing", ["X-Amzn-Mtls-Clientcert-Subject", "X-Amzn-Mtls-Clientcert-Leaf"])
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_verify_claims_nothing_by_halves(verify: Nginx, missing: str, how: str):
    headers = {name: "" if name == missing else text for name, text in FROM_BALANCER.items()}
    given = [(name, text) for name, text in headers.items() if text or how == "empty"]
    assert told(verify, *given) == {"ssl-client-verify": ["NONE"]}


def test_verify_does_not_believe_the_header_of_passthrough(verify: Nginx):
    assert told(verify, ("X-Amzn-Mtls-Clientcert", CERTIFICATE)) == {"ssl-client-verify": ["NONE"]}


@pytest.mark.parametrize("value", ["forged, " + CERTIFICATE, "two words", "a\tb"])
def test_what_is_no_single_certificate_counts_for_nothing(verify: Nginx, passthrough: Nginx, value: str):
    assert told(verify, *{**FROM_BALANCER, "X-Amzn-Mtls-Clientcert-Leaf": value}.items()) == {
        "ssl-client-verify": ["NONE"]
    }
    assert told(passthrough, ("X-Amzn-Mtls-Clientcert", value)) == {"ssl-client-verify": ["NONE"]}


@pytest.mark.parametrize("forged", ["CN=Admin", "CN=Admin\\\\", ""])
def test_two_subjects_count_for_nothing(verify: Nginx, forged: str):
    name = "X-Amzn-Mtls-Clientcert-Subject"
    assert told(verify, (name, forged), *FROM_BALANCER.items()) == {"ssl-client-verify": ["NONE"]}
    assert told(verify, *FROM_BALANCER.items(), (name, forged)) == {"ssl-client-verify": ["NONE"]}


def test_a_comma_in_a_name_is_no_second_subject(verify: Nginx):
    subject = "CN=Exam Centre 7,O=Invented\\, Inc.,C=IN"
    headers = {**FROM_BALANCER, "X-Amzn-Mtls-Clientcert-Subject": subject}
    assert told(verify, *headers.items())["ssl-client-dn"] == [subject]


def test_a_long_chain_passes(passthrough: Nginx):
    chain = CERTIFICATE * 600
    assert told(passthrough, ("X-Amzn-Mtls-Clientcert", chain))["ssl-client-cert"] == [chain]


def test_every_header_that_is_removed_stands_in_one_file(nginx: Nginx):
    text = Path(nginx.directory, "config", "upstream.conf").read_text(encoding="utf-8")
    assert all(f"proxy_set_header {name} " in text for name in FROM_BALANCER)


@pytest.mark.parametrize("mode", [ClientTlsPassthrough(), ClientTlsVerify(trust_store="examx")], ids=lambda m: m.mode)
def test_who_is_no_load_balancer_has_no_certificate(upstream_port: int, mode: ClientTls):
    headers = [*FROM_BALANCER.items(), ("X-Amzn-Mtls-Clientcert", CERTIFICATE)]
    with server.running(mode, upstream_port=upstream_port, load_balancer_cidrs=("192.0.2.0/24",)) as stranger:
        # A claim to have come through the load balancer is none of its own.
        for claimed in ([], [("X-Forwarded-For", "192.0.2.9")]):
            assert told(stranger, *headers, *claimed) == {"ssl-client-verify": ["NONE"]}
