"""Where an environment has the value that a construct refused, when there is an Environment already.

A construct names what it refuses after the kind of the setting, or after the pod. So the environment is searched for
all settings of that kind, or that bring such a thing into the pod, and these for the value.
"""

import re
from collections.abc import Iterator, Mapping
from typing import cast

import attrs

from examx_constructs.settings import (
    Environment,
    ExtraContainer,
    PodExtras,
    SettingError,
    VolumeMount,
)

_CLASH = re.compile(r"(?P<pod>[a-z0-9-]+): (?P<what>[a-z ]+?)(?: of (?P<container>[a-z0-9-]+))?")
_STEP = re.compile(r"(?P<field>\w+)")
_CONTAINERS = ("init_containers", "native_sidecars", "sidecars")
_HOLDING: Mapping[str, tuple[tuple[type, str], ...]] = {
    "container": tuple((PodExtras, each) for each in _CONTAINERS),
    "port": ((ExtraContainer, "ports"),),
    "name of a port": ((ExtraContainer, "ports"),),
    "variable": ((PodExtras, "variables"), (ExtraContainer, "variables")),
    "mount": ((VolumeMount, "path"),),
    "label": ((PodExtras, "labels"),),
    "annotation": ((PodExtras, "annotations"),),
}
"""What clashes in a pod, and the settings that bring it there."""


def settings_of(environment: Environment, mistake: SettingError) -> list[str]:
    """Return the paths of the settings that have the refused value, as `extras.volumes[scratch]`."""
    if clash := _CLASH.fullmatch(mistake.setting):
        return _clashing(environment, clash, mistake.value)
    owner, _, rest = mistake.setting.partition(".")
    return [
        each
        for path, thing in _settings(environment)
        if type(thing).__name__ == owner
        for each in _having(path, thing, rest, mistake.value)
    ]


def _clashing(environment: Environment, clash: re.Match[str], value: object) -> list[str]:
    own = f"workload_extras[{clash['pod']}]"
    found = [
        each
        for path, thing in _settings(environment)
        for kind, field in _HOLDING.get(clash["what"], ())
        if isinstance(thing, kind) and path.startswith(("extras", own))
        for each in _having(path, thing, field, value)
    ]
    return [each for each in found if each.startswith(own)] or found


def _having(path: str, thing: object, field: str, value: object) -> Iterator[str]:
    """Yield the path of a field that is this value or has it, with the item or the entry that has it."""
    found = thing
    for step in _STEP.finditer(field):
        found = getattr(found, step["field"], None)
    where = f"{path}.{field}".removeprefix(".")
    if found == value:
        yield where
    elif isinstance(found, Mapping):
        entries = cast("Mapping[str, object]", found)
        yield from (f"{where}[{key}]" for key, each in entries.items() if value == key or _is_number(each, value))
    elif isinstance(found, tuple):
        items = cast("tuple[object, ...]", found)
        yield from (f"{where}[{value}]" for each in items if getattr(each, "name", each) == value)


def _is_number(each: object, value: object) -> bool:
    return isinstance(each, int) and str(each) == value


def _settings(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every setting in another, with its path."""
    if attrs.has(type(value)):
        yield path, value
        for field in attrs.fields(type(value)):
            inner = getattr(value, field.name)
            yield from _settings(inner, f"{path}.{field.name}".removeprefix("."))
    elif isinstance(value, Mapping):
        for key, each in cast("Mapping[str, object]", value).items():
            yield from _settings(each, f"{path}[{key}]")
    elif isinstance(value, tuple):
        for number, each in enumerate(cast("tuple[object, ...]", value)):
            yield from _settings(each, f"{path}[{getattr(each, 'name', number)}]")
