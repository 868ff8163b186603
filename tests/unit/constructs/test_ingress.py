import json

import pytest
from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import AlbIngress, Backend, DjangoApp, NginxConfig
from examx_constructs.settings import (
    AccessLogs,
    ClientTls,
    ClientTlsOff,
    ClientTlsPassthrough,
    ClientTlsVerify,
    Duration,
    Frontend,
    ImageReference,
    IngressGroup,
    IngressSettings,
)
from tests.support import Manifest, one, synth
from tests.unit.constructs.conftest import BACKEND

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"

ATTRIBUTES = "alb.ingress.kubernetes.io/load-balancer-attributes"


@pytest.fixture
def backend(chart: Chart, image: ImageReference, nginx: NginxConfig) -> Backend:
    return Backend(chart, "api", app=DjangoApp(image=image), settings=BACKEND, nginx=nginx, host="api.example.com")


def _ingress(chart: Chart, backend: Backend, settings: IngressSettings) -> Manifest:
    AlbIngress(chart, "ingress", settings=settings, service=backend.service)
    return one(synth(chart), "Ingress")


def test_minimal(chart: Chart, backend: Backend, snapshot: SnapshotAssertion) -> None:
    assert [_ingress(chart, backend, IngressSettings(host="api.example.com"))] == snapshot


def test_full(chart: Chart, backend: Backend, snapshot: SnapshotAssertion) -> None:
    settings = IngressSettings(
        host="api.example.com",
        other_hosts=("*.example.com",),
        certificate_arn=CERTIFICATE,
        ssl_policy="ELBSecurityPolicy-TLS13-1-3-2021-06",
        access_logs=AccessLogs(bucket="team-a-logs", prefix="api"),
        client_tls=ClientTlsVerify(trust_store="partners", ignore_expiry=True),
        deletion_protection=True,
        frontend=Frontend(service="web", port=8080),
        group=IngressGroup(name="shared", order=10),
    )
    AlbIngress(
        chart,
        "ingress",
        settings=settings,
        service=backend.service,
        service_port=8080,
        deregistration_delay=Duration("30s"),
        idle_timeout=Duration("60s"),
        name="api",
    )
    assert [one(synth(chart), "Ingress")] == snapshot


@pytest.mark.parametrize(
    ("client_tls", "expected"),
    [
        (ClientTlsOff(), {"port": 443, "mode": "off"}),
        (ClientTlsPassthrough(), {"port": 443, "mode": "passthrough"}),
        (
            ClientTlsVerify(trust_store="partners"),
            {"port": 443, "mode": "verify", "trustStore": "partners", "ignoreClientCertificateExpiry": False},
        ),
    ],
)
def test_client_tls_is_always_said(
    chart: Chart, backend: Backend, client_tls: ClientTls, expected: dict[str, object]
) -> None:
    ingress = _ingress(chart, backend, IngressSettings(host="api.example.com", client_tls=client_tls))
    text = ingress["metadata"]["annotations"]["alb.ingress.kubernetes.io/mutual-authentication"]
    assert json.loads(text) == [expected]


def test_without_a_frontend_the_backend_answers_the_root(chart: Chart, backend: Backend) -> None:
    paths = _ingress(chart, backend, IngressSettings(host="api.example.com"))["spec"]["rules"][0]["http"]["paths"]
    assert [each["path"] for each in paths] == ["/api", "/static", "/media", "/admin", "/"]
    assert {each["backend"]["service"]["name"] for each in paths} == {"examxv2-backend-service"}


def test_a_frontend_answers_only_the_root(chart: Chart, backend: Backend) -> None:
    settings = IngressSettings(host="api.example.com", frontend=Frontend(service="web"))
    paths = _ingress(chart, backend, settings)["spec"]["rules"][0]["http"]["paths"]
    assert {each["path"]: each["backend"]["service"]["name"] for each in paths}["/"] == "web"
    assert {each["backend"]["service"]["name"] for each in paths if each["path"] != "/"} == {"examxv2-backend-service"}


def test_every_host_reaches_the_same(chart: Chart, backend: Backend) -> None:
    settings = IngressSettings(host="example.com", other_hosts=("*.example.com", "example.org"))
    rules = _ingress(chart, backend, settings)["spec"]["rules"]
    assert [each["host"] for each in rules] == ["example.com", "*.example.com", "example.org"]
    assert all(each["http"] == rules[0]["http"] for each in rules)


def test_access_logs_go_to_a_bucket(chart: Chart, backend: Backend) -> None:
    settings = IngressSettings(host="example.com", access_logs=AccessLogs(bucket="logs"))
    text = _ingress(chart, backend, settings)["metadata"]["annotations"][ATTRIBUTES]
    assert text.endswith(",access_logs.s3.enabled=true,access_logs.s3.bucket=logs")


def test_a_firewall_and_protection_are_said_only_where_they_are_set(chart: Chart, backend: Backend) -> None:
    """What is left out the controller leaves as it is: another tool of the account may look after it."""
    annotations = _ingress(chart, backend, IngressSettings(host="example.com"))["metadata"]["annotations"]
    assert not [each for each in annotations if "waf" in each or "shield" in each]


@pytest.mark.parametrize(("shield", "text"), [(True, "true"), (False, "false")])
def test_a_firewall_and_protection(chart: Chart, backend: Backend, shield: bool, text: str) -> None:  # noqa: FBT001
    acl = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/web/00000000-0000-0000-0000-000000000000"
    settings = IngressSettings(host="example.com", web_acl_arn=acl, shield_advanced=shield)
    annotations = _ingress(chart, backend, settings)["metadata"]["annotations"]
    assert annotations["alb.ingress.kubernetes.io/wafv2-acl-arn"] == acl
    assert annotations["alb.ingress.kubernetes.io/shield-advanced-protection"] == text


def test_the_root_alone_is_one_rule_of_the_load_balancer(chart: Chart, backend: Backend) -> None:
    ingress = _ingress(chart, backend, IngressSettings(host="api.example.com", backend_paths=()))
    assert [each["path"] for each in ingress["spec"]["rules"][0]["http"]["paths"]] == ["/"]


def test_a_group_without_an_order_states_none(chart: Chart, backend: Backend) -> None:
    # Hosts differ, so no rule has to go before another.
    ingress = _ingress(chart, backend, IngressSettings(host="api.example.com", group=IngressGroup(name="shared")))
    annotations = ingress["metadata"]["annotations"]
    assert annotations["alb.ingress.kubernetes.io/group.name"] == "shared"
    assert "alb.ingress.kubernetes.io/group.order" not in annotations
