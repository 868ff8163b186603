"""Measures the window that ends at a moment."""

from examx_cli.prometheus import Prometheus
from examx_cli.watching.figures import figures_of, requests_of
from examx_cli.watching.verdicts import Window
from examx_constructs.settings import Duration, Environment


def measure(server: Prometheus, environment: Environment, window: Duration, until: float) -> Window:
    """Ask for every figure, and for how many requests there were. Raises CommandError where no answer comes."""
    values = {
        each.name: server.number(each.query, until, f"the query of {each.name}")
        for each in figures_of(environment, str(window))
    }
    requests = server.number(requests_of(environment, str(window)), until, "the query of requests")
    return Window(values, requests)
