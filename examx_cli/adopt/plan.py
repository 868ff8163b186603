"""The plan of an adoption: what is there, what becomes of it, what is in the way, the steps. Touches nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from examx_cli.adopt import asking, preflight
from examx_cli.adopt.broker import Redis, redis_of
from examx_cli.adopt.findings import Finding
from examx_cli.adopt.inventory import Inventory, read_cluster, read_files, with_defaults
from examx_cli.adopt.preflight import Case
from examx_cli.adopt.record import Record
from examx_cli.adopt.steps import Parts, Step, parts, steps
from examx_cli.adopt.superseded import removals
from examx_cli.adopt.verdicts import Entry, Verdict, entries
from examx_cli.cluster import Cluster, Target
from examx_cli.comparison import Difference, compare
from examx_cli.diff.live import rendered_part
from examx_cli.errors import Refusal
from examx_constructs.manifests import Object, ObjectId


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is known before an adoption. `against`: what was looked at, in words."""

    against: str
    inventory: Inventory
    wanted: Sequence[Object]
    redis: Redis
    gone: Mapping[ObjectId, str]
    entries: Sequence[Entry]
    findings: Sequence[Finding]
    parts: Parts
    steps: Sequence[Step]

    @property
    def refusals(self) -> list[Finding]:
        """What must be mended first."""
        return [each for each in self.findings if each.refuses]

    @property
    def warnings(self) -> list[Finding]:
        """What somebody should know."""
        return [each for each in self.findings if not each.refuses]

    def refuse(self) -> None:
        """Raise Refusal, with every reason, where something must be mended first."""
        if self.refusals:
            lines = "\n".join(f"  {each}" for each in self.refusals)
            raise Refusal(f"nothing was touched; this is in the way:\n{lines}")


def against_files(path: Path, wanted: Sequence[Object], named: Sequence[str]) -> Plan:
    """Return the plan for taking over what a manifest or a folder of manifests holds. Raises CommandError."""
    inventory = read_files(path, Target.of(wanted).namespace)
    return of_inventory(f"the manifests in {path}", inventory, wanted, named)


def against_cluster(cluster: Cluster, wanted: Sequence[Object], named: Sequence[str]) -> Plan:
    """Return the plan for taking over what runs. Raises Refusal where there is nothing, CommandError, ProcessError."""
    where = f"what runs in {cluster.target.namespace} of {cluster.target.cluster}"
    if not cluster.has_namespace():
        raise Refusal(f"there is no namespace {cluster.target.namespace} to take over: `examx apply` makes it")
    lacking = asking.missing_kinds(cluster, wanted)
    inventory = read_cluster(cluster, wanted)
    known = [each for each in wanted if ObjectId.of(each) in inventory.objects]
    trial = cluster.try_apply(known, inventory.objects) if not lacking else None
    difference = None
    if trial is not None:
        before = {key: with_defaults(each) for key, each in inventory.objects.items()}
        for key in trial.refused.keys() | trial.forbidden.keys():
            before[key] = rendered_part(before[key], next(each for each in wanted if ObjectId.of(each) == key))
        after = {ObjectId.of(each): each for each in wanted} | dict(trial.accepted)
        difference = compare(_ours(before, wanted), after.values(), refused=trial.refused)
    made = of_inventory(where, inventory, wanted, named, difference=difference, found=lacking)
    if lacking:
        return made
    case = Case(inventory, wanted, difference or Difference(), made.gone, made.redis)
    asked = asking.findings(cluster, case)
    return replace(made, findings=list(dict.fromkeys([*made.findings, *asked])))


def under_way(cluster: Cluster, wanted: Sequence[Object], record: Record, named: Sequence[str]) -> Plan:
    """Return the plan of an adoption that was begun: against what was there before."""
    where = f"what ran in {cluster.target.namespace} of {cluster.target.cluster} on {record.begun}"
    inventory = record.before(read_cluster(cluster, wanted))
    return of_inventory(where, inventory, wanted, [*record.remove, *named])


def of_inventory(
    against: str,
    inventory: Inventory,
    wanted: Sequence[Object],
    named: Sequence[str],
    *,
    difference: Difference | None = None,
    found: Sequence[Finding] = (),
) -> Plan:
    """Return the plan for an inventory.

    Without a difference that a cluster found, what is rendered alone is compared.
    """
    if difference is None:
        difference = compare(_rendered_parts(inventory.objects, wanted), wanted)
    gone = removals(inventory, wanted, named)
    redis = redis_of(inventory, wanted)
    case = Case(inventory, wanted, difference, gone, redis)
    made = parts(wanted, inventory)
    judged = entries(inventory, wanted, difference, gone, moves=redis.moves)
    replaced = {each.key for each in judged if each.verdict is Verdict.REPLACED}
    return Plan(
        against=against,
        inventory=inventory,
        wanted=wanted,
        redis=redis,
        gone=gone,
        entries=judged,
        findings=[*found, *preflight.findings(case)],
        parts=made,
        steps=steps(made, gone, moves=redis.moves, replaced=replaced),
    )


def _ours(objects: Mapping[ObjectId, Object], wanted: Sequence[Object]) -> list[Object]:
    return [objects[key] for key in map(ObjectId.of, wanted) if key in objects]


def _rendered_parts(objects: Mapping[ObjectId, Object], wanted: Sequence[Object]) -> list[Object]:
    """Return what is there of what is rendered, as much of each as its manifest speaks of."""
    return [
        rendered_part(with_defaults(objects[ObjectId.of(each)]), each)
        for each in wanted
        if ObjectId.of(each) in objects
    ]
