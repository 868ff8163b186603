"""Removing feature environments: the namespace with all that is in it, and what it leaves in the cluster.

Deleting the Namespace is one request, which the cluster goes on with by itself. What is stopped half-way is finished by
the cluster, and what a driver left behind by the next `reap`.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from examx_cli import output
from examx_cli.errors import Interruption
from examx_cli.features.existing import Existing, NotAFeature
from examx_cli.features.registry import Changed, Registry
from examx_cli.processes import ProcessError
from examx_constructs.settings import Duration

_TRIES = 3


@dataclass(slots=True)
class Removed:
    """What became of the environments that were to go."""

    gone: list[Existing] = field(default_factory=list[Existing])
    going: dict[str, str] = field(default_factory=dict[str, str])
    """Still being removed when the time was over, and what holds them up."""
    kept: dict[str, str] = field(default_factory=dict[str, str])
    """Not removed, and why."""
    volumes: list[str] = field(default_factory=list[str])
    """PersistentVolumes of environments that are gone."""
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """What could not be removed, and why."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left that was to go."""
        return not self.going and not self.failed


def remove(
    registry: Registry, environments: Iterable[Existing], *, timeout: Duration, doomed: Callable[[Existing], bool]
) -> Removed:
    """Remove environments, and wait until they are gone. One that can not be removed does not keep the others.

    `doomed`: whether an environment still is to go; it is asked again about one that changed in the meantime. Raises
    Interruption when it is stopped while it waits.
    """
    removed = Removed()
    waiting = [each for each in environments if _begin(registry, each, doomed, removed)]
    _wait(registry, waiting, timeout, removed)
    _sweep(registry, removed)
    return removed


def _begin(registry: Registry, environment: Existing, doomed: Callable[[Existing], bool], removed: Removed) -> bool:
    """Tell the cluster; returns whether there is something to wait for."""
    try:
        return _told(registry, environment, doomed, removed)
    except (NotAFeature, ProcessError) as error:
        removed.failed[str(environment)] = str(error)
        return False


def _told(registry: Registry, environment: Existing, doomed: Callable[[Existing], bool], removed: Removed) -> bool:
    current: Existing | None = environment
    for _ in range(_TRIES):
        if current is None or current.uid != environment.uid:
            removed.gone.append(environment)  # What has its name now is another one.
            return False
        if current.ending:
            return True
        if not doomed(current):
            removed.kept[str(current)] = "somebody wanted it for longer in the meantime"
            return False
        try:
            registry.remove(current)
        except Changed:
            current = registry.at(environment.namespace)
        else:
            output.note(f"{environment}: is being removed")
            return True
    removed.failed[str(environment)] = "it changed again and again while it was to be removed"
    return False


def _wait(registry: Registry, environments: Iterable[Existing], timeout: Duration, removed: Removed) -> None:
    deadline = time.monotonic() + timeout.seconds
    try:
        for environment in environments:
            held_up = registry.wait_until_gone(environment, seconds=max(1, int(deadline - time.monotonic())))
            if held_up is None:
                removed.gone.append(environment)
            else:
                removed.going[str(environment)] = held_up
    except KeyboardInterrupt as stop:
        raise Interruption(
            "interrupted while waiting: the cluster goes on removing what it was told to; `examx feature list` shows "
            "what is left, and the same command again goes on waiting"
        ) from stop


def _sweep(registry: Registry, removed: Removed) -> None:
    for volume in registry.forgotten_volumes():
        try:
            registry.remove_volume(volume)
        except ProcessError as error:
            removed.failed[f"PersistentVolume {volume}"] = error.said
        else:
            output.note(f"PersistentVolume {volume}: left behind by an environment that is gone; removed")
            removed.volumes.append(volume)
