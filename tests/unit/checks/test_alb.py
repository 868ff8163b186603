"""Annotations are read as the controller reads them, and weighed by what decides of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examx_constructs.checks import alb, check, load
from examx_constructs.checks.alb.annotations import network, pairs, truth, whole
from examx_constructs.checks.alb.documents import PORT_OR_NAME, TEXT, TEXTS, TRUTH, WHOLE, WHOLES, Shape, document
from examx_constructs.checks.alb.known import KNOWN
from examx_constructs.checks.finding import Severity
from examx_constructs.manifests import Manifests, Node
from tests.unit.checks.cases.alb import ingress, ingress_class, service
from tests.unit.checks.support import Object

RULES = {rule.id for rule in alb.RULES}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        (" a = 1 , b=2", {"a": "1", "b": "2"}),
        ("a=1=2", {"a": "1=2"}),
        ("a=", {"a": ""}),
        (r"a=GET\,PUT,b=2", {"a": "GET,PUT", "b": "2"}),
        ("a=1,", {"a": "1,"}),
        ("a=1,a=2", {"a": "2"}),
        (r"a=1\\", {"a": "1\\"}),
        ("a:1", None),
        ("a=1,b", None),
        ("a=1,,b=2", None),
        ("=1", None),
        (",a=1", None),
    ],
)
def test_maps_are_read_as_the_controller_reads_them(text: str, read: dict[str, str] | None) -> None:
    """By pkg/annotations/parser.go of v3.5.0, splitKeyValuePairs and ParseStringMapAnnotation."""
    assert pairs(text) == read


@pytest.mark.parametrize(
    ("text", "number"), [("15", 15), ("+5", 5), ("-1", -1), ("007", 7), ("", None), ("15s", None), (" 5", None)]
)
def test_whole_numbers_are_read_as_go_reads_them(text: str, number: int | None) -> None:
    assert whole(text) == number


def test_numbers_beyond_32_bits_are_none() -> None:
    assert (whole("2147483647"), whole("2147483648"), whole("-2147483648")) == (2**31 - 1, None, -(2**31))


def test_truths_are_read_as_go_reads_them() -> None:
    assert [truth(text) for text in ("true", "True", "TRUE", "t", "1")] == [True] * 5
    assert [truth(text) for text in ("false", "False", "FALSE", "f", "0")] == [False] * 5
    assert [truth(text) for text in ("tRue", "yes", "on", "", "2", " true")] == [None] * 6


def test_networks_have_the_length_of_their_prefix() -> None:
    assert all(map(network, ("10.0.0.0/8", "10.0.0.1/8", "::/0", "2001:db8::1/64")))
    texts = ("10.0.0.0", "10.0.0.0/33", "10.0.0.0/255.0.0.0", "010.0.0.0/8", "a/8", "")
    assert [network(text) for text in texts] == [None] * 6


@pytest.mark.parametrize(
    ("text", "shape", "content"),
    [
        ('{"Name": "a"}', {"name": TEXT}, {"name": "a"}),
        ('{"NAME": "a", "name": "b"}', {"name": TEXT}, {"name": "b"}),
        ('{"name": null}', {"name": TEXT}, {}),
        ('[{"HTTP": 80}]', [WHOLES], [{"HTTP": 80}]),
        ('{"a": "b"}', TEXTS, {"a": "b"}),
        ('"http"', PORT_OR_NAME, "http"),
        ("80", PORT_OR_NAME, 80),
        ("true", TRUTH, True),
    ],
)
def test_json_is_read_as_go_reads_it(text: str, shape: Shape, content: object) -> None:
    assert document(Node.of(text), shape).content.value == content


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"name": 1}', {"name": TEXT}),
        ('{"weight": "1"}', {"weight": WHOLE}),
        ('{"weight": 1.0}', {"weight": WHOLE}),
        ('{"weight": 1e2}', {"weight": WHOLE}),
        ('{"weight": 2147483648}', {"weight": WHOLE}),
        ('{"weight": true}', {"weight": WHOLE}),
        ('{"on": 1}', {"on": TRUTH}),
        ("{}", [TEXT]),
        ("[]", {"name": TEXT}),
        ('[{"HTTP": "80"}]', [WHOLES]),
        ("NaN", WHOLE),
        ("{'a': 1}", {"a": WHOLE}),
        ("", TEXT),
        ("[" * 100_000, [TEXT]),
    ],
)
def test_json_that_go_refuses_does_not_fit(text: str, shape: Shape) -> None:
    found = document(Node.of(text), shape)
    assert found.misfit is not None
    assert not found.content.present


def test_fields_that_nobody_reads_are_told() -> None:
    found = document(Node.of('[{"a": "1", "b": 2}]'), [{"a": TEXT}])
    assert [each.path for each in found.unread] == ["[0].b"]


def weights(*objects: Object) -> list[tuple[str, Severity]]:
    """The rules of load balancers that speak, and how much their findings weigh."""
    return [(found.rule, found.severity) for found in check(Manifests.of(objects)) if found.rule in RULES]


def member(annotations: str, name: str = "web", **more: Any) -> Object:
    """An Ingress of the group g with a host."""
    spec = f"{{ingressClassName: alb, rules: [{{host: {name}.example.com}}]}}"
    return ingress(f"{{group.name: g, {annotations}}}", name, spec=spec, **more)


def test_what_another_member_of_a_group_may_have_is_a_warning() -> None:
    plain = "{ssl-redirect: '443'}"
    assert weights(ingress(plain)) == [("alb-redirect-has-listener", Severity.ERROR)]
    assert weights(member("ssl-redirect: '443'")) == [("alb-redirect-has-listener", Severity.WARNING)]
    own = """ssl-redirect: '443', listen-ports: '[{"HTTP": 80}, {"HTTPS": 8443}]'"""
    assert weights(member(own)) == [("alb-redirect-has-listener", Severity.ERROR)]


def test_certificates_may_be_those_of_a_class_that_is_elsewhere() -> None:
    https = """{listen-ports: '[{"HTTPS": 443}]'}"""
    rule = "alb-https-listener-has-certificate"
    assert weights(ingress(https)) == [(rule, Severity.WARNING)]
    own = ingress(https, spec="ingressClassName: own")
    assert weights(ingress_class("ingress.k8s.aws/alb"), own) == [(rule, Severity.ERROR)]
    named = ingress_class("ingress.k8s.aws/alb", "{apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: own}")
    assert weights(named, own) == [(rule, Severity.WARNING)]


def test_actions_that_nobody_asks_for_weigh_less() -> None:
    broken = "{actions.go: '{', target-type: ip}"
    asked = "{ingressClassName: alb, defaultBackend: {service: {name: go, port: {name: use-annotation}}}}"
    assert weights(ingress(broken, spec=asked)) == [("alb-action-is-valid", Severity.ERROR)]
    assert weights(ingress(broken)) == [("alb-action-is-valid", Severity.WARNING)]


def test_unheard_of_attributes_may_be_newer_than_the_rule() -> None:
    made_up = ingress("{load-balancer-attributes: 'quantum.enabled=true'}")
    mistyped = ingress("{load-balancer-attributes: 'idle_timeout.seconds=60'}")
    assert weights(made_up) == [("alb-attribute-is-allowed", Severity.WARNING)]
    assert weights(mistyped) == [("alb-attribute-is-allowed", Severity.ERROR)]


def written(folder: Path, **files: list[Object]) -> Manifests:
    """The manifests of these files; two underscores are a slash."""
    for name, objects in files.items():
        file = folder / f"{name.replace('__', '/')}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    return load(folder)


def quarrels(manifests: Manifests) -> list[Severity]:
    return [found.severity for found in check(manifests) if found.rule == "alb-group-agrees"]


INTERNAL, OPEN = member("scheme: internal"), member("scheme: internet-facing", "shop", namespace="shop")


def test_members_in_one_folder_are_applied_together(tmp_path: Path) -> None:
    assert quarrels(written(tmp_path, one=[INTERNAL], two=[OPEN])) == [Severity.ERROR]


def test_members_in_two_folders_may_be_of_two_clusters(tmp_path: Path) -> None:
    assert quarrels(written(tmp_path, a__web=[INTERNAL], b__shop=[OPEN])) == [Severity.WARNING]


def test_alternatives_do_not_meet(tmp_path: Path) -> None:
    both = member("scheme: internet-facing")
    assert quarrels(written(tmp_path, dev__web=[INTERNAL], prod__web=[both])) == []


def test_overlays_in_namespaces_of_their_own_do_not_meet(tmp_path: Path) -> None:
    both = member("scheme: internet-facing", namespace="prod")
    assert quarrels(written(tmp_path, dev__web=[INTERNAL], prod__web=[both])) == []
    assert quarrels(written(tmp_path / "one", dev=[INTERNAL], prod=[both])) == [Severity.ERROR]


def test_of_alternatives_each_meets_the_rest(tmp_path: Path) -> None:
    other = member("scheme: internal", "shop", namespace="shop")
    both = member("scheme: internet-facing")
    files = {"dev__web": [INTERNAL], "prod__web": [both, other]}
    assert quarrels(written(tmp_path, **files)) == [Severity.ERROR]


def test_a_class_speaks_before_its_ingresses() -> None:
    params = {
        "apiVersion": "elbv2.k8s.aws/v1beta1",
        "kind": "IngressClassParams",
        "metadata": {"name": "own"},
        "spec": {"group": {"name": "g"}, "scheme": "internal", "targetType": "ip"},
    }
    own = ingress_class("ingress.k8s.aws/alb", "{apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: own}")
    spec = "{ingressClassName: own, defaultBackend: {service: {name: web, port: {number: 80}}}}"
    first = ingress("{scheme: internet-facing}", spec=spec)
    second = member("scheme: internal", "shop")
    assert weights(params, own, service(), first, second) == []
    assert weights(params, own, service(), first, member("scheme: internet-facing", "shop")) == [
        ("alb-group-agrees", Severity.ERROR)
    ]


SUFFIXES = sorted(
    KNOWN
    | {"actions.web", "conditions.web", "transforms.web", "listener-attributes.HTTPS-443", "target-control-port.web.80"}
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "a=b",
            "a=1,",
            "\\",
            '[{"HTTPS": 443}]',
            '[{"HTTPS": null}]',
            "[null]",
            "{}",
            "null",
            '[{"port": 443, "mode": "verify", "trustStore": null}]',
            '{"type": "forward", "forwardConfig": {"targetGroups": [null, {"serviceName": "web", "servicePort": 80}]}}',
            '[{"field": "host-header", "hostHeaderConfig": {"values": [null]}}, null]',
            "true",
            "443",
            "ip",
            "GRPC",
            "oidc",
        ]
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(SUFFIXES), VALUES, max_size=12),
    st.dictionaries(st.sampled_from(SUFFIXES), VALUES, max_size=6),
)
def test_no_value_stops_the_rules(of_ingress: dict[str, Any], of_service: dict[str, Any]) -> None:
    to_web = "{ingressClassName: alb, rules: [null, {http: {paths: [{path: 1, backend: {service: {name: web}}}]}}]}"
    objects = [ingress(spec=to_web), ingress(name="other"), service()]
    for each, annotations in zip(objects, (of_ingress, of_ingress, of_service), strict=True):
        each["metadata"]["annotations"] = {
            f"alb.ingress.kubernetes.io/{key}": text for key, text in annotations.items()
        }
    manifests = Manifests.of(objects)
    for rule in alb.RULES:
        assert all(str(replace(found, file=None)) for found in rule(manifests))
