"""Which tests start processes: none without saying so, and not more of them than were agreed on."""

import os
import subprocess
from contextlib import suppress

import pytest

from tests.costs import COUNTS, MOST


def test_a_process_that_no_marker_tells_of_fails_the_test() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"starts a process, .*'true'.*: mark it with @pytest.mark.process"):
        subprocess.run(["true"], check=True)


def test_code_that_survives_every_error_does_not_hide_it() -> None:
    with pytest.raises(pytest.fail.Exception), suppress(Exception):
        subprocess.run(["true"], check=True)


def test_a_fork_is_one() -> None:
    with pytest.raises(pytest.fail.Exception):
        os.fork()


@pytest.fixture(scope="module")
def shared() -> int:
    return subprocess.run(["true"], check=True).returncode


@pytest.mark.process
def test_with_the_marker_a_process_may_start(shared: int) -> None:
    assert subprocess.run(["true"], check=True).returncode == shared == 0


@pytest.mark.xfail(raises=pytest.fail.Exception, strict=True)
def test_a_process_that_a_fixture_started_for_another_test_counts(shared: int) -> None:
    """Here or in another process of pytest: the fixture may not start one without the marker either."""


def test_no_more_tests_start_processes_than_were_agreed_on(request: pytest.FixtureRequest) -> None:
    counts = request.config.stash.get(COUNTS, None)
    if counts is None:
        pytest.skip("only some of the tests were collected")
    more = {folder or "tests": number for folder, number in counts.items() if number > MOST.get(folder, 0)}
    assert more == {}, "can they do without? Else raise the numbers in tests/costs.py"
