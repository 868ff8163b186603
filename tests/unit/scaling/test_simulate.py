"""Whole runs: what comes out of policies, workers and a cluster together."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from examx_constructs._schedules import Schedule
from examx_constructs.manifests import Versions
from examx_constructs.scaling import (
    ClusterModel,
    Lost,
    Nodes,
    Outage,
    Run,
    Scaling,
    ScalingError,
    Seconds,
    Use,
    Workload,
    burst,
    daily,
    fixed,
    lognormal,
    simulate,
)
from examx_constructs.scaling.cron import CronWindow
from examx_constructs.scaling.fleet import Fleet
from examx_constructs.scaling.policy import ExternalMetric, KedaPolicy, Trigger
from examx_constructs.settings import Duration
from tests.unit.scaling.support import keda, scaling, workers

IDLE = Use(cpu_idle=0.01, cpu_busy=0.01, memory_idle=0.01, memory_busy=0.01)
NOTHING = Workload((), ())


def sizes(run: Run) -> list[int]:
    return [size for _, size in run.steps]


def moments(run: Run) -> list[float]:
    return [round(moment, 2) for moment, _ in run.steps]


def test_a_burst_from_its_beginning_to_its_end():
    run = simulate(scaling(), burst(500, fixed(8), at=60), use=IDLE)
    assert sizes(run)[:5] == [2, 6, 11, 19, 20]
    assert sizes(run)[-1] == 2
    # Looks come every 15.07 s; down comes a window after the last that saw many.
    assert moments(run)[1:5] == [60.28, 75.35, 90.42, 105.49]
    assert 285 < run.steps[-1][0] - max(run.started) < 320
    assert run.wait(1) == max(run.waits)
    assert 0 < run.wait(0.5) < run.wait(0.95) <= run.wait(1.0)
    assert run.drain_time(60) == run.drained - 60
    assert (run.unfinished, run.cut_tasks, run.most_replicas) == (0, 0, 20)
    assert (run.replicas(0), run.replicas(60.3), run.replicas(run.until)) == (2, 6, 2)
    assert run.waiting(60.1) == 492
    assert run.waiting(run.until) == 0


def test_the_same_run_gives_the_same_bytes():
    first, second = (simulate(scaling(), daily(3000, lognormal(4, 20), seed=3)) for _ in range(2))
    assert repr((first.waits, first.steps, first.pods)) == repr((second.waits, second.steps, second.pods))


def test_waits_read_like_settings():
    run = simulate(scaling(), burst(10, fixed(8)))
    assert run.wait(0.95) <= Duration("60s")
    assert not run.wait(0.95) > Duration("60s")
    assert Seconds(60) == Duration("60s") == Seconds(60.0)
    assert Seconds(59) < Duration("60s")
    assert Seconds(61) >= Duration("60s")
    assert Seconds(61) != "61"
    assert repr(Seconds(1.25)) == "1.2 s"
    assert hash(Seconds(3)) == hash(3.0)
    with pytest.raises(ScalingError, match="share of the tasks is 0; allowed: more than 0"):
        run.wait(0)


def test_a_sleeping_worker_wakes_for_a_task():
    policy = keda(0, 3, cooldown=120)
    run = simulate(scaling(policy), burst(1, fixed(1), at=50), ClusterModel(phase=5), use=IDLE, until=600)
    assert sizes(run) == [0, 1, 0]
    woken, asleep = moments(run)[1:]
    # The poll at 50.003 s sees it; a pod takes 20 s; a poll two minutes after the last that saw it ends it.
    assert woken == 50.0
    assert run.waits[0] == pytest.approx(20.0, abs=0.01)
    assert 105 <= asleep - run.drained <= 135


def test_fewer_tasks_a_replica_cost_more_and_wait_less():
    """What people ask for: a list length of 5 instead of 10."""
    work = burst(300, fixed(20))
    ten = simulate(scaling(keda(1, 40)), work, use=IDLE)
    five = simulate(scaling(keda(1, 40, triggers=(Trigger(ExternalMetric(5_000)),))), work, use=IDLE)
    assert five.wait(0.95) < ten.wait(0.95)
    assert five.pod_hours > ten.pod_hours


def test_busy_pods_scale_by_their_cpu():
    hot = Use(cpu_idle=0.1, cpu_busy=1.4, memory_idle=0.1, memory_busy=0.1)
    work = Workload(tuple(float(at) for at in range(0, 1200, 2)), (15.0,) * 600)
    assert simulate(scaling(), work, use=hot, until=1200).most_replicas > 2
    assert simulate(scaling(), work, use=IDLE, until=1200).most_replicas == 2


def test_memory_that_stays_keeps_pods():
    """At 40 % of a target of 80 % half of the replicas stay, and half of these after another window."""
    run = simulate(scaling(), burst(500, fixed(8)), use=replace(IDLE, memory_idle=0.4, memory_busy=0.4))
    assert sizes(run)[:8] == [2, 6, 11, 19, 20, 10, 5, 3]


def test_pods_without_requests_stop_the_way_down():
    """CPU and memory cannot be measured as a share of nothing, and a failed metric stops the way down alone."""
    run = simulate(scaling(made=replace(workers(), cpu=None, memory=None)), burst(500, fixed(8)), use=IDLE, until=3000)
    assert sizes(run) == [2, 6, 11, 19, 20]


def test_new_nodes_come_late():
    nodes = Nodes(room=4, per_node=2, delay=90, pull=30)
    cluster = ClusterModel(nodes=nodes)
    slow, quick = (simulate(scaling(), burst(400, fixed(8)), each, use=IDLE) for each in (cluster, ClusterModel()))
    assert slow.wait(0.95) > quick.wait(0.95)
    made = [pod for pod in slow.pods if pod.created > 0]
    assert [pod.scheduled - pod.created for pod in made[:4]] == [0, 0, 90, 90]
    assert made[2].ready - made[2].scheduled == 30 + cluster.start + cluster.ready
    assert made[0].ready - made[0].scheduled == cluster.start + cluster.ready


def test_a_node_that_came_has_room_for_who_comes_later():
    cluster = ClusterModel(nodes=Nodes(room=1, per_node=3, delay=90))
    fleet = Fleet(cluster, workers(), 1)
    assert [pod.scheduled for pod in fleet.create(0.0, 1)] == [90.0]
    assert [pod.scheduled for pod in fleet.create(100.0, 3)] == [100.0, 100.0, 190.0]
    # Who waits for a node and is told to stop leaves its place to the next, a pod that has one too.
    fleet.delete(110.0, 1)
    assert [pod.scheduled for pod in fleet.create(120.0, 1)] == [190.0]
    fleet.delete(200.0, 2)
    assert [pod.scheduled for pod in fleet.create(210.0, 2)] == [210.0, 210.0]


def test_a_short_grace_period_cuts_tasks_which_come_back():
    policy = keda(1, 10)
    down = replace(policy.hpa.behavior.down, window=0) if policy.hpa.behavior else None
    assert policy.hpa.behavior is not None
    assert down is not None
    policy = replace(policy, hpa=replace(policy.hpa, behavior=replace(policy.hpa.behavior, down=down)))
    made = workers(2, grace=30, visibility=600)
    run = simulate(scaling(policy, made), burst(30, fixed(100)), use=IDLE)
    assert run.cut_tasks > 0
    assert run.unfinished == 0
    lost = {each.task for each in run.cuts}
    assert all(run.waits[task] >= 600 for task in lost)
    patient = simulate(scaling(policy, replace(made, grace=200)), burst(30, fixed(100)), use=IDLE)
    assert patient.cut_tasks == 0


def test_a_pause_before_the_end_still_takes_tasks():
    policy = keda(1, 10)
    assert policy.hpa.behavior is not None
    quick = replace(policy.hpa.behavior, down=replace(policy.hpa.behavior.down, window=0))
    policy = replace(policy, hpa=replace(policy.hpa, behavior=quick))
    work = burst(60, fixed(5)) + Workload(tuple(90 + index / 4 for index in range(800)), (1.0,) * 800)
    for pause in (0.0, 20.0):
        run = simulate(scaling(policy, workers(2, grace=60, pre_stop=pause)), work, use=IDLE)
        stopped = {pod.number: pod.deleted for pod in run.pods if pod.deleted is not None}
        late = [
            began - stopped[pod]
            for pod, began in zip(run.pods_of_tasks, run.started, strict=True)
            if pod in stopped and began > stopped[pod]
        ]
        assert bool(late) == bool(pause)
        assert all(each <= pause for each in late)


def test_tasks_that_run_count_where_prometheus_does():
    trigger = Trigger(ExternalMetric(2_000), counts_running=True, connects=False)
    run = simulate(scaling(keda(1, 9, triggers=(trigger,))), burst(4, fixed(60)), use=IDLE, until=200)
    assert run.most_replicas == 2
    assert simulate(scaling(keda(1, 9)), burst(4, fixed(60)), use=IDLE, until=200).most_replicas == 1


def test_a_cron_window():
    window = CronWindow(Schedule.parse("0 8 * * *"), Schedule.parse("0 9 * * *"), ZoneInfo("Asia/Kolkata"), 5)
    policy = keda(1, 9, triggers=(Trigger(ExternalMetric(1_000), connects=False, cron=window),))
    start = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    run = simulate(scaling(policy), NOTHING, use=IDLE, start=start, until=7200)
    assert sizes(run) == [1, 5, 1]
    up, down = moments(run)[1:]
    assert 1800 <= up <= 1816
    assert 5400 + 285 <= down <= 5400 + 320
    with pytest.raises(ScalingError, match=r"start is missing; allowed: a moment with a time zone"):
        simulate(scaling(policy), NOTHING)


def test_an_hpa_of_its_own():
    hot = Use(cpu_idle=0.1, cpu_busy=1.4, memory_idle=0.1, memory_busy=0.1)
    policy = keda(2, 20).hpa
    alone = Scaling("worker", replace(policy, metrics=policy.metrics[1:]), workers())
    work = Workload(tuple(float(at) for at in range(0, 1200, 2)), (15.0,) * 600)
    assert simulate(alone, work, use=hot, until=1200).most_replicas > 2


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: simulate(scaling(), NOTHING, until=-1), "until is -1; allowed: 0 or more"),
        (lambda: simulate(scaling(), NOTHING, replicas=50), "replicas is 50; allowed: 0 to 20"),
        (lambda: Outage(Lost.REDIS, 5, 5), "Outage.end is 5; allowed: more than its start, 5"),
        (
            lambda: simulate(scaling(), NOTHING, outages=[Outage(Lost.KEDA, 5, 9), Outage(Lost.KEDA, 8, 12)]),
            "Outage.start is 8; allowed: 9 or more",
        ),
        (lambda: ClusterModel(sync=0), "ClusterModel.sync is 0; allowed: a number above 0"),
        (lambda: ClusterModel(start=-1), "ClusterModel.start is -1; allowed: 0 or more"),
        (lambda: ClusterModel(phase=-1), "ClusterModel.phase is -1"),
        (lambda: Nodes(per_node=0), "Nodes.per_node is 0; allowed: a whole number, 1 or more"),
        (lambda: Use(cpu_busy=-0.1), "Use.cpu_busy is -0.1; allowed: 0 or more"),
        (lambda: workers(0), "Workers.concurrency is 0; allowed: a whole number, 1 or more"),
        (lambda: workers(1.5), "Workers.concurrency is 1.5; allowed: a whole number"),  # pyright: ignore
        (lambda: Nodes(room=1.5), "Nodes.room is 1.5; allowed: a whole number"),  # pyright: ignore
        (lambda: simulate(scaling(), NOTHING, replicas=1.5), "replicas is 1.5; allowed: a whole number"),  # pyright: ignore
        (lambda: ClusterModel(phase=float("nan")), "ClusterModel.phase is nan"),
        (lambda: workers(1, grace=-1), "Workers.grace is -1; allowed: 0 or more"),
    ],
)
def test_what_is_wrong_is_refused_in_a_line(call: object, said: str):
    assert callable(call)
    with pytest.raises(ScalingError) as caught:
        call()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_versions_are_those_of_the_manifests():
    """A tolerance of its own counts from Kubernetes 1.35 on."""
    policy = keda(2, 20)
    assert policy.hpa.behavior is not None
    behavior = replace(policy.hpa.behavior, up=replace(policy.hpa.behavior.up, tolerance=0.0))
    given = scaling(replace(policy, hpa=replace(policy.hpa, behavior=behavior)), workers(1))
    waits = Workload((1.0,) * 23, (1000.0,) * 23)
    assert simulate(given, waits, use=IDLE, until=100).most_replicas == 2
    assert simulate(replace(given, versions=Versions(kubernetes="1.35")), waits, use=IDLE, until=100).most_replicas == 3


def test_a_run_may_begin_elsewhere():
    run = simulate(scaling(), NOTHING, use=IDLE, replicas=12, until=900)
    assert sizes(run) == [12, 2]


def test_growth_is_linear_in_tasks():
    """Counted, not timed: four times as many tasks make four times as many steps of the loop, and no more looks."""
    policy = keda(2, 2)
    assert isinstance(policy, KedaPolicy)
    few, many = (simulate(scaling(policy, workers(50)), daily(n, fixed(2)), until=86400) for n in (2_000, 8_000))
    assert len(many) / len(few) == pytest.approx(4, rel=0.1)
    assert len(many.steps) == len(few.steps) == 1
    assert len(many.pods) == len(few.pods) == 2
