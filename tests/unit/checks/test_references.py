"""How much a reference that leads nowhere weighs, and what counts as a slip of the hand."""

from pathlib import Path

import pytest
import yaml

from examx_constructs.checks import check, load
from examx_constructs.checks.finding import Finding, Severity
from examx_constructs.checks.slips import is_slip, slip_of
from tests.unit.checks.support import Object, manifests, obj, workload

NAMESPACE = obj("Namespace", "dev")
OWN = obj("Namespace", "dev", annotations="{examx.ai/cluster: a-cluster}")
STORE = obj("Secret", "smtp", root="stringData: {user: someone}")
SETTINGS = obj("ConfigMap", "settings", root="data: {a: b}")


PART = "reference-is-in-these-manifests"


def findings(rule: str, *objects: Object) -> list[Finding]:
    return [each for each in check(manifests(objects)) if each.rule == rule]


def weights(*objects: Object) -> list[Severity]:
    return [each.severity for each in findings("reference-leads-somewhere", *objects)]


def takes(kind: str, name: str) -> Object:
    source = {"ConfigMap": "configMapRef", "Secret": "secretRef"}[kind]
    return workload(container=f"envFrom: [{{{source}: {{name: {name}}}}}]")


@pytest.mark.parametrize(
    ("objects", "weight"),
    [
        pytest.param([SETTINGS, takes("ConfigMap", "other")], [Severity.WARNING], id="beside one of the kind"),
        pytest.param([SETTINGS, takes("ConfigMap", "setings")], [Severity.ERROR], id="a slip"),
        pytest.param([NAMESPACE, takes("ConfigMap", "other")], [Severity.WARNING], id="in a namespace of the set"),
        pytest.param([NAMESPACE, SETTINGS, takes("ConfigMap", "other")], [Severity.ERROR], id="in a whole set"),
        pytest.param([OWN, takes("ConfigMap", "other")], [Severity.ERROR], id="in a set that says that it is whole"),
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
    assert findings(PART, *objects) == []


@pytest.mark.parametrize(
    "objects",
    [
        pytest.param([takes("ConfigMap", "other")], id="alone"),
        pytest.param([STORE, takes("ConfigMap", "other")], id="beside what is of another kind"),
        pytest.param([obj("ConfigMap", "other", namespace="stg"), takes("ConfigMap", "other")], id="a namesake"),
        pytest.param([NAMESPACE, takes("Secret", "other")], id="a Secret in a namespace of the set"),
    ],
)
def test_of_what_a_part_shows_nothing_it_is_told_that_it_does_not(objects: list[Object]) -> None:
    assert weights(*objects) == []
    assert [each.severity for each in findings(PART, *objects)] == [Severity.WARNING]


def test_a_part_tells_all_names_of_a_kind_and_file_at_the_first(tmp_path: Path) -> None:
    for file in ("one.yaml", "two.yaml"):
        names = [f"s{number}" for number in range(9)]
        workloads = [takes("Secret", name) | {"metadata": {"name": f"{file[:3]}-{name}"}} for name in names]
        (tmp_path / file).write_text(yaml.safe_dump_all([*workloads, takes("Secret", "s4")]))
    told = [each for each in check(load(tmp_path)) if each.rule == PART]
    assert [(Path(each.file or "").name, each.object.name, each.value) for each in told] == [
        ("one.yaml", "one-s0", '"s0"'),
        ("two.yaml", "two-s0", '"s0"'),
    ]
    assert told[0].why.endswith("nor are these that the file names: s1, s2, s3, s4, s5, s6 and 2 more")


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
