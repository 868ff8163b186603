"""What a test costs is said by its folder: those below tests/unit start no process, and `make check` runs them alone.

Python's own audit events (PEP 578) tell of every start, so a test below tests/unit fails at the line that starts
something. The Node of jsii is no test's own: it starts as cdk8s is imported, once a worker.
"""

import sys
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
UNIT = TESTS / "unit"
EVENTS = frozenset({"os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"})
UNCOUNTED = frozenset({"e2e", "long"})
"""Tests with one of these markers are not among those of `make test`."""

MOST: Mapping[str, int] = {
    "process": 160,
    "process/alerts": 1,
    "process/checks": 38,
    "process/cli": 1000,
    "process/constructs": 4,
    "process/dashboards": 98,
    "process/features": 56,
    "process/manifests": 2,
    "process/packaging": 42,
    "process/scaling": 1,
    "process/settings": 3,
    "process/workflows": 117,
    "runtime": 1220,
}
"""How many tests of each folder there may be. Raise a number only where a test cannot do without a process."""

Counts = Mapping[str, int]
COUNTS = pytest.StashKey[Counts]()
"""How many tests of each folder of MOST `make test` runs; missing where only some of all tests were collected."""


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
        if is_unit(self.test):
            refuse(f"{event}{arguments[1:2] or ''}")


def is_unit(item: pytest.Item) -> bool:
    """Whether a test is to start no process."""
    return item.path.is_relative_to(UNIT)


def refuse(what: str) -> None:
    pytest.fail(f"starts a process, {what}: move it to tests/process, or do without (CONTRIBUTING.md)")


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
    if used and is_unit(item):
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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Count the tests that start processes, before markers choose among them."""
    if set(config.args) <= set(config.getini("testpaths")):
        counted = [item for item in items if UNCOUNTED.isdisjoint(mark.name for mark in item.iter_markers())]
        config.stash[COUNTS] = Counter(filter(None, map(folder_of, counted)))


def folder_of(item: pytest.Item) -> str:
    """Return the folder whose number a test counts in; nothing where it starts no process, or a whole cluster."""
    kind, *folders, _ = item.path.relative_to(TESTS).parts
    match kind:
        case "process":
            return "/".join([kind, *folders[:1]])
        case "runtime":
            return kind
        case _:
            return ""
