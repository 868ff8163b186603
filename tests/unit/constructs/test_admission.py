import pytest
from cdk8s import App, Chart

from examx_constructs import DeployerPolicy
from examx_constructs.admission import text
from tests.support import Manifest, one, synth

OWN = "registry.example.com/backend"


@pytest.fixture
def policy(chart: Chart) -> list[Manifest]:
    DeployerPolicy(chart, "policy", namespace="team-a", group="deployers", images=[OWN], secrets=["redis-auth"])
    return synth(chart)


def test_it_belongs_to_the_cluster_under_a_name_of_its_namespace(policy: list[Manifest]) -> None:
    for kind in ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"):
        metadata = one(policy, kind)["metadata"]
        assert metadata["name"] == "team-a-deployer"
        assert "namespace" not in metadata
    assert one(policy, "ValidatingAdmissionPolicyBinding")["spec"] == {
        "policyName": "team-a-deployer",
        "validationActions": ["Deny"],
    }


def test_only_requests_of_the_group_in_the_namespace_are_looked_at_and_what_fails_is_refused(
    policy: list[Manifest],
) -> None:
    spec = one(policy, "ValidatingAdmissionPolicy")["spec"]
    assert spec["failurePolicy"] == "Fail"
    assert spec["matchConstraints"]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "team-a"}}
    assert {each["name"]: each["expression"] for each in spec["matchConditions"]} == {
        "namespace": "request.namespace == 'team-a'",
        "deployers": "'deployers' in request.userInfo.?groups.orValue([])",
    }
    assert all(each["expression"] for each in spec["validations"])


def test_two_namespaces_of_a_cluster_have_two_policies() -> None:
    chart = Chart(App(), "chart", disable_resource_name_hashes=True)
    for namespace in ("dev", "stg"):
        DeployerPolicy(chart, namespace, namespace=namespace, group="deployers", images=[OWN])
    names = [each["metadata"]["name"] for each in synth(chart) if each["kind"] == "ValidatingAdmissionPolicy"]
    assert names == ["dev-deployer", "stg-deployer"]


@pytest.mark.parametrize(
    ("given", "written"), [("plain", "'plain'"), ("it's", r"'it\'s'"), ("back\\slash", r"'back\\slash'")]
)
def test_a_text_stays_one_text(given: str, written: str) -> None:
    assert text(given) == written
