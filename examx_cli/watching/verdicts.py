"""Whether figures moved: pure, of what was measured before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examx_cli.watching.figures import Figure, Kind
from examx_constructs.settings import DeploymentBounds


class Verdict(StrEnum):
    """What became of a figure, or of all."""

    QUIET = "quiet"
    """Within its bounds."""
    MOVED = "moved"
    """Beyond them."""
    UNKNOWN = "unknown"
    """Not measured, which is never taken for good."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one window has: the value of each figure by its name, and how many requests; None for no data."""

    values: Mapping[str, float | None]
    requests: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one figure, and why in words."""

    figure: Figure
    verdict: Verdict
    before: float | None
    after: float | None
    why: str

    def __str__(self) -> str:
        before, after = ("no data" if each is None else self.figure.shown(each) for each in (self.before, self.after))
        return f"{self.figure.name}: {before} -> {after}; {self.verdict}: {self.why}"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of all figures."""

    judged: tuple[Judged, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst that is known; quiet only where everything was measured."""
        found = {each.verdict for each in self.judged}
        return next((each for each in (Verdict.MOVED, Verdict.UNKNOWN) if each in found), Verdict.QUIET)

    def of(self, verdict: Verdict) -> tuple[Judged, ...]:
        """Return the figures that this became of."""
        return tuple(each for each in self.judged if each.verdict is verdict)

    @property
    def moved(self) -> frozenset[Kind]:
        """The kinds of figures that moved."""
        return frozenset(each.figure.kind for each in self.of(Verdict.MOVED))


def judge(figures: Sequence[Figure], before: Window, after: Window, bounds: DeploymentBounds) -> Report:
    """Compare the window before a deployment with the one after it."""
    return Report(tuple(_judged(each, before, after, bounds) for each in figures))


def _judged(figure: Figure, before: Window, after: Window, bounds: DeploymentBounds) -> Judged:
    was, became = before.values.get(figure.name), after.values.get(figure.name)
    if was is None or became is None:
        sides = [name for name, value in (("before", was), ("after", became)) if value is None]
        return Judged(figure, Verdict.UNKNOWN, was, became, f"no data {' and '.join(sides)} the deployment")
    if figure.of_requests and (few := _few(before, after, bounds)):
        return Judged(figure, Verdict.UNKNOWN, was, became, few)
    rising = was * (100 + bounds.rise_percent) / 100
    bound = max(figure.floor, rising)
    said = f"{figure.shown(bound)}, " + (
        f"{bounds.rise_percent} % above what it was" if rising > figure.floor else "the floor of its bounds"
    )
    if became > bound:
        return Judged(figure, Verdict.MOVED, was, became, f"above {said}")
    return Judged(figure, Verdict.QUIET, was, became, f"at most {said}")


def _few(before: Window, after: Window, bounds: DeploymentBounds) -> str:
    """Say why there were too few requests; empty where there were enough."""
    least = min(before.requests or 0, after.requests or 0)
    if least >= bounds.minimum_requests:
        return ""
    return (
        f"{before.requests or 0:.0f} requests before and {after.requests or 0:.0f} after; "
        f"fewer than {bounds.minimum_requests} are not judged"
    )
