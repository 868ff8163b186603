"""Rules on scalingModifiers: KEDA makes one metric out of the triggers that a formula names."""

import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.slips import slip_of
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS, Autoscaler, scaled_objects

_SOURCE = "KEDA 2.17 to 2.21 admission webhook, ValidateAndCompileScalingModifiers; github.com/expr-lang/expr v1.17"
_TOKEN = regex(
    r"""
      "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*`      # texts
    | //[^\n]* | /\*(?:[^*]|\*(?!/))*\*/                     # remarks
    | [0-9][\w.]*                                           # numbers
    | \??\.\s*[A-Za-z_$][\w$]* | \#[\w$]*                  # members, and the item of a predicate
    | (?P<name>[A-Za-z_$][\w$]*)(?P<call>\s*\()?
    | \S
    """,
    re.VERBOSE,
)
_WORDS = words("and or not in matches contains startsWith endsWith true false nil let if else $env")
_NUMBER = regex(r"[+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _modifiers(manifests: Manifests) -> Iterator[tuple[Autoscaler, Node]]:
    for each in scaled_objects(manifests):
        modifiers = each.resource.spec.at("advanced", "scalingModifiers")
        if any(value.present for _, value in modifiers.entries()):
            yield each, modifiers


@rule(_SOURCE)
def scaling_modifiers_are_complete(manifests: Manifests) -> Iterator[Finding]:
    """Scaling modifiers have a formula and a target above zero: each is mandatory with the other."""
    for _, modifiers in _modifiers(manifests):
        for field in (modifiers["formula"], modifiers["target"]):
            if field.value in (None, ""):
                yield finding(field, "a value", "formula and target only work together")
        target = modifiers["target"]
        if target.text and not is_placeholder(target.text) and not _is_positive(target.text):
            yield finding(target, "a number above 0, in quotes", "KEDA refuses any other")


def _is_positive(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and float(text[:40]) > 0


@rule(_SOURCE)
def formula_names_triggers(manifests: Manifests) -> Iterator[Finding]:
    """Each name in a formula is that of a trigger of the same ScaledObject, other than cpu and memory.

    KEDA's webhook compiles the formula with these names alone. Cpu and memory stay metrics of their own.
    """
    for scaled, modifiers in _modifiers(manifests):
        formula = modifiers["formula"]
        known = {each["name"].text for each in _counted(scaled)} - {""}
        resource = {each["name"].text for each in scaled.triggers if each["type"].text in RESOURCE_TRIGGERS}
        for name in () if is_placeholder(formula.text) else sorted(_names(formula.text) - known):
            near = slip_of(name, known)
            listed = f"; it has {', '.join(sorted(known))}" if known else "; none of it has a name"
            why = "KEDA's webhook cannot compile the formula"
            if name in resource:
                why = "cpu and memory are metrics of their own beside it, and KEDA's webhook cannot compile it"
            yield finding(
                formula, f"{near}, most likely" if near else f"names of its triggers{listed}", why, value=name
            )


def _counted(scaled: Autoscaler) -> list[Node]:
    """Return the triggers that a formula can count."""
    return [each for each in scaled.triggers if each["type"].text not in RESOURCE_TRIGGERS]


def _names(formula: str) -> set[str]:
    """Return the variables of an expression.

    No functions, no members, no words of the language, nothing that it defines.
    """
    found: set[str] = set()
    defined: set[str] = set()
    before, braces = "", 0
    for token in _TOKEN.finditer(formula):
        name, text = token["name"], token.group()
        if before == "let" and name:
            defined.add(name)
        elif name and not token["call"] and name not in _WORDS and not (braces and _is_key(formula, token.end())):
            found.add(name)
        braces += (text == "{") - (text == "}")
        before = name or ""
    return found - defined


def _is_key(formula: str, end: int) -> bool:
    """Return whether a colon follows: inside braces that makes a name the key of a map."""
    return formula[end:].lstrip()[:1] == ":"


@rule("KEDA 2.17 to 2.21, GetPairTriggerAndMetric in pkg/scaling/modifiers")
def formula_counts_all_triggers(manifests: Manifests) -> Iterator[Finding]:
    """Beside a formula each trigger has a name: the metric of one without a name counts nowhere."""
    for scaled, modifiers in _modifiers(manifests):
        for trigger in _counted(scaled) if modifiers["formula"].text else ():
            if trigger["type"].text and not trigger["name"].text:
                why = "the one metric of the ScaledObject is what the formula makes of named triggers"
                yield finding(trigger["name"], "a name that the formula uses", why)
