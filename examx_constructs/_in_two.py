"""Work that two processes share: the second one begins at the end, and they meet where they meet.

A process is forked, so that all that was read is there without being sent; what it found is sent back. Where nothing
can be forked, or a thread runs, which a fork would leave behind, one process does it all.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar, cast

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")

_FORKED = "linux"
"""Where a fork is safe: libraries of macOS do not bear it."""
MOST_ITEMS = 4096
"""A permit for each must fit into a pipe that nobody reads yet: POSIX has 4096 bytes for a page, Linux 65536."""


def worked(items: Sequence[_Item], work: Callable[[_Item], list[_Done]]) -> list[_Done]:
    """Return what the work makes of each item, in their order, from whichever process. What it makes can be pickled.

    An error of the work is raised as if one process had done it all.
    """
    shared = _shared(items, work) if can_share() and 1 < len(items) <= MOST_ITEMS else None
    made = [work(each) for each in items] if shared is None else shared
    return [done for each in made for done in each]


def _shared(items: Sequence[_Item], work: Callable[[_Item], list[_Done]]) -> list[list[_Done]] | None:
    """Return what both processes made; None where no second one can be started."""
    permits, (reader, writer) = _permits(len(items)), os.pipe()
    try:
        child = os.fork()
    except OSError:
        for each in (permits, reader, writer):
            os.close(each)
        return None
    if child == 0:
        os.close(reader)
        _second(items, work, permits, writer)
    os.close(writer)
    own: list[list[_Done]] = []
    try:
        for item in items:
            if not os.read(permits, 1):
                break
            own.append(work(item))
        with open(reader, "rb", closefd=False) as stream:
            theirs = _received(stream.read())
    finally:
        os.close(permits)
        os.close(reader)
        os.waitpid(child, 0)
    # Where the second one ended early, what made it end is met here too, and told.
    return own + ([work(each) for each in items[len(own) :]] if theirs is None else theirs)


def can_share() -> bool:
    """Return whether there is a second processor, and a process can be forked for it."""
    if sys.platform != _FORKED:
        return False
    threads = cast("Any", sys.modules.get("threading"))
    return len(os.sched_getaffinity(0)) > 1 and (threads is None or threads.active_count() == 1)


def _permits(number: int) -> int:
    """Return a pipe with a byte for each item: to take one is to take the next item at one's own end."""
    reader, writer = os.pipe()
    os.write(writer, bytes(number))
    os.close(writer)
    return reader


def _second(items: Sequence[Any], work: Callable[[Any], list[Any]], permits: int, results: int) -> NoReturn:
    """Return the second process: works from the end, sends what it made, and ends without a word."""
    status = 1
    try:
        made: list[list[Any]] = []
        for item in reversed(items):
            if not os.read(permits, 1):
                break
            made.append(work(item))
        import pickle  # noqa: PLC0415 - small sets do without

        with open(results, "wb") as stream:
            pickle.dump(made[::-1], stream, pickle.HIGHEST_PROTOCOL)
        status = 0
    except BaseException:  # noqa: S110 - the first process meets the same error, and tells it
        pass
    finally:
        os._exit(status)


def _received(sent: bytes) -> list[list[Any]] | None:
    """Return what the second process made; None where it sent nothing whole."""
    import pickle  # noqa: PLC0415

    try:
        return cast("list[list[Any]]", pickle.loads(sent))  # noqa: S301 - of a process of its own
    except (EOFError, pickle.UnpicklingError):
        return None
