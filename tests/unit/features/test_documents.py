"""docs/features.md: what an administrator is told to set up fits what is rendered."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cdk8s import App, Chart

from examx_cli.features.env_file import is_env_file
from examx_cli.images import current_image
from examx_constructs import EfsProvisioner, ExamxChart
from examx_constructs.features import Feature, feature
from examx_constructs.features.environment import KEY_OF_VIEWERS, STORAGE_CLASS
from examx_constructs.features.load_balancers import LOAD_BALANCERS
from examx_constructs.features.slug import DOMAIN, PREFIX, Slug
from examx_constructs.settings import ImageReference, StandaloneRedis
from examx_constructs.settings.naming import REDIS_SECRETS
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest, of_kind, one, read_documents

TEXT = Path("docs/features.md").read_text(encoding="utf-8")
NEEDED_TO_APPLY = {"create", "get", "patch"}


@pytest.fixture(scope="module")
def setup() -> list[Manifest]:
    """The manifests that an administrator applies."""
    _, manifests = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    return read_documents(manifests)


@pytest.fixture(scope="module")
def login() -> list[Manifest]:
    """The manifests of a feature environment."""
    wanted = Feature(
        branch="login", image=ImageReference.parse(FIXED_IMAGE), owner="ada", expires=datetime(2030, 1, 1, tzinfo=UTC)
    )
    return ExamxChart(App(), feature(wanted)).to_json()


def granted(rules: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Group, resource and verb of each grant."""
    for rule in rules:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                yield from ((group, resource, verb) for verb in rule["verbs"])


def resource_of(manifest: Manifest) -> tuple[str, str]:
    """API group and plural."""
    kind = manifest["kind"].lower()
    plural = kind[:-1] + "ies" if kind.endswith("y") else kind + "es" if kind.endswith("s") else kind + "s"
    return manifest["apiVersion"].rpartition("/")[0], plural


def test_the_storage_class_is_the_one_that_is_claimed_from(setup: list[Manifest]) -> None:
    chart = Chart(App(), "class", disable_resource_name_hashes=True)
    EfsProvisioner(chart, "class", settings=STORAGE_CLASS)
    assert one(setup, "StorageClass") == chart.to_json()[0]


def test_the_pipeline_may_apply_what_is_rendered(setup: list[Manifest], login: list[Manifest]) -> None:
    allowed = set(granted(one(setup, "ClusterRole")["rules"]))
    for manifest in login:
        group, resource = resource_of(manifest)
        assert {(group, resource, verb) for verb in NEEDED_TO_APPLY} <= allowed, manifest["kind"]


def test_the_pipeline_grants_nobody_anything(setup: list[Manifest], login: list[Manifest]) -> None:
    assert not of_kind(login, "Role") + of_kind(login, "RoleBinding")
    verbs = {verb for _, resource, verb in granted(one(setup, "ClusterRole")["rules"]) if "role" in resource}
    assert verbs == {"delete", "get", "list", "watch"}


def test_the_pipeline_reads_no_secret_also_not_by_changing_it(setup: list[Manifest]) -> None:
    allowed = set(granted(one(setup, "ClusterRole")["rules"]))
    assert {verb for _, resource, verb in allowed if resource == "secrets"} == {"create", "delete"}
    assert "*" not in {part for grant in allowed for part in grant}


def test_the_content_is_held_to_what_is_rendered(setup: list[Manifest], login: list[Manifest]) -> None:
    """The figures of the policy are those of the code; that it takes all that is rendered, test_policy.py tries."""
    spec = one(setup, "ValidatingAdmissionPolicy", "examxv2-feature-deployer-content")["spec"]
    assert spec["failurePolicy"] == "Fail"
    # Maps and lists of texts: CEL writes them as Python does.
    variables = {each["name"]: each["expression"] for each in spec["variables"]}
    annotations = one(login, "Ingress")["metadata"]["annotations"]
    assert ast.literal_eval(variables["ingress"]) == annotations
    assert ast.literal_eval(variables["quota"]) == one(login, "ResourceQuota")["spec"]["hard"]
    environment = feature(
        Feature(
            branch="login",
            image=current_image(Path("images.yaml"), "dev"),
            owner="ada",
            expires=datetime(2030, 1, 1, tzinfo=UTC),
        )
    )
    assert annotations["alb.ingress.kubernetes.io/group.name"] in LOAD_BALANCERS
    assert len(LOAD_BALANCERS) == 1, "with another group the policy needs to allow it"
    redis = environment.redis
    assert isinstance(redis, StandaloneRedis)
    assert set(ast.literal_eval(variables["repositories"])) == {environment.image.source, redis.image.source}
    assert f"variables.slug + '{DOMAIN}'" in json.dumps([each["expression"] for each in spec["validations"]])
    services = next(each["expression"] for each in spec["validations"] if "'services'" in each["expression"])
    for each in of_kind(login, "Service"):
        assert str(each["metadata"].get("annotations", {})) in (*re.findall(r"{.*}", services), "{}")
    flows = next(each["expression"] for each in spec["validations"] if "variables.takes.all" in each["expression"])
    taken = [
        one(login, "NetworkPolicy", "backend-from-load-balancer"),
        one(login, "NetworkPolicy", "app-to-redis-incoming"),
    ]
    ports = {one["port"] for each in taken for rule in each["spec"]["ingress"] for one in rule["ports"]}
    assert {int(each) for each in re.findall(r"\b\d{4}\b", flows)} == ports
    secrets = next(each["expression"] for each in spec["validations"] if "'secrets'" in each["expression"])
    assert f"in ['{REDIS_SECRETS}', '{KEY_OF_VIEWERS}']" in secrets
    assert is_env_file("env-file-")
    assert str(environment.access.role_arn) in json.dumps(spec)


def test_the_policy_names_the_group_that_is_bound(setup: list[Manifest]) -> None:
    (subject,) = one(setup, "ClusterRoleBinding")["subjects"]
    policies = of_kind(setup, "ValidatingAdmissionPolicy")
    assert len(policies) == 2
    for policy in policies:
        assert f"'{subject['name']}'" in policy["spec"]["matchConditions"][0]["expression"]
        binding = one(setup, "ValidatingAdmissionPolicyBinding", policy["metadata"]["name"])
        assert binding["spec"] == {"policyName": policy["metadata"]["name"], "validationActions": ["Deny"]}


def test_the_policy_says_this_and_no_more(setup: list[Manifest], login: list[Manifest]) -> None:
    """Word by word, for an `or` too many opens it; what it does is tried on a real API server (test_policy.py)."""
    spec = one(setup, "ValidatingAdmissionPolicy", "examxv2-feature-deployer")["spec"]
    assert spec["failurePolicy"] == "Fail"
    assert spec["matchConstraints"]["resourceRules"] == [
        {
            "apiGroups": ["*"],
            "apiVersions": ["*"],
            "resources": ["*/*"],
            "operations": ["CREATE", "UPDATE", "DELETE", "CONNECT"],
        }
    ]
    where, restricted = (each["expression"] for each in spec["validations"])
    assert where == (
        f"has(request.namespace) && request.namespace.matches('^{PREFIX}.+-examxv2$') "
        "|| request.resource.resource == 'persistentvolumes' && request.operation == 'DELETE' "
        f"&& oldObject.spec.?storageClassName.orValue('') == '{STORAGE_CLASS.name}'"
    )
    assert restricted == (
        "request.resource.resource != 'namespaces' || request.operation == 'DELETE' "
        "|| object.metadata.?labels[?'pod-security.kubernetes.io/enforce'].orValue('') == 'restricted' "
        "&& !(object.metadata.?labels[?'pod-security.kubernetes.io/enforce-version'].hasValue())"
    )
    assert all(Slug.of_namespace(each["metadata"].get("namespace", each["metadata"]["name"])) for each in login)
    assert not any(
        Slug.of_namespace(each) for each in ("dev-examxv2", "stg-examxv2", "examxv2-production", "kube-system")
    )


def test_the_table_of_slugs_is_true() -> None:
    names = TEXT[TEXT.index("## Names") :]
    rows = re.findall(r"^\| `([^`|]+)` \| `([^`|]+)`( and a hash)? \|", names, re.MULTILINE)
    assert len(rows) >= 5
    for branch, shown, hashed in rows:
        slug = str(Slug.of(branch))
        assert slug.startswith(shown) if hashed else slug == shown
