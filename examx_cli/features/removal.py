"""Removing feature environments: the namespace with all that is in it, and the volume that it had in the cluster.

Deleting the Namespace is one request, which the cluster goes on with by itself, the volume included. So what is stopped
half-way is finished by the cluster; what a driver left behind all the same, `reap` removes.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from examx_cli import output
from examx_cli.errors import CommandError, Interruption
from examx_cli.features.existing import Existing
from examx_cli.features.lifetime import latest
from examx_cli.features.registry import Changed, Registry
from examx_cli.features.volumes import Volume
from examx_constructs.features.feature import rfc3339
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
    """PersistentVolumes that earlier environments had left behind."""
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """What could not be removed, and why."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left that was to go."""
        return not self.going and not self.failed


def remove(
    registry: Registry, environments: Sequence[Existing], *, timeout: Duration, doomed: Callable[[Existing], bool]
) -> Removed:
    """Remove environments, and wait until they and their volumes are gone. None of them keeps the others.

    `doomed`: whether an environment still is to go; it is asked again about one that changed in the meantime. Raises
    Interruption when it is stopped.
    """
    removed = Removed()
    deadline = time.monotonic() + timeout.seconds
    try:
        claimed = _claimed(registry, environments)
        waiting = [each for each in environments if _begin(registry, each, doomed, removed)]
        for each in waiting:
            if _is_gone(registry, f"namespace/{each.namespace}", str(each), deadline, removed, uid=each.uid):
                removed.gone.append(each)
                for volume in claimed.get(each.namespace, ()):
                    _is_gone(registry, f"persistentvolume/{volume.name}", str(volume), deadline, removed)
    except KeyboardInterrupt as stop:
        raise Interruption(
            "interrupted: the cluster goes on removing what it was told to; `examx feature list` shows what is left, "
            "and the same command again goes on waiting"
        ) from stop
    return removed


def bound(registry: Registry, environments: Sequence[Existing], removed: Removed, now: datetime) -> None:
    """Give those that expire later than any may the longest life, from now on. All who may write the Namespace can.

    The policy for those who deploy holds the expiry of what is made; of a change it cannot (docs/features.md).
    """
    longest = latest(now)
    for each in environments:
        if each.ending or each.expires is None or each.expires <= longest:
            continue
        try:
            registry.set_expiry(each, longest)
        except CommandError as error:
            removed.failed[str(each)] = f"it expires later than any may, {rfc3339(each.expires)}: {error}"
        else:
            output.note(f"{each}: it said {rfc3339(each.expires)}, and expires {rfc3339(longest)}: the most is 30 days")


def sweep(registry: Registry, removed: Removed, now: datetime) -> None:
    """Remove the volumes that were left behind by environments that are gone; tell of those that need a person."""
    try:
        volumes = registry.volumes()
    except CommandError as error:
        removed.failed["PersistentVolumes"] = str(error)
        return
    for volume in volumes:
        if not volume.is_forgotten(now):
            continue
        if volume.problem:
            removed.failed[str(volume)] = f"{volume.problem}; remove its access point in EFS and it, by hand"
            continue
        try:
            registry.remove_volume(volume)
        except CommandError as error:
            removed.failed[str(volume)] = str(error)
        else:
            output.note(f"{volume}: left behind by {volume.namespace}, which is gone; removed")
            removed.volumes.append(volume.name)


def _claimed(registry: Registry, environments: Sequence[Existing]) -> Mapping[str, Sequence[Volume]]:
    """Return the volumes of these environments, by namespace."""
    volumes = registry.volumes() if environments else []
    return {each.namespace: [one for one in volumes if one.namespace == each.namespace] for each in environments}


def _begin(registry: Registry, environment: Existing, doomed: Callable[[Existing], bool], removed: Removed) -> bool:
    """Tell the cluster; returns whether there is something to wait for."""
    try:
        return _told(registry, environment, doomed, removed)
    except CommandError as error:
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


def _is_gone(registry: Registry, resource: str, name: str, deadline: float, removed: Removed, *, uid: str = "") -> bool:
    """Wait for one of them; what holds it up when the time is over is written down."""
    seconds = max(1, int(deadline - time.monotonic()))
    try:
        held_up = registry.wait_until_gone(resource, seconds=seconds, uid=uid)
    except CommandError as error:
        # The cluster does not answer; what is known of the others is told all the same.
        held_up = str(error)
    if held_up is not None:
        removed.going[name] = held_up
    return held_up is None
