"""How much it weighs that nothing in the given manifests has what is asked for.

Manifests are often a part: one folder of many, one team's share of a namespace. What a part does not show may be there
none the less, so its absence is a warning. It is an error where the set has the Namespace object, and so claims to show
what runs there. It is one too where something in it is so near to what is asked for that a slip is the likely reason.
"""

import re
from collections.abc import Iterable

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Severity
from examx_constructs.checks.slips import slip_of
from examx_constructs.manifests.resources import Manifests, Scope

_CHANGES = regex(r"role|active|leader|master|primary|replica|sealed|initialized|state|status|istio", re.IGNORECASE)
"""In labels that programs and operators give pods as they run: Patroni, Vault, CloudNativePG, Istio, those of Redis."""


def is_set_as_it_runs(labels: Iterable[str]) -> bool:
    """Return whether labels that pods lack, by their keys, are of those that say what a pod is at the moment."""
    return all(_CHANGES.search(key) for key in labels)


def weight_of_absence(manifests: Manifests, scope: Scope, *, slipped: bool) -> Severity:
    """Return the severity of a finding on what a scope lacks; `slipped` where something near to it is there."""
    cluster = Scope(scope.cluster, "", "", scope.unit)
    whole = manifests.find("Namespace", scope.namespace, cluster) if scope.namespace else None
    return Severity.ERROR if slipped or whole else Severity.WARNING


def is_near(asked: str, known: Iterable[str]) -> bool:
    """Return whether a name is one that is there but for a slip of the hand."""
    return slip_of(asked, known) is not None
