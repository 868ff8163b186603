"""Logs of several pods at the same time, each line with the pod before it; in order as far as they come so.

kubectl can do this by a selector, but stops where a pod goes and never sees one that comes. While an autoscaler works,
that is most of what somebody follows for. So each container has a kubectl of its own, and pods are listed again and
again.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from examx_cli.cluster import Cluster
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError
from examx_cli.status.choosing import Place
from examx_cli.unreached import explained

_AGAIN_SECONDS = 3.0
"""How often pods are listed while they are followed."""
_LONGEST_LINE = 1_000_000  # characters
_ENDED = ("is waiting to start", "not found", "is terminated", "previous terminated container")
"""What kubectl says of a container that has no log now, which is no failure of who asks."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a log is wanted: since when, how many of the last lines, and whether to go on."""

    since: str | None
    tail: int | None
    follow: bool

    def arguments(self) -> list[str]:
        """Return them as kubectl takes it."""
        return [
            *([f"--since={self.since}"] if self.since else []),
            *([f"--tail={self.tail}"] if self.tail is not None else []),
            *(["--follow"] if self.follow else []),
        ]


@dataclass(slots=True)
class Streams:
    """The logs of places. `say` gets each line; `tell` what is not of a log, such as that a pod is gone."""

    cluster: Cluster
    wish: Wish
    say: Callable[[str], None]
    tell: Callable[[str], None]
    prefix: bool
    _running: list["subprocess.Popen[str]"] = field(default_factory=list["subprocess.Popen[str]"])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failed: list[ProcessError] = field(default_factory=list[ProcessError])

    def show(self, places: Sequence[Place]) -> None:
        """Show the logs of these, one after the other: what ended before a restart first. Raises ProcessError."""
        for place in places:
            self._previous(place)
            self._stream(place)
        self._raise()

    def follow(self, list_again: Callable[[], list[Place]]) -> None:
        """Show these logs and those of pods that come, until somebody interrupts. Raises ProcessError.

        A container that started anew is another log. Where pods cannot be listed for a while, the others go on.
        """
        known: set[tuple[str, str, str, int]] = set()
        threads: list[threading.Thread] = []
        try:
            while True:
                for place in self._listed(list_again, first=not known):
                    key = (place.uid, place.pod, place.container, place.restarts)
                    if key not in known:
                        if known and threads:
                            self.tell(f"{place}: new")
                        known.add(key)
                        threads.append(threading.Thread(target=self._begin, args=(place,), daemon=True))
                        threads[-1].start()
                self._raise()
                time.sleep(_AGAIN_SECONDS)
        finally:
            for process in list(self._running):
                process.terminate()
            for thread in threads:
                thread.join(timeout=_AGAIN_SECONDS)

    def _listed(self, list_again: Callable[[], list[Place]], *, first: bool) -> list[Place]:
        try:
            return list_again()
        except CommandError as error:
            if first:
                raise
            self.tell(f"pods cannot be listed: {error}")
            return []

    def _begin(self, place: Place) -> None:
        self._previous(place)
        self._stream(place)

    def _previous(self, place: Place) -> None:
        """Print the last of the log from before a restart, which says why there was one."""
        if place.restarts and place.ended:
            self.tell(f"{place}: it ended before ({place.ended}; {place.restarts} restarts); that log first:")
            self._stream(place, "--previous")
            self.tell(f"{place}: the log since then:")

    def _stream(self, place: Place, *more: str) -> None:
        wanted = [each for each in self.wish.arguments() if not (more and each == "--follow")]
        command = self.cluster.kubectl.command(
            "logs", place.pod, f"--container={place.container}", f"--namespace={self.cluster.target.namespace}",
            *wanted, *more,
        )  # fmt: skip
        try:
            process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            self._failed.append(ProcessError(command, 127, f"`{command[0]}` cannot be run: {error.strerror}"))
            return
        with process:
            self._running.append(process)
            for line in _lines(process.stdout):
                with self._lock:
                    self.say(f"{place} {line}" if self.prefix else line)
            said = process.stderr.read() if process.stderr else ""
        self._running.remove(process)
        if process.returncode > 0 and not any(each in said for each in _ENDED):
            self._failed.append(explained(command, ProcessError(command, process.returncode, said)))

    def _raise(self) -> None:
        if self._failed:
            raise self._failed[0]


def _lines(stream: IO[str] | None) -> Iterator[str]:
    """Yield what is logged, line by line; one without an end in pieces."""
    while stream is not None and (line := stream.readline(_LONGEST_LINE)):
        yield line.rstrip("\n")
