"""What two parts of one pod may not both have. Said here, because an API server says it of a manifest's lines."""

from collections.abc import Iterable, Mapping, Sequence

from cdk8s_plus_27 import k8s

from examx_constructs.settings import SettingError
from examx_constructs.settings.naming import APP_LABEL

_Pair = tuple[Mapping[str, str], Mapping[str, str]]
"""A pod's own labels or annotations, and those that are added."""


def refuse_clashes(
    before: Sequence[k8s.Container],
    together: Sequence[k8s.Container],
    listens: Sequence[int],
    labels: _Pair,
    annotations: _Pair,
) -> None:
    """Raise SettingError for what the containers of a pod, or its labels, cannot share.

    `before`: those that start first, native sidecars among them; `together`: the others. `listens`:
    ports that one of them listens to, and that no manifest names.
    """
    pod = labels[0].get(APP_LABEL, "the pod")
    containers = [*before, *together]
    _refuse_twice(f"{pod}: container", (each.name for each in containers), "logs and probes go by the name")
    ports = [port for each in containers for port in each.ports or []]
    numbers = [*listens, *(int(each.container_port) for each in ports)]
    _refuse_twice(f"{pod}: port", map(str, numbers), "the containers of a pod share its address")
    _refuse_twice(f"{pod}: name of a port", (each.name or "" for each in ports), "a Service finds the port by it")
    for each in containers:
        names = (variable.name for variable in each.env or [])
        _refuse_twice(f"{pod}: variable of {each.name}", names, "the last one would win without a word")
        _refuse_paths(f"{pod}: mount of {each.name}", [mount.mount_path for mount in each.volume_mounts or []])
    for what, (own, added) in {"label": labels, "annotation": annotations}.items():
        for key in added:
            if key in own:
                raise SettingError(f"{pod}: {what}", key, f"it must be another one: the pod has it, as {own[key]}")


def _refuse_twice(where: str, given: Iterable[str], why: str) -> None:
    seen: set[str] = set()
    for each in given:
        if each in seen:
            raise SettingError(where, each, f"it must be another one: the pod has it already, and {why}")
        seen.add(each)


def _refuse_paths(where: str, paths: Sequence[str]) -> None:
    """Refuse a mount that hides what another's path holds: none may be on another, around it or inside it."""
    for number, path in enumerate(paths):
        for earlier in paths[:number]:
            if _holds(earlier, path) or _holds(path, earlier):
                raise SettingError(where, path, f"it must be elsewhere: {earlier} is mounted already")


def _holds(outer: str, inner: str) -> bool:
    return f"{inner}/".startswith(f"{outer.rstrip('/')}/")
