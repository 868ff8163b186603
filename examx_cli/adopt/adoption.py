"""Doing an adoption, step by step. Each step looks at what is live, so the next run goes on after any interruption."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from examx_cli import output
from examx_cli.adopt import facts, policies, steps
from examx_cli.adopt.aside import Aside
from examx_cli.adopt.draining import Looks, drain
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.inventory import AUTOSCALERS
from examx_cli.adopt.plan import Plan
from examx_cli.adopt.record import Record
from examx_cli.adopt.removing import remove
from examx_cli.adopt.single import bring_single
from examx_cli.adopt.steps import Step
from examx_cli.adopt.superseded import target_of
from examx_cli.adopt.waiting import wait_for
from examx_cli.adopt.ways import There
from examx_cli.adopt.workload import Group, Manner, bring, finish
from examx_cli.credentials import redis
from examx_cli.deploy import pruning, rollouts
from examx_cli.deploy.history import Entry, History
from examx_constructs.manifests import Object, ObjectId, text


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may and must take: seconds. `deregistration` None: what the Ingress asks of its load balancer."""

    timeout: float
    drain_timeout: float
    deregistration: float | None = None
    settle: float = policies.SETTLE
    looks: Looks = field(default_factory=Looks)

    def of_balancer(self, ingresses: Sequence[Object]) -> float:
        """Return the seconds in which a load balancer stops sending to pods that are no longer a Service's."""
        if self.deregistration is not None:
            return self.deregistration
        return max((_deregistration(each) for each in ingresses), default=0)


_ATTRIBUTES = "alb.ingress.kubernetes.io/target-group-attributes"
_DELAY = "deregistration_delay.timeout_seconds"
_AWS_DEFAULT = 300


def _deregistration(ingress: Object) -> float:
    for each in text(ingress, "metadata", "annotations", _ATTRIBUTES).split(","):
        name, _, value = each.partition("=")
        if name.strip() == _DELAY and value.strip().isdigit():
            return int(value)
    return _AWS_DEFAULT


@dataclass(slots=True)
class Adoption:
    """One run of an adoption: the plan, the record as it grows, and what is done."""

    hands: Hands
    plan: Plan
    record: Record
    release: Entry
    pace: Pace

    def run(self, until: str | None = None) -> bool:
        """Do all steps, or those up to one. Returns whether it was all of them."""
        for number, step in enumerate(self.plan.steps, start=1):
            with output.group(f"{number} of {len(self.plan.steps)}, {step.name}: {step.title}"):
                self._begin(step)
                self._do(step)
            if step.name == until:
                return step is self.plan.steps[-1]
        return True

    def _begin(self, step: Step) -> None:
        if step.name not in self.record.steps:
            self.record = self.record.begin(step.name)
            self.record.save(self.hands)

    def _do(self, step: Step) -> None:
        plain: dict[str, Callable[[], None]] = {
            steps.RECORD: lambda: None,
            steps.FOUNDATION: lambda: self._there.put(step.objects),
            steps.REDIS: lambda: self._redis(step),
            steps.INGRESS: lambda: self._there.put(step.objects),
            steps.DRAIN: self._drain,
            steps.POLICIES: lambda: self._policies(step),
            steps.CLEANUP: self._cleanup,
            steps.FINISH: self._finish,
            steps.WORKLOAD: lambda: self._workload(step),
            steps.END: lambda: self._end(step),
        }
        plain[step.kind]()

    @property
    def _there(self) -> There:
        return There(self.hands, {ObjectId.of(each): each for each in self.plan.wanted}, self.record.objects)

    def _redis(self, step: Step) -> None:
        redis.make(self.hands.cluster.kubectl, redis.secrets_of(step.objects))
        self._there.put(step.objects)
        wait_for(self.hands, rollouts.workloads(step.objects))

    def _group(self, step: Step) -> Group:
        parts = self.plan.parts.deployments[_key(step)]
        kinds = [ObjectId.of(each).kind for each in parts]
        return Group(
            key=_key(step),
            deployment=parts[0],
            services=[each for each, kind in zip(parts, kinds, strict=True) if kind == "Service"],
            autoscalers=[each for each, kind in zip(parts, kinds, strict=True) if kind in AUTOSCALERS],
            gone=[key for key in self.plan.gone if key.kind in AUTOSCALERS and self._scales(key, _key(step))],
        )

    def _scales(self, autoscaler: ObjectId, workload: ObjectId) -> bool:
        item = self.plan.inventory.objects[autoscaler]
        return target_of(item) == (workload.kind, workload.name)

    @property
    def _manner(self) -> Manner:
        ingresses = [each for each in self.plan.wanted if ObjectId.of(each).kind == "Ingress"]
        return Manner(self.plan.redis.moves, self.pace.of_balancer(ingresses))

    def _workload(self, step: Step) -> None:
        group = self._group(step)
        if not facts.runs_beat(group.deployment):
            bring(self._there, group, self._manner)
            return
        for key in self.plan.gone:
            # Another beat goes before ours comes.
            if key.kind == "Deployment" and facts.runs_beat(self.plan.inventory.objects[key]):
                remove(self.hands, key)
        bring_single(self._there, group)

    def _drain(self) -> None:
        going = [key for key in self.plan.gone if key.kind == "Deployment"]
        for key in going:
            self._hold(key)
        names = [key.name for key in (*self.plan.parts.deployments, *going)]
        drain(self.hands, names, self.pace.drain_timeout, self.pace.looks)

    def _hold(self, key: ObjectId) -> None:
        """Hold a worker that goes, with at least one pod, until its queue is empty."""
        live, aside = self.hands.get(key), Aside(self.hands, key.name)
        if live is not None and facts.is_celery(live):
            for scaler in self.plan.gone:
                if scaler.kind in AUTOSCALERS and self._scales(scaler, key):
                    remove(self.hands, scaler)
            aside.orphan(live)
        aside.keep_one()

    def _end(self, step: Step) -> None:
        finish(self._there, self._group(step), self._manner)

    def _policies(self, step: Step) -> None:
        policies.check_pod_security(self.hands, step.objects)
        policies.change(self._there, step.objects, [], self.pace.settle)

    def _cleanup(self) -> None:
        # Autoscalers first: they would start pods of what goes.
        for key in sorted(self.plan.gone, key=lambda key: (key.kind not in AUTOSCALERS, key)):
            remove(self.hands, key)

    def _finish(self) -> None:
        self._there.put(self.plan.wanted)
        wait_for(self.hands, rollouts.workloads(self.plan.wanted))
        cluster = self.hands.cluster
        for key in pruning.leftovers(cluster, self.plan.wanted):
            cluster.delete(key)
            output.note(f"{key}: no longer rendered; removed")
        history = History.of(cluster)
        if not history.good or history.good[0].commit != self.release.commit or history.begun:
            history.succeed(self.release).save(cluster)


def _key(step: Step) -> ObjectId:
    assert step.workload is not None  # noqa: S101 - only steps of workloads ask
    return step.workload
