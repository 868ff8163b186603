"""What the simulator refuses, in one line that names the place, its value, what is allowed and why."""

from typing import Self

from examx_constructs.manifests import Node, shown


class ScalingError(Exception):
    """Input that cannot be simulated: wrong, or not modelled."""

    @classmethod
    def at(cls, node: Node, allowed: str, why: str, *, value: object = None) -> Self:
        """Refuse the value of a field of a manifest.

        `value` replaces the field's own where that says too little.
        """
        whose = f"{node.object_id.qualified}: " if node.object_id.kind else ""
        place = f"{node.file}: " if node.file else ""
        said = shown(node.value if value is None else value)
        return cls(f"{place}{whose}{node.path} is {said}; allowed: {allowed}; {why}")

    @classmethod
    def of(cls, setting: str, value: object, allowed: str, why: str) -> Self:
        """Refuse a value that came from Python, from a command line or from a file, named by `setting`."""
        return cls(f"{setting} is {shown(value)}; allowed: {allowed}; {why}")


def positive(setting: str, value: float, why: str) -> None:
    """Refuse a number that is not above zero. Raises ScalingError."""
    if not 0 < value < float("inf"):
        raise ScalingError.of(setting, value, "a number above 0", why)


def counted(setting: str, value: object, why: str, *, low: int = 0) -> None:
    """Refuse what is no whole number, or too small. Raises ScalingError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise ScalingError.of(setting, value, f"a whole number, {low} or more", why)


def at_least_zero(setting: str, value: float, why: str) -> None:
    """Refuse a number below zero, and what is no number. Raises ScalingError."""
    if not 0 <= value < float("inf"):
        raise ScalingError.of(setting, value, "0 or more", why)
