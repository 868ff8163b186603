"""Measure the checks of a crowded namespace, beside what it takes to parse its file at all, and beside kube-score.

`python -m tools.bench_checks` prints a table as Markdown; `--write FILE` puts it between the markers
`<!-- bench-checks -->` and `<!-- /bench-checks -->` of a file, as `make bench` does. Each figure is the processor time
of a command, its start included, and the least of several: what else the machine does adds to it.

Two processes share a large set. The one that works longer begins and ends the command, so its processor time is what
people wait for on two idle processors. It is told beside that of both.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import crowd
from tools.bench import ROOT, machine, write

COUNTS = (500, 2000, 8000, 16000)
MARK = "bench-checks"
PARSE = "import sys, yaml; [None for _ in yaml.load_all(open(sys.argv[1]), yaml.CSafeLoader)]"
"""The fastest that PyYAML reads a file: its parser in C, its constructors in Python."""
LONGER = """
import atexit, os, runpy, sys
atexit.register(lambda: print(os.times().user + os.times().system, file=sys.stderr))
runpy.run_module("examx_constructs.checks", run_name="__main__", alter_sys=True)
"""
"""Runs the checks as `-m` does, and tells at the end what the first of their processes has worked."""
SCORE = "kube-score"


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time for a file of so many objects; None for what is not installed."""

    objects: int
    checks: float
    longer: float
    """Of the two processes of the checks, the one that works longer."""
    parse: float
    score: float | None


def measure(rounds: int) -> list[Cost]:
    """Return the least of several runs, one after the other of each kind, for each number of objects."""
    score = shutil.which(SCORE)
    with tempfile.TemporaryDirectory(prefix="examx-bench-") as scratch:
        file = Path(scratch) / "crowd.yaml"
        return [_cost(file, number, rounds, score) for number in COUNTS]


def _cost(file: Path, objects: int, rounds: int, score: str | None) -> Cost:
    file.write_text(crowd.text(objects), encoding="utf-8")
    commands: dict[str, list[str]] = {
        "checks": [sys.executable, "-m", "examx_constructs.checks", str(file)],
        "parse": [sys.executable, "-c", PARSE, str(file)],
    }
    if score:
        commands["score"] = [score, "score", "--output-format", "ci", str(file)]
    seconds: dict[str, list[float]] = {name: [] for name in (*commands, "longer")}
    for _ in range(rounds):
        seconds["longer"].append(_longer(file))
        for name, command in commands.items():
            seconds[name].append(_processor_time(command))
    least = {name: min(each) for name, each in seconds.items()}
    return Cost(objects, least["checks"], least["longer"], least["parse"], least.get("score"))


def _longer(file: Path) -> float:
    command = [sys.executable, "-c", LONGER, str(file)]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    return float(done.stderr.split()[-1])


def _processor_time(command: Sequence[str]) -> float:
    before = os.times()
    subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def markdown(costs: Sequence[Cost], rounds: int) -> str:
    """Return the costs as a table, with what they were measured on."""
    return "\n".join(
        [
            f"`python -m examx_constructs.checks` on {machine()}; the least processor time of {rounds} runs.",
            "",
            f"| objects | both processes | the longer one | PyYAML alone | ratio of both | of the longer | {SCORE} |",
            "|---:|---:|---:|---:|---:|---:|---:|",
            *(_row(each) for each in costs),
        ]
    )


def _row(each: Cost) -> str:
    score = "not installed" if each.score is None else f"{each.score:.2f} s"
    cells = [
        f"{each.objects}",
        f"{each.checks:.2f} s",
        f"{each.longer:.2f} s",
        f"{each.parse:.2f} s",
        f"{each.checks / each.parse:.2f}",
        f"{each.longer / each.parse:.2f}",
        score,
    ]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often to measure each number of objects (3)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table between the markers of this file too")
    arguments = parser.parse_args()
    text = markdown(measure(arguments.rounds), arguments.rounds)
    print(text)
    return write(arguments.write, MARK, text) if arguments.write else 0


if __name__ == "__main__":
    sys.exit(main())
