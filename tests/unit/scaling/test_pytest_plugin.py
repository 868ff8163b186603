"""The plugin: a plain assertion on a wait that fails shows why."""

import copy
import pickle

import pytest

from examx_constructs.scaling import burst, fixed, simulate
from examx_constructs.scaling.pytest_plugin import pytest_assertrepr_compare as said
from examx_constructs.scaling.seconds import Seconds
from examx_constructs.settings import Duration
from tests.unit.scaling.support import keda, scaling, workers

pytest_plugins = ["pytester"]

RUN = simulate(scaling(keda(1, 3), workers(4)), burst(300, fixed(10), at=61))

TEST = """
from examx_constructs.scaling import burst, fixed, simulate
from examx_constructs.settings import Duration
from tests.unit.scaling.support import keda, scaling, workers

def test_a_burst():
    run = simulate(scaling(keda(1, 3), workers(4)), burst(300, fixed(10), at=61))
    assert run.wait(0.95) <= Duration("60s")

def test_two_numbers():
    assert 2 <= 1
"""


def test_a_real_assertion_shows_the_moments(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["examx_constructs.scaling.pytest_plugin"]')
    pytester.makepyfile(TEST)
    done = pytester.runpytest("-p", "no:cacheprovider", "-p", "no:xdist")
    done.assert_outcomes(failed=2)
    shown = done.stdout.str()
    assert f"p95 wait is {RUN.wait(0.95)!r}; allowed: 60s; " in shown
    assert "the next look, and how many its behavior adds: 30 pods asked for" in shown
    assert "assert 2 <= 1" in shown


@pytest.mark.parametrize("allowed", [Duration("60s"), 60, 60.0])
@pytest.mark.parametrize("op", ["<", "<="])
def test_a_limit_is_a_duration_or_a_number(op: str, allowed: Duration | float) -> None:
    lines = said(op, RUN.wait(0.95), allowed)
    assert lines
    assert lines[0] == f"{RUN.wait(0.95)!r} {op} {allowed}"
    assert "; allowed: 60s; " in lines[1]


@pytest.mark.parametrize(
    ("op", "left", "right"),
    [
        ("==", RUN.wait(0.95), 60),
        (">", RUN.wait(0.95), 60),
        ("<=", 61.0, Duration("60s")),
        ("<=", Seconds(61), 60),
        ("<=", RUN.wait(0.95), "60s"),
    ],
)
def test_other_comparisons_are_left_alone(op: str, left: object, right: object) -> None:
    assert said(op, left, right) is None


def test_a_wait_goes_to_another_process_as_a_number() -> None:
    wait = RUN.wait(0.5)
    for each in (pickle.loads(pickle.dumps(wait)), copy.copy(wait)):
        assert each == wait
        assert type(each) is Seconds
