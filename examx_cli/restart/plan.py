"""What a restart would replace, in which steps, what it leaves alone, and what is in its way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from examx_cli.cluster import Cluster
from examx_cli.errors import CommandError, Refusal
from examx_cli.rotation.holding import WORKLOADS, Look, look
from examx_cli.rotation.taking import CLASS, synced_secrets, taken, takes_by_variable
from examx_constructs.manifests import Object, ObjectId, at, mapping, text
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION

KINDS = WORKLOADS
"""The kinds of workloads that are restarted."""

_ROLLING = {"Deployment": "strategy", "StatefulSet": "updateStrategy"}
_AROUND = (*KINDS, CLASS, "ScaledObject", "HorizontalPodAutoscaler")


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall be restarted. All that takes a secret where nothing is said; what is said narrows it down.

    `names`: of workloads, which need not take a secret then. `secret`: what takes this one. `outdated`: what holds an
    older value.
    """

    names: Sequence[str] = ()
    secret: str | None = None
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be replaced, step by step: a step begins when the one before is ready.

    `live`: what runs of the environment, as far as it matters here. `takes`: the secrets of each workload. `left`: what
    was thought of and is left as it is, with the reason. `foreign`: workloads that are not rendered and take one of
    these secrets too.
    """

    steps: tuple[tuple[ObjectId, ...], ...]
    live: Mapping[ObjectId, Object]
    takes: Mapping[ObjectId, tuple[str, ...]]
    left: Mapping[ObjectId, str]
    foreign: tuple[ObjectId, ...]
    look: Look
    unsettled: tuple[str, ...]

    @property
    def keys(self) -> list[ObjectId]:
        """What would be replaced, in order."""
        return [key for step in self.steps for key in step]


def plan(cluster: Cluster, rendered: Sequence[Object], choice: Choice) -> Plan:
    """Find out what a restart would replace; nothing is touched.

    Rendered manifests say what is ours and how it must be rolled, live objects what runs and what it takes. Raises
    CommandError for a choice that names what is not there, and Refusal for what cannot be rolled as it must.
    """
    wanted = {key: each for each in rendered if (key := ObjectId.of(each)).kind in KINDS}
    live = cluster.read([each for each in rendered if text(each, "kind") in _AROUND]).objects
    if not any(key in live for key in wanted):
        raise Refusal(f"nothing of the environment runs in {cluster.target.namespace}: `examx apply` makes it")
    running = {key: live[key] for key in wanted if key in live}
    synced = synced_secrets(each for key, each in live.items() if key.kind == CLASS)
    takes = {key: tuple(sorted(map(str, taken(_template(each), synced)))) for key, each in running.items()}
    _check(choice, wanted, takes)
    seen = look(cluster, running, synced)
    if choice.outdated and seen.unknown:
        raise CommandError(f"which pods hold an older value is not known: {seen.unknown}")
    chosen, left = _chosen(choice, wanted, running, takes, seen)
    _refuse({key: why for key in chosen if (why := _in_the_way(live[key], wanted[key]))})
    unsettled = {each for key in chosen for each in takes_by_variable(_template(live[key]), synced) & seen.unsettled}
    return Plan(
        steps=_steps(chosen, live),
        live=live,
        takes=takes,
        left=left,
        foreign=tuple(_foreign(cluster, wanted, {name for names in takes.values() for name in names}, synced)),
        look=seen,
        unsettled=tuple(sorted(unsettled)),
    )


def _check(choice: Choice, wanted: Iterable[ObjectId], takes: Mapping[ObjectId, Sequence[str]]) -> None:
    """Raise CommandError for a name that means nothing here."""
    known = [key.name for key in wanted]
    for name in choice.names:
        if not any(_is_meant(name, key) for key in wanted):
            raise CommandError(f'no workload of the environment is "{name}"; there are {", ".join(known)}')
    secrets = sorted({each for names in takes.values() for each in names})
    if choice.secret is not None and choice.secret not in secrets:
        there = f"they take {', '.join(secrets)}" if secrets else "they take none"
        raise CommandError(f'no workload that runs takes a secret "{choice.secret}"; {there}')


def _is_meant(name: str, key: ObjectId) -> bool:
    """Return whether a name, or KIND/NAME as kubectl takes it, means a workload."""
    kind, _, rest = name.rpartition("/")
    return rest == key.name and kind.lower().rstrip("s") in ("", key.kind.lower(), f"{key.kind.lower()}.{key.group}")


def _chosen(
    choice: Choice,
    wanted: Iterable[ObjectId],
    running: Mapping[ObjectId, Object],
    takes: Mapping[ObjectId, Sequence[str]],
    seen: Look,
) -> tuple[list[ObjectId], dict[ObjectId, str]]:
    chosen: list[ObjectId] = []
    left: dict[ObjectId, str] = {}
    for key in wanted:
        named = any(_is_meant(name, key) for name in choice.names)
        if choice.names and not named:
            continue
        if key not in running:
            left[key] = "it does not run: `examx apply` makes it"
        elif choice.secret is not None and choice.secret not in takes[key]:
            if named:
                left[key] = f"it takes no {choice.secret}"
        elif not named and not takes[key]:
            continue
        elif choice.outdated and not seen.of(key):
            left[key] = "none of its pods is known to hold an older value"
        elif at(running[key], "spec", "replicas") == 0:
            left[key] = "it has no pods: those to come start with the newest value"
        elif key.kind == "StatefulSet" and not named and (why := _stays(running[key], takes[key], choice.secret)):
            left[key] = why
        else:
            chosen.append(key)
    return chosen, left


def _stays(live: Object, takes: Sequence[str], secret: str | None) -> str:
    """Return why a server is left alone that nobody named; empty where it is not."""
    # What `examx rotate` changes, servers go by without a restart.
    made = text(live, "metadata", "annotations", MADE_SECRET_ANNOTATION)
    if made and (secret == made or (secret is None and set(takes) == {made})):
        return f"it takes another value of {made} while it runs"
    if secret is None:
        return f"what keeps data restarts only when it is named, or its secret is: {', '.join(takes)}"
    return ""


def _steps(chosen: Sequence[ObjectId], live: Mapping[ObjectId, Object]) -> tuple[tuple[ObjectId, ...], ...]:
    """Return what never misses a pod goes first: where a new value is bad, what would be down for it is not touched.

    Then what is down meanwhile (Recreate), then servers, one after the other: those that are rendered later depend on
    those before.
    """
    servers = [key for key in chosen if key.kind == "StatefulSet"]
    others = [key for key in chosen if key.kind != "StatefulSet"]
    down = [key for key in others if text(live[key], "spec", "strategy", "type") == "Recreate"]
    rolling = [key for key in others if key not in down]
    return tuple(step for step in (tuple(rolling), tuple(down), *((key,) for key in reversed(servers))) if step)


def _refuse(reasons: Mapping[ObjectId, str]) -> None:
    if reasons:
        raise Refusal("nothing was restarted:\n" + "\n".join(f"  {key}: {why}" for key, why in reasons.items()))


def _in_the_way(live: Object, wanted: Object) -> str | None:
    """Return why a workload cannot be rolled as its manifest says; None where it can."""
    key = ObjectId.of(live)
    if at(live, "spec", "paused") is True:
        return f"its rollout is paused: kubectl rollout resume {key.resource} --namespace={key.namespace} goes on"
    name = _ROLLING[key.kind]
    if text(live, "spec", name, "type") == "OnDelete":
        return f"its pods are only replaced when somebody deletes them ({name}: OnDelete)"
    # A Deployment that must never run twice does so where somebody made its strategy a rolling one.
    for path, value in _leaves(mapping(wanted, "spec", name)):
        there = at(live, "spec", name, *path)
        if there != value:
            where = ".".join(("spec", name, *path))
            return f"{where} is {there!s}, its manifest says {value!s}: run `examx apply` first"
    return None


def _leaves(value: Object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, each in value.items():
        if isinstance(each, Mapping):
            yield from _leaves(mapping(value, name), (*path, name))
        else:
            yield (*path, name), each


def _foreign(
    cluster: Cluster, wanted: Mapping[ObjectId, Object], secrets: set[str], synced: Mapping[str, str]
) -> Iterator[ObjectId]:
    kinds = "deployments.apps,statefulsets.apps"
    for each in cluster.kubectl.objects("get", kinds, f"--namespace={cluster.target.namespace}", "--ignore-not-found"):
        key = ObjectId.of(each)
        if key not in wanted and secrets & set(map(str, taken(_template(each), synced))):
            yield key


def _template(workload: Object) -> Object:
    return mapping(workload, "spec", "template")
