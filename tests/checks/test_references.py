"""How much a reference that leads nowhere weighs, and what counts as a slip of the hand."""

import pytest

from examx_constructs.checks import check
from examx_constructs.checks.finding import Severity
from examx_constructs.checks.slips import is_slip, slip_of
from tests.checks.support import Object, manifests, obj, workload

NAMESPACE = obj("Namespace", "dev")
OWN = obj("Namespace", "dev", annotations="{examx.ai/cluster: a-cluster}")
STORE = obj("Secret", "smtp", root="stringData: {user: someone}")
SETTINGS = obj("ConfigMap", "settings", root="data: {a: b}")


def weights(*objects: Object) -> list[Severity]:
    rule = "reference-leads-somewhere"
    return [each.severity for each in check(manifests(objects)) if each.rule == rule]


def takes(kind: str, name: str) -> Object:
    source = {"ConfigMap": "configMapRef", "Secret": "secretRef"}[kind]
    return workload(container=f"envFrom: [{{{source}: {{name: {name}}}}}]")


@pytest.mark.parametrize(
    ("objects", "weight"),
    [
        pytest.param([takes("ConfigMap", "other")], [], id="alone, a part of something"),
        pytest.param([SETTINGS, takes("ConfigMap", "other")], [Severity.WARNING], id="beside one of the kind"),
        pytest.param([SETTINGS, takes("ConfigMap", "setings")], [Severity.ERROR], id="a slip"),
        pytest.param([NAMESPACE, takes("ConfigMap", "other")], [Severity.WARNING], id="in a namespace of the set"),
        pytest.param([NAMESPACE, SETTINGS, takes("ConfigMap", "other")], [Severity.ERROR], id="in a whole set"),
        pytest.param([OWN, takes("ConfigMap", "other")], [Severity.ERROR], id="in a set that says that it is whole"),
        pytest.param([NAMESPACE, takes("Secret", "other")], [], id="a Secret in a namespace of the set"),
        pytest.param([NAMESPACE, STORE, takes("Secret", "other")], [Severity.WARNING], id="a Secret in a whole set"),
        pytest.param([STORE, takes("Secret", "smtpp")], [Severity.ERROR], id="a Secret, and a slip"),
        pytest.param([OWN, takes("Secret", "other")], [Severity.ERROR], id="a Secret where the set is whole"),
        pytest.param(
            [NAMESPACE, obj("ServiceAccount", "ci"), workload(pod="serviceAccountName: web")],
            [Severity.WARNING],
            id="a ServiceAccount, which Terraform may make",
        ),
    ],
)
def test_an_absence_weighs_as_much_as_the_set_claims_to_show(objects: list[Object], weight: list[Severity]) -> None:
    assert weights(*objects) == weight


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("reddis", "redis"),
        ("rdeis", "redis"),
        ("rediss", "redis"),
        ("web-cofig", "web-config"),
        ("web-configs", "web-config"),
        ("webconfig", "web-config"),
        ("shop-databaze", "shop-database"),
        ("wbe", "web"),
    ],
)
def test_one_letter_is_a_slip(asked: str, meant: str) -> None:
    assert slip_of(asked, [meant, "something-else"]) == meant
    assert is_slip(meant, asked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("redis-0", "redis-1"),
        ("api-secret", "app-secret"),
        ("dev-env", "stg-env"),
        ("db", "bd"),
        ("app-a", "app-b"),
        ("settings", "settings"),
        ("test-config", "rest-config"),
        ("config-v1", "config-v2"),
        ("web", "web-config"),
        ("", "a"),
        ("shop2", "shop"),
    ],
)
def test_names_that_are_alike_on_purpose_are_none(one: str, other: str) -> None:
    assert not is_slip(one, other)
    assert not is_slip(other, one)


def test_names_of_two_kinds_are_not_compared() -> None:
    assert weights(NAMESPACE, STORE, takes("ConfigMap", "smtp")) == [Severity.WARNING]
