"""What KEDA's scalers read of a trigger, by KEDA's version: `scalers.json`, which tools/keda_scalers makes.

Each scaler of `pkg/scalers` declares its parameters in tags of a struct (`pkg/scalers/scalersconfig/typed_config.go`).
Before it was moved to that, it looked into the metadata by hand. Of a parameter that is read by hand the file tells the
name alone. Its type and whether it must be there are those of the later version that declares it, for the move changed
neither.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("scalers.json")

KEDA = tuple(f"2.{minor}" for minor in range(17, 22))
"""The minor versions of KEDA whose scalers the file describes, oldest first."""

_ALL = "all"
_UNDECLARED = "?"
FROM_ENV = "FromEnv"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a scaler, in the words of KEDA's tags."""

    names: tuple[str, ...]
    """Its names: any of them will do."""
    places: str
    """Where it is read: m in the metadata, e out of a variable of the target, a out of an authentication."""
    type: str
    """The Go type that the text is read into; ? where nothing declares it."""
    by_hand: bool = False
    """Whether the scaler reads it without KEDA's typed configuration, which is stricter about numbers."""
    required: bool = False
    target: bool = False
    """Whether it is the target of the HPA's metric."""
    refused: bool = False
    """Whether the scaler refuses to have it, because it was removed."""
    enum: frozenset[str] = frozenset()
    exclusive: frozenset[str] = frozenset()
    separator: str = ","
    range: str = ""


@dataclass(frozen=True, slots=True)
class Scaler:
    """What one version of KEDA reads of a trigger of one type."""

    any: bool
    """Whether it takes any key: it hands them on to a program that KEDA does not know."""
    parameters: tuple[Parameter, ...]
    by_name: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def of(self, place: str) -> Iterator[str]:
        """Return the names that it reads in a place."""
        return (name for name, parameter in self.by_name.items() if place in parameter.places)


@cache
def types(keda: str) -> frozenset[str]:
    """Return the types of triggers that a version of KEDA has."""
    return frozenset(name for name, entry in _table()["scalers"].items() if keda in _versions(entry))


def versions_with_type(type_: str) -> list[str]:
    """Return the versions of KEDA that have a type of trigger."""
    entry = _table()["scalers"].get(type_)
    return list(_versions(entry)) if entry else []


def versions_with_key(type_: str, key: str) -> list[str]:
    """Return the versions of KEDA whose scaler of this type knows a key of the metadata."""
    having = ((version, scaler(type_, version)) for version in versions_with_type(type_))
    return [version for version, each in having if each and knows(each, key)]


def was_known(type_: str, key: str) -> bool:
    """Return whether a KEDA before those that rules know read the key, and none of these does."""
    return key in _table()["retired"].get(type_, ())


def knows(scaler: Scaler, key: str) -> bool:
    """Return whether the scaler does something with a key of the metadata."""
    if key in scaler.by_name:
        return True
    parameter = scaler.by_name.get(key.removesuffix(FROM_ENV))
    return scaler.any or (key.endswith(FROM_ENV) and parameter is not None and "e" in parameter.places)


@cache
def scaler(type_: str, keda: str) -> Scaler | None:
    """Return what that version reads of a trigger of that type; None where it has no such scaler."""
    entry = _table()["scalers"].get(type_)
    if entry is None or keda not in _versions(entry):
        return None
    merged = tuple(_parameters(entry, keda))
    by_name: dict[str, Parameter] = {}
    for parameter in merged:
        for name in parameter.names:
            by_name[name] = _joined(by_name[name], parameter) if name in by_name else parameter
    return Scaler(bool(entry.get("any")), merged, by_name)


def _parameters(entry: Mapping[str, Any], keda: str) -> Iterator[Parameter]:
    later = [version for version in KEDA if version > keda]
    for parameter in _lines(entry, keda):
        yield parameter if not parameter.by_hand else _declared(parameter, entry, later)


def _declared(parameter: Parameter, entry: Mapping[str, Any], later: list[str]) -> Parameter:
    """Return a parameter that is read by hand, with what the next version that declares it says of it."""
    for version in later:
        for other in _lines(entry, version):
            if not other.by_hand and set(parameter.names) & set(other.names):
                places = "".join(sorted({*parameter.places, *other.places}))
                return replace(other, names=parameter.names, places=places, by_hand=True, refused=False)
    return parameter


def _joined(one: Parameter, other: Parameter) -> Parameter:
    """Return a name that two structs of a scaler declare is read where either of them looks for it."""
    known = one if one.type != _UNDECLARED else other
    return replace(known, places="".join(sorted({*one.places, *other.places})))


def _lines(entry: Mapping[str, Any], keda: str) -> Iterator[Parameter]:
    for read, lines in entry["fields"].items():
        if read == _ALL or keda in read.split():
            yield from map(_parameter, lines)


def _parameter(line: str) -> Parameter:
    names, places, type_, *more = line.split()
    said: dict[str, str] = {}
    for word in more:
        key, _, value = word.partition("=")
        said[key] = value
    return Parameter(
        names=tuple(names.split(";")),
        places=places,
        type=type_,
        by_hand=type_ == _UNDECLARED,
        required="required" in said,
        target="target" in said,
        refused="refused" in said,
        enum=frozenset(filter(None, said.get("enum", "").split(";"))),
        exclusive=frozenset(filter(None, said.get("exclusive", "").split(";"))),
        separator=said.get("separator") or ",",
        range=said.get("range", ""),
    )


def _versions(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(entry["versions"].split()) if "versions" in entry else KEDA


@cache
def _table() -> Mapping[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8"))
