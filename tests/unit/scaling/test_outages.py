"""What outages and pauses do to a run."""

from examx_constructs.scaling import Lost, Outage, burst, fixed, simulate
from examx_constructs.scaling.policy import ExternalMetric, Fallback, Trigger
from tests.unit.scaling.support import keda, scaling
from tests.unit.scaling.test_simulate import IDLE, NOTHING, moments, sizes


def test_an_outage_of_redis_holds_tasks_and_the_way_down():
    run = simulate(scaling(), burst(500, fixed(8)), use=IDLE, outages=[Outage(Lost.REDIS, 70, 130)])
    assert not any(70 < began < 130 for began in run.started)
    assert not any(70 < moment < 130 for moment, _ in run.steps)


def test_an_outage_of_metrics_stops_the_way_down_alone():
    outage = Outage(Lost.METRICS, 200, 1000)
    run = simulate(scaling(), burst(500, fixed(8)), use=IDLE, outages=[outage], until=1300)
    assert sizes(run)[-2:] == [20, 2]
    # It looks twice before it answers again.
    assert 1015 <= run.steps[-1][0] <= 1031


def test_looks_hang_while_the_operator_is_away():
    run = simulate(scaling(), burst(500, fixed(8)), use=IDLE, outages=[Outage(Lost.KEDA, 50, 170)])
    assert moments(run)[1] == 170.0


def test_a_fallback_of_prometheus_acts():
    trigger = Trigger(ExternalMetric(5_000), counts_running=True, connects=False)
    policy = keda(2, 20, triggers=(trigger,), fallback=Fallback(3, 8))
    run = simulate(scaling(policy), NOTHING, use=IDLE, outages=[Outage(Lost.PROMETHEUS, 100, 300)], until=400)
    assert sizes(run)[-1] == 8
    assert 145 <= run.steps[1][0] <= 165


def test_a_pause_holds():
    for policy, wanted in ((keda(2, 20, paused_at=4), [2, 4]), (keda(2, 20, is_paused=True), [2])):
        assert sizes(simulate(scaling(policy), burst(500, fixed(8)), use=IDLE, until=900)) == wanted
