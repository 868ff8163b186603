"""Who gets what: each secret and each role is in an environment that only main may name, and for one attempt."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from examx_constructs.environments import ENVIRONMENTS, read_images
from examx_constructs.settings import ImageReference
from tests.unit.workflows.runner import read_workflow
from tests.unit.workflows.test_definitions import COMPOSITES, GITHUB, PROJECT, WORKFLOWS, jobs

SECRET = re.compile(r"\bsecrets\b(?:\.([A-Za-z_]\w*)|\[[^]]*\])?")
DOCUMENT = (PROJECT / "docs/deployment.md").read_text(encoding="utf-8")
HOLDERS = {
    "DEPLOY_PASSWORD": {"authorize-${{ inputs.environment }}"},
    "BACKEND_REPOSITORY_TOKEN": {"build"},
    "RELEASE_DEPLOY_KEY": {"release"},
    "PROMETHEUS_TOKEN": {"observe"},
    "SLACK_WEBHOOK_URL": {"notify"},
    "FEATURE_ENV_FILE": {"feature"},
}
"""The environments whose jobs see a secret."""
READING = {"observe", "notify"}
"""Environments whose jobs change nothing, so that a second attempt does no harm. Those that a deployment goes through
refuse it all the same."""


def environment(job: Mapping[str, Any]) -> str:
    place = job.get("environment", "")
    return place["name"] if isinstance(place, Mapping) else place


def texts(value: object) -> Iterator[str]:
    """Every text in a part of a definition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def secrets(value: object) -> set[str]:
    """The secrets that expressions name; all of them as `*`."""
    inside = [
        found for text in texts(value) for found in re.findall(r"\$\{\{.*?\}\}|^(?!.*\$\{\{).*$", text, re.DOTALL)
    ]
    return {name or "*" for text in inside if "${{" in text for name in SECRET.findall(text)}


def test_each_job_that_sees_a_secret_names_an_environment() -> None:
    found: dict[str, set[str]] = {}
    for file, name, job in jobs():
        if "uses" in job:
            continue
        for secret in secrets(job):
            assert environment(job), f"{file}: {name} names {secret} outside of an environment"
            found.setdefault(secret, set()).add(environment(job))
    assert found == HOLDERS


def test_a_job_that_calls_passes_names_on_and_gets_no_value() -> None:
    for file, name, job in jobs():
        if "uses" not in job:
            continue
        given = job.get("secrets", {})
        assert given != "inherit"
        assert secrets({key: value for key, value in job.items() if key != "secrets"}) == set(), f"{file}: {name}"
        for secret, value in given.items():
            assert value == f"${{{{ secrets.{secret} }}}}", f"{file}: {name}: {secret} is not passed under its own name"
            called = read_workflow(PROJECT / job["uses"])
            assert secret in called["on"]["workflow_call"]["secrets"]


def test_no_secret_is_named_outside_of_jobs() -> None:
    for file, workflow in WORKFLOWS.items():
        assert not secrets({key: value for key, value in workflow.items() if key != "jobs"}), file
    for name, action in COMPOSITES.items():
        assert not secrets(action), name


def test_each_role_is_of_an_environment_too() -> None:
    for file, name, job in jobs():
        named = {each for text in texts(job) for each in re.findall(r"vars\.(\w*ROLE\w*)", text)}
        assert not named or environment(job), f"{file}: {name} takes {named} outside of an environment"
        if job["permissions"].get("id-token") == "write" and "steps" in job:
            assert environment(job), f"{file}: {name} could ask for a role by its branch"


def test_every_job_that_may_change_something_refuses_a_second_attempt_first() -> None:
    for file, name, job in jobs():
        if not environment(job) or (environment(job) in READING and file not in ("deploy.yaml", "rollback.yaml")):
            continue
        if is_refusal(job["steps"][0]):
            continue
        steps = [step.get("uses", "run").partition("@")[0] for step in job["steps"]]
        assert steps[:2] == ["actions/checkout", "./.github/actions/first-attempt"], f"{file}: {name}"
    (step,) = COMPOSITES["first-attempt"]["runs"]["steps"]
    assert is_refusal(step)


def is_refusal(step: Mapping[str, Any]) -> bool:
    """Whether a step ends what was started again."""
    return step.get("if") == "github.run_attempt != '1'" and "exit 1" in step["run"]


def test_nobody_is_named_by_who_started_a_run_first() -> None:
    for file in GITHUB.rglob("*.yaml"):
        assert "github.actor" not in file.read_text(encoding="utf-8"), file


def places() -> set[str]:
    """The environments that jobs name, for every environment of ours."""
    named = {environment(job) for _, _, job in jobs()} - {""}
    # Of authorize.yaml: dev has no password.
    return {
        text.replace("${{ inputs.environment }}", each)
        for text in named
        for each in ENVIRONMENTS
        if (text, each) != ("authorize-${{ inputs.environment }}", "dev")
    }


def test_the_document_sets_up_every_environment_with_its_secrets_and_subjects() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
    for place in places():
        assert any(f"`{place}`" in row for row in rows), f"no row of docs/deployment.md names {place}"
    for secret in HOLDERS:
        assert any(f"`{secret}`" in row for row in rows), secret
    assert ":ref:refs/heads/" not in DOCUMENT, "a role that a branch's name opens is open to an edited workflow's runs"
    assert "environment:build" in DOCUMENT


def test_images_that_go_by_digest_are_verified_before_anything_else() -> None:
    images = read_images(PROJECT / "images.yaml")
    pinned = [name for name, make in ENVIRONMENTS.items() if make(ImageReference.parse(images[name])).image_by_digest]
    assert pinned == ["prod"]
    deploy, rollback = (WORKFLOWS[name]["jobs"] for name in ("deploy.yaml", "rollback.yaml"))
    assert "inputs.environment == 'prod'" in deploy["verify"]["if"]
    assert "verify" in deploy["release"]["needs"]
    (step,) = [step for step in rollback["show"]["steps"] if step.get("uses") == "./.github/actions/verify"]
    assert step["if"] == "inputs.environment == 'prod'"
    assert "show" in rollback["rollback"]["needs"]


@pytest.mark.parametrize("file", sorted((GITHUB / "actions").glob("*/action.yaml")), ids=lambda file: file.parent.name)
def test_what_is_downloaded_is_compared(file: Path) -> None:
    steps = yaml.safe_load(file.read_text(encoding="utf-8"))["runs"]["steps"]
    for step, after in zip(steps, [*steps[1:], {}], strict=True):
        if "setup-kubectl" in step.get("uses", ""):
            assert re.fullmatch(r"v\d+\.\d+\.\d+", step["with"]["version"])
            assert re.fullmatch(r"[0-9a-f]{64}", after["env"]["SHA256"])
            assert "sha256sum --check --strict" in after["run"]
