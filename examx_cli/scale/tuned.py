"""Tunes a queue of an environment: from its figures to a proposal that passes the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from examx_cli.errors import CommandError, Refusal
from examx_cli.images import current_image
from examx_cli.project import Project
from examx_cli.provenance import Figure, environment_figures
from examx_cli.scale.simulating import Surroundings
from examx_cli.scale.targets import Chosen, Source
from examx_cli.scale.tunable import NAMES, Tunable, path
from examx_cli.scale.tuning import Bound, Goal, bound, few, search
from examx_cli.scale.tuning_rules import Refused, Rules
from examx_cli.scale.tuning_runs import Problem, Trial, runs
from examx_constructs.checks import Finding
from examx_constructs.environments import ENVIRONMENTS, placed
from examx_constructs.manifests import shown
from examx_constructs.scaling import KedaPolicy, Workload
from examx_constructs.scaling.levels import workloads_of
from examx_constructs.settings import Queue, ServiceLevel

_MOST_REFUSED = 20
"""Proposals that may break rules, before it is given up: each takes as long as all rules do."""
_TIMES_AS_MANY = 2
"""Without another number a search may go to so many times as many pods as there may be today."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The queue that is tuned: its value, its manifest, and where its figures are written."""

    environment: str
    queue: Queue
    chosen: Chosen
    sources: Mapping[str, Figure]
    """By the names of `Tunable`."""
    promised: ServiceLevel | None = None
    """What its environment promises of it."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a search found."""

    subject: Subject
    workloads: Sequence[Workload]
    goal: Goal
    tried: int
    best: Trial
    """The proposal; where nothing holds the level, the nearest."""
    few: Sequence[tuple[Trial, Bound | None]]
    """The best few, and what keeps each from being better."""
    refused: Sequence[Refused]
    """What would have been better, and breaks a rule."""
    kept_to: Finding | None
    """The rule that allows no more pods than `goal.most`."""

    @property
    def holds(self) -> bool:
        """Whether there is a proposal."""
        return self.goal.holds(self.best)


def subject(environment: str, where: Source, found: Sequence[Chosen], name: str) -> Subject:
    """Return the queue of that name. Raises CommandError where it is none, or where dist/ is not of these figures."""
    images = Project.around(Path.cwd()).images
    made = placed(environment, ENVIRONMENTS[environment], current_image(images, environment))
    queues = made.queues
    pairs = [(each, queue) for each in found for queue in queues if queue.worker == each.target]
    if len(pairs) != 1:
        known = ", ".join(queue.name for queue in queues)
        raise CommandError(f"{where.name} has no queue {shown(name)} whose figures can be tuned; known are {known}")
    ((chosen, queue),) = pairs
    policy = chosen.scaling.policy
    now = Tunable.of(queue)
    if not isinstance(policy, KedaPolicy) or now.on_policy(policy) != policy:
        raise CommandError(
            f"dist/{environment}.k8s.yaml has other figures for {queue.name} than {environment} has; "
            "run make synth first, for what is tuned is what is there"
        )
    promised = made.service_levels.get(queue.name)
    written = {figure.path: figure for figure in environment_figures(environment, images)}
    return Subject(environment, queue, chosen, {name: written[path(name, queue)] for name in NAMES}, promised)


def wanted(of: Subject, level: float | None, workloads: Sequence[Workload]) -> tuple[float, Sequence[Workload]]:
    """Return what was typed, and for what was not, what the environment promises.

    Raises CommandError where it does not.
    """
    if level is not None and workloads:
        return level, workloads
    promised = of.promised
    if promised is None:
        missing = "--p95" if level is None else "--burst or another workload"
        raise CommandError(f"{missing} is missing: {of.environment} has no service level for {of.queue.name}")
    return (
        promised.wait_p95.seconds if level is None else level,
        workloads or list(workloads_of(promised)),
    )


def tuned(
    of: Subject,
    where: Source,
    workloads: Sequence[Workload],
    around: Surroundings,
    *,
    level: float,
    most: int | None = None,
    tries: int,
    processes: int | None = None,
) -> Tuned:
    """Search, and hold what comes of it against the rules. Raises ScalingError, and Refusal where all break them."""
    now, rules = Tunable.of(of.queue), Rules(where, of.chosen, of.queue)
    wanted = max(now.maximum * _TIMES_AS_MANY if most is None else most, 1)
    most_allowed, kept_to = rules.most(now, wanted)
    problem = Problem(of.chosen.scaling, workloads, around)
    with runs(problem, limit=tries, processes=processes) as all_runs:
        goal = Goal(level, all_runs.of(now), most_allowed)
        refused: list[Refused] = []

        @cache
        def settings_allow(each: Tunable) -> bool:
            return each.is_allowed(of.queue)

        def is_allowed(each: Tunable) -> bool:
            banned = any(one.covers(each, now) for one in refused)
            # Fewer at the most would only take from what a larger workload may need.
            room = min(now.maximum, most_allowed) <= each.maximum <= most_allowed
            return room and not banned and settings_allow(each)

        found = search(all_runs, goal, is_allowed)
        while found and (one := rules.refuses(found[0].settings, now)):
            refused.append(one)
            found = search(all_runs, goal, is_allowed) if len(refused) < _MOST_REFUSED else []
        if not found:
            first = f"; the first to break a rule: {refused[0].finding}" if refused else ""
            raise Refusal(f"nothing that was tried for {of.queue.name} is allowed{first}")
        shown_few = [(each, bound(each, all_runs, goal)) for each in few(found)]
    return Tuned(of, workloads, goal, len(all_runs.trials), found[0], shown_few, refused, kept_to)
