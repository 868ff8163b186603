"""An exam day under the policies of before, the seed's figures, and tuned ones: the tables of docs/scaling.md.

    python -m tools.exam_day            write it
    python -m tools.exam_day --search   search the tuned figures anew, which takes a minute or two

The policies of before are not part of the project: where their manifests are not beside it, the table stays as it is.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

from examx_cli.scale import words
from examx_cli.scale.simulating import Surroundings
from examx_cli.scale.targets import Chosen, Source, chosen
from examx_cli.scale.tunable import Tunable
from examx_cli.scale.tuned import Tuned, subject, tuned
from examx_constructs.manifests import Manifests, load, read
from examx_constructs.scaling import (
    ClusterModel,
    KedaPolicy,
    Run,
    Scaling,
    Workload,
    daily,
    exam_day,
    fixed,
    lognormal,
    scalings,
    simulate,
)
from tools.exam_schedule import MIDNIGHT, scheduled, windows

ENVIRONMENT = "prod"
_ROOT = Path(__file__).parent.parent
_MANIFESTS = _ROOT / "dist" / f"{ENVIRONMENT}.k8s.yaml"
DOCUMENT = _ROOT / "docs" / "scaling.md"
LEGACY = _ROOT.parent / "shared" / "legacy" / f"{ENVIRONMENT}.yaml"
"""What ran before, where it is beside the project."""

DAY = 86400.0
_ZONES = (0.0, 1.5, 5.0)
STUDENTS, SHEETS = 20_000, 1_000
_NO_WAIT = 0.1
"""Seconds: below it nobody waits, and there is nothing to halve."""
_P95 = 0.95
_AIM = 0.8
"""How much of the allowed wait the search aims at: it sees one draw of the day, and others are up to a tenth longer."""
_TRIES = 800

TUNED: Mapping[str, Tunable] = {
    "default": Tunable(1, 20, per_pod=10, up_percent=70, up_pods=4, up_window=120, down_window=60),
    "bulk_upload": Tunable(1, 40, per_pod=3, up_percent=70, up_pods=4, up_window=0, down_window=60),
    "question_enrichment": Tunable(1, 15, per_pod=5, up_percent=70, up_pods=4, up_window=0, down_window=300),
    "question_generator_ai": Tunable(1, 12, per_pod=2, up_percent=70, up_pods=4, up_window=0, down_window=300),
}
"""What the search found for each queue."""
SCHEDULED: Mapping[str, int] = {"default": 3}
"""The queues whose workers also go by the clock, and how many pods are there then (tools/exam_schedule.py)."""

_PART = re.compile(r"(?<=<!-- exam day -->\n).*?(?=<!-- /exam day -->)", re.DOTALL)


@cache
def workloads(seed: int = 0) -> Mapping[str, Workload]:
    """Return what comes to each queue on that day: from students the first two, from teachers the others."""
    return {
        "default": exam_day(STUDENTS, lognormal(8, 24), zones=_ZONES, per_student=2, seed=seed),
        "bulk_upload": exam_day(SHEETS, fixed(60), zones=_ZONES, per_student=2, seed=seed),
        "question_enrichment": daily(3_000, lognormal(20, 60), seed=seed),
        "question_generator_ai": daily(1_500, lognormal(40, 120), seed=seed),
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy makes of a queue's day."""

    queue: str
    policy: str
    wait: float
    """The p95, in seconds."""
    pod_hours: float
    most: int
    cut: int

    @classmethod
    def of(cls, queue: str, policy: str, scaling: Scaling, seed: int = 0) -> "Outcome":
        """Return a run of the day."""
        run: Run = simulate(scaling, workloads(seed)[queue], until=DAY, start=MIDNIGHT)
        return cls(queue, policy, float(run.wait(_P95)), run.pod_hours, run.most_replicas, run.cut_tasks)

    @property
    def row(self) -> tuple[str, ...]:
        """Its line of the table."""
        return (
            f"`{self.queue}`",
            self.policy,
            words.time(self.wait),
            words.amount(self.pod_hours),
            str(self.most),
            str(self.cut),
        )


BEFORE, SEED, OURS = "before", "seed", "tuned"


@cache
def where() -> Source:
    """Return the manifests of today, which have the seed's figures."""
    return Source(ENVIRONMENT, load(_MANIFESTS))


@cache
def prepared() -> Source:
    """Return the same, with the hours of the exam beside them."""
    objects = read(_MANIFESTS)
    for queue, pods in SCHEDULED.items():
        objects = scheduled(objects, queues()[queue].target, [*windows(_ZONES, pods)])
    return Source(ENVIRONMENT, Manifests.of(objects, str(_MANIFESTS)))


@cache
def ready() -> Mapping[str, Chosen]:
    """Return the queues with the hours of the exam."""
    return {each.scaling.queue: each for each in chosen(prepared(), None)}


@cache
def queues() -> Mapping[str, Chosen]:
    """Return the queues of today."""
    return {each.scaling.queue: each for each in chosen(where(), None)}


def outcomes(seed: int = 0) -> list[Outcome]:
    """Return each queue under each policy, on one draw of the day.

    The figures were searched on the first, of seed 0.
    """
    before = {each.name: each for each in scalings(load(LEGACY))}
    return [
        Outcome.of(queue, policy, scaling, seed)
        for queue, each in queues().items()
        for policy, scaling in (
            (BEFORE, before[each.scaling.name]),
            (SEED, each.scaling),
            (OURS, _tuned(ready()[queue].scaling, TUNED[queue])),
        )
    ]


def _tuned(scaling: Scaling, settings: Tunable) -> Scaling:
    return replace(scaling, policy=settings.on_policy(cast("KedaPolicy", scaling.policy)))


def level(queue: str, found: Sequence[Outcome]) -> float:
    """Return half of the shorter wait of both policies; where nobody waits, that nobody waits."""
    waits = [each.wait for each in found if each.queue == queue and each.policy != OURS]
    return max(min(waits) / 2, _NO_WAIT)


def search(queue: str, level: float) -> Tuned:
    """Return what `examx scale tune` finds for a queue."""
    of, aim = subject(ENVIRONMENT, prepared(), [ready()[queue]], queue), max(_AIM * level, _NO_WAIT)
    around = Surroundings(ClusterModel(), start=MIDNIGHT)
    return tuned(of, prepared(), [workloads()[queue]], around, level=aim, most=40, tries=_TRIES)


def filled(text: str) -> str:
    """Return a document with the table made anew, where the policies of before are there."""
    return _PART.sub(lambda _: f"\n{table()}\n\n", text) if LEGACY.is_file() else text


def table() -> str:
    """Return the table, with what all queues take together, and the tuned figures."""
    found = outcomes()
    head = ("queue", "policy", "p95 wait", "pod hours", "most pods", "tasks cut")
    rows = [*(each.row for each in found), *_totals(found)]
    settings = ("queue", "pods", "by the clock", "list length", "up, per 15 s", "down after")
    return "\n\n".join([_markdown(head, rows), _markdown(settings, map(_settings, TUNED.items()))])


def _totals(found: Sequence[Outcome]) -> Iterator[tuple[str, ...]]:
    for policy in (BEFORE, SEED, OURS):
        mine = [each for each in found if each.policy == policy]
        hours, cut = sum(each.pod_hours for each in mine), sum(each.cut for each in mine)
        yield ("all", policy, "", words.amount(hours), "", str(cut))


def _settings(given: tuple[str, Tunable]) -> tuple[str, ...]:
    queue, of = given
    pods = words.between(of.minimum, of.maximum)
    clock = str(SCHEDULED.get(queue, ""))
    return (f"`{queue}`", pods, clock, str(of.per_pod), f"{of.up_percent} % or {of.up_pods}", of.value("down_window"))


def _markdown(head: Sequence[str], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(row).join(("| ", " |")) for row in (head, *rows)]
    lines.insert(1, "|---" * len(head) + "|")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    if not LEGACY.is_file():
        print(f"{LEGACY} is not there, which has the policies of before", file=sys.stderr)
        return 2
    if "--search" in arguments:
        found = [
            Outcome.of(queue, policy, scaling)
            for queue, each in queues().items()
            for policy, scaling in ((SEED, each.scaling), (BEFORE, _before(each.scaling.name)))
        ]
        for queue in queues():
            print(f"    {queue!r}: {search(queue, level(queue, found)).best.settings},", flush=True)
    else:
        DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def _before(name: str) -> Scaling:
    return next(each for each in scalings(load(LEGACY)) if each.name == name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
