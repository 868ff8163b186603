"""What the checks cost, in calls and not in seconds: a rule asks in a large namespace what it asks in a small one."""

import subprocess
import sys
from pathlib import Path
from types import FrameType

import pytest

from examx_constructs.checks import RULES, Manifests, check
from tools.crowd import crowd

ROOT = Path(__file__).parents[3]
SMALL, LARGE = 200, 800
MOST = 5.0
"""How often more four times the objects may be asked for. Who compares each with each asks sixteen times more."""
MOST_IN_ALL = 3000
"""Calls for an object of the large set, all rules together. What is usual is two thirds of it."""

# Each of these takes as long to load as many rules, and none of them is needed to read a manifest.
HEAVY = (
    *("attr", "attrs", "jsii", "cdk8s", "cdk8s_plus_27", "constructs", "jsonschema", "referencing", "yaml"),
    *("asyncio", "concurrent", "ctypes", "email", "html", "http", "logging", "multiprocessing", "pickle", "secrets"),
    *("socket", "sqlite3", "ssl", "subprocess", "tempfile", "unittest", "urllib.request", "uuid", "xml", "tomllib"),
)


@pytest.fixture(scope="module")
def calls() -> dict[str, tuple[int, int]]:
    """How often each rule calls something, on the small set and on the large one."""
    small, large = counted(SMALL), counted(LARGE)
    return {rule: (small[rule], large[rule]) for rule in small}


def counted(number: int) -> dict[str, int]:
    manifests = Manifests.of(crowd(number))
    # What is read once for all rules is no rule's own.
    assert check(manifests) == []
    found: dict[str, int] = {}
    for rule in RULES:
        count = 0

        def counts(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(counts)
        try:
            findings = list(rule(manifests))
        finally:
            sys.setprofile(None)
        assert findings == []
        found[rule.id] = count
    return found


def test_no_rule_compares_each_object_with_each(calls: dict[str, tuple[int, int]]) -> None:
    assert {rule: (small, large) for rule, (small, large) in calls.items() if large > MOST * max(small, SMALL)} == {}


def test_an_object_costs_a_bounded_number_of_calls(calls: dict[str, tuple[int, int]]) -> None:
    per_object = sum(large for _, large in calls.values()) / LARGE
    sys.stdout.write(f"{per_object:.0f} calls an object\n")
    assert per_object < MOST_IN_ALL


def test_the_index_is_made_in_a_number_of_calls_that_grows_with_the_objects() -> None:
    """What is read once: `check` makes the indices on its way."""

    def first(number: int) -> int:
        manifests, count = Manifests.of(crowd(number)), 0

        def counts(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(counts)
        try:
            check(manifests)
        finally:
            sys.setprofile(None)
        return count

    assert first(LARGE) < MOST * first(SMALL)


def test_the_command_loads_nothing_heavy() -> None:
    program = (
        f"import sys, examx_constructs.checks.__main__; print([each for each in {HEAVY!r} if each in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_the_command_loads_no_types_of_settings() -> None:
    """They are checked values made with attrs: rules need the names of annotations, and no more."""
    program = (
        "import sys, examx_constructs.checks.__main__; "
        "print(sorted(each for each in sys.modules if each.startswith('examx_constructs.settings.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    names = ("addresses", "naming", "refusal", "versions")
    assert done.stdout == f"{[f'examx_constructs.settings.{each}' for each in names]}\n"


MOST_MODULES = 200
"""Of this project, for manifests that have all kinds: three quarters of them are rules."""


def test_judging_all_kinds_loads_nothing_heavy_and_no_more_of_ours() -> None:
    """What rules load on first use counts as well: the rendered environments use nearly all."""
    program = (
        "import sys; from examx_constructs.checks.__main__ import main; "
        "assert main() == 0; print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, "dist"], check=True, capture_output=True, text=True, cwd=ROOT)
    loaded = done.stderr.split()
    # Files of YAML need yaml.
    assert [each for each in HEAVY if each in loaded and each != "yaml"] == []
    assert sum(each.startswith("examx_constructs.") for each in loaded) <= MOST_MODULES
