"""What requests cost: a small file of prices.

currency: USD
cpu_hour: 0.0316
gib_hour: 0.0035
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from examx_constructs import _files
from examx_constructs.manifests.yaml_text import YamlError, documents
from examx_constructs.scaling.errors import ScalingError

_KEYS = ("currency", "cpu_hour", "gib_hour")


@dataclass(frozen=True, slots=True)
class Prices:
    """What an hour of a requested CPU and of a requested GiB costs."""

    cpu_hour: float
    gib_hour: float
    currency: str = "USD"

    @classmethod
    def read(cls, path: Path | str) -> "Prices":
        """Return the prices of a file. Raises ScalingError, which names the file."""
        try:
            found = documents(_files.read_text(Path(path)))
        except (_files.UnreadableError, _files.NotTextError, YamlError) as error:
            raise ScalingError(f"{path}: cannot be read as prices: {error}") from None
        content: object = found[0] if len(found) == 1 else None
        if not isinstance(content, dict):
            raise ScalingError(f"{path}: holds no prices; allowed: {', '.join(_KEYS)}")
        prices = cast("dict[object, object]", content)
        for key in prices:
            if key not in _KEYS:
                raise ScalingError.of(
                    f"{path}: {key}", prices[key], f"only {', '.join(_KEYS)}", "no price has that name"
                )
        return cls(
            _price(path, prices, "cpu_hour"), _price(path, prices, "gib_hour"), str(prices.get("currency", "USD"))
        )


def _price(path: Path | str, prices: dict[object, object], key: str) -> float:
    value = prices.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ScalingError.of(f"{path}: {key}", value, "a number, 0 or more", "hours are multiplied by it")
    return float(value)
