"""One run of `examx adopt` against a cluster: plan, go on, take back, or forget how it was."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from examx_cli import output
from examx_cli.adopt import plan as plans
from examx_cli.adopt.adoption import Adoption, Pace
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.plan import Plan
from examx_cli.adopt.record import NAME, Record, replica_sets_of
from examx_cli.adopt.steps import FINISH
from examx_cli.adopt.undoing import Undoing
from examx_cli.cluster import Cluster
from examx_cli.deploy.checkout import Version
from examx_cli.deploy.history import NAME as HISTORY
from examx_cli.errors import CommandError, Interruption, Refusal
from examx_constructs.manifests import ObjectId


@dataclass(frozen=True, slots=True)
class Run:
    """The environment, its cluster, what it renders now, what was named for removal, and how long things may take."""

    environment: str
    cluster: Cluster
    version: Version
    named: Sequence[str]
    pace: Pace

    @property
    def _hands(self) -> Hands:
        return Hands(self.cluster, self.pace.timeout)

    def plan(self) -> tuple[Plan, tuple[str, ...]]:
        """Return the plan, and the steps of it that were begun."""
        record = self._record()
        return self._planned(record), record.steps if record else ()

    def _record(self) -> Record | None:
        record = Record.of(self._hands) if self.cluster.has_namespace() else None
        if record is not None and record.environment != self.environment:
            raise CommandError(
                f"the adoption that is under way in {self.cluster.target.namespace} is of {record.environment}, "
                f"not of {self.environment}"
            )
        return record

    def _planned(self, record: Record | None) -> Plan:
        with output.waiting(f"Looking at {self.cluster.target.namespace} ..."):
            if record is not None:
                return plans.under_way(self.cluster, self.version.manifests, record, self.named)
            return plans.against_cluster(self.cluster, self.version.manifests, self.named)

    def execute(self, until: str | None) -> None:
        """Do the adoption, or go on with it. Raises Refusal for what is in the way, before anything is touched."""
        record = self._record()
        if record is not None and record.undoing:
            raise Refusal("this adoption is being taken back: finish that with --undo first")
        plan = self._planned(record)
        names = [each.name for each in plan.steps]
        if until is not None and until not in names:
            raise CommandError(f'--until is "{until}"; the steps are {", ".join(names)}')
        if record is None:
            plan.refuse()
            for each in plan.warnings:
                output.warning(str(each))
            if not self.version.commit:
                output.warning(
                    f"dist/{self.environment}.k8s.yaml is not committed as it is: no rollback can come to it"
                )
        record = self._written(record, plan)
        adoption = Adoption(self._hands, plan, record, self.version.entry(), self.pace)
        with _stoppable():
            done = adoption.run(until)
        if done:
            output.say(f"{self.environment} is adopted; `examx adopt {self.environment} --finish` forgets how it was")
        else:
            output.say(f"stopped after {until}; the same command without --until goes on, --undo takes it back")

    def _written(self, record: Record | None, plan: Plan) -> Record:
        """Return the record, with how everything is that will be touched.

        It is in the namespace before anything is touched.
        """
        entry = self.version.entry()
        known = record or Record(self.environment, entry.commit, entry.time, entry.by)
        history = self._hands.key("ConfigMap", HISTORY)
        keys = [*map(ObjectId.of, plan.wanted), *plan.gone]
        made = known.with_state(plan.inventory, keys, {} if record else replica_sets_of(self._hands))
        if history not in made.objects:
            made = made.with_objects({history: self._hands.get(history)})
        made = replace(made, remove=tuple(dict.fromkeys([*made.remove, *self.named])))
        if made != record:
            made.save(self._hands)
        return made

    def undo(self) -> None:
        """Take the adoption back. Raises Refusal where there is none."""
        record = self._begun()
        undoing = Undoing(self._hands, self._planned(record), record, self.pace)
        with _stoppable():
            kept = undoing.run()
        for key in kept:
            output.say(f"stays, because it holds data: {key}")
        output.say(f"{self.environment} is as it was on {record.begun}")

    def finish(self) -> None:
        """Delete the record of an adoption that is done. Raises Refusal where it is not."""
        record = self._begun()
        if record.undoing or FINISH not in record.steps:
            raise Refusal("this adoption is not done: go on with --execute, or take it back with --undo")
        self._hands.delete(self._hands.key("Secret", NAME))
        output.say(f"the record of {self.environment} is deleted: what was there before can no longer be brought back")

    def _begun(self) -> Record:
        record = self._record()
        if record is None:
            raise Refusal(f"no adoption was begun in {self.cluster.target.namespace}: there is no Secret {NAME}")
        return record


@contextmanager
def _stoppable() -> Generator[None]:
    try:
        yield
    except KeyboardInterrupt as stop:
        raise Interruption(
            "interrupted: what was begun goes on in the cluster; the same command goes on, --undo takes it back"
        ) from stop
