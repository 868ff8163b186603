"""When metrics-server looks at pods, and from when on it knows one.

Source: metrics-server 0.8. pkg/storage/pod.go: it answers with the difference of two looks, or of one look and the
start of a container. That is where this ran for `freshContainerMinMetricsResolution`, 10 s. pkg/server/server.go: it
looks when it starts, and again after each resolution.
"""

from bisect import bisect_right
from math import floor, inf

from examx_constructs.scaling.outages import Outage

FRESH = 10.0
"""Seconds that a container must have run to be known by its first look."""


class MetricsServer:
    """Its looks, at a fixed pace; after an outage they begin anew."""

    def __init__(self, *, resolution: float, phase: float, outages: tuple[Outage, ...] = ()) -> None:
        self._resolution = resolution
        self._since = [-inf, *(each.end for each in outages)]
        self._until = [*(each.start for each in outages), inf]
        self._first = [phase, *(each.end for each in outages)]

    def last(self, now: float) -> float | None:
        """Return the look that it answers by; None where it does not answer."""
        era = bisect_right(self._since, now) - 1
        first = self._first[era]
        looks = floor((now - first) / self._resolution)
        # Two looks make an answer; before the first start there were enough.
        if now >= self._until[era] or (era and looks < 1):
            return None
        return first + looks * self._resolution
