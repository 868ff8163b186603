"""The exam day of docs/scaling.md: the policies of before, the seed's figures, and the tuned ones."""

import pytest
from attrs import evolve

from examx_cli.images import current_image
from examx_cli.scale.tuning_rules import Rules
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import Versions
from examx_constructs.settings import CronTrigger
from tests.guides import PROJECT, Guide
from tools import exam_day
from tools.exam_day import BEFORE, OURS, SCHEDULED, SEED, TUNED, Outcome
from tools.exam_schedule import windows

pytestmark = pytest.mark.skipif(
    not exam_day.LEGACY.is_file(), reason="the policies of before are not beside the project: ../shared/legacy"
)


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    return exam_day.outcomes()


def of(found: list[Outcome], policy: str) -> dict[str, Outcome]:
    return {each.queue: each for each in found if each.policy == policy}


def test_the_document_has_what_the_model_says_today():
    text = Guide("docs/scaling.md").text
    assert exam_day.filled(text) == text, "run python -m tools.exam_day"
    assert "| `bulk_upload` | tuned |" in text


@pytest.mark.parametrize("queue", [*TUNED])
def test_tuned_figures_halve_the_wait_of_both(found: list[Outcome], queue: str):
    ours = of(found, OURS)[queue]
    assert ours.wait <= exam_day.level(queue, found)
    assert ours.wait <= max(min(of(found, BEFORE)[queue].wait, of(found, SEED)[queue].wait) / 2, 0.1)
    assert ours.cut <= of(found, SEED)[queue].cut


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_the_figures_hold_on_draws_that_the_search_did_not_see(seed: int):
    drawn = exam_day.outcomes(seed)
    for queue in TUNED:
        assert of(drawn, OURS)[queue].wait <= exam_day.level(queue, drawn)
    hours = {policy: sum(each.pod_hours for each in of(drawn, policy).values()) for policy in (BEFORE, SEED, OURS)}
    assert hours[OURS] <= min(hours[BEFORE], hours[SEED])


def test_somebody_waited_before(found: list[Outcome]):
    """Else there is nothing to halve."""
    assert of(found, BEFORE)["bulk_upload"].wait > 60
    assert of(found, BEFORE)["default"].wait > 1


def test_tuned_figures_take_no_more_pod_hours_than_either(found: list[Outcome]):
    hours = {policy: sum(each.pod_hours for each in of(found, policy).values()) for policy in (BEFORE, SEED, OURS)}
    assert hours[OURS] <= min(hours[BEFORE], hours[SEED])


def test_default_takes_no_more_pod_hours_of_its_own(found: list[Outcome]):
    """Whose wait is halved, and not paid by what other queues save."""
    ours = of(found, OURS)["default"]
    assert ours.pod_hours <= min(of(found, policy)["default"].pod_hours for policy in (BEFORE, SEED))


def test_the_hours_of_the_exam_surround_its_beginning_and_its_end():
    """As triggers that a queue takes."""
    queue = evolve(
        next(each for each in ENVIRONMENTS["prod"](current_image(PROJECT / "images.yaml", "prod")).queues),
        triggers=tuple(windows((0.0,), 3)),
    )
    assert queue.name in SCHEDULED
    assert [(each.start, each.end, each.replicas) for each in queue.triggers if isinstance(each, CronTrigger)] == [
        ("55 8 * * *", "15 9 * * *", 3),
        ("40 10 * * *", "5 11 * * *", 3),
    ]


def test_tuned_figures_pass_the_rules():
    """Those of the settings and of manifests, as what `examx scale tune` proposes has to."""
    queues = {each.name: each for each in ENVIRONMENTS["prod"](current_image(PROJECT / "images.yaml", "prod")).queues}
    assert {*TUNED} == {*queues}
    for name, settings in TUNED.items():
        assert settings.is_allowed(queues[name])
        rules = Rules(exam_day.prepared(), exam_day.ready()[name], queues[name])
        assert rules.broken(settings) is None
    assert {each.versions for each in exam_day.where().manifests} == {Versions()}
