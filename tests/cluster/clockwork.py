"""Things to do later, one after another, in a thread of their own."""

import heapq
import itertools
import sys
import threading
import time
import traceback
from collections.abc import Callable

from tests.cluster.client import ApiError

# What happens when an object has gone, or has changed, since the thing was planned.
_OVERTAKEN = (404, 409, 410)
_PATIENCE = 1.0


class Clockwork:
    """Does things at their time. What the API server refuses because it is overtaken is dropped, the rest told."""

    def __init__(self, name: str) -> None:
        self._planned: list[tuple[float, int, Callable[[], object]]] = []
        self._changed = threading.Condition()
        self._count = itertools.count()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def plan(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something so many seconds from now."""
        with self._changed:
            heapq.heappush(self._planned, (time.monotonic() + seconds, next(self._count), action))
            self._changed.notify()

    def stop(self) -> None:
        """Forget what is planned."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join(10)

    def _run(self) -> None:
        while action := self._next():
            try:
                action()
            except ApiError as error:
                if error.status not in _OVERTAKEN:
                    traceback.print_exc(file=sys.stderr)
            except OSError:
                # The API server is away for a moment.
                self.plan(_PATIENCE, action)
            except Exception:
                if not self._stopped:
                    traceback.print_exc(file=sys.stderr)

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while not self._stopped:
                wait = self._planned[0][0] - time.monotonic() if self._planned else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._planned)[2]
                self._changed.wait(wait)
        return None
