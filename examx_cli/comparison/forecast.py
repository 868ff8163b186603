"""What a change of scaling figures does to waits and pod hours: the answer, as plain data for every report."""

from dataclasses import dataclass

from examx_cli.comparison.difference import Action, Difference, FieldChange
from examx_cli.comparison.fields import Element

_AUTOSCALERS = frozenset({"ScaledObject", "HorizontalPodAutoscaler"})
_OF_PODS = frozenset({"command", "args", "resources", "lifecycle", "terminationGracePeriodSeconds"})
"""What of a pod decides how many tasks it takes, what it holds, and when it is cut."""
_ANNOTATION = "autoscaling.keda.sh/"


@dataclass(frozen=True, slots=True)
class Curve:
    """A count at moments as far from each other as the next, before the change and after it."""

    title: str
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a queue at one of its standard workloads."""

    queue: str
    workload: str
    said: str
    """In words: `p95 wait 41 s -> 95 s, 0.80 -> 0.50 pod hours over 16.0 min`."""
    keeps_level: bool
    """Whether the service level of the queue holds after the change."""
    seconds: float = 0.0
    """How much time the curves show."""
    curves: tuple[Curve, ...] = ()
    """Those that become otherwise."""

    def __str__(self) -> str:
        return f"{self.queue}, {self.workload}: {self.said}"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is foretold of an environment, and the queues that nothing is foretold of, and why."""

    outcomes: tuple[Outcome, ...] = ()
    not_foretold: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.not_foretold)


NOTHING_FORETOLD = Forecast()


def concerns_scaling(difference: Difference) -> bool:
    """Return whether anything changes that a forecast may depend on: cheap, so that other changes need no simulator.

    Where all that runs is new, or goes, there are no two sides.
    """
    actions = {each.action for each in difference.changes}
    if len(actions) == 1 and actions <= {Action.ADDED, Action.REMOVED}:
        return False
    return any(
        each.action is not Action.CHANGED or any(map(_is_of_autoscaler, each.fields))
        if each.key.kind in _AUTOSCALERS
        else any(map(_is_of_worker, each.fields))
        for each in difference.changes
    )


def _is_of_autoscaler(field: FieldChange) -> bool:
    return field.path[0] == "spec" or str(field.path[-1]).startswith(_ANNOTATION)


def _is_of_worker(field: FieldChange) -> bool:
    path = field.path
    is_container = isinstance(path[-1], Element) and path[-2] == "containers"
    return path[:2] == ("spec", "template") and (is_container or any(step in _OF_PODS for step in path))
