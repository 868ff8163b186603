"""What runs is compared with what was deployed, every morning."""

from pathlib import Path

import pytest

from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.environments.shared import DEV_STG_CLUSTER, PRODUCTION_CLUSTER
from tests.process.workflows.conftest import World, manifests, role
from tests.unit.workflows.model import Event, JobRun

MORNING = Event("schedule", {"schedule": "0 2 * * *"})


@pytest.fixture
def deployed(world: World, origins: Path) -> World:
    """Every environment runs as it is rendered."""
    for environment in ENVIRONMENTS:
        cluster = PRODUCTION_CLUSTER if environment == "prod" else DEV_STG_CLUSTER
        world.clusters[cluster].apply(manifests(origins, environment), "examx")
    return world


def results(run: JobRun) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items()}


def test_a_morning_without_drift_tells_nobody(deployed: World) -> None:
    run = deployed.start("drift.yaml", MORNING)
    assert results(run) == dict.fromkeys(ENVIRONMENTS, "success"), run.log()
    assert set(deployed.stand_ins.roles) == {role("observe")}
    assert not deployed.messages


def test_what_was_changed_by_hand_is_told_of_its_environment(deployed: World) -> None:
    metadata = {"name": "redis-config", "namespace": "stg-examxv2"}
    by_hand = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"redis.conf": "appendonly no"}}
    deployed.clusters[DEV_STG_CLUSTER].apply([by_hand], "kubectl-edit")
    run = deployed.start("drift.yaml", MORNING)
    assert results(run) == {"dev": "success", "stg": "failure", "prod": "success"}
    assert "stg: look for drift failed" in deployed.told()
    assert "What runs is not what was deployed" in deployed.told()
    assert "examx apply stg" in deployed.told()
