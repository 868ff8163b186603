"""The evaluator of expressions, by the examples and rules of GitHub's documentation."""

from typing import Any

import pytest

from tests.unit.workflows.expressions import Declared, ExpressionError, condition, evaluate, interpolate

CONTEXTS = {
    "github": {"ref": "refs/heads/main", "event": {"pull_request": {"labels": ["Bug", "feature"]}}},
    "inputs": Declared("inputs", {"full_deployment": False, "deploy_branch": "topic", "environment": "stg"}),
    "needs": Declared("needs", {"build": {"result": "success", "outputs": Declared("build", {"image": "a@b"})}}),
    "success": lambda: True,
    "failure": lambda: False,
    "cancelled": lambda: False,
    "always": lambda: True,
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("null", None),
        ("true", True),
        ("-9.2", -9.2),
        ("0xff", 255),
        ("-2.99e-2", -0.0299),
        ("'It''s open source!'", "It's open source!"),
        ("hashFiles('no/such/file')", ""),
        ("hashFiles('README.md') == hashFiles('README.md', 'no/such/file')", True),
        ("hashFiles('README.md') == hashFiles('LICENSE')", False),
        ("github.ref", "refs/heads/main"),
        ("github['ref']", "refs/heads/main"),
        ("github.EVENT.pull_request.labels[1]", "feature"),
        ("github.event.pull_request.labels[7]", None),
        ("github.event.nothing.at.all", None),
        ("needs.build.outputs.image", "a@b"),
        ("1 == '1'", True),
        ("null == 0", True),
        ("'' == 0", True),
        ("true == 1", True),
        ("'Main' == 'main'", True),
        ("'a' == 1", False),
        ("'a' != 'b'", True),
        ("2 > 1 && 1 >= 1", True),
        ("1 < '2' && 2 <= 2", True),
        ("github.event == github.event", True),
        ("github.event == 'Object'", False),
        ("!inputs.full_deployment", True),
        ("!!'x'", True),
        ("inputs.full_deployment && inputs.deploy_branch || ''", ""),
        ("true && inputs.deploy_branch || ''", "topic"),
        ("'' || null || 'last'", "last"),
        ("false || false && true", False),
        ("(true || false) && false", False),
        ("contains('Hello world', 'LLO')", True),
        ("contains(github.event.pull_request.labels, 'bug')", True),
        ("contains(github.event.pull_request.labels, 'bu')", False),
        ("startsWith('Hello world', 'he') && endsWith('Hello world', 'LD')", True),
        ("format('Hello {0} {1} {{2}}', 'Mona', 7)", "Hello Mona 7 {2}"),
        ("fromJSON('[1, 2]')[1]", 2),
        (
            "toJSON(needs)",
            '{\n  "build": {\n    "result": "success",\n    "outputs": {\n      "image": "a@b"\n    }\n  }\n}',
        ),
    ],
)
def test_values(expression: str, value: Any) -> None:
    assert evaluate(expression, CONTEXTS) == value


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("needs.build.outputs.imag", "build has no imag; it has image"),
        ("inputs.branch", "inputs has no branch; it has full_deployment, deploy_branch, environment"),
        ("nothing.here", "context has no nothing"),
        ("upper('a')", "the function upper is not known here"),
        ("format('{1}', 'a')", "format has no value for {1}"),
        ("1 ==", "the expression ends early"),
        ("1 1", "unexpected 1"),
        (") 1", "unexpected )"),
        ("(1", "the expression ends early"),
        ("github.'a'", "unexpected 'a'"),
        ("github ~ 1", "cannot read '~ 1'"),
    ],
)
def test_refusals(expression: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as error:
        evaluate(expression, CONTEXTS)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("plain", "plain"),
        (7, 7),
        ("${{ !inputs.full_deployment }}", True),
        ("deploy-${{ inputs.environment }}", "deploy-stg"),
        ("${{ 1 }}, ${{ 2.5 }}, ${{ true }}, ${{ null }}, ${{ github.event }}", "1, 2.5, true, , Object"),
        ("${{ github.event.pull_request.labels }}!", "Array!"),
    ],
)
def test_templates(template: Any, value: Any) -> None:
    assert interpolate(template, CONTEXTS) == value


@pytest.mark.parametrize(
    ("text", "holds_on_success", "holds_on_failure"),
    [
        ("inputs.environment != 'dev'", True, False),
        ("${{ inputs.environment != 'dev' }}", True, False),
        ("always()", True, True),
        ("failure()", False, True),
        ("${{ !failure() && !cancelled() }}", True, False),
        ("false", False, False),
        (False, False, False),
    ],
)
def test_conditions(*, text: Any, holds_on_success: bool, holds_on_failure: bool) -> None:
    failed = {**CONTEXTS, "success": lambda: False, "failure": lambda: True}
    assert condition(text, CONTEXTS) is holds_on_success
    assert condition(text, failed) is holds_on_failure
