"""An alert, and what the person who gets it does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from examx_constructs._strict import strict_value
from examx_constructs.settings import Duration

Severity = Literal["page", "ticket"]
"""`page` wakes somebody: students wait or tasks are lost. `ticket` is for the next working day."""


@strict_value
@dataclass(frozen=True, kw_only=True)
class Runbook:
    """A kind of alert: what it means, where to look and how to mend it, as docs/alerts.md shows it.

    `needs` names what must be scraped for it. `look` are commands, with ENV and NAMESPACE for the environment's.
    """

    name: str
    """The alert's name, as Prometheus has it."""
    means: str
    """What is wrong, and for whom."""
    look: tuple[str, ...]
    mend: str
    """What to do, in the order of trying."""
    needs: str

    @property
    def anchor(self) -> str:
        """Of its section, as GitHub and the site make it of a heading."""
        return self.name.lower()

    @property
    def title(self) -> str:
        """The name in words."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).capitalize()


@strict_value
@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert of one environment: PromQL that has a result while something is wrong.

    `lasts` is how long it must have one, `summary` may use the labels of the result (Prometheus' templates).
    """

    runbook: Runbook
    expr: str
    """That PromQL."""
    lasts: Duration
    severity: Severity
    """Whether it wakes somebody at once, or can wait for a working day."""
    summary: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """More labels of the alert, for Alertmanager's routes."""
