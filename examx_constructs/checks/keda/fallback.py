"""Rules on the fallback of a ScaledObject: how many replicas there are while a trigger cannot be read."""

import re
from collections.abc import Iterator

from examx_constructs._keda.scalers import scaler
from examx_constructs._keda.values import is_whole
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.keda import Triggered
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS, Autoscaler, scaled_objects

_SOURCE = "KEDA 2.17 to 2.21, CheckFallbackValid in apis/keda and pkg/fallback"
_VALUE_SINCE = "2.18"
"""Since then a trigger, or a formula, of metricType Value can fall back, and a target counts with its fraction."""
_FORMULA_BEHAVIOR_SINCE = "2.20"
_BEHAVIORS = ("static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower")
_OF_FORMULA = "scalingModifiers"
_WITH_REPLICAS = ("", "static", "currentReplicasIfHigher", "currentReplicasIfLower")


def _fallbacks(manifests: Manifests) -> Iterator[tuple[Autoscaler, Node]]:
    return ((each, each.resource.spec["fallback"]) for each in scaled_objects(manifests) if _has_fallback(each))


def _has_fallback(scaled: Autoscaler) -> bool:
    return scaled.resource.spec["fallback"].present


@rule(_SOURCE)
def fallback_is_usable(manifests: Manifests) -> Iterator[Finding]:
    """A fallback states its threshold and replicas, and at least one trigger can fall back.

    Cpu and memory triggers cannot. Up to KEDA 2.17 only metrics of type AverageValue can: of a trigger, or of the
    formula where there is one.
    """
    for scaled, fallback in _fallbacks(manifests):
        for field in (fallback["failureThreshold"], fallback["replicas"]):
            if field.number is None or field.number < 0:
                yield finding(field, "a whole number, 0 or more", "a fallback needs both of its numbers")
        if Triggered(scaled.resource).uses_formula:
            yield from _formula_cannot_fall_back(scaled)
        elif scaled.triggers and not any(_can_fall_back(scaled, trigger) for trigger in scaled.triggers):
            kind = "" if scaled.resource.versions.keda_has(_VALUE_SINCE) else "of metricType AverageValue "
            yield finding(
                fallback,
                f"a fallback beside a trigger {kind}other than cpu and memory",
                "no trigger of this ScaledObject can fall back",
            )


def _can_fall_back(scaled: Autoscaler, trigger: Node) -> bool:
    of_type = scaled.resource.versions.keda_has(_VALUE_SINCE) or trigger["metricType"].text in ("", "AverageValue")
    return trigger["type"].text not in RESOURCE_TRIGGERS and of_type


def _formula_cannot_fall_back(scaled: Autoscaler) -> Iterator[Finding]:
    """Yield what keeps the one metric of a formula from falling back: its type, and a target with a fraction."""
    modifiers = scaled.resource.spec.at("advanced", "scalingModifiers")
    kind, target = modifiers["metricType"], modifiers["target"]
    if kind.text == "Value" and not scaled.resource.versions.keda_has(_VALUE_SINCE):
        why = f"the webhook of KEDA {scaled.resource.versions.keda} refuses a fallback beside it"
        yield finding(kind, "AverageValue, or no fallback", why)
    text = target.text
    if text and not is_placeholder(text) and not re.fullmatch(r"[+-]?[0-9]+", text):
        why = "KEDA reads it as a whole number for the fallback, which otherwise never acts"
        yield finding(target, "a whole number, in quotes, where there is a fallback", why)


@rule("KEDA 2.17, doFallback in pkg/fallback")
def fallback_target_is_whole(manifests: Manifests) -> Iterator[Finding]:
    """Up to KEDA 2.17 a trigger that may fall back has a whole number for its target.

    KEDA cuts the fraction off when it computes the metric of the fallback: with a target of 0.5 it falls back to none.
    """
    for scaled, _ in _fallbacks(manifests):
        counts = not (scaled.resource.versions.keda_has(_VALUE_SINCE) or Triggered(scaled.resource).uses_formula)
        for trigger in scaled.triggers if counts else ():
            known = scaler(trigger["type"].text, scaled.resource.versions.keda)
            for key, value in trigger["metadata"].entries() if known else ():
                parameter = known.by_name.get(key) if known else None
                is_target = parameter is not None and parameter.target and _can_fall_back(scaled, trigger)
                if is_target and _has_fraction(value.text):
                    why = "KEDA cuts the fraction off for the fallback, which then has fewer replicas than it says"
                    yield finding(value, "a whole number where there is a fallback, or KEDA 2.18", why)


def _has_fraction(text: str) -> bool:
    return re.fullmatch(r"[0-9.]{1,30}", text.strip()) is not None and text.count(".") == 1 and not is_whole(text)


@rule(_SOURCE)
def fallback_is_within_maximum(manifests: Manifests) -> Iterator[Finding]:
    """A fallback has at most as many replicas as the ScaledObject: the HPA cuts what is above."""
    for scaled, fallback in _fallbacks(manifests):
        replicas, most = fallback["replicas"], scaled.maximum
        counts = fallback["behavior"].text in _WITH_REPLICAS
        if counts and most is not None and replicas.number is not None and replicas.number > most:
            yield finding(replicas, f"at most {scaled.high.path}, {most}", "the HPA never has more than that")


@rule("The CRDs of KEDA 2.17 to 2.21")
def fallback_behavior_is_known(manifests: Manifests) -> Iterator[Finding]:
    """The behavior of a fallback is one that KEDA has; scalingModifiers is of 2.20, and needs a formula."""
    for scaled, fallback in _fallbacks(manifests):
        behavior = fallback["behavior"]
        later = scaled.resource.versions.keda_has(_FORMULA_BEHAVIOR_SINCE)
        if behavior.text in ("", *_BEHAVIORS) or is_placeholder(behavior.text):
            continue
        if behavior.text != _OF_FORMULA or not later:
            known = (*_BEHAVIORS, _OF_FORMULA) if later else _BEHAVIORS
            yield finding(behavior, f"one of {', '.join(known)}", "the CRD refuses anything else")
        elif not scaled.resource.spec.at("advanced", "scalingModifiers", "formula").text:
            yield finding(behavior, "a formula beside it, or another behavior", "KEDA's webhook refuses it without one")
