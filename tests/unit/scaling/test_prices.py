"""Hours and what they cost."""

from pathlib import Path

import pytest

from examx_constructs.scaling import Prices, ScalingError, simulate
from tests.unit.scaling.support import GIB, scaling
from tests.unit.scaling.test_simulate import IDLE, NOTHING


def test_hours_and_money(tmp_path: Path):
    run = simulate(scaling(), NOTHING, use=IDLE, until=7200)
    assert run.pod_hours == pytest.approx(4.0)
    assert (run.cpu_hours, run.memory_hours) == pytest.approx((4.0, 4.0))
    assert run.workers.memory == GIB
    (tmp_path / "prices.yaml").write_text("currency: EUR\ncpu_hour: 0.05\ngib_hour: 0.01\n", encoding="utf-8")
    prices = Prices.read(tmp_path / "prices.yaml")
    assert prices == Prices(0.05, 0.01, "EUR")
    assert run.cost(prices) == pytest.approx(0.24)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cpu_hour: 1\n", "prices.yaml: gib_hour is missing; allowed: a number"),
        ("cpu_hour: -1\ngib_hour: 1\n", "cpu_hour is -1; allowed: a number, 0 or more"),
        ("cpu_hour: dear\ngib_hour: 1\n", 'cpu_hour is "dear"'),
        ("cpu_hour: 1\ngib_hour: 1\ndisk: 2\n", "disk is 2; allowed: only currency, cpu_hour, gib_hour"),
        ("- 1\n", "holds no prices"),
        ("a: [\n", "cannot be read as prices"),
    ],
)
def test_prices_that_are_none(tmp_path: Path, text: str, said: str):
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScalingError) as caught:
        Prices.read(tmp_path / "prices.yaml")
    assert said in str(caught.value)
