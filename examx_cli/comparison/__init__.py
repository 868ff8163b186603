"""What would change, object by object and field by field, and what that does to a running system."""

from examx_cli.comparison.difference import Action, Difference, FieldChange, NotCompared, ObjectChange, compare
from examx_cli.comparison.fields import ABSENT
from examx_cli.comparison.impact import Effect, Impact

__all__ = [
    "ABSENT",
    "Action",
    "Difference",
    "Effect",
    "FieldChange",
    "Impact",
    "NotCompared",
    "ObjectChange",
    "compare",
]
