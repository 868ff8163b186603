"""Quantities (CPU, memory, storage) as they are in manifests, wherever these come from.

`settings.Quantity` refuses what this project would not write; this reads what the API server reads (apimachinery v0.34,
pkg/api/resource/quantity.go), and tells what it does not.
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from examx_constructs._regex import regex
from examx_constructs.manifests.node import Node

_FORM = regex(
    r"(?P<sign>[+-]?)(?P<number>\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?P<suffix>[KMGTPE]i|[numkMGTPE]?|[eE][+-]?\d{1,3})",
    re.ASCII,
)
_BINARY = {f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", start=1)}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def quantity(node: Node) -> Fraction | None:
    """Return the amount in base units (CPUs, bytes, pieces), exactly.

    None where there is none, or none that can be read.
    """
    given = node.value
    if given is None or isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    return _amount(str(given))


@lru_cache(maxsize=4096)
def _amount(text: str) -> Fraction | None:
    """Return the amount that a text says: a set says few of them, and says them often."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    amount = Fraction(Decimal(form["number"])) * _factor(form["suffix"])
    return -amount if form["sign"] == "-" else amount


def is_written_as_number(node: Node) -> bool:
    """Return whether a quantity has no suffix, as one has whose unit was forgotten."""
    return re.fullmatch(r"[+-]?[\d.]+", str(node.value)) is not None


def _factor(suffix: str) -> Fraction:
    if suffix in _BINARY:
        return Fraction(_BINARY[suffix])
    return Fraction(10) ** (_DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:]))
