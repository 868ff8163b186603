"""Amounts as Kubernetes writes them."""

_UNITS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def amount(text: str) -> float:
    """A quantity as a number: 250m is 0.25, 1Ki is 1024."""
    unit = next((each for each in sorted(_UNITS, key=len, reverse=True) if text.endswith(each)), "")
    return float(text.removesuffix(unit)) * _UNITS.get(unit, 1)
