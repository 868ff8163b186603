"""The restart itself: tried as a whole, then step by step, each waited for."""

import itertools
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.comparison import Difference, compare
from examx_cli.deploy import diagnosis, display, rollouts
from examx_cli.errors import Interruption, Refusal
from examx_cli.ownership import RESTARTED_AT, RESTARTER
from examx_cli.processes import ProcessError
from examx_cli.restart.plan import Plan
from examx_constructs.manifests import Object, ObjectId

_PATCH = ("--type=merge", "--patch-file=/dev/stdin", f"--field-manager={RESTARTER}")


@dataclass(frozen=True, slots=True)
class Restart:
    """A restart of what a plan names, at one moment."""

    cluster: Cluster
    plan: Plan
    moment: str

    @classmethod
    def now(cls, cluster: Cluster, plan: Plan) -> "Restart":
        """Return one that is asked for now."""
        # Two within a second are two.
        return cls(cluster, plan, datetime.now(UTC).isoformat(timespec="milliseconds"))

    def rehearse(self) -> Difference:
        """Return what it does to what runs, by a dry run of all of it.

        Raises Refusal for what the cluster would not take.
        """
        after: dict[ObjectId, Object] = dict(self.plan.live)
        refused: dict[ObjectId, str] = {}
        for key in self.plan.keys:
            try:
                tried = self.cluster.kubectl.json(*self._patch(key), "--dry-run=server", stdin=json.dumps(self._change))
            except ProcessError as error:
                refused[key] = error.said
            else:
                after[key] = tried
        if refused:
            lines = "\n".join(f"  {key}: {said}" for key, said in refused.items())
            raise Refusal(f"nothing was restarted; the cluster refuses\n{lines}")
        return compare(self.plan.live.values(), after.values())

    def run(self, timeout: float) -> None:
        """Do it, at most `timeout` seconds long.

        Raises Refusal where a step is refused or does not get ready, with what its pods say, and with the steps behind
        it untouched. Raises Interruption when it is stopped.
        """
        deadline = time.monotonic() + timeout
        for number, step in enumerate(self.plan.steps, 1):
            left = deadline - time.monotonic()
            rest = [key for later in self.plan.steps[number:] for key in later]
            if left <= 0:
                raise Refusal(f"the time is over{_untouched([*step, *rest])}; run the command again, with their names")
            try:
                failed = self._step(f"Step {number} of {len(self.plan.steps)}", step, left)
            except KeyboardInterrupt as stop:
                raise Interruption(
                    f"interrupted: what was asked for of {_names(step)} goes on in the cluster{_untouched(rest)}"
                ) from stop
            except ProcessError as error:
                raise Refusal(
                    f"a step stopped half-way: {error.said}{_untouched(rest)}; run the command again"
                ) from error
            if failed:
                self._explain(failed)
                raise Refusal(
                    f"restarted, but not ready: {_names(failed)}{_untouched(rest)}; the pods from before go on serving "
                    "where there are any; mend it and run the command again"
                )

    def _step(self, title: str, step: Sequence[ObjectId], seconds: float) -> Mapping[ObjectId, str]:
        with output.group(f"{title}: restart {_names(step)}"), display.shown(step) as board:
            for key in step:
                self.cluster.kubectl.run(*self._patch(key), stdin=json.dumps(self._change))
            return rollouts.wait(self.cluster, step, timeout=seconds, tell=board.tell)

    def _explain(self, failed: Mapping[ObjectId, str]) -> None:
        for key, line in failed.items():
            with output.group(f"Why {key.name} is not ready"):
                for said in itertools.chain([line], diagnosis.explain(self.cluster, key)):
                    output.note(said)

    def _patch(self, key: ObjectId) -> tuple[str, ...]:
        # Not an apply: kubectl would give this manager all that somebody applied client-side (csaupgrade).
        return ("patch", key.resource, f"--namespace={key.namespace}", *_PATCH)

    @property
    def _change(self) -> Object:
        return {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: self.moment}}}}}


def _names(keys: Sequence[ObjectId] | Mapping[ObjectId, str]) -> str:
    return ", ".join(key.name for key in keys)


def _untouched(rest: Sequence[ObjectId]) -> str:
    return f"; not restarted: {_names(rest)}" if rest else ""
