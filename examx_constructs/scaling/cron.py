"""When KEDA's cron trigger is active. Source: KEDA 2.17.2, pkg/scalers/cron_scaler.go."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from examx_constructs._schedules import Schedule


@dataclass(frozen=True, slots=True)
class CronWindow:
    """From a start to an end, so many replicas; at other times one.

    KEDA compares the next start with the next end: it is active while the end comes first, inclusively.
    """

    start: Schedule
    end: Schedule
    zone: ZoneInfo
    replicas: int
    _until: list[tuple[datetime, datetime, bool]] = field(
        default_factory=list[tuple[datetime, datetime, bool]], compare=False, repr=False
    )

    def is_active(self, moment: datetime) -> bool:
        """Return whether the replicas are wanted at this moment."""
        if self._until:
            since, until, active = self._until[0]
            if since <= moment < until:
                return active
        here = moment.astimezone(self.zone)
        starts, ends = self.start.next(here), self.end.next(here)
        active = ends <= starts
        # Nothing changes before the first of the two; that one saves looking again.
        self._until[:] = [(moment, min(starts, ends), active)]
        return active
