"""No test below tests/unit starts a process, and not more of the others are there than were agreed on."""

import os
import re
import subprocess
from contextlib import suppress

import pytest

from tests import costs
from tests.costs import COUNTS, MOST, UNIT


def test_a_process_fails_a_test_below_this_folder() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"starts a process, .*'true'.*: move it to tests/process"):
        subprocess.run(["true"], check=True)


def test_code_that_survives_every_error_does_not_hide_it() -> None:
    with pytest.raises(pytest.fail.Exception), suppress(Exception):
        subprocess.run(["true"], check=True)


def test_a_fork_is_one() -> None:
    with pytest.raises(pytest.fail.Exception):
        os.fork()


@pytest.fixture(scope="module")
def shared() -> None:
    """A fixture that starts a process, and survives what the test is told."""
    with pytest.raises(pytest.fail.Exception):
        subprocess.run(["true"], check=True)


@pytest.mark.usefixtures("shared")
def test_a_process_that_a_fixture_started_for_another_test_counts(request: pytest.FixtureRequest) -> None:
    with pytest.raises(pytest.fail.Exception, match="starts a process, of the fixture shared: "):
        costs.pytest_runtest_setup(request.node)


def test_no_more_tests_start_processes_than_were_agreed_on(request: pytest.FixtureRequest) -> None:
    counts = request.config.stash.get(COUNTS, None)
    if counts is None:
        pytest.skip("only some of the tests were collected")
    more = {folder: number for folder, number in counts.items() if number > MOST.get(folder, 0)}
    assert more == {}, "can they do without? Else raise the numbers in tests/costs.py"


def test_nothing_below_this_folder_is_taken_from_one_that_costs_more() -> None:
    costly = re.compile(r"^\s*(?:from|import) tests\.(?:process|runtime|cluster)\b", re.MULTILINE)
    assert [file for file in UNIT.rglob("*.py") if costly.search(file.read_text(encoding="utf-8"))] == []
