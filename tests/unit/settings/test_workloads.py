"""The backend: how large, how many, how its pods leave."""

import attrs
import pytest
from hypothesis import given

from examx_constructs.settings import Duration, Replicas, Rollout
from tests.unit.settings import strategies as own
from tests.unit.settings.samples import BACKEND
from tests.unit.settings.support import refusal, reproducible


def test_the_grace_period_covers_the_pause_nginx_and_gunicorn() -> None:
    rollout = Rollout(
        deregistration_delay=Duration("60s"),
        pre_stop_pause=Duration("61s"),
        graceful_timeout=Duration("30s"),
        margin=Duration("9s"),
    )
    assert rollout.gunicorn_pause == Duration("91s")
    assert rollout.grace_period == Duration("130s")


@reproducible
@given(own.rollouts())
def test_the_load_balancer_is_always_done_before_gunicorn_stops(rollout: Rollout) -> None:
    assert rollout.deregistration_delay < rollout.pre_stop_pause <= rollout.grace_period
    assert rollout.pre_stop_pause + rollout.graceful_timeout <= rollout.gunicorn_pause
    assert rollout.gunicorn_pause + rollout.graceful_timeout <= rollout.grace_period


@pytest.mark.parametrize("pause", ["0s", "119s", "120s"])
def test_refuses_a_pause_that_ends_before_the_load_balancer_is_done(pause: str) -> None:
    assert refusal(lambda: Rollout(deregistration_delay=Duration("120s"), pre_stop_pause=Duration(pause))) == (
        f"Rollout.pre_stop_pause is {pause}; it must be longer than the deregistration delay, 120s: "
        "the load balancer sends requests to the pod until then"
    )


def test_refuses_a_delay_that_aws_refuses() -> None:
    assert refusal(lambda: Rollout(deregistration_delay=Duration("3601s"), pre_stop_pause=Duration("2h"))) == (
        "Rollout.deregistration_delay is 3601s; the most is 3600s: the limit of AWS target groups"
    )


def test_refuses_to_kill_gunicorn_at_once() -> None:
    assert refusal(lambda: Rollout(graceful_timeout=Duration("0s"))) == (
        "Rollout.graceful_timeout is 0s; the least is 1s: gunicorn needs a moment to finish the requests that it has"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"workers": 0}, "BackendSettings.workers is 0; the least is 1: gunicorn needs a process to serve with"),
        ({"threads": 0}, "BackendSettings.threads is 0; the least is 1: a process needs a thread to serve with"),
        (
            {"replicas": Replicas.between(0, 2)},
            "BackendSettings.replicas.minimum is 0; the least is 1: an HPA cannot scale to zero",
        ),
        (
            {"metrics_path": "metrics"},
            'BackendSettings.metrics_path is "metrics"; it must be an absolute path, such as /metrics',
        ),
        ({"metrics_path": "/"}, 'BackendSettings.metrics_path is "/"; it must be an absolute path, such as /metrics'),
        (
            {"variables": {"WORKERS": "9"}},
            (
                'BackendSettings.variables key is "WORKERS"; it is taken: its value comes from '
                "Environment.backend.workers"
            ),
        ),
    ],
)
def test_refuses(changes: dict[str, object], message: str) -> None:
    assert refusal(lambda: attrs.evolve(BACKEND, **changes)) == message
