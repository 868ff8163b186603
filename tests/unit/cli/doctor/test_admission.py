"""Admission policies of the manifests: there, and as rendered, whatever the API server adds."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from examx_cli.doctor import State, admission, questions
from examx_cli.doctor.needs import Needs
from tests.unit.cli.doctor.eks import Json, Played, named

POLICY = {
    "kind": "ValidatingAdmissionPolicy",
    **named("images"),
    "spec": {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [{"apiGroups": ["apps"], "resources": ["deployments"]}]},
        "validations": [{"expression": "object.spec.replicas <= 5"}],
    },
}
BINDING = {
    "kind": "ValidatingAdmissionPolicyBinding",
    **named("images"),
    "spec": {"policyName": "images", "validationActions": ["Deny"]},
}
NEEDS = Needs("dev", "testing", "shop", [POLICY, BINDING])


def live(change: Callable[[Any, Any], object] = lambda *_: None) -> Played:
    """A cluster that has them, with the defaults that the API server adds."""
    policy, binding = copy.deepcopy(POLICY), copy.deepcopy(BINDING)
    there: Json = policy["spec"]  # type: ignore[assignment]
    there["matchConstraints"]["matchPolicy"] = "Equivalent"
    there["matchConstraints"]["resourceRules"][0]["scope"] = "*"
    change(policy, binding)
    answers = {questions.ADMISSION_RULES: [policy], questions.ADMISSION_POLICIES: [binding]}
    return Played({questions.OWN_NAMESPACE: [named("shop")], **answers})


def test_defaults_of_the_api_server_are_no_difference() -> None:
    found = admission.policies.verdict(NEEDS, live())
    assert found is not None
    assert found.state is State.OK
    assert found.said == "ValidatingAdmissionPolicy images, ValidatingAdmissionPolicyBinding images"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda policy, _: policy["spec"]["validations"].append({"expression": "true"}),
            "ValidatingAdmissionPolicy images is not as rendered: spec.validations",
        ),
        (
            lambda policy, _: policy["spec"]["validations"][0].update(expression="true"),
            "ValidatingAdmissionPolicy images is not as rendered: spec.validations[0].expression",
        ),
        (
            lambda policy, _: policy["spec"].update(failurePolicy="Ignore"),
            "ValidatingAdmissionPolicy images is not as rendered: spec.failurePolicy",
        ),
        (
            lambda _, binding: binding["spec"].update(validationActions=["Audit"]),
            "ValidatingAdmissionPolicyBinding images is not as rendered: spec.validationActions[0]",
        ),
        (
            lambda _, binding: binding.pop("spec"),
            "ValidatingAdmissionPolicyBinding images is not as rendered: spec.policyName",
        ),
        (
            lambda policy, _: policy["metadata"].update(name="other"),
            "there is no ValidatingAdmissionPolicy images",
        ),
    ],
)
def test_what_is_weaker_or_gone_is_said(change: Callable[[Any, Any], object], said: str) -> None:
    found = admission.policies.verdict(NEEDS, live(change))
    assert found is not None
    assert (found.state, found.said) == (State.MISSING, said)


def test_before_the_first_apply_it_is_no_mistake() -> None:
    found = admission.policies.verdict(NEEDS, Played({}))
    assert found is not None
    assert (found.state, "shop is not there yet" in found.said) == (State.OK, True)


def test_an_environment_without_policies_asks_for_none() -> None:
    assert not admission.policies.applies(Needs("dev", "testing", "shop", []))
