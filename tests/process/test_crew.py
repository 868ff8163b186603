"""Processes that share work: order, mistakes and a process that dies. In a process of its own, as each forks."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone"),
]

SCRIPT = """
import os, sys
from examx_constructs import _crew, synthesis
from examx_constructs.settings import ConfigurationError

assert "jsii" not in sys.modules

def work(number):
    if str(number) in sys.argv[2:]:
        raise ConfigurationError(f"{number} is refused")
    if sys.argv[1] == f"dies at {number}":
        os._exit(9)
    return number * number, os.getpid()

try:
    made = list(_crew.shared(range(7), work, 3, lambda number: f"number {number}"))
except _crew.CrewError as mistake:
    print(mistake)
else:
    print([square for square, _ in made], len({process for _, process in made}), os.getpid() in dict(made).values())
"""


def said(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_results_come_in_the_order_of_the_items_from_as_many_processes() -> None:
    assert said("") == "[0, 1, 4, 9, 16, 25, 36] 3 False"


def test_the_first_mistake_by_order_is_told_even_if_a_later_one_came_first() -> None:
    assert said("", "5", "4", "6") == "4 is refused"


def test_a_process_that_dies_is_told_by_what_it_worked_on() -> None:
    assert said("dies at 2") == "number 2: the process that works on it ended early; was memory short?"
