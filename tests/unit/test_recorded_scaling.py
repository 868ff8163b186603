"""The computed figures against what a real controller and real KEDA did, second by second.

The recordings are of the manifests in dist/ with the figures that tests own, on Kubernetes 1.34.4 with KEDA 2.17.2.
"""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil
from typing import Any

import pytest
from attrs import evolve

from examx_constructs.settings import Duration, Queue, Replicas, ScalingBehavior, Utilization
from tests import own
from tests.guides import PROJECT
from tools import modelled, spans

TRACES = PROJECT.parent / "shared" / "traces"

pytestmark = pytest.mark.skipif(
    not TRACES.is_dir(), reason="the recordings of a real controller are not beside the project"
)

_ENVIRONMENTS = {"examxv2-production": "prod", "dev-examxv2": "dev", "stg-examxv2": "stg"}


@pytest.fixture(autouse=True)
def own_figures(monkeypatch: pytest.MonkeyPatch):
    """The policies that were recorded."""
    monkeypatch.setattr(modelled, "policies", own.policies)


@dataclass(frozen=True)
class Trace:
    name: str

    @cached_property
    def about(self) -> dict[str, Any]:
        return json.loads((TRACES / f"{self.name}.json").read_text(encoding="utf-8"))

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        with (TRACES / f"{self.name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def queue(self) -> Queue:
        """The queue that was recorded, under its own name or another's: several were recorded at once."""
        queue = own.queue(self.environment, "question_generator_ai" if "qgen" in self.name else "default")
        if self.about["namespace"].startswith("feat-"):
            queue = evolve(queue, replicas=Replicas.between(0, 1), cooldown=queue.longest_task + Duration("60s"))
        spec = self.about["spec"]
        assert int(spec["triggers"][0]["metadata"]["listLength"]) == queue.list_length
        assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (queue.replicas.minimum, queue.replicas.maximum)
        assert (spec["pollingInterval"], spec["cooldownPeriod"]) == (
            queue.polling_interval.seconds,
            queue.cooldown.seconds,
        )
        return queue

    @property
    def environment(self) -> str:
        """The name of the environment. That of a branch is made from dev."""
        return _ENVIRONMENTS.get(self.about["namespace"], "dev")

    def steps(self, column: str = "deploy_spec") -> list[tuple[int, str]]:
        """When a column changed, and to what."""
        values = [(int(row["t"]), row[column]) for row in self.rows]
        return [now for before, now in pairwise(values) if now[1] != before[1]]

    def replicas(self, since: int, until: int) -> list[tuple[int, int]]:
        """The steps of the replicas between two moments, counted from the first."""
        return [(at - since, int(size)) for at, size in self.steps() if since <= at < until]


def _names(*endings: str) -> list[str]:
    return sorted(each.stem for each in TRACES.glob("*.json") if each.stem.endswith(endings))


def _wave(trace: Trace) -> tuple[int, int, int]:
    """A list that comes at once and goes at once: when, how long, and when it is empty."""
    (_, nothing), (start, waiting), (end, empty) = trace.about["script"]
    assert (nothing, empty) == (0, 0)
    return start, waiting, end


WAVES = _names("-a-step", "-d-small", "idle0-step", "mem40-step", "mem74-step", "-e21", "-e23", "-w60", "-w15")


@pytest.mark.parametrize("name", WAVES)
def test_steps_up(name: str):
    trace = Trace(name)
    start, waiting, end = _wave(trace)
    steps = trace.replicas(start, end)
    assert [size for _, size in steps] == modelled.growth(trace.environment, trace.queue.name, waiting)[1:]
    moments = [moment for moment, _ in steps]
    if moments:
        first, last = spans.steps_up(trace.environment, trace.queue.name, waiting)[0]
        assert first <= moments[0] <= last
    # The guide: each step comes with a look, and one look may be missed.
    gaps = [after - before for before, after in pairwise(moments)]
    assert all(gap % spans.LOOK in (0, 1, spans.LOOK - 1) and gap <= 2 * spans.LOOK + 1 for gap in gaps)


@pytest.mark.parametrize("name", WAVES)
def test_steps_down(name: str):
    trace = Trace(name)
    _, _, end = _wave(trace)
    ((_, cpu, memory),) = trace.about["usage_cpu_mem_pct"]
    highest = max((size for _, size in trace.replicas(0, end)), default=trace.queue.replicas.minimum)
    of = (trace.environment, trace.queue.name)
    sizes = modelled.shrinking(*of, (cpu, memory), start=highest)[1:]
    # As many windows as fit before the outages at the end.
    outage = min(at for at, _ in trace.about["actions"])
    steps = trace.replicas(end, outage)
    assert [size for _, size in steps] == sizes[: len(steps)]
    assert len(steps) >= min(len(sizes), 2)
    moments = [moment for moment, _ in steps]
    if moments:
        first, last = spans.first_step_down(*of)
        assert first <= moments[0] <= last
    window = ScalingBehavior().scale_down_window.seconds
    for before, after in pairwise(moments):
        assert window <= after - before <= window + spans.LOOK, "the window begins again with each fall"


@pytest.mark.parametrize(("name", "use"), [("prod-default-cpu95", (95, 10)), ("prod-default-mem95", (10, 95))])
def test_steps_up_on_cpu_or_memory_take_about_45_s(name: str, use: tuple[int, int]):
    trace = Trace(name)
    (_, *_), (start, *used), (end, *_) = trace.about["usage_cpu_mem_pct"]
    assert tuple(used) == use
    targets = Utilization()
    steps = trace.replicas(start, end + 1)
    size = trace.queue.replicas.minimum
    for _, following in steps:
        shares = ((use[0], targets.cpu or 1), (use[1], targets.memory or 1))
        size = max(ceil(size * used / target) for used, target in shares)
        assert following == size
    moments = [moment for moment, _ in steps]
    assert all(43 <= after - before <= 47 for before, after in pairwise(moments))
    assert len(moments) == 3


def test_a_feature_worker_wakes_and_sleeps():
    trace = Trace("feat-default-f-step")
    (_, _), (start, _), (end, _), (again, _), *_ = trace.about["script"]
    (woken, one), (asleep, none) = trace.replicas(0, again)
    assert (one, none) == (1, 0)
    first, last = spans.wakes(trace.queue)
    assert first <= woken - start <= last
    first, last = spans.sleeps(trace.queue)
    assert first <= asleep - end <= last


def test_an_outage_that_is_longer_than_the_cooldown_lets_a_worker_sleep_when_redis_is_back():
    trace = Trace("feat-default-f-step")
    *_, (empty, _) = trace.about["script"]
    away, back = _outage(trace, "redis-feat", "kill", "start")
    assert back - empty > trace.queue.cooldown.seconds
    (asleep, none) = trace.replicas(0, 1200)[-1]
    assert none == 0
    assert back < asleep <= back + trace.queue.polling_interval.seconds, "nobody sleeps while nothing can be counted"
    assert trace.replicas(away, back) == []


def _outage(trace: Trace, server: str, began: str, ended: str) -> tuple[int, int]:
    moments = {what: at for at, what in trace.about["actions"]}
    return moments[f"{server} {began}"], moments[f"{server} {ended}"]


def test_the_window_ages_while_redis_is_away():
    trace = Trace("stg-default-g")
    *_, (empty, _) = trace.about["script"]
    away, back = _outage(trace, "redis-stg", "STOP", "CONT")
    down = spans.first_step_down("stg", trace.queue.name)
    assert empty + down.last < back, "the window would have ended in the outage"
    assert trace.replicas(empty, back) == [], "nothing scales down while the list cannot be read"
    assert trace.replicas(back, back + 60) == [(10, 1)]
    assert away < empty + down.last


def test_ready_says_little_of_an_outage():
    def ready_in(name: str) -> set[str]:
        trace = Trace(name)
        away, back = _outage(trace, "redis-stg", "STOP", "CONT")
        return {row["so_ready"] for row in trace.rows if away < int(row["t"]) < back}

    # The same Redis, stopped for the same 120 s.
    assert ready_in("stg-default-g") == {"True"}
    assert ready_in("p2-stg-default-operator-down") == {"True", "False"}


def test_scaling_active_stays_true_while_nothing_is_held_back():
    """At the least replicas CPU and memory propose no fewer, so that the HPA misses nothing."""
    trace = Trace("dev-default-a-step")
    away, back = _outage(trace, "redis-dev", "kill", "start")
    seen = {(row["deploy_spec"], row["active"]) for row in trace.rows if away < int(row["t"]) < back}
    assert seen == {("1", "T:ValidMetricFound")}


@pytest.mark.parametrize("name", _names(""))
def test_no_fallback_is_ever_reported(name: str):
    assert {row["so_fallback"] for row in Trace(name).rows} == {"False"}


def test_an_operator_that_is_away_holds_a_step_back():
    """60 tasks came at 1050 s; elsewhere a step comes within 16 s."""
    trace = Trace("p2-stg-default-operator-down")
    *_, (start, waiting) = trace.about["script"]
    ((moment, size),) = trace.replicas(start, 1200)
    assert size == modelled.growth("stg", trace.queue.name, waiting)[-1]
    assert moment > 4 * spans.steps_up("stg", trace.queue.name, waiting)[0].last
