"""What is measured around a deployment: each figure as PromQL, and from when on it troubles somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from examx_cli.scale import words
from examx_constructs.alerts import measures
from examx_constructs.settings import DeploymentBounds, Environment


class Kind(StrEnum):
    """What may be named to have a release taken back."""

    ERRORS = "errors"
    LATENCY = "latency"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name for people, what it is asked by, and its floor, in percent or in seconds."""

    kind: Kind
    name: str
    query: str
    floor: float

    @property
    def of_requests(self) -> bool:
        """Whether requests must have been seen for it to mean anything."""
        return self.kind is not Kind.WAITS

    def shown(self, value: float) -> str:
        """Write a value with its unit."""
        return f"{value:.2f} %" if self.kind is Kind.ERRORS else words.time(value)


def figures_of(environment: Environment, window: str) -> Iterator[Figure]:
    """Yield the figures of an environment, each over a window that ends when it is asked."""
    bounds, namespace = environment.deployment_bounds, environment.namespace
    every = measures.answers_per_second(namespace, window)
    # The counter of a status begins with its first answer: without one there are no errors, and not no data.
    failed = f"({measures.failed_per_second(namespace, window)} or 0 * {every})"
    yield Figure(Kind.ERRORS, "errors", f"100 * {failed} / {every}", bounds.error_percent)
    latency = measures.latency_p95(namespace, window)
    yield Figure(Kind.LATENCY, "latency, p95", latency, bounds.latency_p95.seconds)
    for queue in environment.queues:
        age = measures.oldest_age(namespace, queue.lists)
        query = f"max(quantile_over_time(0.95, {age}[{window}]))"
        yield Figure(Kind.WAITS, f"wait of {queue.name}", query, _longest_wait(environment, queue.name))


def requests_of(environment: Environment, window: str) -> str:
    """Return the PromQL of how many requests the backend answered."""
    return measures.answers(environment.namespace, window)


def _longest_wait(environment: Environment, queue: str) -> float:
    bounds: DeploymentBounds = environment.deployment_bounds
    level = environment.service_levels.get(queue)
    return (level.wait_p95 if level else bounds.wait).seconds
