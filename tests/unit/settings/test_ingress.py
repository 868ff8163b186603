"""The load balancer: host, certificate, client TLS."""

import attrs
import pytest

from examx_constructs.settings import (
    AccessLogs,
    ClientTlsOff,
    ClientTlsPassthrough,
    ClientTlsVerify,
    Frontend,
    IngressGroup,
)
from tests.unit.settings.samples import INGRESS
from tests.unit.settings.support import refusal

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/00000000-1111-2222-3333-444444444444"
WEB_ACL = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/examx_web/00000000-1111-2222-3333-444444444444"
TRUST_STORE = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/sample/0123456789abcdef"


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "examx.cloud"},
        {"host": "a-1.b.c.example.com"},
        {"certificate_arn": CERTIFICATE},
        {"certificate_arn": CERTIFICATE.replace("arn:aws:", "arn:aws-us-gov:")},
        {"client_tls": ClientTlsVerify(trust_store=TRUST_STORE, ignore_expiry=True)},
        {"client_tls": ClientTlsVerify(trust_store="sample-store")},
        {"frontend": Frontend(service="web", port=3000)},
        {"group": IngressGroup(name="shared", order=-1000)},
        {"group": IngressGroup(name="shared")},
        {"other_hosts": ("www.examx.cloud", "*.examx.cloud")},
        {"other_hosts": tuple(f"h{n}.example.com" for n in range(19))},
        {"host": f"{'.'.join(['a' * 60, 'b' * 60, 'c' * 6])}"},
        {"ssl_policy": "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04"},
        {"access_logs": AccessLogs(bucket="a.b-1", prefix="ELBLogs/Backend")},
        {"web_acl_arn": WEB_ACL},
        {"shield_advanced": True},
        {"shield_advanced": False},
        {"backend_paths": ()},
        {"backend_paths": ("/api", "/v1.2/a_b-c~d")},
    ],
)
def test_accepts(changes: dict[str, object]) -> None:
    made = attrs.evolve(INGRESS, **changes)
    assert {name: getattr(made, name) for name in changes} == changes


def test_each_client_tls_knows_its_mode() -> None:
    modes = [ClientTlsOff().mode, ClientTlsPassthrough().mode, ClientTlsVerify(trust_store="sample").mode]
    assert modes == ["off", "passthrough", "verify"]


HOST = "it must be a fully qualified host name in lower case, such as app.example.com"


@pytest.mark.parametrize(
    ("host", "message"),
    [
        (host, HOST)
        for host in (
            "",
            "localhost",
            "Examx.cloud",
            "https://examx.cloud",
            "examx.cloud/",
            "examx..cloud",
            "-examx.cloud",
            "examx-.cloud",
            "exam_x.cloud",
            "*.examx.cloud",
            "examx.cloud\n",
            f"{'a' * 64}.cloud",
            ".".join(["a" * 60] * 5),
        )
    ],
)
def test_refuses_a_host_that_is_not_fully_qualified(host: str, message: str) -> None:
    assert refusal(lambda: attrs.evolve(INGRESS, host=host)).endswith(f"; {message}")


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "00000000-1111-2222-3333-444444444444",
        CERTIFICATE.replace("111122223333", "1111"),
        CERTIFICATE.replace("111122223333", "١١١١٢٢٢٢٣٣٣٣"),
        CERTIFICATE.replace(":acm:", ":iam:"),
        CERTIFICATE + "0",
    ],
)
def test_refuses_what_is_no_certificate(arn: str) -> None:
    assert refusal(lambda: attrs.evolve(INGRESS, certificate_arn=arn)) == (
        f'IngressSettings.certificate_arn is "{arn}"; it must be the ARN of an ACM certificate: '
        "arn:aws:acm:REGION:ACCOUNT:certificate/ID"
    )


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "none",
        "examx-web",
        WEB_ACL.replace("111122223333", "1111"),
        WEB_ACL.replace(":wafv2:", ":waf-regional:"),
        WEB_ACL.replace("/webacl/", "/rulegroup/"),
        WEB_ACL + "\n",
    ],
)
def test_refuses_what_is_no_web_acl(arn: str) -> None:
    assert refusal(lambda: attrs.evolve(INGRESS, web_acl_arn=arn)).endswith(
        "; it must be the ARN of a regional web ACL of WAF: arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID"
    )


def test_refuses_the_web_acl_of_cloudfront() -> None:
    arn = WEB_ACL.replace(":regional/", ":global/")
    assert refusal(lambda: attrs.evolve(INGRESS, web_acl_arn=arn)) == (
        f'IngressSettings.web_acl_arn is "{arn}"; it must be a regional web ACL: a global one is for CloudFront, and '
        "no load balancer takes it"
    )


@pytest.mark.parametrize("store", ["", "sample store", "s" * 33, "arn:aws:s3:::bucket"])
def test_refuses_what_is_no_trust_store(store: str) -> None:
    assert refusal(lambda: ClientTlsVerify(trust_store=store)) == (
        f'ClientTlsVerify.trust_store is "{store}"; it must be the ARN or the name of a trust store'
    )


def test_verify_needs_a_trust_store_and_the_others_take_none() -> None:
    assert refusal(ClientTlsVerify) == "ClientTlsVerify.trust_store is missing; it has no default and must be given"
    for kind in (ClientTlsOff, ClientTlsPassthrough):
        message = refusal(lambda kind=kind: kind(trust_store="sample"))
        assert message == f'{kind.__name__}.trust_store is "sample"; there is no such setting: it must be one of mode'
        assert 'it must be one of "' in refusal(lambda kind=kind: kind(mode="verify"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: attrs.evolve(INGRESS, host=f"{'a' * 60}.{'b' * 60}.{'c' * 7}"),
            f'IngressSettings.host is "{"a" * 60}.{"b" * 60}.{"c" * 7}"; the most is 128 characters: a rule',
        ),
        (
            lambda: attrs.evolve(INGRESS, other_hosts=("*.*.cloud",)),
            f'IngressSettings.other_hosts is "*.*.cloud"; {HOST}, or *.example.com for all hosts below one',
        ),
        (
            lambda: attrs.evolve(INGRESS, other_hosts=("www.examx.*",)),
            f'IngressSettings.other_hosts is "www.examx.*"; {HOST}, or *.example.com for all hosts below one',
        ),
        (
            lambda: attrs.evolve(INGRESS, other_hosts=("a.example.com", INGRESS.host)),
            f'IngressSettings.other_hosts is "{INGRESS.host}"; it is there twice, and the second never acts',
        ),
        (
            lambda: attrs.evolve(INGRESS, host="a.cloud", other_hosts=tuple(f"a{n}.cloud" for n in range(20))),
            "IngressSettings.other_hosts is ('a0.cloud', ",
        ),
        (
            lambda: attrs.evolve(INGRESS, ssl_policy="ELBSecurityPolicy-2016-08"),
            'IngressSettings.ssl_policy is "ELBSecurityPolicy-2016-08"; it must be a policy of AWS with TLS 1.3 that',
        ),
        (
            lambda: attrs.evolve(INGRESS, ssl_policy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
            'IngressSettings.ssl_policy is "ELBSecurityPolicy-TLS13-1-0-2021-06"; it must be a policy of AWS',
        ),
        (
            lambda: AccessLogs(bucket="Logs"),
            'AccessLogs.bucket is "Logs"; it must be the name of an S3 bucket: 3',
        ),
        (lambda: AccessLogs(bucket="a..b"), 'AccessLogs.bucket is "a..b"; it must be the name of an S3 bucket'),
        (
            lambda: AccessLogs(bucket="logs", prefix="a,b=c"),
            "AccessLogs.prefix is \"a,b=c\"; it must be letters, digits, '_', '.' and '-', with slashes inside",
        ),
        (lambda: AccessLogs(bucket="logs", prefix="AWSLogs/a"), 'AccessLogs.prefix is "AWSLogs/a"; it must be letters'),
        (lambda: AccessLogs(bucket="logs", prefix="/a"), 'AccessLogs.prefix is "/a"; it must be letters'),
        (lambda: Frontend(service="Web"), 'Frontend.service is "Web"; it must be a DNS label'),
        (lambda: Frontend(service="web", port=0), "Frontend.port is 0; the least is 1: a TCP port"),
        (lambda: Frontend(service="web", port=70000), "Frontend.port is 70000; the most is 65535: a TCP port"),
        (lambda: IngressGroup(name="Shared"), 'IngressGroup.name is "Shared"; it must be a DNS label'),
        (lambda: IngressGroup(name="a", order=1001), "IngressGroup.order is 1001; the most is 1000: the controller's"),
        (
            lambda: IngressGroup(name="a", order=-1001),
            "IngressGroup.order is -1001; the least is -1000: the controller",
        ),
        (
            lambda: attrs.evolve(INGRESS, backend_paths=("api",)),
            'IngressSettings.backend_paths is "api"; it must be an absolute path, such as /api',
        ),
        (
            lambda: attrs.evolve(INGRESS, backend_paths=("/",)),
            'IngressSettings.backend_paths is "/"; it must be an absolute path',
        ),
        (
            lambda: attrs.evolve(INGRESS, backend_paths=(), frontend=Frontend(service="web")),
            "IngressSettings.backend_paths is (); it must name a path: all requests would go to the frontend, web",
        ),
    ],
)
def test_refuses_the_rest(make: object, message: str) -> None:
    assert refusal(make).startswith(message)  # pyright: ignore[reportArgumentType]


def test_too_many_hosts_are_told_in_rules() -> None:
    hosts = tuple(f"h{n}.example.com" for n in range(20))
    message = refusal(lambda: attrs.evolve(INGRESS, other_hosts=hosts))
    assert message.endswith(
        "; 21 hosts with 5 paths are 105 rules; the most is 100: the load balancer has no room for more"
    )
    assert len(attrs.evolve(INGRESS, other_hosts=hosts, backend_paths=()).hosts) == 21
