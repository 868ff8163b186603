"""What a test costs: one that starts a process bears the marker `process`, and `make check` leaves it out.

Nobody has to remember that. Python's own audit events (PEP 578) tell of every start, so a test without the marker fails
at the line that starts something. The Node of jsii is no test's own: it starts as cdk8s is imported, once a worker.
"""

import sys
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
EVENTS = frozenset({"os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"})
FOLDERS = ("cluster", "packaging", "runtime")
"""Below tests/, where all tests bear the marker: they are about programs that run."""
FIXTURES = frozenset({"cluster", "origins", "played", "prometheus"})
"""Tests that use one of these bear the marker: a cluster, a remote or a server that is a program."""
MARKERS = frozenset({"e2e", "long"})
"""Tests with one of these bear the marker too: `make check` leaves them out in any case."""

MOST: Mapping[str, int] = {
    "": 130,
    "alerts": 1,
    "checks": 30,
    "cli": 870,
    "constructs": 5,
    "dashboards": 95,
    "features": 60,
    "manifests": 2,
    "packaging": 45,
    "runtime": 1200,
    "scaling": 1,
    "settings": 5,
    "workflows": 102,
}
"""How many tests of each folder may start processes. Raise a number only where a test cannot do without one."""

Counts = Mapping[str, int]
COUNTS = pytest.StashKey[Counts]()
"""How many tests of each folder bear the marker; missing where only some of all tests were collected."""


class Watch:
    """Watches what tests start. There is one, because an audit hook cannot be taken away."""

    def __init__(self) -> None:
        self.test: pytest.Item | None = None
        self.fixtures: list[pytest.FixtureDef[Any]] = []
        self.costly: set[pytest.FixtureDef[Any]] = set()
        """Fixtures of several tests that started a process for the first of these."""

    def audit(self, event: str, arguments: Sequence[Any]) -> None:
        """Fail the test at the line that starts a process. Not an Exception, which the code under test might catch."""
        if event not in EVENTS or self.test is None:
            return
        self.costly.update(self.fixtures)
        if not self.test.get_closest_marker("process"):
            refuse(f"{event}{arguments[1:2] or ''}")


def refuse(what: str) -> None:
    pytest.fail(f"starts a process, {what}: mark it with @pytest.mark.process, or do without (CONTRIBUTING.md)")


_watch = Watch()
sys.addaudithook(_watch.audit)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _watch.test = item
    try:
        return (yield)
    finally:
        _watch.test = None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A process that a fixture started for an earlier test is needed by this one as well."""
    used = _watch.costly & _definitions(item)
    if used and not item.get_closest_marker("process"):
        refuse(f"of the fixture {min(each.argname for each in used)}")


def _definitions(item: pytest.Item) -> set[pytest.FixtureDef[Any]]:
    """Return the fixtures that a test uses. Their names would not do: two files may each have one of a name."""
    found: Any = getattr(item, "_fixtureinfo", None)
    return {each[-1] for each in found.name2fixturedefs.values()} if found else set()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    if fixturedef.scope == "function":
        return (yield)
    _watch.fixtures.append(fixturedef)
    try:
        return (yield)
    finally:
        _watch.fixtures.pop()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave costly folders unread where none of their tests is wanted."""
    unwanted = config.option.markexpr.startswith("not process")
    return True if unwanted and collection_path.parent == TESTS and collection_path.name in FOLDERS else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is in a costly folder, before markers choose the tests."""
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        used = getattr(item, "fixturenames", ())
        if folder_of(item) in FOLDERS or FIXTURES.intersection(used) or marks & MARKERS:
            item.add_marker("process")
    if set(config.args) <= set(config.getini("testpaths")):
        config.stash[COUNTS] = Counter(folder_of(item) for item in items if _counts(item))


def _counts(item: pytest.Item) -> bool:
    """Whether `make test` runs it, and it starts a process."""
    marks = {mark.name for mark in item.iter_markers()}
    return "process" in marks and not marks & MARKERS


def folder_of(item: pytest.Item) -> str:
    """The folder below tests/ that a test is in, or nothing."""
    parts = item.path.relative_to(TESTS).parts
    return parts[0] if len(parts) > 1 else ""
