"""Deployments from the first job to the last: what reaches main, the cluster and Slack, and what stops on the way."""

import re

import pytest

from examx_constructs.environments.shared import DEV_STG_CLUSTER, PRODUCTION_CLUSTER
from tests.process.workflows.conftest import ACCOUNT, DEPLOY_KEY, IMAGE, PASSWORDS, SHA, World, git, role
from tests.process.workflows.stand_ins import DIGEST
from tests.unit.workflows.model import JobRun

WRONG = "what somebody guessed"


def results(run: JobRun) -> dict[str, str]:
    """How the jobs of a deployment ended."""
    return {name: job.result for name, job in run.jobs["deploy"].jobs.items()}


def test_dev(world: World) -> None:
    before = world.main
    run = world.deploy_to_dev()

    assert run.result == "success", run.log()
    assert results(run) == {
        "authorize": "success",
        "build": "skipped",
        "verify": "skipped",
        "release": "success",
        "deploy": "success",
        "notify": "success",
        "watch": "skipped",
    }
    assert world.images()["dev"] == IMAGE
    assert git(world.remote, "log", "--format=%P %an", "-1", "main") == f"{before} github-actions[bot]"
    assert f"Application-Commit: {SHA}" in git(world.remote, "log", "--format=%B", "-1", "main")
    assert IMAGE in world.clusters[DEV_STG_CLUSTER].images("dev-examxv2")
    assert not world.clusters[PRODUCTION_CLUSTER].tried()
    assert world.stand_ins.roles == [role("deploy-dev")]
    assert world.stand_ins.keys == [DEPLOY_KEY]
    assert "dev: deployment succeeded" in world.told()
    assert "dev-20261124-101500-a1b2c3d" in world.summary()


def test_stg_builds_a_branch(world: World) -> None:
    run = world.dispatch("cd-stg.yaml", deploy_password=PASSWORDS["stg"], full_deployment=True, deploy_branch="topic")

    assert run.result == "success", run.log()
    (build,) = world.stand_ins.built
    commit = git(world.backend, "rev-parse", "topic")
    assert re.fullmatch(rf".*/examxv2-backend:stg-\d{{8}}-\d{{6}}-{commit[:7]}", build["tags"])
    assert build["platforms"] == "linux/arm64"
    assert (build["push"], build["provenance"], build["sbom"]) == ("true", "mode=max", "true")
    assert build["cache-from"] == f"type=registry,ref={build['tags'].rpartition(':')[0]}:buildcache-stg"
    assert build["cache-to"].startswith(f"{build['cache-from']},mode=max")
    assert world.images()["stg"] == f"{build['tags']}@{DIGEST}"
    assert world.images()["stg"] in world.clusters[DEV_STG_CLUSTER].images("stg-examxv2")
    assert world.stand_ins.roles == [role("build"), role("deploy-stg")]
    assert "stg: deployment succeeded" in world.told()


def test_prod_is_validated_against_the_live_cluster_before_anything_is_applied(world: World) -> None:
    run = world.dispatch("cd-prod.yaml", deploy_password=PASSWORDS["prod"], full_deployment=True)

    assert run.result == "success", run.log()
    commit = git(world.backend, "rev-parse", "main")
    assert re.search(rf":prod-\d{{8}}-\d{{6}}-{commit[:7]}@{DIGEST}$", world.images()["prod"])
    assert world.images()["prod"] in world.clusters[PRODUCTION_CLUSTER].images("examxv2-production")
    assert not world.clusters[DEV_STG_CLUSTER].tried()
    assert [step.name for step in run.jobs["deploy"].jobs["deploy"].steps][-4:] == [
        "Validate against the live cluster",
        "Show what changes in the cluster",
        "Say what changes since the release that runs",
        "Apply, and wait for the rollout",
    ]
    calls = world.clusters[PRODUCTION_CLUSTER].tried()
    assert calls.index("apply --dry-run") < calls.index("apply")
    assert "prod: deployment succeeded" in world.told()
    for secret in world.settings.every_secret():
        assert secret not in run.log()


def test_without_a_build_the_image_stays_and_a_slack_that_is_down_fails_nothing(world: World) -> None:
    world.secret("notify", "SLACK_WEBHOOK_URL", "http://localhost:1/slack")
    image = world.images()["prod"]
    run = world.dispatch("cd-prod.yaml", deploy_password=PASSWORDS["prod"], full_deployment=False)

    assert run.result == "success", run.log()
    assert results(run)["build"] == "skipped"
    assert world.images()["prod"] == image
    assert image in world.clusters[PRODUCTION_CLUSTER].images("examxv2-production")
    assert "Slack was not told" in run.log()


def test_a_rollout_that_fails_is_told_and_a_rollback_takes_it_back(world: World) -> None:
    cluster, image = world.clusters[DEV_STG_CLUSTER], world.images()["dev"]
    cluster.hold_up("celery-beat")
    run = world.deploy_to_dev()

    assert run.result == "failure"
    assert results(run)["deploy"] == "failure"
    assert "dev: deployment failed" in world.told()
    assert "`deploy`" in world.told()
    assert world.images()["dev"] == IMAGE

    cluster.let_go()
    world.messages.clear()
    run = world.dispatch("rollback.yaml", environment="dev")

    assert run.result == "success", run.log()
    assert image in cluster.images("dev-examxv2")
    assert IMAGE not in cluster.images("dev-examxv2")
    assert world.images()["dev"] == image
    assert "dev: rollback succeeded" in world.told()


@pytest.mark.parametrize(
    ("workflow", "environment", "inputs"),
    [
        ("cd-stg.yaml", "stg", {"full_deployment": True, "deploy_branch": "topic"}),
        ("cd-prod.yaml", "prod", {"full_deployment": True}),
    ],
)
@pytest.mark.parametrize(
    ("password", "said"),
    [(PASSWORDS["stg"], "wrong password"), ("", "cannot be checked")],
    ids=["wrong", "not set up"],
)
def test_without_the_password_nothing_is_touched(
    world: World, *, workflow: str, environment: str, inputs: dict[str, str | bool], password: str, said: str
) -> None:
    before = world.main
    world.secret(f"authorize-{environment}", "DEPLOY_PASSWORD", password)
    run = world.dispatch(workflow, deploy_password=WRONG, **inputs)

    assert run.result == "failure"
    assert results(run) == {
        "authorize": "failure",
        "build": "skipped",
        "verify": "skipped",
        "release": "skipped",
        "deploy": "skipped",
        "watch": "skipped",
        "notify": "success",
    }
    assert f"{environment}: deployment refused" in world.told()
    assert (world.main, world.stand_ins.built, world.stand_ins.roles) == (before, [], [])
    assert WRONG not in run.log() + world.told()
    assert PASSWORDS["stg"] not in run.log() + world.told()


def test_a_rollback_of_prod_asks_for_the_password_of_prod(world: World) -> None:
    world.secret("authorize-prod", "DEPLOY_PASSWORD", "")
    run = world.dispatch("rollback.yaml", environment="prod", deploy_password=PASSWORDS["stg"])

    assert run.jobs["authorize"].result == "failure"
    assert run.jobs["rollback"].result == run.jobs["release"].result == "skipped"
    assert not world.clusters[PRODUCTION_CLUSTER].tried()
    assert "prod: rollback refused" in world.told()


def test_only_main_is_deployed(world: World) -> None:
    git(world.remote, "branch", "mine", "main")
    run = world.dispatch(
        "cd-prod.yaml", ref="refs/heads/mine", deploy_password=PASSWORDS["prod"], full_deployment=False
    )

    assert results(run)["authorize"] == "failure"
    assert results(run)["deploy"] == "skipped"
    assert "this run is from refs/heads/mine" in run.log()


def test_a_build_that_fails_stops_the_deployment(world: World) -> None:
    before = world.main
    run = world.dispatch(
        "cd-stg.yaml", deploy_password=PASSWORDS["stg"], full_deployment=True, deploy_branch="no-such-branch"
    )

    assert (results(run)["build"], results(run)["release"]) == ("failure", "skipped")
    assert world.main == before
    assert "It failed at `build`" in world.told()


def test_an_image_that_github_withholds_is_not_taken_for_the_present_one(world: World) -> None:
    world.settings.secrets["SOMEBODYS_ACCOUNT"] = ACCOUNT
    run = world.dispatch("cd-stg.yaml", deploy_password=PASSWORDS["stg"], full_deployment=True, deploy_branch="topic")

    assert (results(run)["build"], results(run)["release"]) == ("success", "failure")
    assert "there is no image to release" in run.log()
    assert "It failed at `release`" in world.told()
