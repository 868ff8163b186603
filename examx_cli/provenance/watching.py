"""Seeing settings made: who called which constructor, and with what.

`sys.setprofile` needs no hook in the settings, leaves debuggers and the measuring of coverage alone (they have
`sys.settrace`), and costs nothing once it is off again. All settings share one constructor, `_with_named_arguments`,
so one code object tells its calls from all others.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import FrameType
from typing import ParamSpec, TypeVar

import attrs
from executing import Source

from examx_cli.provenance.written import Written
from examx_constructs import settings

P = ParamSpec("P")
T = TypeVar("T")

_CONSTRUCTOR = settings.Environment.__init__.__code__
_EVOLVE = attrs.evolve.__code__
_SETTINGS = settings.__name__
_OWN = __name__.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Made:
    """How one setting was made.

    `call` made it, in the source outside of the settings; `given` are the fields that were not left to their defaults.
    `direct`: the keywords of the call are the fields; not so where a classmethod such as `Replicas.between` stands
    between. `base` is what `attrs.evolve` copied. `setting` itself is kept, so that no other value takes its id.
    """

    setting: object
    call: Written
    given: frozenset[str]
    direct: bool
    base: object | None


def watched(make: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> tuple[T, dict[int, Made]]:
    """What a function returns, and by their ids the settings that it made."""
    made: dict[int, Made] = {}

    # Python traces nothing while a profiler runs: coverage does not see what is called from here.
    def note(frame: FrameType, event: str, _: object) -> None:  # pragma: no cover
        if event == "call" and frame.f_code is _CONSTRUCTOR:
            setting: object = frame.f_locals["self"]
            made[id(setting)] = _made(setting, frame)

    def run() -> T:
        sys.setprofile(note)
        return make(*arguments, **named)

    # A profiler belongs to a thread. In one of its own it takes nobody's place, and ends with the thread: Python 3.11
    # could not give a profiler that is written in C, such as cProfile, its place back.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(run).result(), made


def _made(setting: object, frame: FrameType) -> Made:  # pragma: no cover
    callers = _callers(frame)
    evolve = callers.pop(0) if callers[0].f_code is _EVOLVE else None
    return Made(
        setting=setting,
        call=_under_way(callers),
        given=frozenset(frame.f_locals["given"]),
        direct=evolve is not None or frame.f_back is callers[0],
        base=evolve.f_locals["inst"] if evolve else None,
    )


def _callers(frame: FrameType) -> list[FrameType]:  # pragma: no cover
    """The frames around that are not of the settings, innermost first, up to the one that watches."""
    callers: list[FrameType] = []
    outer = frame.f_back
    while outer:
        module = str(outer.f_globals.get("__name__"))
        if not module.startswith(_SETTINGS):
            callers.append(outer)
        outer = None if module.startswith(_OWN) else outer.f_back
    return callers


def _under_way(frames: list[FrameType]) -> Written:  # pragma: no cover
    """The call that the innermost frame is at, inside of those that the others are at."""
    *around, innermost = reversed(frames)
    outer: Written | None = None
    for frame in around:
        outer = _at(frame, outer)
    return _at(innermost, outer)


def _at(frame: FrameType, outer: Written | None) -> Written:  # pragma: no cover
    node = Source.executing(frame).node
    return Written(frame.f_code.co_filename, getattr(node, "lineno", frame.f_lineno), node, outer)
