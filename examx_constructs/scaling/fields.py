"""Numbers of manifests, each refused in one line where the API would refuse it."""

import re
from fractions import Fraction

from examx_constructs.manifests import Node
from examx_constructs.scaling.errors import ScalingError
from examx_constructs.settings import Quantity, SettingError

_WHOLE = re.compile(r"[-+]?\d{1,18}", re.ASCII)
_MOST = (1 << 31) - 1


def whole(node: Node, default: int | None, why: str, *, low: int = 0, high: int = _MOST) -> int:
    """Return a whole number of a manifest. Raises ScalingError; without a default also for a missing one."""
    if not node.present and default is not None:
        return default
    if node.number is None or not low <= node.number <= high:
        raise ScalingError.at(node, f"a whole number from {low} to {high}", why)
    return node.number


def whole_text(node: Node, default: int | None, why: str, *, low: int = 0) -> int:
    """Return a whole number that is written as a text, as in the metadata of triggers. Raises ScalingError."""
    if not node.present and default is not None:
        return default
    if not _WHOLE.fullmatch(node.text) or int(node.text) < low:
        raise ScalingError.at(node, f"a whole number of {low} or more, as a text", why)
    return int(node.text)


def decimal_text(node: Node, default: float | None, why: str) -> float:
    """Return a number that is written as a text. Raises ScalingError."""
    if not node.present and default is not None:
        return default
    try:
        number = float(node.text)
    except ValueError:
        number = float("nan")
    if not abs(number) < _MOST:
        raise ScalingError.at(node, "a number, as a text", why)
    return number


def thousandths(node: Node, why: str) -> int:
    """Return a quantity, in whole thousandths, rounded up as `MilliValue` does. Raises ScalingError."""
    text = str(node.number) if node.number is not None else node.text
    try:
        amount = Quantity(text).amount * 1000 if text else Fraction(0)
    except SettingError:
        amount = Fraction(0)
    if amount <= 0:
        raise ScalingError.at(node, "a quantity above 0, such as 500m, 2 or 512Mi", why)
    return -(-amount.numerator // amount.denominator)


def choice(node: Node, allowed: tuple[str, ...], default: str, why: str) -> str:
    """Return one of several words. Raises ScalingError."""
    if not node.present:
        return default
    if node.text not in allowed:
        raise ScalingError.at(node, " or ".join(allowed), why)
    return node.text
