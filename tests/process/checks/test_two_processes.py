"""A large set is read and checked by two processes: what comes out is what one process makes of it."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from examx_constructs import _in_two, checks
from examx_constructs.checks import Manifests, check
from examx_constructs.manifests import yaml_text
from tools.crowd import crowd

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone"),
    # Workers of pytest-xdist have threads, and the second process uses none of them.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]
ITEMS = list(range(200))


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Until it is called there is one processor; then there are two."""
    monkeypatch.setattr(_in_two, "can_share", lambda: False)
    return lambda: monkeypatch.setattr(_in_two, "can_share", lambda: True)


def test_what_two_make_is_in_order_and_once(two: Callable[[], None]) -> None:
    two()
    here = os.getpid()
    made = _in_two.worked(ITEMS, lambda item: [(item, os.getpid()), (-item, os.getpid())])
    assert [each for each, _ in made] == [each for item in ITEMS for each in (item, -item)]
    # Each works at its own end, however fast it is.
    assert [process for _, process in made] == sorted((process for _, process in made), key=lambda each: each != here)


def test_an_error_of_the_second_process_is_raised_here(two: Callable[[], None]) -> None:
    def work(item: int) -> list[int]:
        return [1 // (len(ITEMS) - 1 - item)]

    two()
    with pytest.raises(ZeroDivisionError):
        _in_two.worked(ITEMS, work)


def test_a_second_process_that_is_killed_is_done_without(two: Callable[[], None]) -> None:
    here = os.getpid()

    def work(item: int) -> list[int]:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.2 if item == 0 else 0)  # The other one begins meanwhile.
        return [item]

    two()
    assert _in_two.worked(ITEMS, work) == ITEMS


def test_without_room_for_a_process_one_does_it_all(two: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    two()
    monkeypatch.setattr(os, "fork", refused)
    before = len([*Path("/proc/self/fd").iterdir()])
    assert _in_two.worked(ITEMS, lambda item: [item]) == ITEMS
    assert len([*Path("/proc/self/fd").iterdir()]) == before


def test_one_processor_forks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(_process: int) -> set[int]:
        return {0}

    monkeypatch.setattr(os, "sched_getaffinity", one)
    assert not _in_two.can_share()


def test_two_find_what_one_finds(two: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    objects = crowd(120)
    for number, each in enumerate(objects[4:]):
        if number % 3 == 0:
            each["metadata"]["labels"] = {"app": "ends-with-"}
        if each["kind"] == "Deployment":
            each["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example.com/app"
    alone = check(Manifests.of(objects))
    monkeypatch.setattr(checks, "_MANY", 1)
    two()
    assert check(Manifests.of(objects)) == alone
    assert len({found.rule for found in alone}) > 1


def test_two_read_what_one_reads(two: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "---\na: [1\n---\n\n---\nb: &x null\nc: *x\nb: 2\n--- oops\nd: 1\n...\nmore: 1\n---\n"
    half = yaml.safe_dump_all(crowd(40))
    text = f"{half}{broken}{half}{broken}"
    monkeypatch.setattr(yaml_text, "_LONG", 1)
    alone = [_told(each) for each in yaml_text.parts(text)]
    two()
    assert [_told(each) for each in yaml_text.parts(text)] == alone
    assert sum(error is not None for *_, error in alone) > 4


def _told(part: yaml_text.Part) -> tuple[object, ...]:
    """A part with its error as what it says: errors are equal to nothing."""
    error = part.error and (part.error.problem, part.error.line, part.error.column, str(part.error))
    return part.number, part.line, part.content, part.twice, part.written, part.has_nulls, error
