"""Which autoscalers are meant: those of an environment, of any files, of one queue."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from examx_cli import output
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.project import Project, manifests_path
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import Asked, Manifests, Node, load, parse, shown
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS, Autoscaler, autoscalers
from examx_constructs.manifests.versions import UNASKED
from examx_constructs.scaling import Scaling, ScalingError
from examx_constructs.scaling.reading import scaling_of


@dataclass(frozen=True, slots=True)
class Source:
    """Manifests, and what to call them."""

    name: str
    manifests: Manifests


@dataclass(frozen=True, slots=True)
class Chosen:
    """An autoscaler that is looked at, under a name that no other one here has."""

    label: str
    target: str
    """The workload that it scales."""
    autoscaler: Autoscaler
    scaling: Scaling


def source(targets: Sequence[str], versions: Asked) -> Source:
    """Return the manifests of an environment, or of files and folders. Raises CommandError and LoadError."""
    named = [each for each in targets if each in ENVIRONMENTS]
    if named and len(targets) > 1:
        raise CommandError(
            f"{', '.join(targets)}: name one environment, or files and folders; they are looked at alone"
        )
    if named:
        return environment(named[0], versions)
    found = load(*targets, versions=versions)
    unread = [
        f"{each.file}:{each.line}: {each.reason}" if each.line else f"{each.file}: {each.reason}"
        for each in found.unread
    ]
    if unread and not len(found):
        raise CommandError(unread[0])
    for each in unread:
        output.warning(f"{each}; what it holds is not looked at")
    return Source(", ".join(targets), found)


def environment(name: str, versions: Asked = UNASKED) -> Source:
    """Return the manifests of an environment in dist/. Raises LoadError."""
    return Source(name, load(Project.around(Path.cwd()).manifests(name), versions=versions))


def committed(name: str, revision: str, versions: Asked) -> Source:
    """Return the manifests of an environment as a commit has them; none where it has none.

    Raises CommandError, LoadError.
    """
    repository, path = Repository(Project.around(Path.cwd()).root), manifests_path(name)
    content = repository.show(repository.commit(revision), path)
    file = f"{path} of {revision}"
    objects = parse(content, file) if content is not None else []
    return Source(f"{name} of {revision}", Manifests.of(objects, file, versions))


def chosen(where: Source, queue: str | None, *, concurrency: int | None = None) -> list[Chosen]:
    """Return the autoscalers of a queue, or all that count tasks.

    Raises CommandError where there are none; ScalingError.
    """
    found = there(where, queue, concurrency=concurrency)
    for job in where.manifests.kind("ScaledJob"):
        if not found and queue in (None, job.id.name, *_counted(job.spec["triggers"])):
            raise ScalingError.at(
                job.root["kind"],
                "a ScaledObject, or a HorizontalPodAutoscaler",
                "a Job for each task is not modelled",
                value="ScaledJob",
            )
        output.warning(f"{job.root.file}: {job.id.qualified} is not looked at: a Job for each task is not modelled")
    if not found:
        raise CommandError(_none(where, queue))
    return found


def there(where: Source, queue: str | None, *, concurrency: int | None = None) -> list[Chosen]:
    """Return the same, where there may be none. Raises ScalingError."""
    meant = [each for each in _all(where) if (_counts(each) if queue is None else queue in _names(each))]
    return [
        Chosen(label, each.target_name, each, scaling_of(where.manifests, each, concurrency=concurrency))
        for label, each in zip(_labels(meant), meant, strict=True)
    ]


def _all(where: Source) -> list[Autoscaler]:
    """Return those that somebody wrote."""
    return [each for each in autoscalers(where.manifests) if not each.is_made_by_keda]


def _counts(autoscaler: Autoscaler) -> bool:
    """Return whether it counts something outside of its pods, which is what tasks are."""
    return any(trigger["type"].text not in RESOURCE_TRIGGERS for trigger in autoscaler.triggers)


def _lists(autoscaler: Autoscaler) -> Iterator[str]:
    """Yield the lists that it counts."""
    return _counted(autoscaler.triggers)


def _counted(triggers: Iterable[Node]) -> Iterator[str]:
    for each in triggers:
        if name := each["metadata"]["listName"].text:
            yield name


def _names(autoscaler: Autoscaler) -> set[str]:
    """Return by what somebody may name it."""
    return {*_lists(autoscaler), autoscaler.id.name, autoscaler.target_name}


def _labels(meant: Sequence[Autoscaler]) -> list[str]:
    """Return what to call each: its list, else its own name.

    Where two have the same, what tells them apart is added.
    """
    short = [next(_lists(each), each.id.name) for each in meant]
    several = Counter(short)
    longer = [
        label if several[label] == 1 else f"{each.resource.root.file}: {label}"
        for label, each in zip(short, meant, strict=True)
    ]
    several = Counter(longer)
    return [
        label if several[label] == 1 else f"{label} ({each.id.qualified})"
        for label, each in zip(longer, meant, strict=True)
    ]


def _none(where: Source, queue: str | None) -> str:
    names = dict.fromkeys(next(_lists(each), each.id.name) for each in _all(where))
    if queue is None:
        hint = f"; --queue may name one of {', '.join(names)}" if names else ""
        return f"{where.name} has no autoscaler that counts tasks{hint}"
    known = f"known are {', '.join(names)}" if names else "it has no autoscaler"
    return f"{where.name} scales no queue {shown(queue)}; {known}"
