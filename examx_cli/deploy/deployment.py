"""The deployment itself, step by step. Each can be done again without harm; nothing is touched before all is tried."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examx_cli import once, output
from examx_cli.cluster import Cluster
from examx_cli.comparison import Difference, compare
from examx_cli.credentials import redis
from examx_cli.deploy import before_rollout, diagnosis, display, pruning, rollouts
from examx_cli.deploy.history import Entry, History
from examx_cli.deploy.plan import Plan, plan, refuse
from examx_cli.errors import Interruption, Refusal
from examx_cli.ownership import staying
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, text
from examx_constructs.settings import Duration


@dataclass(frozen=True, slots=True)
class Options:
    """How to deploy: how long to wait for all rollouts, and whether leftovers that hold data go too.

    `otherwise`: what else than mending it can be done about a rollout that fails. `logs`: whether the last lines of its
    containers are shown then; what fails while it starts likes to tell its settings. `run_jobs`: whether what runs
    before the rollout, such as a migration, is run. `leaving`: the commit of the release that must run, or nothing is
    applied.
    """

    timeout: Duration
    prune_storage: bool = False
    otherwise: str = "or take it back with `examx rollback`"
    logs: bool = True
    run_jobs: bool = True
    leaving: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a deployment did. `made`: Secrets that no manifest holds."""

    changed: tuple[ObjectId, ...]
    pruned: tuple[ObjectId, ...]
    left: tuple[ObjectId, ...]
    made: tuple[ObjectId, ...] = ()


def deploy(cluster: Cluster, wanted: Sequence[Object], release: Entry, options: Options) -> Done:
    """Make the cluster what the manifests say, and wait until that runs.

    What runs before the rollout, such as a migration, ends first; where it fails, no workload is touched. Raises
    Refusal, with nothing applied, for what the cluster would not take, and for what runs before and fails. With
    everything applied it is raised for rollouts that fail, with what their pods say. Raises Interruption when it is
    stopped while it waits.
    """
    made = _planned(cluster, wanted)
    difference = changes(made)
    output.note(difference.summary())
    history = History.of(cluster)
    if options.leaving is not None:
        history.require(options.leaving)
    history = history.begin(release)
    secrets = redis.make(cluster.kubectl, made.secrets)
    history.save(cluster)
    _apply(cluster, made, options)
    _wait(cluster, rollouts.workloads(wanted), options)
    pruned = _prune(cluster, wanted, options)
    history.succeed(release).save(cluster)
    return Done(_keys(difference), tuple(pruned), tuple(made.left), tuple(each.key for each in secrets))


def _apply(cluster: Cluster, made: Plan, options: Options) -> None:
    """Apply what a plan has: all at once, or where something runs before the rollout, first what that needs."""
    jobs = [each for each in made.apply if once.is_once(each)]
    others = [each for each in made.apply if each not in jobs]
    if not options.run_jobs:
        for each in jobs:
            output.note(f"{ObjectId.of(each)}: left as it is; going back undoes nothing that it did")
        jobs = []
    if jobs:
        needed = [each for each in others if text(each, "kind") not in before_rollout.ROLLED]
        _apply_some(cluster, made, needed)
        for each in jobs:
            expected = made.after.get(ObjectId.of(each), each)
            before_rollout.run(cluster, each, expected, logs=options.logs, otherwise=options.otherwise)
        others = [each for each in others if each not in needed]
    _apply_some(cluster, made, others)


def _apply_some(cluster: Cluster, made: Plan, objects: Sequence[Object]) -> None:
    with output.group(f"Apply {len(objects)} objects"):
        for line in (*cluster.apply(objects), *_not_ours(made, objects)):
            output.note(line)


def _not_ours(made: Plan, objects: Sequence[Object]) -> Iterator[str]:
    """Yield a line for each field that is not rendered and stays."""
    for item in objects:
        key = ObjectId.of(item)
        for each in staying(made.after.get(key, {}), item):
            yield f"{key}: left as it is, of {each.manager}: {each.shown}{f' ({each.why})' if each.why else ''}"


def rehearse(cluster: Cluster, wanted: Sequence[Object], *, prune_storage: bool = False) -> Done:
    """Return what a deployment would do. Raises Refusal for what the cluster would not take."""
    made = plan(cluster, wanted)
    leftovers = [] if made.namespace_is_new else pruning.leftovers(cluster, wanted, storage=prune_storage)
    return Done(_keys(changes(made)), tuple(leftovers), tuple(made.left), tuple(each.key for each in made.secrets))


def changes(made: Plan) -> Difference:
    """Return what applying a plan changes.

    What a cluster could not try yet, in a new namespace, counts as it is rendered.
    """
    keys = [ObjectId.of(each) for each in made.apply]
    before = [made.live.objects[key] for key in keys if key in made.live.objects]
    return compare(before, [made.after.get(key, item) for key, item in zip(keys, made.apply, strict=True)])


def _keys(difference: Difference) -> tuple[ObjectId, ...]:
    return tuple(change.key for change in difference.changes)


def _planned(cluster: Cluster, wanted: Sequence[Object]) -> Plan:
    with output.waiting("Asking the cluster what it would say ..."):
        made = plan(cluster, wanted)
    for key, why in made.left.items():
        output.note(f"{key}: left alone; {why}")
    if made.namespace_is_new:
        # Until its namespace is there, the cluster cannot try what is in it.
        cluster.apply([each for each in made.apply if ObjectId.of(each).cluster_scoped])
        refuse(cluster.try_apply([each for each in made.apply if not ObjectId.of(each).cluster_scoped]).refused)
    return made


def _wait(cluster: Cluster, workloads: Sequence[ObjectId], options: Options) -> None:
    try:
        with output.group(f"Wait for {len(workloads)} rollouts"), display.shown(workloads) as board:
            failed = rollouts.wait(cluster, workloads, timeout=options.timeout.seconds, tell=board.tell)
    except KeyboardInterrupt as stop:
        raise Interruption(
            "interrupted while waiting: everything is applied and the rollouts go on in the cluster; "
            "the same command again goes on waiting, and then removes what is left over"
        ) from stop
    if not failed:
        return
    for key, line in failed.items():
        with output.group(f"Why {key.name} is not ready"):
            for said in itertools.chain([line], diagnosis.explain(cluster, key, logs=options.logs)):
                output.note(said)
    names = ", ".join(key.name for key in failed)
    raise Refusal(
        f"everything is applied, but not ready: {names}; the pods from before go on serving where there are any; "
        f"mend it and apply again, {options.otherwise}"
    )


def _prune(cluster: Cluster, wanted: Sequence[Object], options: Options) -> list[ObjectId]:
    removed: list[ObjectId] = []
    for key in pruning.leftovers(cluster, wanted, storage=options.prune_storage):
        try:
            cluster.delete(key)
        except ProcessError as error:
            output.warning(f"{key} is no longer rendered and could not be removed: {error.said}")
        else:
            output.note(f"{key}: no longer rendered; removed")
            removed.append(key)
    return removed
