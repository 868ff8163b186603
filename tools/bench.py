"""Measure a synth: against the least that cdk8s takes, and what each further environment costs.

`make bench` prints the result as Markdown; `--write FILE` puts it between the markers `<!-- bench -->` and
`<!-- /bench -->` of a file. It measures and judges nothing: seconds depend on the machine, ratios hardly.
"""

import argparse
import atexit
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from examx_constructs.environments import ENVIRONMENTS

if TYPE_CHECKING:
    from examx_constructs.settings import Environment

ROOT = Path(__file__).parent.parent
COUNTS = (1, 10, 50, 100)
PYTHON = (sys.executable, "-O")
"""As cdk8s.yaml runs the app: without the argument checks of jsii."""
FLOOR = "import cdk8s_plus_27; from cdk8s import App, Chart; app = App(); Chart(app, 'empty'); app.synth()"
"""The least that any app of cdk8s-plus does: start Node, load the libraries, write an empty chart."""


@dataclass(frozen=True)
class Comparison:
    """Wall times of paired runs, in seconds."""

    floor: Sequence[float]
    synth: Sequence[float]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios: a slow moment of the machine slows both runs of a pair."""
        return statistics.median(synth / floor for floor, synth in zip(self.floor, self.synth, strict=True))


@dataclass(frozen=True)
class Growth:
    """One process that synthesised this many environments: seconds without its start, and peak memory in MiB."""

    environments: int
    seconds: float
    python_memory: float
    node_memory: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=9, help="how many runs to compare with the floor (9)")
    parser.add_argument("--rounds", type=int, default=3, help="how often to measure each number of environments (3)")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the result between the markers of this file too"
    )
    parser.add_argument("--grow", type=int, metavar="N", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.grow:
        grow(arguments.grow)
        return 0
    text = markdown(compare(arguments.pairs), [measure_growth(count, arguments.rounds) for count in COUNTS])
    print(text)
    return write(arguments.write, "bench", text) if arguments.write else 0


def compare(pairs: int) -> Comparison:
    """Time `python main.py` and the floor side by side, in alternating order, after one run of each to warm up."""
    with tempfile.TemporaryDirectory(prefix="examx-bench-") as scratch:
        _pair(Path(scratch), swapped=False)
        measured = [_pair(Path(scratch), swapped=bool(number % 2)) for number in range(pairs)]
    return Comparison([floor for floor, _ in measured], [synth for _, synth in measured])


def _pair(scratch: Path, *, swapped: bool) -> tuple[float, float]:
    floor, synth = ["-c", FLOOR], ["main.py"]
    if swapped:
        seconds = _wall_time(synth, scratch)
        return _wall_time(floor, scratch), seconds
    return _wall_time(floor, scratch), _wall_time(synth, scratch)


def _wall_time(arguments: Sequence[str], scratch: Path) -> float:
    """The seconds that Python takes with these arguments, its start and Node's included."""
    # Whatever the shell says of bytecode: it is cached, as it is wherever a synth runs twice.
    settings = {"CDK8S_OUTDIR": f"{scratch}/dist", "PYTHONPYCACHEPREFIX": f"{scratch}/bytecode"}
    inherited = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [*PYTHON, *arguments]
    started = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, env=inherited | settings, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure_growth(environments: int, rounds: int) -> Growth:
    """The medians of several fresh processes."""
    measured = [_fresh_growth(environments) for _ in range(rounds)]
    return Growth(
        environments,
        statistics.median(each.seconds for each in measured),
        statistics.median(each.python_memory for each in measured),
        statistics.median(each.node_memory for each in measured),
    )


def _fresh_growth(environments: int) -> Growth:
    command = [*PYTHON, "-m", "tools.bench", "--grow", str(environments)]
    answer = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return Growth(**json.loads(answer.stdout))


def grow(count: int) -> None:
    """Synthesise this many copies of production, the largest environment; prints a Growth as JSON when Python ends."""
    measured: dict[str, float] = {"environments": count}
    # What is registered first runs last: after jsii has stopped Node, for only then is Node's memory known.
    atexit.register(lambda: print(json.dumps({**measured, **_peak_memory()})))
    from examx_constructs.settings import ImageReference  # noqa: PLC0415
    from examx_constructs.synthesis import synthesize  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="examx-bench-") as output:
        started = time.perf_counter()
        production = ENVIRONMENTS["prod"](ImageReference.parse("registry.example.com/examxv2-backend:bench"))
        synthesize([_copy(production, number) for number in range(count)], Path(output))
        measured["seconds"] = time.perf_counter() - started


def _copy(environment: "Environment", number: int) -> "Environment":
    """The same environment under names of its own, so that no object collides with another copy's."""
    name, media = f"copy-{number}", environment.media
    return attrs.evolve(
        environment,
        name=name,
        namespace=name,
        ingress=attrs.evolve(environment.ingress, host=f"{name}.example.com"),
        media=attrs.evolve(media, storage_class=media.storage_class and attrs.evolve(media.storage_class, name=name)),
    )


def _peak_memory() -> dict[str, float]:
    return {
        "python_memory": _mebibytes(resource.getrusage(resource.RUSAGE_SELF)),
        "node_memory": _mebibytes(resource.getrusage(resource.RUSAGE_CHILDREN)),
    }


def _mebibytes(usage: resource.struct_rusage) -> float:
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def markdown(comparison: Comparison, growth: Sequence[Growth]) -> str:
    """Both results as tables, with what they were measured on."""
    floor, synth = statistics.median(comparison.floor), statistics.median(comparison.synth)
    rows = [
        f"{machine()}; medians. The seconds are this machine's, the ratio is not.",
        "",
        f"| `python -O main.py` against an empty cdk8s app, {len(comparison.floor)} pairs | |",
        "|---|---:|",
        f"| empty app that imports cdk8s-plus | {floor:.2f} s |",
        f"| `python -O main.py`, {len(ENVIRONMENTS)} environments | {synth:.2f} s |",
        f"| ratio (median of the pairs' ratios) | {comparison.ratio:.2f} |",
        "",
        "| copies of prod in one process | build, check and write | each | each further | Python, peak | Node, peak |",
        "|---:|---:|---:|---:|---:|---:|",
        *(_row(each, before) for before, each in zip([None, *growth], growth, strict=False)),
    ]
    return "\n".join(rows)


def _row(each: Growth, before: Growth | None) -> str:
    further = ""
    if before:
        further = f"{1000 * (each.seconds - before.seconds) / (each.environments - before.environments):.0f} ms"
    cells = [
        str(each.environments),
        f"{each.seconds:.2f} s",
        f"{1000 * each.seconds / each.environments:.0f} ms",
        further,
        f"{each.python_memory:.0f} MiB",
        f"{each.node_memory:.0f} MiB",
    ]
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """What figures were measured on."""
    return f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}, {os.cpu_count()} CPUs"


def write(file: Path, mark: str, text: str) -> int:
    """Replace what stands between two markers of a file; returns the exit status."""
    content = file.read_text(encoding="utf-8")
    marked = re.compile(rf"(?<=<!-- {mark} -->\n).*?(?=<!-- /{mark} -->)", re.DOTALL)
    if not marked.search(content):
        print(f"{file} has no line <!-- {mark} --> followed by one with <!-- /{mark} -->", file=sys.stderr)
        return 1
    file.write_text(marked.sub(lambda _: f"{text}\n", content, count=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
