"""Measure what people wait for against an earlier commit: `make bench-against REF=7a8d6c1`.

Both commits are checked out below build/, each set up by its own Makefile, and measured by turns. A slow moment of the
machine slows both of a pair. Work that is not committed is not measured. It prints a table as Markdown; `--write FILE`
puts it between the markers `<!-- bench-against -->` and `<!-- /bench-against -->` of a file.

`user` is the processor time of a command and of all that it starts, without the kernel's. `wall` is what a person
waits. `told` is what the command itself says, without its start.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from tools.bench import ROOT, machine, write

MARK = "bench-against"
FOLDER = ROOT / "build" / "against"
UNUSABLE = 2
_OURS = ("PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS", "NODE_", "JSII_", "CDK8S_", "GIT_")
"""How variables begin that would let a commit be measured with what another one, or this process, runs on."""
_CERTIFICATES = "NODE_EXTRA_CA_CERTS"
"""Whom Node trusts: without it npm tries for minutes to reach a registry behind a proxy of a company."""


class BenchError(Exception):
    """What keeps a commit from being measured, in one line."""


@dataclass(frozen=True)
class Measure:
    """One row: a command, in which figure it counts, and which ratio of now to before is wanted."""

    title: str
    command: Sequence[str]
    figure: Literal["user", "wall", "told"]
    wanted: float | None
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


_SYNTH = ("python", "-O", "main.py")
_RENDERED = {"CDK8S_OUTDIR": "build/bench"}
MEASURES = (
    # First, for it is to find no bytecode but that of set-up.
    Measure(
        "`python -O main.py`, PYTHONDONTWRITEBYTECODE=1",
        _SYNTH,
        "wall",
        None,
        {**_RENDERED, "PYTHONDONTWRITEBYTECODE": "1"},
    ),
    Measure("`python -O main.py`", _SYNTH, "wall", None, _RENDERED),
    Measure("`make synth`", ("make", "--silent", "synth"), "wall", 0.7),
    Measure(
        "100 feature environments, one process",
        ("python", "-O", "-m", "tools.bench", "--grow", "synth", "100"),
        "told",
        0.5,
    ),
    Measure("`examx --help`", ("examx", "--help"), "user", 0.5),
    Measure("`examx env list`", ("examx", "env", "list"), "user", 0.5),
    Measure("`examx diff dev`, no change", ("examx", "diff", "dev"), "user", 0.5),
    Measure(
        "`python -m examx_constructs.checks dist`", ("python", "-m", "examx_constructs.checks", "dist"), "user", 0.5
    ),
)


@dataclass(frozen=True)
class Checkout:
    """A commit in a folder of its own, set up as its own Makefile does."""

    commit: str
    day: str
    folder: Path

    @classmethod
    def of(cls, ref: str) -> Self:
        """Check it out; a folder that was kept is taken. Raises BenchError where that fails."""
        told = _run(
            ["git", "log", "-1", "--format=%H %cs", f"{ref}^{{commit}}", "--"], ROOT, f"{ref} is no commit here"
        )
        commit, _, day = told.strip().partition(" ")
        folder = FOLDER / commit[:12]
        if not (folder / ".git").is_file():
            _run(["git", "worktree", "prune"], ROOT, "git cannot prune its worktrees")
            _run(
                ["git", "worktree", "add", "--quiet", "--force", "--detach", str(folder), commit],
                ROOT,
                f"{ref} cannot be checked out into {folder}",
            )
        return cls(commit[:7], day, folder)

    def set_up(self) -> None:
        """Install what it needs, as its Makefile does. Raises BenchError where that fails."""
        _run(["make", "--silent", "setup"], self.folder, f"{self.commit} cannot be set up", self.variables)

    @property
    def variables(self) -> dict[str, str]:
        """What its commands run with: its own programs, and Node as its Makefile has it."""
        given = os.environ.items()
        kept = {name: text for name, text in given if name == _CERTIFICATES or not name.startswith(_OURS)}
        node = self.folder / ".venv" / ".node"
        programs = [self.folder / ".venv/bin", self.folder / "node_modules/.bin"]
        return {
            **kept,
            "PATH": os.pathsep.join([*map(str, programs), kept.get("PATH", os.defpath)]),
            "CDK8S_CHECK_UPGRADE": "false",
            "NODE_COMPILE_CACHE": str(self.folder / "build/node-cache"),
            "NODE_NO_WARNINGS": "1",
            **({"JSII_NODE": node.read_text(encoding="utf-8").strip()} if node.is_file() else {}),
        }

    def cost(self, measure: Measure) -> float:
        """Measure the seconds of one run. Raises BenchError where it fails."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        variables = {**self.variables, **measure.variables}
        said = _run(measure.command, self.folder, f"{measure.title} fails in {self.commit}", variables)
        waited, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if measure.figure == "told":
            return float(json.loads(said)["seconds"])
        return waited if measure.figure == "wall" else after.ru_utime - before.ru_utime

    def remove(self) -> None:
        """Take it away again; twice is once, for both may be the same commit."""
        if not self.folder.exists():
            return
        _run(["git", "worktree", "remove", "--force", str(self.folder)], ROOT, f"{self.folder} cannot be removed")


@dataclass(frozen=True)
class Compared:
    """Paired seconds of a measure; a problem instead, where one of the two cannot do it."""

    measure: Measure
    pairs: Sequence[tuple[float, float]] = ()
    problem: str = ""

    @property
    def ratio(self) -> float:
        """The median of the ratios of the pairs."""
        return statistics.median(now / before for before, now in self.pairs)

    def row(self) -> str:
        """Return a line of the table."""
        wanted = "" if self.measure.wanted is None else f"{self.measure.wanted:.2f}"
        if self.problem:
            return f"| {self.measure.title} | {self.measure.figure} | | | {self.problem.replace('|', ' ')} | {wanted} |"
        before, now = (statistics.median(each) for each in zip(*self.pairs, strict=True))
        figures = f"{before:.2f} s | {now:.2f} s | {self.ratio:.2f}"
        return f"| {self.measure.title} | {self.measure.figure} | {figures} | {wanted} |"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ref", metavar="REF", help="the commit to compare with")
    parser.add_argument("--of", default="HEAD", metavar="REF", help="the commit that is compared (HEAD)")
    parser.add_argument("--pairs", type=int, default=11, help="how many pairs of runs of each command (11)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only the rows that hold these words")
    parser.add_argument("--keep", action="store_true", help="leave both checkouts for the next time")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into this file too")
    given = parser.parse_args(arguments)
    chosen = [each for each in MEASURES if given.only in each.title]
    if not chosen or given.pairs < 1:
        print("error: nothing is left to measure: look at --only and --pairs", file=sys.stderr)
        return UNUSABLE
    try:
        with ExitStack() as checkouts:
            before, now = (_checkout(each, checkouts, keep=given.keep) for each in (given.ref, given.of))
            text = markdown(before, now, [compare(each, before, now, given.pairs) for each in chosen])
    except BenchError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return UNUSABLE
    print(text)
    return write(given.write, MARK, text) if given.write else 0


def _checkout(ref: str, checkouts: ExitStack, *, keep: bool) -> Checkout:
    made = Checkout.of(ref)
    if not keep:
        checkouts.callback(made.remove)
    made.set_up()
    return made


def compare(measure: Measure, before: Checkout, now: Checkout, pairs: int) -> Compared:
    """Run by turns, which of the two comes first as well, after one of each to warm up."""
    measured: list[tuple[float, float]] = []
    try:
        for number in range(pairs + 1):
            first, second = (before, now) if number % 2 else (now, before)
            cost = {each.folder: each.cost(measure) for each in (first, second)}
            measured.append((cost[before.folder], cost[now.folder]))
    except BenchError as problem:
        return Compared(measure, problem=str(problem))
    return Compared(measure, measured[1:])


def markdown(before: Checkout, now: Checkout, rows: Sequence[Compared]) -> str:
    """Return the table, with what it was measured on."""
    pairs = max(len(each.pairs) for each in rows)
    return "\n".join(
        [
            f"{machine()}; {pairs} pairs, medians.",
            f"Before is {before.commit} of {before.day}, now {now.commit} of {now.day}.",
            "",
            "| | figure | before | now | ratio | wanted |",
            "|---|---|---:|---:|---:|---:|",
            *(each.row() for each in rows),
        ]
    )


def _run(command: Sequence[str], folder: Path, problem: str, variables: Mapping[str, str] | None = None) -> str:
    """Return what a command prints. Raises BenchError with the last line of its complaint."""
    done = subprocess.run(command, check=False, cwd=folder, env=variables, capture_output=True, text=True)
    if done.returncode:
        lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
        # That of make is the last, and says nothing of why.
        said = [line for line in lines if not line.startswith("make")] or lines
        raise BenchError(f"{problem}: {said[-1][:200] if said else f'exit status {done.returncode}'}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
