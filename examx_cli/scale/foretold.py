"""A comparison with what it does to waits and pod hours, where scaling figures change."""

from dataclasses import replace

from examx_cli.comparison.forecast import concerns_scaling
from examx_cli.diff.sources import Comparison


def foretold(compared: Comparison) -> Comparison:
    """Add its forecast to a comparison, where figures of scaling change and there is another side.

    It simulates the standard workloads of the environment, which takes a second or two for each queue that changes.
    """
    if compared.sides is None or not concerns_scaling(compared.difference):
        return compared
    from examx_cli.scale.forecasting import forecast  # noqa: PLC0415 - a simulator, which few changes need

    return replace(compared, forecast=forecast(compared.environment, *compared.sides()))
