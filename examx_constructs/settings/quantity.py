"""Kubernetes quantities (CPU, memory, storage) as values that can be compared, added and scaled.

Rules: the Kubernetes API reference, "Quantity". A quantity keeps the text that it was written with, so that what a
reviewer reads in an environment is what the manifest has.
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering

from examx_constructs.settings.refusal import SettingError

_BINARY = {suffix: 1024**power for power, suffix in enumerate(("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_FORM = re.compile(r"(?P<number>\d+(?:\.\d*)?|\.\d+)(?P<suffix>[KMGTPE]i|[numkMGTPE]?|[eE][+-]?\d{1,3})", re.ASCII)
_LARGEST = 2**63 - 1


@total_ordering
class Quantity:
    """An amount such as `500m` (half a CPU), `4Gi` (memory) or `10Gi` (storage).

    Equal by amount: `Quantity("1Gi") == Quantity("1024Mi")`. Raises SettingError for what Kubernetes would refuse, and
    for a negative amount, which is no use in a request, a limit or a capacity. `setting` is its name there.

    `text` is a number with a suffix of Kubernetes, or without one: `m`, `k`, `M`, `G`, `Ki`, `Mi`, `Gi` and so on.
    """

    __slots__ = ("_amount", "_text")

    def __init__(self, text: str, *, setting: str = "quantity") -> None:
        form = _FORM.fullmatch(text) if isinstance(text, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if form is None:
            raise SettingError(
                setting,
                text,
                "it must be a text with a Kubernetes suffix, such as 500m, 2, 512Mi or 10Gi (not GB), and not negative",
            )
        self._text = text
        self._amount = Fraction(Decimal(form["number"])) * _multiplier(form["suffix"])
        if self._amount > _LARGEST:
            raise SettingError(setting, text, f"the most is {_LARGEST}: Kubernetes keeps quantities as 64-bit integers")

    @property
    def amount(self) -> Fraction:
        """The exact amount in base units: CPUs or bytes."""
        return self._amount

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Quantity({self._text!r})"

    def __hash__(self) -> int:
        return hash(self._amount)

    def __eq__(self, other: object) -> bool:
        return self._amount == other._amount if isinstance(other, Quantity) else NotImplemented

    def __lt__(self, other: "Quantity") -> bool:
        return self._amount < other._amount

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity.of(self._amount + other._amount)

    def __mul__(self, factor: int | Fraction) -> "Quantity":
        return Quantity.of(self._amount * factor)

    @classmethod
    def of(cls, amount: Fraction) -> "Quantity":
        """Return a short exact text for an amount in base units, rounded up to Kubernetes' finest step, a billionth."""
        for suffix, size in reversed(_BINARY.items()):
            if suffix and amount and (amount / size).denominator == 1:
                return cls(f"{amount / size}{suffix}")
        for suffix in ("", "m", "u", "n"):
            scaled = amount / Fraction(10) ** _DECIMAL[suffix]
            if scaled.denominator == 1:
                return cls(f"{scaled}{suffix}")
        return cls(f"{-(-amount * 10**9 // 1)}n")

    def floor_to(self, suffix: str) -> int:
        """Return the whole number of a unit (`Mi`, `Gi`, ...) that fits into this amount."""
        return int(self._amount // _multiplier(suffix))


def _multiplier(suffix: str) -> Fraction:
    if suffix in _BINARY:
        return Fraction(_BINARY[suffix])
    exponent = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    return Fraction(10) ** exponent


_LEAST_BYTES = Quantity("8Mi")
_CPU_STEP = Quantity("1m")


def byte_size(given: object) -> str | None:
    """Return a rule: an amount of memory or storage that something can live in."""
    outside = isinstance(given, Quantity) and (given < _LEAST_BYTES or given.amount.denominator != 1)
    allowed = f"it must be whole bytes, at least {_LEAST_BYTES}: is the unit missing (Mi, Gi) or a wrong one (m)?"
    return allowed if outside else None


def cpu_share(given: object) -> str | None:
    """Return a rule: an amount of CPU that Kubernetes can count (Kubernetes, "CPU resource units")."""
    outside = isinstance(given, Quantity) and not (given.amount and (given.amount / _CPU_STEP.amount).denominator == 1)
    return f"it must be more than zero, in steps of {_CPU_STEP}: Kubernetes counts CPU no finer" if outside else None
