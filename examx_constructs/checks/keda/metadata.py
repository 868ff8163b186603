"""Rules on what a trigger says to its scaler, against the table of KEDA's scalers (`_keda/scalers.py`).

The metadata is a map of texts to the API server, so nobody but the scaler looks at it. KEDA ignores a key that it does
not know in silence, and takes the default instead.
"""

import re
from collections.abc import Iterator

from examx_constructs._keda.scalers import (
    FROM_ENV,
    Parameter,
    Scaler,
    knows,
    scaler,
    types,
    versions_with_key,
    versions_with_type,
    was_known,
)
from examx_constructs._keda.values import is_too_small
from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.keda.values import refused
from examx_constructs.manifests.keda import Triggered, all_triggers, supplied_parameters
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import REDIS_TRIGGERS

_SOURCE = "KEDA 2.17 to 2.21, pkg/scalers"
# Redis scalers declare it as a text, and read a switch out of it (SetEnableTLS in pkg/scalers/redis_scaler.go).
_SWITCHES = {("redis", "enableTLS"): Parameter(("enableTLS",), "m", "bool")}
_CREDENTIAL = regex(r"pass|secret|token|key|cred|conn", re.IGNORECASE)
_SHORT = 40
_EXAMPLE = regex(r"(?:.*-)?example(?:-.*)?|(?:my|your|some)-.+")


def _described(manifests: Manifests) -> Iterator[tuple[Triggered, Node, Scaler]]:
    """Yield the triggers whose scaler the judged version of KEDA has."""
    for scaled, trigger in all_triggers(manifests):
        found = scaler(trigger["type"].text, scaled.resource.versions.keda)
        if found is not None:
            yield scaled, trigger, found


@rule("KEDA 2.17 to 2.21, buildScaler in pkg/scaling")
def trigger_type_is_known(manifests: Manifests) -> Iterator[Finding]:
    """A trigger's type is one that KEDA has a scaler for: of another one the ScaledObject never becomes ready.

    A type such as `example-trigger`, which means one, is a warning.
    """
    for scaled, trigger in all_triggers(manifests):
        keda = scaled.resource.versions.keda
        type_ = trigger["type"]
        if not type_.text or is_placeholder(type_.text) or type_.text in (known := types(keda)):
            continue
        if having := versions_with_type(type_.text):
            allowed = f"a type that KEDA {keda} has; {type_.text} is in {_span(having)}"
            yield finding(type_, allowed, "KEDA finds no scaler for it", severity=Severity.WARNING)
        else:
            near = _near(type_.text, known)
            allowed = f"a type that KEDA has, such as {near or 'redis, cron or prometheus'}"
            weight = Severity.WARNING if _EXAMPLE.fullmatch(type_.text) else Severity.ERROR
            why = "KEDA finds no scaler for it, and the object never becomes ready"
            yield finding(type_, allowed, why, severity=weight)


@rule(_SOURCE)
def trigger_metadata_is_known(manifests: Manifests) -> Iterator[Finding]:
    """Each key of a trigger's metadata is one that its scaler reads there: KEDA ignores any other in silence.

    A key that only another version of KEDA reads is a warning, and so is one that KEDA read once and no more.
    """
    for scaled, trigger, known in _described(manifests):
        given = dict(trigger["metadata"].entries())
        for key, value in given.items():
            parameter = known.by_name.get(key)
            if parameter is not None and parameter.refused:
                allowed = "nothing: the parameter was removed from KEDA"
                yield finding(value, allowed, "the scaler refuses a trigger that still has it")
            elif known.any or is_placeholder(key):
                continue
            elif parameter is not None and "m" not in parameter.places:
                allowed = f"{key} in a TriggerAuthentication, or in {key}{FROM_ENV} where the scaler has that"
                yield finding(
                    value, allowed, "KEDA does not read it in metadata, and ignores it", value=_hidden(key, value)
                )
            elif not knows(known, key):
                yield _unknown(scaled.resource.versions.keda, trigger, known, value, key)


def _unknown(keda: str, trigger: Node, known: Scaler, value: Node, key: str) -> Finding:
    type_ = trigger["type"].text
    shown = _hidden(key, value)
    if having := versions_with_key(type_, key):
        allowed = f"a key that KEDA {keda} reads for {type_}; {key} is in {_span(having)}"
        why = f"KEDA {keda} ignores it"
        return finding(value, allowed, why, value=shown, severity=Severity.WARNING)
    if was_known(type_, key):
        allowed = "nothing, leave it out"
        why = f"KEDA {keda} ignores it; earlier versions read it"
        return finding(value, allowed, why, value=shown, severity=Severity.WARNING)
    parameter = key.removesuffix(FROM_ENV)
    if parameter != key and parameter in known.by_name:
        why = f"the {type_} scaler takes no {parameter} from a variable, and ignores it"
        return finding(value, f"{parameter} with the value itself", why, value=shown)
    readable = sorted({*known.of("m"), *(f"{name}{FROM_ENV}" for name in known.of("e"))})
    near = _near(key, readable)
    allowed = f"{near}, most likely" if near else f"a key that the {type_} scaler reads, such as {', '.join(readable)}"
    return finding(value, allowed, "KEDA ignores a key that it does not know, and takes the default", value=shown)


@rule(_SOURCE)
def trigger_metadata_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """A trigger has what its scaler cannot do without, in metadata, out of a variable or from its authentication."""
    for scaled, trigger, known in _described(manifests):
        absent = [each for each in known.parameters if each.required and not _stands(trigger["metadata"], each)]
        supplied = supplied_parameters(manifests, scaled, trigger) if absent else None
        for parameter in absent:
            if "a" not in parameter.places or not (supplied is None or supplied & set(parameter.names)):
                name = parameter.names[0]
                # The rules on Redis triggers tell more about the name of the list.
                if trigger["type"].text in REDIS_TRIGGERS and name == "listName":
                    continue
                yield finding(
                    trigger["metadata"][name],
                    _ways(parameter),
                    f"the {trigger['type'].text} scaler has no default for it, and the trigger never works",
                )


def _stands(metadata: Node, parameter: Parameter) -> bool:
    """Return whether the metadata has the parameter, or a variable for it."""
    keys = (key for name in parameter.names for key in (name, f"{name}{FROM_ENV}"))
    return any(not isinstance(metadata[key].value, str | None) or metadata[key].text.strip() for key in keys)


def _ways(parameter: Parameter) -> str:
    name = " or ".join(parameter.names)
    ways = {"m": name, "e": f"{parameter.names[0]}{FROM_ENV}", "a": f"{name} from a TriggerAuthentication"}
    return ", or ".join(way for place, way in ways.items() if place in parameter.places)


@rule("KEDA 2.17 to 2.21, pkg/scalers/scalersconfig")
def trigger_value_is_readable(manifests: Manifests) -> Iterator[Finding]:
    """Each value of a trigger's metadata can be read as what the scaler takes it for: a number, a switch, a choice."""
    for _, trigger, known in _described(manifests):
        for key, value in trigger["metadata"].entries():
            parameter = _SWITCHES.get((trigger["type"].text.partition("-")[0], key)) or known.by_name.get(key)
            if parameter is not None and (wrong := refused(value.text, parameter)):
                yield finding(value, *wrong)


@rule("Kubernetes API autoscaling/v2, MetricTarget; KEDA 2.17 to 2.21, GetMetricTarget")
def trigger_target_is_positive(manifests: Manifests) -> Iterator[Finding]:
    """The target of a trigger is above zero: the API server refuses the HPA that KEDA would make of it.

    Where a formula makes one metric of all triggers, their own targets do not count.
    """
    for scaled, trigger, known in _described(manifests):
        for key, value in trigger["metadata"].entries():
            parameter = known.by_name.get(key)
            is_target = parameter is not None and parameter.target and not scaled.uses_formula and not scaled.is_job
            if is_target and is_too_small(value.text):
                yield finding(value, "a number above 0", "an HPA takes no target of 0, so KEDA's is refused")


def _near(asked: str, known: "frozenset[str] | list[str]") -> str:
    """Return the name that was meant, most likely; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - of use to a finding alone, and slow to import

    folded = {each.casefold(): each for each in sorted(known)}
    found = get_close_matches(asked.casefold(), folded, n=1, cutoff=0.8)
    return folded[found[0]] if found else ""


def _span(versions: list[str]) -> str:
    return f"KEDA {versions[0]}" if len(versions) == 1 else f"KEDA {versions[0]} to {versions[-1]}"


def _hidden(key: str, value: Node) -> str | None:
    """Return what may be a credential is not shown: a key that no scaler reads here can hold anything."""
    return "set (redacted)" if len(value.text) > _SHORT or _CREDENTIAL.search(key) else None
