"""What a change does to a running system."""

from dataclasses import dataclass
from enum import IntEnum


class Impact(IntEnum):
    """What a change does, from the lightest to the heaviest."""

    NONE = 0
    """Nothing that runs notices: a label of the object itself, who may do what, a budget for drains."""
    LIVE = 1
    """Takes effect without a restart: routes and rules at once, configuration for pods that start from now on."""
    SCALING = 2
    """Changes how many pods there are."""
    RESTART = 3
    """Replaces pods."""
    STOP = 4
    """Something stops for good, or cannot be reached any more."""
    REFUSED = 5
    """The API server would refuse it: a field that cannot be changed."""
    DATA = 6
    """Deletes data, or cuts pods off from it."""

    @property
    def title(self) -> str:
        """The class in words."""
        return _TITLES[self]

    @property
    def key(self) -> str:
        """The class as JSON names it."""
        return self.name.lower()


_TITLES = {
    Impact.NONE: "changes nothing that runs",
    Impact.LIVE: "takes effect without a restart",
    Impact.SCALING: "changes scaling",
    Impact.RESTART: "restarts pods",
    Impact.STOP: "stops or cuts off",
    Impact.REFUSED: "would be refused",
    Impact.DATA: "deletes data, or cuts pods off from it",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does, to what, and why, in one line."""

    impact: Impact
    subject: str
    reason: str
