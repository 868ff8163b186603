"""The parts of an environment, by the names that people type: which workload is meant, and which of its containers.

`backend`, `nginx`, `beat`, `worker`, `redis`, `sentinel`, `worker default` or `default` for the worker of a queue, or
the name of a workload. `/CONTAINER` is behind it where another than its first is meant.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from examx_cli.errors import CommandError
from examx_constructs.manifests import TEMPLATES, Object, ObjectId, items, template_of, text
from examx_constructs.manifests.scaling import autoscaler_of, redis_triggers

_COMPONENT = "app.kubernetes.io/component"
_NAME = "app.kubernetes.io/name"
_PREFIX = "celery-"
"""Before what people call `worker` and `beat`."""
_RUNS = ("Deployment", "StatefulSet", "Job", "CronJob")
_WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Part:
    """One container of one workload, and what it is called."""

    workload: ObjectId
    container: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts of an environment's manifests."""

    known: tuple[Part, ...]

    @classmethod
    def of(cls, rendered: Sequence[Object]) -> Self:
        """Return what the manifests have."""
        queues = dict(_queues(rendered))
        found = (part for each in rendered if text(each, "kind") in TEMPLATES for part in _of(each, queues))
        return cls(tuple(part for part in found if part.workload.kind in _RUNS))

    def called(self, words: Sequence[str]) -> list[Part]:
        """Return the parts that somebody means. Raises CommandError for a name that means nothing here."""
        wanted = [each for each in words if each] or [_WORKER, "default"]
        name = " ".join(wanted).lower()
        found = [each for each in self.known if name in each.names]
        if not found:
            raise CommandError(
                f'no part of the environment is called "{name}"; there are {", ".join(self.names())}; or name a '
                "workload, with /CONTAINER behind it"
            )
        return found

    def names(self) -> list[str]:
        """Return one name for each part, as people type it, the shortest that means it."""
        shortest = {min(each.names, key=lambda name: (len(name.split()), len(name), name)) for each in self.known}
        workers = {name for each in self.known for name in each.names if name.startswith(f"{_WORKER} ")}
        return sorted({each for each in shortest if "/" not in each} | workers)


def _of(item: Object, queues: dict[str, str]) -> Iterator[Part]:
    key, labels = ObjectId.of(item), ("metadata", "labels")
    component, program = text(item, *labels, _COMPONENT), text(item, *labels, _NAME)
    containers = [text(each, "name") for each in items(template_of(item), "spec", "containers")]
    for position, container in enumerate(containers):
        names = {f"{key.name}/{container}"}
        short = component.removeprefix(_PREFIX)
        if position == 0:
            names |= {key.name, short, component}
            if short == _WORKER and key.name in queues:
                names |= {f"{_WORKER} {queues[key.name]}", queues[key.name]}
            if short == "server":
                names |= {program}
        else:
            names |= {container}
        yield Part(key, container, frozenset(each.lower() for each in names if each))


def _queues(rendered: Sequence[Object]) -> Iterator[tuple[str, str]]:
    """Yield the queue of each worker, as its ScaledObject counts it."""
    for each in rendered:
        if text(each, "kind") == "ScaledObject":
            scaler = autoscaler_of(each)
            for trigger in redis_triggers(scaler):
                yield scaler.target_name, trigger["metadata"]["listName"].text
