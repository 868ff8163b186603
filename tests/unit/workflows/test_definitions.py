"""What the workflows say, whatever a run does: inputs, pins, permissions, time limits, who waits for whom."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from examx_constructs.environments import ENVIRONMENTS, read_images
from examx_constructs.settings import ImageReference
from tests.unit.workflows.actions import ACTIONS
from tests.unit.workflows.runner import read_workflow

PROJECT = Path(__file__).parents[3]
GITHUB = PROJECT / ".github"
WORKFLOWS = {file.name: read_workflow(file) for file in sorted((GITHUB / "workflows").iterdir())}
COMPOSITES = {
    file.parent.name: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((GITHUB / "actions").glob("*/action.yaml"))
}
STRICT = "bash -euo pipefail {0}"
FEATURES_OF_ONE_OR_FEATURE = (
    "${{ inputs.which == 'mine' && format('features-of-{0}', github.triggering_actor) "
    "|| format('feature-{0}', inputs.branch) }}"
)

every_workflow = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS.keys())


class Step(NamedTuple):
    """A step, where it is, and the shell of its workflow."""

    where: str
    step: Mapping[str, Any]
    shell: str | None


def jobs() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every job: file, name, definition."""
    for file, workflow in WORKFLOWS.items():
        for name, job in workflow["jobs"].items():
            yield file, name, job


def steps() -> Iterator[Step]:
    """Every step of every job and of every composite action."""
    for file, name, job in jobs():
        shell = WORKFLOWS[file].get("defaults", {}).get("run", {}).get("shell")
        for step in job.get("steps", ()):
            yield Step(f"{file}: {name}: {step['name']}", step, shell)
    for name, action in COMPOSITES.items():
        for step in action["runs"]["steps"]:
            yield Step(f"actions/{name}: {step.get('name', step.get('uses'))}", step, None)


SCRIPTS = [each for each in steps() if "run" in each.step]


def test_the_workflows_are_these() -> None:
    started = {name: [*workflow["on"]] for name, workflow in WORKFLOWS.items()}
    assert started == {
        "authorize.yaml": ["workflow_call"],
        "build.yaml": ["workflow_call"],
        "cd-prod.yaml": ["workflow_dispatch"],
        "cd-stg.yaml": ["workflow_dispatch"],
        "cd-feat.yaml": ["workflow_dispatch"],
        "ci-cd-dev.yaml": ["workflow_dispatch"],
        "ci.yaml": ["pull_request", "push"],
        "cleanup-feat.yaml": ["workflow_dispatch"],
        "deploy.yaml": ["workflow_call"],
        "diff.yaml": ["pull_request_target"],
        "drift-of.yaml": ["workflow_call"],
        "drift.yaml": ["schedule", "workflow_dispatch"],
        "notify.yaml": ["workflow_call"],
        "reap-feat.yaml": ["schedule", "workflow_dispatch"],
        "release.yaml": ["workflow_call"],
        "release-package.yaml": ["push"],
        "rollback.yaml": ["workflow_dispatch"],
        "watch.yaml": ["workflow_call"],
    }


@pytest.mark.parametrize(
    ("file", "inputs"),
    [
        ("ci-cd-dev.yaml", {"image": ("string", True), "sha": ("string", True)}),
        (
            "cd-stg.yaml",
            {
                "deploy_password": ("string", True),
                "full_deployment": ("boolean", True),
                "deploy_branch": ("string", True),
            },
        ),
        ("cd-prod.yaml", {"deploy_password": ("string", True), "full_deployment": ("boolean", True)}),
        (
            "rollback.yaml",
            {
                "environment": ("choice", True),
                "revision": ("string", False),
                "despite": ("string", False),
                "deploy_password": ("string", False),
            },
        ),
        (
            "cd-feat.yaml",
            {
                "branch": ("string", True),
                "image": ("string", False),
                "days": ("choice", True),
                "env_type": ("choice", True),
            },
        ),
        (
            "cleanup-feat.yaml",
            {"which": ("choice", True), "branch": ("string", False), "confirm": ("string", True)},
        ),
        ("reap-feat.yaml", {"dry_run": ("boolean", True)}),
    ],
)
def test_inputs(file: str, inputs: Mapping[str, tuple[str, bool]]) -> None:
    declared = WORKFLOWS[file]["on"]["workflow_dispatch"]["inputs"]
    assert {name: (each["type"], each["required"]) for name, each in declared.items()} == inputs


def test_a_rollback_knows_every_environment() -> None:
    declared = WORKFLOWS["rollback.yaml"]["on"]["workflow_dispatch"]["inputs"]["environment"]
    assert declared["options"] == [*ENVIRONMENTS]


@pytest.mark.parametrize("file", [*(GITHUB / "workflows").iterdir(), *(GITHUB / "actions").glob("*/*")], ids=str)
def test_actions_of_others_are_pinned(file: Path) -> None:
    for uses in re.findall(r"uses: (.*)", file.read_text(encoding="utf-8")):
        if not uses.startswith("./"):
            name = uses.partition("@")[0]
            assert uses == f"{name}@{ACTIONS[name].commit} # {ACTIONS[name].version}"


def test_every_known_action_is_used() -> None:
    used = {each.step["uses"].partition("@")[0] for each in steps() if "uses" in each.step}
    assert ACTIONS.keys() <= used


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.where)
def test_scripts_hold_no_expression_and_stop_at_the_first_error(script: Step) -> None:
    assert "${{" not in script.step["run"]
    assert script.step.get("shell", script.shell) == STRICT


def test_what_was_typed_as_a_password_is_in_no_expression() -> None:
    for file in [*GITHUB.rglob("*.yaml")]:
        for expression in re.findall(r"\$\{\{.*?\}\}|if: .*", file.read_text(encoding="utf-8"), re.DOTALL):
            assert "inputs.deploy_password" not in expression
            assert "toJSON(inputs" not in expression
            assert "toJSON(github" not in expression


def test_secrets_are_given_one_by_one() -> None:
    for _, _, job in jobs():
        assert job.get("secrets") != "inherit"


@every_workflow
def test_a_workflow_gives_no_permission_by_itself(workflow: Mapping[str, Any]) -> None:
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert "permissions" in job


def test_what_jobs_may_write() -> None:
    writing = {
        f"{file}: {name}": [scope for scope, level in job["permissions"].items() if level == "write"]
        for file, name, job in jobs()
        if "steps" in job
    }
    assert {where: scopes for where, scopes in writing.items() if scopes} == {
        "build.yaml: build": ["attestations", "id-token"],
        "cd-feat.yaml: up": ["id-token"],
        "cleanup-feat.yaml: down": ["id-token"],
        "deploy.yaml: deploy": ["id-token"],
        "deploy.yaml: verify": ["id-token"],
        "diff.yaml: diff": ["pull-requests"],
        "drift-of.yaml: drift": ["id-token"],
        "reap-feat.yaml: reap": ["id-token"],
        "release-package.yaml: publish": ["attestations", "id-token"],
        "release.yaml: release": ["contents"],
        "rollback.yaml: rollback": ["id-token"],
        "rollback.yaml: show": ["id-token"],
        "watch.yaml: rollback": ["id-token"],
        "watch.yaml: watch": ["id-token"],
    }


def test_only_the_release_keeps_its_token() -> None:
    keeping = [
        each.where
        for each in steps()
        if each.step.get("uses", "").startswith("actions/checkout@") and each.step["with"]["persist-credentials"]
    ]
    assert keeping == ["release.yaml: release: Check out main"]


def test_the_job_that_comments_checks_out_main_alone() -> None:
    (job,) = WORKFLOWS["diff.yaml"]["jobs"].values()
    assert [step.get("uses", "run").partition("@")[0] for step in job["steps"]] == [
        "actions/checkout",
        "./.github/actions/setup",
        "run",
        "run",
        "marocchino/sticky-pull-request-comment",
    ]
    assert job["steps"][0]["with"]["ref"] == "main"
    for script in (job["steps"][2]["run"], job["steps"][3]["run"]):
        for word in ("checkout", "switch", "worktree", "reset", "restore", "submodule"):
            assert not re.search(rf"git\b[^\n]*\b{word}\b", script)


def test_a_change_can_not_get_at_a_token_that_writes() -> None:
    for name, job in WORKFLOWS["ci.yaml"]["jobs"].items():
        assert job["permissions"] == {"contents": "read"}, name
        assert "environment" not in job


def test_every_job_has_a_time_limit() -> None:
    for file, name, job in jobs():
        if "steps" in job:
            assert 0 < job["timeout-minutes"] <= 60, f"{file}: {name}"


@pytest.mark.parametrize(
    ("file", "group"),
    [
        ("ci-cd-dev.yaml", "deploy-dev"),
        ("cd-stg.yaml", "deploy-stg"),
        ("cd-prod.yaml", "deploy-prod"),
        ("rollback.yaml", "deploy-${{ inputs.environment }}"),
        ("cd-feat.yaml", "feature-${{ inputs.branch }}"),
        ("cleanup-feat.yaml", FEATURES_OF_ONE_OR_FEATURE),
        ("reap-feat.yaml", "reap-feat"),
        ("drift.yaml", "drift"),
        ("release-package.yaml", "release-package"),
    ],
)
def test_one_deployment_at_a_time_and_none_is_cut_off(file: str, group: str) -> None:
    assert WORKFLOWS[file]["concurrency"] == {"group": group, "cancel-in-progress": False}


def test_called_workflows_do_not_wait_for_their_caller() -> None:
    for workflow in WORKFLOWS.values():
        if "workflow_call" in workflow["on"]:
            assert "concurrency" not in workflow


def test_what_touches_a_cluster_does_so_in_the_environment() -> None:
    connecting = {each.where for each in steps() if each.step.get("uses") == "./.github/actions/cluster"}
    assert connecting == {
        "cd-feat.yaml: up: Connect to the cluster",
        "cleanup-feat.yaml: down: Connect to the cluster",
        "deploy.yaml: deploy: Connect to the cluster",
        "drift-of.yaml: drift: Connect to the cluster",
        "reap-feat.yaml: reap: Connect to the cluster",
        "rollback.yaml: rollback: Connect to the cluster",
        "rollback.yaml: show: Connect to the cluster",
        "watch.yaml: rollback: Connect to the cluster",
        "watch.yaml: watch: Connect to the cluster",
    }
    for file, name in [("cleanup-feat.yaml", "down"), ("reap-feat.yaml", "reap")]:
        assert WORKFLOWS[file]["jobs"][name]["environment"] == "feature"
    assert WORKFLOWS["cd-feat.yaml"]["jobs"]["up"]["environment"]["name"] == "feature"
    # It only reads, so it has no reviewers to wait for and a role of its own.
    assert WORKFLOWS["drift-of.yaml"]["jobs"]["drift"]["environment"] == "observe"
    assert WORKFLOWS["rollback.yaml"]["jobs"]["show"]["environment"] == "observe"
    assert WORKFLOWS["watch.yaml"]["jobs"]["watch"]["environment"] == "observe"
    for file, name in [("deploy.yaml", "deploy"), ("rollback.yaml", "rollback"), ("watch.yaml", "rollback")]:
        assert WORKFLOWS[file]["jobs"][name]["environment"] == "${{ inputs.environment }}"


def test_every_environment_has_its_workflow() -> None:
    deploying = {
        job["with"]["environment"]: file for file, _, job in jobs() if job.get("uses", "").endswith("/deploy.yaml")
    }
    assert deploying == {"dev": "ci-cd-dev.yaml", "stg": "cd-stg.yaml", "prod": "cd-prod.yaml"}
    assert deploying.keys() == ENVIRONMENTS.keys()


def test_every_environment_is_looked_at_for_drift() -> None:
    looked_at = [each["with"]["environment"] for each in WORKFLOWS["drift.yaml"]["jobs"].values()]
    assert looked_at == [*ENVIRONMENTS]


def test_account_and_region_are_those_of_the_images() -> None:
    given = COMPOSITES["aws"]["runs"]["steps"][0]["with"]
    registry = f"{given['allowed-account-ids']}.dkr.ecr.{given['aws-region']}.amazonaws.com"
    images = read_images(PROJECT / "images.yaml").values()
    assert {ImageReference.parse(image).registry for image in images} == {registry}


def test_ci_checks_what_ci_run_checks() -> None:
    everything = re.findall(r"^make ([\w-]+)\b", (PROJECT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    jobs_of_ci = WORKFLOWS["ci.yaml"]["jobs"]
    # There the same tests run with their coverage measured.
    tests = {"coverage": "test"}
    targets = [tests.get(each, each) for each in jobs_of_ci["check"]["strategy"]["matrix"]["target"]]
    assert sorted(everything) == sorted([*targets, "synth"])
    assert "make synth" in [step.get("run") for step in jobs_of_ci["dist"]["steps"]]
