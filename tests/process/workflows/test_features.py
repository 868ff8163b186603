"""Feature environments by workflow: brought up, removed, and reaped when their time is over."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from examx_constructs.environments.shared import DEV_STG_CLUSTER
from tests.process.workflows.conftest import (
    ACCOUNT,
    ENV_FILE,
    TOPIC,
    TOPIC_FORM,
    TOPIC_IMAGE,
    Cluster,
    World,
    git,
    role,
)
from tests.process.workflows.stand_ins import DIGEST
from tests.support import Manifest, one
from tests.unit.workflows.model import Event, JobRun


@pytest.fixture
def cluster(world: World) -> Cluster:
    """The cluster of dev, for the role of feature environments."""
    cluster = world.clusters[DEV_STG_CLUSTER]
    cluster.admit("Namespace")
    return cluster


@pytest.fixture
def topic(world: World, cluster: Cluster, world_with_topic: World) -> None:
    """Let the environment of the branch `topic` be up already."""
    world.become(world_with_topic)


def results(run: JobRun) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items()}


def namespaces(cluster: Cluster) -> set[str]:
    return {each["metadata"]["name"] for each in cluster.objects("Namespace")}


def namespace(cluster: Cluster) -> Manifest:
    return one([dict(each) for each in cluster.objects("Namespace")], "Namespace", TOPIC)


def test_a_branch_is_built_and_gets_its_environment(world: World, cluster: Cluster) -> None:
    before = world.main
    run = world.bring_up(image="")

    assert results(run) == {"authorize": "success", "build": "success", "up": "success", "notify": "success"}
    (build,) = world.stand_ins.built
    commit = git(world.backend, "rev-parse", "topic")
    assert re.fullmatch(rf".*/examxv2-backend:feat-topic-\d{{8}}-\d{{6}}-{commit[:7]}", build["tags"])
    assert build["cache-from"].endswith(":buildcache-feature")
    assert cluster.images(TOPIC) >= {f"{build['tags']}@{DIGEST}"}
    assert namespace(cluster)["metadata"]["annotations"]["examx.ai/owner"] == "mona"
    assert world.stand_ins.roles == [role("build"), role("deploy-feature")]
    assert "feat-topic: deployment succeeded" in world.told()
    assert "https://topic.examx.cloud" in world.told()
    assert world.main == before


def test_an_image_that_exists_is_not_built(world: World, cluster: Cluster) -> None:
    run = world.bring_up()

    assert results(run)["build"] == "skipped"
    assert not world.stand_ins.built
    assert TOPIC_IMAGE in cluster.images(TOPIC)


def env_files(cluster: Cluster) -> list[Mapping[str, Any]]:
    """The Secrets that hold a `.env`; others hold passwords and a key, made at random."""
    return [each for each in cluster.objects("Secret") if ".env" in each["data"]]


def test_a_custom_env_file_is_in_the_secret_and_nowhere_else(world: World, cluster: Cluster) -> None:
    run = world.bring_up(env_type="custom")

    (secret,) = env_files(cluster)
    assert base64.b64decode(secret["data"][".env"]).decode() == ENV_FILE
    asked = json.dumps(cluster.calls())
    for shown in (run.log(), world.told(), world.summary(), asked):
        assert "an invented key of a branch" not in shown
        assert secret["data"][".env"] not in shown

    world.bring_up()
    assert env_files(cluster) == [secret]
    world.bring_up(env_type="default")
    assert env_files(cluster) == []


def test_a_custom_env_file_that_is_not_there_stops_it(world: World, cluster: Cluster) -> None:
    world.secret("feature", "FEATURE_ENV_FILE", "")
    run = world.dispatch("cd-feat.yaml", **{**TOPIC_FORM, "env_type": "custom"})

    assert results(run)["up"] == "failure"
    assert "standard input is no .env that can be used" in run.log()
    assert TOPIC not in namespaces(cluster)
    assert "feat-topic: deployment failed" in world.told()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"branch": "--help"}, "git allows no branch that begins with a '-'"),
        ({"branch": "a b; touch broken"}, "git allows no space"),
        ({"image": TOPIC_IMAGE.replace("feat-topic", "prod")}, 'it must start with "feat-topic-"'),
    ],
)
def test_what_can_not_be_is_refused_and_told(world: World, cluster: Cluster, form: dict[str, str], said: str) -> None:
    run = world.dispatch("cd-feat.yaml", **{**TOPIC_FORM, **form})

    assert results(run) == {"authorize": "success", "build": "skipped", "up": "failure", "notify": "success"}
    assert said in run.log()
    assert "deployment failed" in world.told()
    assert namespaces(cluster) == {"dev-examxv2", "stg-examxv2"}


@pytest.mark.usefixtures("topic")
def test_an_image_that_github_withholds_does_not_leave_the_old_one(world: World, cluster: Cluster) -> None:
    world.settings.secrets["SOMEBODYS_ACCOUNT"] = ACCOUNT
    run = world.dispatch("cd-feat.yaml", **{**TOPIC_FORM, "image": ""})

    assert (results(run)["build"], results(run)["up"]) == ("success", "failure")
    assert TOPIC_IMAGE in cluster.images(TOPIC)


@pytest.mark.usefixtures("topic")
def test_only_main_starts_any_of_them(world: World, cluster: Cluster) -> None:
    git(world.remote, "branch", "mine", "main")
    forms = {
        "cd-feat.yaml": TOPIC_FORM,
        "cleanup-feat.yaml": {"which": "branch", "branch": "topic", "confirm": "topic"},
        "reap-feat.yaml": {"dry_run": False},
    }
    for workflow, form in forms.items():
        world.messages.clear()
        run = world.dispatch(workflow, ref="refs/heads/mine", **form)
        assert results(run)["authorize"] == "failure", workflow
        # Nor does it get the address of Slack, which is a secret of main's.
        assert results(run)["notify"] == "failure"
        assert not world.messages
    assert TOPIC in namespaces(cluster)


@pytest.mark.usefixtures("topic")
def test_one_environment_is_removed(world: World, cluster: Cluster) -> None:
    run = world.dispatch("cleanup-feat.yaml", which="branch", branch="topic", confirm="topic")

    assert run.result == "success", run.log()
    assert namespaces(cluster) == {"dev-examxv2", "stg-examxv2"}
    assert "feature: removal succeeded" in world.told()
    assert "*Who*\\nmona" in world.told()
    assert "removed: feat-topic (branch topic, of mona)" in world.told()


@pytest.mark.usefixtures("topic")
@pytest.mark.parametrize(
    "form",
    [
        {"which": "branch", "branch": "topic", "confirm": "topics"},
        {"which": "branch", "branch": "topic", "confirm": "mine"},
        {"which": "branch", "branch": "", "confirm": ""},
        {"which": "mine", "branch": "topic", "confirm": "topic"},
    ],
)
def test_nothing_is_removed_without_confirmation(world: World, cluster: Cluster, form: dict[str, str]) -> None:
    run = world.dispatch("cleanup-feat.yaml", **form)

    assert (results(run)["confirm"], results(run)["down"]) == ("failure", "skipped")
    assert "nothing was removed" in run.log()
    assert TOPIC in namespaces(cluster)
    assert "It failed at `confirm`. Nothing was removed." in world.told()


@pytest.mark.usefixtures("topic")
def test_all_of_one_person_are_removed(world: World, cluster: Cluster) -> None:
    world.bring_up(branch="other", image=TOPIC_IMAGE.replace("topic", "other"))
    cluster.annotate("feat-other-examxv2", **{"examx.ai/owner": "grace"})
    run = world.dispatch("cleanup-feat.yaml", which="mine", branch="", confirm="mine")

    assert run.result == "success", run.log()
    assert namespaces(cluster) == {"dev-examxv2", "stg-examxv2", "feat-other-examxv2"}


def test_dev_can_not_be_removed(world: World, cluster: Cluster) -> None:
    run = world.dispatch("cleanup-feat.yaml", which="branch", branch="dev", confirm="dev")

    assert results(run)["down"] == "failure"
    assert "there is no feature environment of the branch" in run.log()
    assert namespaces(cluster) == {"dev-examxv2", "stg-examxv2"}


@pytest.mark.usefixtures("topic")
def test_every_morning_what_has_expired_goes(world: World, cluster: Cluster) -> None:
    morning = Event("schedule", {"schedule": "30 1 * * *"})
    run = world.start("reap-feat.yaml", morning)

    assert results(run) == {"authorize": "success", "reap": "success", "notify": "skipped"}
    assert (TOPIC in namespaces(cluster), world.messages) == (True, [])

    cluster.annotate(TOPIC, **{"examx.ai/expires": "2026-01-01T00:00:00Z"})
    run = world.dispatch("reap-feat.yaml", dry_run=True)
    assert "would be removed: feat-topic (branch topic, of mona)" in run.log()
    assert (TOPIC in namespaces(cluster), world.messages) == (True, [])

    run = world.start("reap-feat.yaml", morning)
    assert run.result == "success", run.log()
    assert namespaces(cluster) == {"dev-examxv2", "stg-examxv2"}
    assert "feature: clean-up of what has expired succeeded" in world.told()
    assert "*Who*" not in world.told(), "GitHub names whoever changed the schedule last"
    assert "removed: feat-topic (branch topic, of mona)" in world.told()


@pytest.mark.usefixtures("topic")
def test_what_can_not_be_reaped_is_told(world: World, cluster: Cluster) -> None:
    cluster.annotate(TOPIC, **{"examx.ai/expires": "one day"})
    run = world.start("reap-feat.yaml", Event("schedule", {"schedule": "30 1 * * *"}))

    assert results(run)["reap"] == "failure"
    assert "feature: clean-up of what has expired failed" in world.told()
    assert "it does not say when it expires" in world.told()
    assert TOPIC in namespaces(cluster)
