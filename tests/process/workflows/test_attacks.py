"""What was tried against the workflows: an edited one on a branch, a run started again, an image of somebody else."""

import pytest

from examx_constructs.environments.shared import DEV_STG_CLUSTER, PRODUCTION_CLUSTER
from tests.process.workflows.attestations import BILL_OF_MATERIALS, PROVENANCE, certificate
from tests.process.workflows.conftest import ACCOUNT, PASSWORDS, REPOSITORY, World, git, role
from tests.process.workflows.test_deployments import results
from tests.unit.workflows.model import JobRun

MAIN = "refs/heads/main"
OTHER_DIGEST = f"sha256:{'fedcba9876543210' * 4}"
IMAGE = f"{ACCOUNT}.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend:prod-20261201-101500-abcdef0@{OTHER_DIGEST}"


EDITED = """\
name: edited
on: {workflow_dispatch: {}}
defaults: {run: {shell: 'bash -euo pipefail {0}'}}
jobs:
"""
NO_ENVIRONMENT = """\
  take:
    runs-on: ubuntu-24.04
    permissions: {id-token: write, contents: write}
    steps:
      - run: printf 'all of it <%s>\\n' "${ALL}"
        env: {ALL: '${{ secrets.RELEASE_DEPLOY_KEY }}${{ secrets.DEPLOY_PASSWORD }}${{ secrets.SLACK_WEBHOOK_URL }}'}
"""
IN_ENVIRONMENT = """\
  take:
    runs-on: ubuntu-24.04
    environment: PLACE
    permissions: {id-token: write, contents: write}
    steps:
      - run: printf 'it ran\\n'
"""
BY_ROLE = """\
  take:
    runs-on: ubuntu-24.04
    permissions: {id-token: write, contents: read}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {persist-credentials: false}
      - uses: ./.github/actions/aws
        with: {role: 'ROLE'}
"""


def start_edited(world: World, jobs: str) -> JobRun:
    """Push a branch with a workflow of one's own, and start it there."""
    folder = world.scratch / f"edited-{len(world.runs)}"
    git(world.scratch, "clone", "--quiet", world.remote, folder)
    git(folder, "checkout", "--quiet", "-b", "edited")
    (folder / ".github/workflows/edited.yaml").write_text(EDITED + jobs, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=edited")
    git(folder, "push", "--quiet", "--force", "origin", "edited")
    return world.dispatch("edited.yaml", ref="refs/heads/edited")


def test_an_edited_workflow_of_a_branch_gets_nothing(world: World) -> None:
    for place in world.settings.environments:
        run = start_edited(world, IN_ENVIRONMENT.replace("PLACE", place))
        assert run.result == "failure"
        assert f"branch edited may not deploy to {place}" in run.log()
        assert "it ran" not in run.log()
    for arn in ("deploy-prod", "build", "observe"):
        run = start_edited(world, BY_ROLE.replace("ROLE", role(arn)))
        assert run.result == "failure"
        assert f"sts:AssumeRoleWithWebIdentity: repo:{REPOSITORY}:ref:refs/heads/edited" in run.log()
    assert world.stand_ins.roles == []


def test_no_secret_is_the_repositorys(world: World) -> None:
    """What a job sees that names no environment, on main too."""
    assert world.settings.secrets == {}
    for name in ("RELEASE_DEPLOY_KEY", "DEPLOY_PASSWORD", "SLACK_WEBHOOK_URL"):
        world.settings.secrets[name] = ""  # GitHub reads what is not there as empty
    assert "all of it <>" in start_edited(world, NO_ENVIRONMENT).log()


@pytest.mark.parametrize(
    ("workflow", "inputs"),
    [
        ("cd-stg.yaml", {"deploy_password": PASSWORDS["stg"], "full_deployment": True, "deploy_branch": "topic"}),
        ("rollback.yaml", {"environment": "dev"}),
        ("cd-feat.yaml", {"branch": "topic", "image": "", "days": "7", "env_type": "keep"}),
        ("cleanup-feat.yaml", {"which": "mine", "branch": "", "confirm": "mine"}),
        ("reap-feat.yaml", {"dry_run": False}),
    ],
)
def test_a_run_that_is_started_again_does_nothing_and_names_who_did_it(
    world: World, workflow: str, inputs: dict[str, str | bool]
) -> None:
    before = world.main
    run = world.again(workflow, **inputs)

    assert run.result == "failure"
    assert "attempt 2, started again by mallory, does nothing" in run.log()
    assert (world.main, world.stand_ins.built, world.stand_ins.roles, world.stand_ins.keys) == (before, [], [], [])
    assert "refused" in world.told()
    assert "*Who*\\nmallory" in world.told()
    assert "mona" not in world.told()


def test_a_part_of_a_deployment_that_is_started_again_skips_nothing(world: World) -> None:
    """The jobs that went well keep their results: neither the password nor the branch is asked for again."""
    world.clusters[DEV_STG_CLUSTER].hold_up("celery-beat")
    first = world.deploy_to_dev()
    assert results(first)["deploy"] == "failure"
    tried, main = len(world.clusters[DEV_STG_CLUSTER].tried()), world.main
    world.messages.clear()
    again = world.again("ci-cd-dev.yaml", first.jobs["deploy"], image=IMAGE, sha="abcdef0")

    assert again.result == "failure"
    assert results(again)["deploy"] in ("failure", "skipped")
    assert len(world.clusters[DEV_STG_CLUSTER].tried()) == tried
    assert world.main == main
    assert "did nothing" in world.told()


def test_a_part_of_a_rollback_that_is_started_again_skips_nothing(world: World) -> None:
    """As GitHub runs `rollback` alone, with what `authorize` and `show` gave an attempt before."""
    shown = {"commit": world.main, "image": world.images()["prod"], "summary": "", "scaling": ""}
    kept = {"authorize": JobRun("success"), "show": JobRun("success", shown)}
    run = world.again("rollback.yaml", JobRun("failure", jobs=kept), environment="prod")

    assert {name: job.result for name, job in run.jobs.items()} == {
        "authorize": "success",
        "show": "success",
        "rollback": "failure",
        "release": "skipped",
        "notify": "success",
    }
    assert "started again by mallory" in run.log()
    assert world.stand_ins.roles == []
    assert not world.clusters[PRODUCTION_CLUSTER].tried()


def test_kubectl_that_is_not_the_pinned_one_talks_to_no_cluster(world: World) -> None:
    world.variables["OTHER_KUBECTL"] = "yes"
    run = world.deploy_to_dev()
    assert results(run)["deploy"] == "failure"
    assert "kubectl: FAILED" in run.log()
    assert not world.clusters[DEV_STG_CLUSTER].tried()


def test_an_image_that_somebody_put_in_the_place_of_the_builds_is_not_released(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may push to the registry may not deploy; which attestations count is tried in test_attestations.py."""
    for predicate in (PROVENANCE, BILL_OF_MATERIALS):
        world.stand_ins.attestations.add(OTHER_DIGEST, predicate, certificate(REPOSITORY, "edited.yaml", MAIN))
    monkeypatch.setattr(world.stand_ins.attestations, "sign", lambda *_: None)
    before = world.main
    run = world.dispatch("cd-prod.yaml", deploy_password=PASSWORDS["prod"], full_deployment=True)

    assert (results(run)["build"], results(run)["verify"]) == ("success", "failure")
    assert (results(run)["release"], results(run)["deploy"]) == ("skipped", "skipped")
    assert f"is not attested by https://github.com/{REPOSITORY}/.github/workflows/build.yaml@{MAIN}" in run.log()
    assert world.main == before
    assert "It failed at `verify`" in world.told()


def test_a_rollback_of_prod_waits_for_reviewers_with_what_was_shown(deployed: World) -> None:
    """The job in the environment applies the very commit that the job before it showed, whatever came to main since."""
    cluster = deployed.clusters[DEV_STG_CLUSTER]
    run = deployed.dispatch("rollback.yaml", environment="dev", revision="HEAD^")
    assert run.result == "success", run.log()
    shown = run.jobs["show"].outputs["commit"]
    assert f"Back to `{shown}`" in deployed.summary()
    assert run.jobs["rollback"].outputs["commit"] == shown
    assert deployed.stand_ins.roles[-2:] == [role("observe"), role("deploy-dev")]
    assert "examxv2-backend:dev-20261123-000000-0000000" in "".join(cluster.images("dev-examxv2"))


def test_a_rollback_to_a_side_branch_ends_before_a_reviewer_is_asked(world: World) -> None:
    folder = world.scratch / "aside"
    git(world.scratch, "clone", "--quiet", world.remote, folder)
    git(folder, "commit", "--quiet", "--allow-empty", "--message=aside")
    git(folder, "push", "--quiet", "origin", "HEAD:refs/heads/aside")
    run = world.dispatch("rollback.yaml", environment="dev", revision=git(folder, "rev-parse", "HEAD"))
    assert {name: job.result for name, job in run.jobs.items()} == {
        "authorize": "success",
        "show": "failure",
        "rollback": "skipped",
        "release": "skipped",
        "notify": "success",
    }
    assert "which origin's main branch never was" in run.log()
    assert "It failed at `show`. Nothing was changed." in world.told()
