"""What a backlog comes to in replicas, as tables for KEDA_CONFIGURATION.md: the arithmetic of the HPA controller.

KEDA gives the queue's length to the HPA that it makes; how many replicas that is, the HPA controller decides. Source:
Kubernetes, "Horizontal Pod Autoscaling", algorithm details, and its replica_calculator.go and horizontal.go.
"""

from collections.abc import Iterable, Sequence
from math import ceil

from examx_constructs.environments import load, read_images
from examx_constructs.settings import Environment, Queue, Replicas, ScalingBehavior

TOLERANCE = 0.1
"""The controller leaves the replicas alone while the metric is this close to its target (its default)."""

BACKLOGS = (0, 10, 25, 60, 250)
"""The lengths of a list that the table of examples shows."""

_WORKED_EXAMPLE = 25


def wanted(backlog: int, queue: Queue) -> int:
    """The replicas that a list of this length asks for, before the bounds."""
    return ceil(backlog / queue.list_length)


def bounded(replicas: int, bounds: Replicas) -> int:
    """The nearest number that an autoscaler may set."""
    return min(max(replicas, bounds.minimum), bounds.maximum)


def next_size(replicas: int, behavior: ScalingBehavior) -> int:
    """The most replicas that one period of scaling up leads to: the larger of the share and the number of pods."""
    # In whole numbers: 10 * 1.7 is 17 in the controller, and 17.000000000000004 in other orders of the same sum.
    share = -(-replicas * (100 + behavior.scale_up_percent) // 100)
    return max(share, replicas + behavior.scale_up_pods)


def steps(bounds: Replicas, behavior: ScalingBehavior) -> list[int]:
    """The sizes on the way from the fewest to the most replicas, one for each period."""
    sizes = [max(bounds.minimum, 1)]
    while sizes[-1] < bounds.maximum:
        sizes.append(min(next_size(sizes[-1], behavior), bounds.maximum))
    return sizes


def left_alone(replicas: int, queue: Queue) -> tuple[int, int]:
    """The shortest and the longest list, within the tolerance, that leaves this number of replicas as it is."""
    inside = [
        backlog
        for backlog in range(2 * replicas * queue.list_length)
        if abs(backlog - replicas * queue.list_length) < TOLERANCE * replicas * queue.list_length
    ]
    return inside[0], inside[-1]


def figures() -> str:
    """What each queue has of its own in every environment."""
    rows = (
        (
            f"`{queue.name}`",
            f"`{queue.worker}`",
            queue.list_length,
            queue.polling_interval,
            queue.cooldown,
            queue.longest_task,
        )
        for queue in _environments()[0].queues
    )
    return table(
        ("queue", "Deployment", "tasks for each replica", "KEDA looks every", "cooldown", "longest task"), rows
    )


def bounds() -> str:
    """The replicas of each worker and the tasks that each of them runs at once, in each environment."""
    environments = _environments()
    rows = (
        (f"`{queues[0].worker}`", *map(_bounds, queues))
        for queues in zip(*(environment.queues for environment in environments), strict=True)
    )
    return table(("", *(environment.name for environment in environments)), rows)


def _bounds(queue: Queue) -> str:
    tasks = "1 task" if queue.concurrency == 1 else f"{queue.concurrency} tasks"
    return f"{queue.replicas.minimum} to {queue.replicas.maximum}, {tasks} each"


def formula(environment: str) -> str:
    """The same backlog in each queue, worked out."""
    return "\n".join(_worked_out(queue) for queue in _environment(environment).queues)


def _worked_out(queue: Queue) -> str:
    asked = wanted(_WORKED_EXAMPLE, queue)
    allowed = bounded(asked, queue.replicas)
    most = f", and {allowed} is the most" if allowed < asked else ""
    least = f", and {allowed} is the least" if allowed > asked else ""
    return (
        f"- `{queue.name}`: {_WORKED_EXAMPLE} tasks, ⌈{_WORKED_EXAMPLE} / {queue.list_length}⌉ = {asked}{most}{least}"
    )


def examples(environment: str) -> str:
    """Lengths of the lists, and the replicas that each worker gets for them."""
    queues = _environment(environment).queues
    rows = ((f"{backlog} tasks wait", *(_example(backlog, queue) for queue in queues)) for backlog in BACKLOGS)
    most = ("the most from", *(f"{(queue.replicas.maximum - 1) * queue.list_length + 1} tasks" for queue in queues))
    return table(("", *(f"`{queue.name}`" for queue in queues)), (*rows, most), numbers=True)


def _example(backlog: int, queue: Queue) -> str:
    asked = wanted(backlog, queue)
    allowed = bounded(asked, queue.replicas)
    return str(allowed) if allowed == asked else f"{allowed} ({asked} asked for)"


def way_up(environment: str) -> str:
    """How the workers grow when a list is suddenly long enough for all of them."""
    behavior, queues = ScalingBehavior(), _environment(environment).queues
    ways = [steps(queue.replicas, behavior) for queue in queues]
    times = range(max(map(len, ways)))
    rows = (
        (f"`{queue.worker}`", *(way[time] if time < len(way) else "" for time in times))
        for queue, way in zip(queues, ways, strict=True)
    )
    return table(("", *(f"{time * behavior.period.seconds} s" for time in times)), rows, numbers=True)


def quiet(environment: str) -> str:
    """What the tolerance means, for one worker halfway up."""
    queue = _environment(environment).queues[0]
    replicas = queue.replicas.maximum // 2
    shortest, longest = left_alone(replicas, queue)
    return f"With {replicas} replicas of `{queue.worker}`, nothing changes between {shortest} and {longest} tasks."


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: bool = False) -> str:
    """A Markdown table; with numbers, all columns but the first are aligned to the right."""
    rule = ["---", *(["---:" if numbers else "---"] * (len(headings) - 1))]
    return "\n".join(_row(each) for each in (headings, rule, *rows))


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _environment(name: str) -> Environment:
    return next(environment for environment in _environments() if environment.name == name)


def _environments() -> list[Environment]:
    return load(read_images())
