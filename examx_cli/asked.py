"""What an environment asks of its cluster's nodes in all, at rest and at most, and what that costs in a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from examx_constructs.manifests import Manifests, Object, read
from examx_constructs.manifests.requests import Amounts, Requests

if TYPE_CHECKING:
    from examx_constructs.scaling.prices import Prices

HOURS_A_MONTH = 730
"""As clouds count a month: 8,760 hours of a year, by twelve."""
_GIB = 1 << 30
_MOST = 1 << 63
"""No quantity of the API is larger; manifests that nobody applied yet may say anything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests of all pods of an environment's manifests, with prices where somebody gave them."""

    requests: Requests
    prices: "Prices | None" = None

    UNKNOWN: ClassVar[Mapping[str, str]] = {"CPU": "not rendered", "GiB": "not rendered"}
    """What is in the place of the texts where there are no manifests."""

    @classmethod
    def of(cls, objects: Sequence[Object], prices: "Prices | None" = None) -> Self:
        """Return what these objects ask for."""
        return cls(Requests.of(Manifests.of(objects)), prices)

    @classmethod
    def of_file(cls, manifests: Path, prices: "Prices | None" = None) -> Self | None:
        """Return what a file's objects ask for; None where there is no such file.

        Raises LoadError for one of another kind.
        """
        return cls.of(read(manifests), prices) if manifests.is_file() else None

    def as_texts(self) -> Mapping[str, str]:
        """Return the figures for a person, at rest and at most.

        They are such as `15.3..106.9`: CPUs and GiB, to a tenth.
        """
        rest, most = self.requests
        texts = {"CPU": _between(rest.cpu, most.cpu), "GiB": _between(rest.memory / _GIB, most.memory / _GIB)}
        if self.prices:
            texts[f"{self.prices.currency} a month"] = (
                f"{_per_month(rest, self.prices):,.0f}..{_per_month(most, self.prices):,.0f}"
            )
        return texts

    def as_json(self) -> dict[str, object]:
        """Return the figures for a machine, `memory` in bytes; `per_month` where there are prices."""
        names = {"at_rest": self.requests.at_rest, "at_most": self.requests.at_most}
        return {name: self._described(amounts) for name, amounts in names.items()}

    def _described(self, amounts: Amounts) -> dict[str, object]:
        described: dict[str, object] = {"cpu": _number(amounts.cpu), "memory": int(amounts.memory)}
        if self.prices:
            described["per_month"] = round(_per_month(amounts, self.prices), 2)
            described["currency"] = self.prices.currency
        return described


@dataclass(frozen=True, slots=True)
class AskedChange:
    """What an environment asks for in all before a change, and after it."""

    before: Asked
    after: Asked

    @classmethod
    def between(cls, before: Sequence[Object], after: Sequence[Object], prices: "Prices | None" = None) -> Self | None:
        """Return the sums of two sides; None where the change leaves them as they are."""
        change = cls(Asked.of(before, prices), Asked.of(after, prices))
        return None if change.before == change.after else change

    def as_texts(self) -> Mapping[str, str]:
        """Return the figures that become others, for a person: `15.3..106.9 -> 15.3..156.9`."""
        was, will_be = self.before.as_texts(), self.after.as_texts()
        return {unit: f"{was[unit]} -> {text}" for unit, text in will_be.items() if text != was[unit]}

    def as_json(self) -> dict[str, object]:
        """Return both sides, for a machine."""
        return {"before": self.before.as_json(), "after": self.after.as_json()}


def _between(rest: Fraction, most: Fraction) -> str:
    low, high = (f"{_number(each):.1f}".removesuffix(".0") for each in (rest, most))
    return low if low == high else f"{low}..{high}"


def _number(amount: Fraction) -> float:
    return float(min(amount, _MOST))


def _per_month(amounts: Amounts, prices: "Prices") -> float:
    hourly = _number(amounts.cpu) * prices.cpu_hour + _number(amounts.memory / _GIB) * prices.gib_hour
    return hourly * HOURS_A_MONTH
