"""What the queues promise, held: each standard workload, simulated on the manifests that are rendered."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from attrs import evolve
from cdk8s import App

from examx_cli.provenance import figures
from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.features import Feature, feature
from examx_constructs.manifests import Manifests
from examx_constructs.scaling import Run, Scaling, meets, scalings, simulate, workloads_of
from examx_constructs.settings import Duration, Environment, ImageReference, Replicas, ServiceLevel, StandardBurst
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest
from tests.unit.environments.test_figures import FIGURES, Figures
from tests.unit.settings.support import refusal

FEATURE_FIGURES = yaml.safe_load((Path(__file__).parents[1] / "features" / "figures.yaml").read_text())
IMAGE = ImageReference.parse(FIXED_IMAGE)
BRANCH = Feature(branch="login", image=IMAGE, owner="ada", expires=datetime(2030, 1, 31, 18, tzinfo=UTC))


def written(level: ServiceLevel) -> list[int]:
    """The wait, and how many tasks or students each of its workloads has."""
    counts = [each.tasks if isinstance(each, StandardBurst) else each.students for each in level.workloads]
    return [level.wait_p95.seconds, *counts]


def promises(environment: Environment) -> dict[str, list[int]]:
    return {name: written(level) for name, level in environment.service_levels.items()}


def scaled(manifests: list[Manifest]) -> dict[str, Scaling]:
    return {each.queue: each for each in scalings(Manifests.of(manifests, "rendered"))}


def hold(environment: Environment, manifests: list[Manifest], places: dict[str, str]) -> int:
    """Simulate each standard workload of each queue; the number of runs. Raises AssertionError."""
    queues, count = scaled(manifests), 0
    for name, level in environment.service_levels.items():
        for workload in workloads_of(level):
            made: Run = simulate(queues[name], workload)
            count += 1
            path = f"service_levels.{name}.wait_p95"
            try:
                meets(made, level)
            except AssertionError as broken:
                raise AssertionError(
                    f"environment {environment.name}, queue {name}, {workload.said}: {broken}\n"
                    f"Change the figures of the queue, or {path} at {places.get(path)}"
                ) from None
            assert not made.unfinished
            assert not made.cuts
    return count


def places_of(name: str) -> dict[str, str]:
    return {each.name: str(each.source) for each in figures(ENVIRONMENTS[name], IMAGE)}


def test_each_queue_keeps_its_level(manifests: list[Manifest], environment_name: str) -> None:
    environment = ENVIRONMENTS[environment_name](IMAGE)
    assert hold(environment, manifests, places_of(environment_name)) >= len(environment.queues)


def test_each_queue_of_a_branch_keeps_its_level() -> None:
    environment = feature(BRANCH)
    places = {each.name: str(each.source) for each in figures(feature, BRANCH)}
    assert hold(environment, ExamxChart(App(), environment).to_json(), places) == len(environment.queues)


def test_every_queue_has_a_level(environment_name: str) -> None:
    environment = ENVIRONMENTS[environment_name](IMAGE)
    assert [*environment.service_levels] == [queue.name for queue in environment.queues]


def test_the_levels_are_those_that_are_decided(environment_name: str) -> None:
    if environment_name not in FIGURES:
        pytest.skip(f"{environment_name} is not in the specification")
    promised = promises(ENVIRONMENTS[environment_name](IMAGE))
    assert promised.keys() == FIGURES[environment_name]["service levels"].keys()
    for queue, found in promised.items():
        Figures(environment_name).expect(found, "service levels", queue)


def test_those_of_a_branch_too() -> None:
    assert promises(feature(BRANCH)) == FEATURE_FIGURES["service levels"]


def test_one_that_does_not_hold_names_file_and_key(rendered: dict[str, list[Manifest]]) -> None:
    dev = ENVIRONMENTS["dev"](IMAGE)
    hasty = evolve(dev.service_levels["default"], wait_p95=Duration("5s"))
    with pytest.raises(AssertionError) as broken:
        hold(evolve(dev, service_levels={"default": hasty}), rendered["dev"], places_of("dev"))
    first, *_, last = str(broken.value).splitlines()
    [burst, *_] = hasty.workloads
    assert isinstance(burst, StandardBurst)
    assert first.startswith(f"environment dev, queue default, burst of {burst.tasks}: p95 wait is ")
    assert last.startswith("Change the figures of the queue, or service_levels.default.wait_p95 at ")
    file, _, line = last.rpartition(" ")[2].partition(":")
    assert '"default": levels.default(Duration(' in Path(file).read_text().splitlines()[int(line) - 1]


def test_figures_that_are_too_small_break_a_level(rendered: dict[str, list[Manifest]]) -> None:
    """A promise that any figures would keep holds nothing."""
    prod = ENVIRONMENTS["prod"](IMAGE)
    small = evolve(
        prod,
        queues=tuple(evolve(each, replicas=Replicas.between(1, 2)) for each in prod.queues),
        access=evolve(prod.access, admission_policy=False),
    )
    queues = scaled(ExamxChart(App(), small).to_json())
    broken = [
        name
        for name, level in prod.service_levels.items()
        if any(simulate(queues[name], each).wait(0.95) > level.wait_p95 for each in workloads_of(level))
    ]
    assert broken == [*prod.service_levels]


def test_a_level_of_no_queue_is_refused() -> None:
    dev = ENVIRONMENTS["dev"](IMAGE)
    level = dev.service_levels["default"]
    assert refusal(lambda: evolve(dev, service_levels={"defualt": level})) == (
        'Environment.service_levels key is "defualt"; it must be a queue: '
        "default, bulk_upload, question_enrichment, question_generator_ai"
    )
