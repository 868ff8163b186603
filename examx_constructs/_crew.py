"""Processes that share a list of work: each takes every n-th item, and the results come in the order of the items.

The processes are forked, so items need not be sent, and each starts a Node of its own. So jsii must not have been
imported before, because a Node that two processes talk to answers the wrong one.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe
from multiprocessing.context import ForkProcess
from typing import Any, TypeVar

from examx_constructs.settings import ConfigurationError

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


class CrewError(ConfigurationError):
    """What one of the processes met: the message of its ConfigurationError, or that it ended early."""


def hands() -> int:
    """Return how many processes can work at the same time: 1 where none can be forked safely, or Node has started."""
    if sys.platform != "linux" or "jsii" in sys.modules:
        return 1
    return len(os.sched_getaffinity(0))


def shared(
    items: Sequence[_Item], work: Callable[[_Item], _Done], number: int, name: Callable[[_Item], str]
) -> Iterator[_Done]:
    """Yield what the work makes of each item, in their order. What it makes can be pickled.

    Raises CrewError for the first item, by their order, whose work raised a ConfigurationError.
    """
    context = get_context("fork")
    ends: list[Connection] = []
    crew: list[ForkProcess] = []
    try:
        for hand in range(number):
            mine, theirs = Pipe(duplex=False)
            each = context.Process(target=_work, args=(items[hand::number], work, theirs, [*ends, mine]), daemon=True)
            each.start()
            theirs.close()
            ends.append(mine)  # pyright: ignore[reportArgumentType] - the name that the type has on Windows
            crew.append(each)
        for place in range(len(items)):
            yield _received(ends[place % number], name(items[place]))
    finally:
        for end in ends:
            end.close()
        for each in crew:
            each.terminate()
            each.join()


def _received(end: "Connection[Any, Any]", name: str) -> Any:  # noqa: ANN401 - whatever the work made
    try:
        done, mistake = end.recv()
    except (EOFError, OSError) as error:
        raise CrewError(f"{name}: the process that works on it ended early; was memory short?") from error
    if mistake is not None:
        raise CrewError(mistake)
    return done


def _work(
    items: Sequence[_Item], work: Callable[[_Item], _Done], results: Connection, others: Sequence[Connection]
) -> None:
    # The first process is told of an interruption too, and ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in others:
        each.close()
    for item in items:
        try:
            answer = work(item), None
        except ConfigurationError as mistake:
            answer = None, str(mistake)
        try:
            results.send(answer)
        except BrokenPipeError:
            return
        if answer[1] is not None:
            return
