"""An option of a workload is told apart from a workload."""

import pytest

from tests.unit.cli.scale.support import refusal


@pytest.mark.parametrize("command", [("compare", "prod"), ("tune", "prod", "--queue", "default")])
def test_an_option_of_a_workload_is_no_workload(command: tuple[str, ...]) -> None:
    """Without one the standard workloads are taken, which would leave it out in silence."""
    assert refusal(*command, "--over", "5m").startswith("error: --over is of --burst, which is not given; leave it out")
    assert "--start is of cron triggers" in refusal(*command, "--start", "2026-11-30T09:00+05:30")
