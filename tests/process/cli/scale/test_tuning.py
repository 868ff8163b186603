"""The search behind `examx scale tune`: figures, the way from one to the next, and rules."""

from dataclasses import replace
from functools import cache
from multiprocessing import active_children
from typing import Any

import pytest
from attrs import evolve

from examx_cli.errors import CommandError
from examx_cli.images import current_image
from examx_cli.scale.simulating import Surroundings
from examx_cli.scale.targets import Source, chosen, environment
from examx_cli.scale.tunable import NAMES, Tunable, path
from examx_cli.scale.tuned import subject
from examx_cli.scale.tuning import Goal, bound, search, steps
from examx_cli.scale.tuning_rules import Rules
from examx_cli.scale.tuning_runs import Problem, Runs, runs
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import Manifests, Versions, load
from examx_constructs.manifests.scaling import autoscalers
from examx_constructs.scaling import ClusterModel, KedaPolicy, burst, fixed, scaling_of
from examx_constructs.settings import Backlog, Queue
from tests.unit.cli.scale.support import PROD, PROJECT

QUEUE = "bulk_upload"


@pytest.fixture(autouse=True)
def _checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def queue_of(name: str = QUEUE) -> Queue:
    prod = ENVIRONMENTS["prod"](current_image(PROJECT / "images.yaml", "prod"))
    return next(each for each in prod.queues if each.name == name)


def problem(name: str = QUEUE) -> Problem:
    (found,) = chosen(environment("prod", Versions()), name)
    return Problem(found.scaling, [burst(100, fixed(20))], Surroundings(ClusterModel()))


def alone(of: Problem, limit: int = 1000) -> Runs:
    return Runs(of, None, 1, limit)


OTHER = Tunable(minimum=3, maximum=17, per_pod=7, up_percent=150, up_pods=9, up_window=30, down_window=120)


def test_figures_mean_the_same_to_the_queue_to_the_policy_and_to_the_manifest():
    queue = queue_of()
    assert Tunable.of(OTHER.on_queue(queue)) == OTHER
    objects = [each.root.value for each in load(PROD)]
    made = [
        OTHER.on_manifest(each)
        if each["kind"] == "ScaledObject" and each["spec"]["scaleTargetRef"]["name"] == queue.worker
        else each
        for each in objects
    ]
    (before,), (after,) = (
        [scaling_of(manifests, each).policy for each in autoscalers(manifests) if each.target_name == queue.worker]
        for manifests in (Manifests.of(objects), Manifests.of(made))
    )
    assert isinstance(before, KedaPolicy)
    assert OTHER.on_policy(before) == after != before
    assert Tunable.of(queue).on_policy(before) == before


def test_a_backlog_is_tuned_by_its_threshold():
    queue = evolve(queue_of(), backlog=Backlog(server="https://prometheus.example.com", threshold=4))
    assert Tunable.of(queue).per_pod == 4
    tuned = OTHER.on_queue(queue)
    assert tuned.backlog
    assert (tuned.backlog.threshold, tuned.list_length) == (7, queue.list_length)
    assert path("per_pod", queue) == ("queues", QUEUE, "backlog", "threshold")


def test_the_number_of_processors_changes_nothing():
    given, found = problem(), []
    for processes in (1, 3):
        with runs(given, limit=150, processes=processes) as tried:
            goal = Goal(60, tried.of(Tunable.of(queue_of())), 20)
            found.append(search(tried, goal, lambda _: True))
    assert found[0] == found[1]
    assert len(found[0]) == 150, "it ends where no more may be tried"


def test_no_step_from_the_proposal_is_better():
    tried = alone(problem())
    goal = Goal(60, tried.of(Tunable.of(queue_of())), 20)
    is_allowed = cache(lambda each: each.is_allowed(queue_of()))
    best = search(tried, goal, is_allowed)[0]
    assert goal.holds(best)
    for _, step in steps(best.settings, goal):
        other = tried.of(step)
        assert not goal.holds(other) or other.pod_hours > best.pod_hours / 1.005 or not is_allowed(step)
    keeps = bound(best, tried, goal)
    assert keeps
    assert keeps.trial.pod_hours < best.pod_hours
    assert not goal.holds(keeps.trial)


def test_it_finds_what_trying_all_finds():
    """Of two figures, each combination; the search may cost half a percent more, for fewer changes."""
    tried = alone(problem(), 10_000)
    goal = Goal(60, tried.of(Tunable.of(queue_of())), 20)
    best = search(tried, goal, lambda _: True)[0]
    every = [
        replace(best.settings, minimum=minimum, per_pod=per_pod) for minimum in range(11) for per_pod in range(1, 31)
    ]
    least = min(each.pod_hours for each in tried.all(every) if goal.holds(each))
    assert best.pod_hours <= least * 1.005


def test_a_quota_bounds_the_most_pods():
    where, queue = environment("prod", Versions()), queue_of()
    quota: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": "examxv2-production"},
        "spec": {"hard": {"pods": "40"}},
    }
    objects = [each.root.value for each in where.manifests]
    limited = Source(where.name, Manifests.of([*objects, quota]))
    (found,) = chosen(limited, QUEUE)
    rules = Rules(limited, found, queue)
    most, why = rules.most(Tunable.of(queue), 40)
    assert why
    assert "quota" in why.rule
    assert queue.replicas.maximum <= most < 40
    assert rules.broken(replace(Tunable.of(queue), maximum=most)) is None
    assert rules.broken(replace(Tunable.of(queue), maximum=most + 1)) is not None
    assert Rules(where, chosen(where, QUEUE)[0], queue).most(Tunable.of(queue), 40) == (40, None)


def test_the_subject_knows_where_each_figure_is_written():
    where = environment("prod", Versions())
    of = subject("prod", where, chosen(where, QUEUE), QUEUE)
    assert {*of.sources} == {*NAMES}
    assert not of.sources["minimum"].source.default
    assert of.sources["up_pods"].source.default


FEW = [Tunable(2, 10, per_pod=each, up_percent=70, up_pods=4, up_window=0, down_window=300) for each in range(1, 13)]


def interrupted() -> None:
    with runs(problem(), limit=10, processes=2) as tried:
        assert len(tried.all(FEW[:6])) == 6
        assert len(active_children()) == 2
        raise KeyboardInterrupt


def killed() -> None:
    with runs(problem(), limit=99, processes=2) as tried:
        tried.all(FEW[:4])
        for each in active_children():
            each.kill()
        tried.all(FEW)


def test_who_interrupts_a_search_leaves_no_process_behind():
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not active_children()


def test_a_process_that_is_killed_ends_the_search_in_a_line():
    with pytest.raises(CommandError, match="a process of the search was ended from outside"):
        killed()
