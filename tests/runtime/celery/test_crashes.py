"""What each loss does to a task, at each moment of its life: measured, and held against docs/reliability.md.

The measured outcomes are in `tools/crashes.yaml`. `EXAMX_WRITE_CRASHES=1` writes them anew.
"""

import json
import os
import sys
from collections.abc import Iterable

import pytest

from tests.runtime.celery.conftest import StartSystem
from tests.runtime.celery.crash import GIVING_BACK, MOMENTS, SENDING, SETTINGS, VISIBILITY, Crash, start
from tests.support import Manifest
from tools import crashes
from tools.crashes import Row

Rendered = dict[str, list[Manifest]]

POOLS = {"gevent": "default", "prefork": "bulk_upload"}
VICTIMS = ("worker", "process", "Redis", "network")
WRITE = bool(os.environ.get("EXAMX_WRITE_CRASHES"))
ROUNDS: dict[str, int] = {} if WRITE else {"Redis": 2}


def moments(victim: str, *, late: bool) -> list[str]:
    """When there is something to lose: a sender has no worker, and early acknowledgement gives nothing back."""
    left_out = SENDING if victim in ("worker", "process") else ()
    if victim == "process" or not late:
        left_out += GIVING_BACK
    return [each for each in MOMENTS if each not in left_out]


CASES = [
    (pool, late, victim)
    for pool in POOLS
    for late in (True, False)
    for victim in VICTIMS
    if (pool, victim) != ("gevent", "process")
]


def test_every_loss_was_measured() -> None:
    cases = {(each.moment, each.victim, each.pool, each.late) for each in crashes.ROWS}
    assert cases == {
        (moment, victim, pool, late) for pool, late, victim in CASES for moment in moments(victim, late=late)
    }


def test_with_late_acknowledgement_no_loss_loses_a_task() -> None:
    lost = [each for each in crashes.ROWS if each.ended == 0]
    assert {each.late for each in lost} <= {False}


@pytest.mark.parametrize(
    ("pool", "victim", "chosen"),
    [
        ("gevent", "Redis", ["out of its list, the worker does not know", "to be acknowledged"]),
        ("prefork", "process", ["the worker has it, nothing is written down", "runs", "to be acknowledged"]),
    ],
)
def test_losses_do_what_the_document_says(
    start_system: StartSystem, rendered: Rendered, pool: str, victim: str, chosen: list[str]
) -> None:
    crash = system_for(start_system, rendered, pool, victim, late=True)
    rows = measured(crash, chosen, victim, pool)
    assert rows == [each for each in crashes.ROWS if each in rows]


@pytest.mark.long
@pytest.mark.longest
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{'late' if case[1] else 'early'}-{case[2]}")
def test_each_loss_does_what_the_document_says(
    start_system: StartSystem, rendered: Rendered, case: tuple[str, bool, str]
) -> None:
    pool, late, victim = case
    crash = system_for(start_system, rendered, pool, victim, late=late)
    rows, *again = [measured(crash, moments(victim, late=late), victim, pool) for _ in range(ROUNDS.get(victim, 1))]
    sys.stdout.write(f"{crash.kills} losses of {victim}, {pool}, {'late' if late else 'early'} acknowledgement\n")
    if WRITE:
        crashes.write(rows)
    assert all(each == rows for each in again)
    if not WRITE:
        assert rows == [each for each in crashes.ROWS if (each.victim, each.pool, each.late) == (victim, pool, late)]


def system_for(start_system: StartSystem, rendered: Rendered, pool: str, victim: str, *, late: bool) -> Crash:
    """A worker of a pool that acknowledges late, as the rendered ones do, or early."""
    settings = {
        **SETTINGS,
        "CELERY_SETTINGS": {**SETTINGS["CELERY_SETTINGS"], "visibility_timeout": VISIBILITY[victim]},
        "CONFIGURATION": {**SETTINGS["CONFIGURATION"], "task_acks_late": late},
    }
    texts = {name: json.dumps(each) for name, each in settings.items()}
    return start(start_system(rendered["dev"], proxied=True, **texts), POOLS[pool], late=late)


def measured(crash: Crash, chosen: Iterable[str], victim: str, pool: str) -> list[Row]:
    """One loss at each of these moments."""
    rows = []
    for moment in chosen:
        outcome = crash.outcome(moment, victim)
        rows.append(Row(moment, victim, pool, crash.late, outcome.begun, outcome.ended, outcome.back))
        sys.stdout.write(f"{rows[-1]}\n")
    return rows
