"""What is wrong with a trigger by the table of KEDA's scalers: in the best case over the versions that it knows."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from examx_constructs._keda.scalers import (
    FROM_ENV,
    KEDA,
    Parameter,
    Scaler,
    knows,
    scaler,
    types,
    versions_with_type,
    was_known,
)
from examx_constructs._keda.values import is_too_small, refused

_VERSIONS = f"KEDA {KEDA[0]} to {KEDA[-1]}"


class Fault(NamedTuple):
    """What is wrong: in which part of a trigger, what came, and what is allowed and why."""

    place: str
    given: str | None
    allowed: str


def fault(type_: str, metadata: Mapping[str, str], *, authenticated: bool) -> Fault | None:
    """Return what every version of KEDA would refuse or ignore of a trigger; None where one takes it as it is.

    Of several versions it says what the newest one finds.
    """
    found: Fault | None = None
    for version in versions_with_type(type_):
        known = scaler(type_, version)
        if known is None:
            continue
        found = next(_faults(type_, metadata, known, authenticated=authenticated), None)
        if found is None:
            return None
    return found or _unknown_type(type_)


def _unknown_type(type_: str) -> Fault:
    known = frozenset[str]().union(*map(types, KEDA))
    near = next((each for each in sorted(known) if type_ and type_.casefold() in each.split("-")), "")
    hint = near or _near(type_, known)
    meant = f"{hint}, most likely" if hint else "such as cron, prometheus or kafka"
    return Fault("type", type_, f"it must be a type of {_VERSIONS}: {meant}; no other has a scaler")


def _faults(type_: str, metadata: Mapping[str, str], known: Scaler, *, authenticated: bool) -> Iterator[Fault]:
    for key, text in metadata.items():
        yield from _of_key(type_, key, text, known)
    for parameter in known.parameters:
        by_authentication = "a" in parameter.places and authenticated
        if parameter.required and not by_authentication and not _stands(metadata, parameter):
            why = f"the {type_} scaler has no default for it"
            name = parameter.names[0]
            yield Fault(f"metadata[{name}]", None, f"it must be given as {_ways(parameter)}: {why}")


def _of_key(type_: str, key: str, text: str, known: Scaler) -> Iterator[Fault]:
    parameter = known.by_name.get(key)
    if not knows(known, key):
        readable = sorted({*known.of("m"), *(f"{name}{FROM_ENV}" for name in known.of("e"))})
        if was_known(type_, key):
            why = f"it must be left out: {_VERSIONS} does not read it any more"
        elif near := _near(key, frozenset(readable)):
            why = f"it must be {near}, most likely: KEDA ignores a key that it does not know"
        else:
            why = f"it must be one that the {type_} scaler reads: {', '.join(readable)}"
        yield Fault("metadata key", key, why)
    elif parameter is not None and parameter.refused:
        yield Fault("metadata key", key, "it must be left out: the parameter was removed from KEDA")
    elif parameter is not None and "m" not in parameter.places and not known.any:
        # Its value may be a credential, so it is not shown.
        variable = f", or in {key}{FROM_ENV}" if "e" in parameter.places else ""
        yield Fault(
            "metadata key", key, f"it must be in a TriggerAuthentication{variable}: the {type_} scaler reads it there"
        )
    elif parameter is not None and (wrong := refused(text, parameter)):
        yield Fault(f"metadata[{key}]", text, f"it must be {wrong[0]}: {wrong[1]}")
    elif parameter is not None and parameter.target and is_too_small(text):
        yield Fault(f"metadata[{key}]", text, "it must be a number above 0: an HPA takes no target of 0")


def _stands(metadata: Mapping[str, str], parameter: Parameter) -> bool:
    keys = (key for name in parameter.names for key in (name, f"{name}{FROM_ENV}"))
    return any(metadata.get(key, "").strip() for key in keys)


def _ways(parameter: Parameter) -> str:
    name = parameter.names[0]
    ways = {"m": name, "e": f"{name}{FROM_ENV}", "a": "a parameter of a TriggerAuthentication"}
    return " or ".join(way for place, way in ways.items() if place in parameter.places)


def _near(asked: str, known: frozenset[str]) -> str:
    """Return the name that was meant, most likely; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - of use to a mistake alone, and slow to import

    folded = {each.casefold(): each for each in sorted(known)}
    found = get_close_matches(asked.casefold(), folded, n=1, cutoff=0.75)
    return folded[found[0]] if found else ""
