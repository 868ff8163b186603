"""Reads the past out of Prometheus: a range query, as its HTTP API has them.

Source: Prometheus 2.42 and 3, "HTTP API", Range queries: the answer is a matrix of series, each with pairs of a moment
and a text. A server gives at most 11,000 points of a series, so a longer time is asked for in parts
(web/api/v1/api.go, `queryRange`).
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from examx_cli.errors import CommandError
from examx_cli.prometheus import Json, Prometheus
from examx_cli.scale.record_rows import ARRIVALS, LENGTH, Rows
from examx_constructs.manifests import shown

_MOST_POINTS = 11_000
_MOST_ROWS = 1_000_000
_SAID = 200


@dataclass(frozen=True, slots=True)
class Past:
    """A server, and what it is asked."""

    server: Prometheus
    query: str

    def rows(self, *, now: float, since: float, step: float, counts: bool) -> Rows:
        """Return what was from so many seconds before `now` on. Raises CommandError.

        The query tells a list's length; or, where it `counts`, the tasks that came within each step.
        """
        self.server.check()
        steps = math.floor(since / step)
        if not 0 < steps <= _MOST_ROWS:
            raise CommandError(
                f"--since has {steps} steps of --every; allowed: 1 to {_MOST_ROWS}; each becomes a row of the file"
            )
        end = math.floor(now / step) * step
        start = end - steps * step
        found: dict[int, float] = {}
        for first in range(0, steps, _MOST_POINTS):
            last = min(first + _MOST_POINTS, steps) - 1
            for moment, value in self._points(start + first * step, start + last * step, step):
                found[round((moment - start) / step)] = value
        if not found:
            raise CommandError(f"--query {shown(self.query)} has no sample in this time; is its name right?")
        return _rows([found.get(index) for index in range(steps)], step, counts=counts)

    def _points(self, start: float, end: float, step: float) -> Iterator[tuple[float, float]]:
        asked = {"query": self.query, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        data = self.server.ask("query_range", f"--query {shown(self.query)}", **asked)
        series = data.get("result")
        if data.get("resultType") != "matrix" or not isinstance(series, list):
            raise CommandError(
                f"--prometheus {self.server.url} answers another thing than a matrix; is it a Prometheus?"
            )
        several = cast("list[Json]", series)
        if len(several) > 1:
            names = ", ".join(json.dumps(each.get("metric"))[:_SAID] for each in several[:2])
            raise CommandError(
                f"--query {shown(self.query)} has {len(several)} series, such as {names}; allowed: one; "
                "add them up with sum(...), or choose one by its labels"
            )
        for each in several:
            try:
                for moment, value in cast("list[tuple[float, str]]", each["values"]):
                    yield float(moment), float(value)
            except (KeyError, TypeError, ValueError):
                raise CommandError(f"--prometheus {self.server.url} answers with values that are none") from None


def _rows(values: list[float | None], step: float, *, counts: bool) -> Rows:
    """Return whole numbers. Of tasks that came, what is cut off one row goes into the next, so that none is lost."""
    figures: list[int | None] = []
    owed = 0.0
    for value in values:
        if value is None or not math.isfinite(value):
            figures.append(None)
        elif value < 0:
            raise CommandError(
                f"--query has {value:g} at {len(figures) * step:g} s; allowed: 0 or more; tasks are counted"
            )
        elif counts:
            whole = math.floor(value + owed + 0.5)
            owed += value - whole
            figures.append(whole)
        else:
            figures.append(round(value))
    return Rows(ARRIVALS if counts else LENGTH, step, figures)
