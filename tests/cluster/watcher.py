"""Threads that follow what happens to the objects of a kind."""

import sys
import threading
import traceback
from collections.abc import Callable

from tests.cluster.client import ApiError, Client, Object


class Watcher:
    """Calls a function for each event, from the first list on, until it is stopped."""

    def __init__(self, client: Client, path: str, see: Callable[[str, Object], None]) -> None:
        self._client, self._path, self._see = client, path, see
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=path, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Follow no more. It ends with the connection at the latest."""
        self._stopped.set()

    def join(self) -> None:
        """Wait for its end, once the server is gone."""
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                for event in self._client.watch(self._path):
                    if self._stopped.is_set():
                        return
                    self._see(event["type"], event["object"])
            except (OSError, ApiError, ValueError):
                if not self._stopped.wait(_PATIENCE):
                    traceback.print_exc(file=sys.stderr)


_PATIENCE = 0.2
