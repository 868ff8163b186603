"""The way back: until everything is again as the record says. From any step, and after any interruption.

It undoes what was closed last first (policies, the Namespace), because the old pods could not start under it. Then the
workloads go back as they came, beside each other and one after the other; what is new is removed at the end. Claims,
volumes, Secrets and the Namespace stay, for they hold data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from examx_cli import output
from examx_cli.adopt import facts, policies, record
from examx_cli.adopt.adoption import Pace
from examx_cli.adopt.draining import drain, remove_jobs
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.inventory import AUTOSCALERS
from examx_cli.adopt.plan import Plan
from examx_cli.adopt.record import Record
from examx_cli.adopt.removing import remove
from examx_cli.adopt.single import bring_single, remove_single
from examx_cli.adopt.superseded import KEPT_KINDS, target_of
from examx_cli.adopt.ways import Back
from examx_cli.adopt.workload import Group, Manner, bring, finish
from examx_cli.credentials import redis
from examx_constructs.manifests import Object, ObjectId


@dataclass(slots=True)
class Undoing:
    """One run of the way back."""

    hands: Hands
    plan: Plan
    record: Record
    pace: Pace

    def run(self) -> list[ObjectId]:
        """Take everything back; returns what is new and stays, because it holds data."""
        if not self.record.undoing:
            self.record = replace(self.record, undoing=True)
            self.record.save(self.hands)
        for title, do in (
            ("take back what was closed and removed", self._open),
            ("bring the workloads back", self._workloads),
            ("remove what is new", self._remove_new),
        ):
            with output.group(f"Undo: {title}"):
                do()
        kept = [key for key in self._new() if self.hands.get(key) is not None]
        # The passwords of a Redis whose claims stay: another adoption, or an apply, goes on with both.
        made, kubectl = redis.secrets_of(self.plan.wanted), self.hands.cluster.kubectl
        kept += [each.key for each in made if each.number_of_keys(kubectl) is not None]
        self.hands.delete(self.hands.key("Secret", record.NAME))
        return kept

    @property
    def _back(self) -> Back:
        return Back(self.hands, self.record)

    def _was(self, key: ObjectId) -> Object | None:
        return self.record.objects.get(key)

    def _new(self) -> list[ObjectId]:
        """Return what was not there before."""
        return [key for key, item in self.record.objects.items() if item is None]

    def _open(self) -> None:
        remove_jobs(self.hands)
        last = [ObjectId.of(each) for each in self.plan.parts.last]
        self._put(key for key in last if key.kind == "Namespace")
        closed = [key for key in last if key.kind != "Namespace"]
        was = [item for key in closed if (item := self._was(key)) is not None]
        policies.change(self._back, was, [key for key in closed if self._was(key) is None], self.pace.settle)
        served = {ObjectId.of(each) for group in self.plan.parts.deployments.values() for each in group}
        late = {*last, *served, *(key for key in self.plan.gone if key.kind == "Deployment" and self._runs_beat(key))}
        self._put(key for key in self.record.objects if key not in late and not self._is_autoscaler_of_ours(key))

    def _runs_beat(self, key: ObjectId) -> bool:
        item = self._was(key)
        return item is not None and facts.runs_beat(item)

    def _is_autoscaler_of_ours(self, key: ObjectId) -> bool:
        item = self._was(key)
        ours = {(each.kind, each.name) for each in self.plan.parts.deployments}
        return key.kind in AUTOSCALERS and item is not None and target_of(item) in ours

    def _put(self, keys: Iterable[ObjectId]) -> None:
        self._back.put([item for key in keys if (item := self._was(key)) is not None])

    def _workloads(self) -> None:
        moves = self.plan.redis.moves
        groups = self._groups()
        workers = [each for each in groups if facts.is_celery(each.deployment) and not facts.runs_beat(each.deployment)]
        others = [each for each in groups if each not in workers and not facts.runs_beat(each.deployment)]
        for group in (*workers, *others) if moves else (*others, *workers):
            bring(self._back, group, self._manner(moves=moves))
        self._beats([each for each in groups if facts.runs_beat(each.deployment)])
        if moves:
            drain(self.hands, [each.key.name for each in workers], self.pace.drain_timeout, self.pace.looks)
            for group in workers:
                finish(self._back, group, self._manner(moves=moves))

    def _manner(self, *, moves: bool) -> Manner:
        ingresses = [item for key, item in self.record.objects.items() if key.kind == "Ingress" and item is not None]
        return Manner(moves, self.pace.of_balancer(ingresses))

    def _groups(self) -> list[Group]:
        found: list[Group] = []
        for key, parts in self.plan.parts.deployments.items():
            deployment = self._was(key)
            if deployment is None:
                continue
            keys = [ObjectId.of(each) for each in parts[1:]]
            old = [
                item
                for each, item in self.record.objects.items()
                if item is not None and each.kind in AUTOSCALERS and target_of(item) == (key.kind, key.name)
            ]
            found.append(
                Group(
                    key=key,
                    deployment=deployment,
                    services=[item for each in keys if each.kind == "Service" and (item := self._was(each))],
                    autoscalers=old,
                    gone=[each for each in keys if each.kind in AUTOSCALERS and self._was(each) is None],
                )
            )
        return found

    def _beats(self, groups: Sequence[Group]) -> None:
        """Say that ours goes before another comes."""
        for key, parts in self.plan.parts.deployments.items():
            live = self.hands.get(key)
            if facts.runs_beat(parts[0]) and self._was(key) is None and live is not None:
                remove_single(self.hands, live)
        for group in groups:
            bring_single(self._back, group)
        self._put(key for key in self.plan.gone if key.kind == "Deployment" and self._runs_beat(key))

    def _remove_new(self) -> None:
        new = [key for key in self._new() if key.kind not in KEPT_KINDS]
        # Autoscalers first, then what runs pods, then what pods need.
        order = {**dict.fromkeys(AUTOSCALERS, 0), "Ingress": 1, "Deployment": 2, "StatefulSet": 2}
        for key in sorted(new, key=lambda key: order.get(key.kind, 3)):
            remove(self.hands, key)
