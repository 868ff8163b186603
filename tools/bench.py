"""Measure a synth: against the least that cdk8s takes, and what each further environment costs.

It also runs Kustomize over as many objects, where there is a kubectl. `make bench` prints the result as Markdown.
`--write FILE` puts it between the markers `<!-- bench -->` and `<!-- /bench -->` of a file, and the plot that it shows
into docs/bench.svg. It judges nothing: seconds depend on the machine, ratios hardly. Every synth that it measures
passes all checks, or stops it. What the checks themselves cost is in a table of its own, by `tools.bench_checks`.
"""

import argparse
import atexit
import gc
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
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from examx_cli.scale import vega
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.features import Feature, features
from examx_constructs.settings import Environment, ImageReference
from tools import bench_kustomize, bench_picture
from tools.bench_figures import Comparison, Growth, Scale, milliseconds

ROOT = Path(__file__).parent.parent
PLOT = Path("docs/bench.svg")
COUNTS = (1, 10, 100, 300)
OBJECTS = 35
"""The objects of a feature environment; a test counts them."""
PYTHON = (sys.executable, "-O")
"""As cdk8s.yaml runs the app: without the argument checks of jsii."""
EMPTY_APP = "import cdk8s_plus_27; from cdk8s import App, Chart; app = App(); Chart(app, 'empty'); app.synth()"
"""The least that any app of cdk8s-plus does: start Node, load the libraries, write an empty chart."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=9, help="how many runs to compare with an empty app (9)")
    parser.add_argument("--rounds", type=int, default=3, help="how often to measure each number of environments (3)")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the result between the markers of this file too"
    )
    parser.add_argument("--grow", nargs=2, metavar=("WHAT", "N"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.grow:
        what, count = arguments.grow
        grow({"synth": synth, "bare": bare}[what], int(count))
        return 0
    scale = measure_scale(arguments.rounds)
    text = markdown(compare(arguments.pairs), scale)
    print(text)
    if not arguments.write:
        return 0
    vega.write(ROOT / PLOT, vega.svg(bench_picture.specification(scale)))
    checks = [sys.executable, "-m", "tools.bench_checks", "--write", str(arguments.write)]
    return write(arguments.write, "bench", text) or subprocess.run(checks, check=False, cwd=ROOT).returncode


def compare(pairs: int) -> Comparison:
    """Time `python main.py` and an empty app side by side, in alternating order, after one run of each to warm up."""
    with tempfile.TemporaryDirectory(prefix="examx-bench-") as scratch:
        _pair(Path(scratch), swapped=False)
        measured = [_pair(Path(scratch), swapped=bool(number % 2)) for number in range(pairs)]
    return Comparison([floor for floor, _ in measured], [synth for _, synth in measured])


def _pair(scratch: Path, *, swapped: bool) -> tuple[float, float]:
    floor, synth = ["-c", EMPTY_APP], ["main.py"]
    if swapped:
        seconds = _wall_time(synth, scratch)
        return _wall_time(floor, scratch), seconds
    return _wall_time(floor, scratch), _wall_time(synth, scratch)


def _wall_time(arguments: Sequence[str], scratch: Path) -> float:
    """Return the seconds that Python takes with these arguments, its start and Node's included."""
    # Whatever the shell says of bytecode: it is cached, as it is wherever a synth runs twice.
    settings = {"CDK8S_OUTDIR": f"{scratch}/dist", "PYTHONPYCACHEPREFIX": f"{scratch}/bytecode"}
    inherited = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [*PYTHON, *arguments]
    started = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, env=inherited | settings, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure_scale(rounds: int) -> Scale:
    """Return the medians of several fresh processes for each number of environments."""
    return Scale(
        synth=[_median([_fresh("synth", count) for _ in range(rounds)]) for count in COUNTS],
        bare=[_median([_fresh("bare", count) for _ in range(rounds)]) for count in COUNTS[:-1]],
        kustomize=bench_kustomize.seconds(branches(1)[0]),
    )


def _fresh(what: str, environments: int) -> Growth:
    command = [*PYTHON, "-m", "tools.bench", "--grow", what, str(environments)]
    answer = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return Growth(**json.loads(answer.stdout))


def _median(measured: Sequence[Growth]) -> Growth:
    return Growth(
        measured[0].environments,
        statistics.median(each.seconds for each in measured),
        statistics.median(each.python_memory for each in measured),
        statistics.median(each.node_memory for each in measured),
    )


def grow(measured: Callable[[int, Path], None], count: int) -> None:
    """Do it this many times; prints a Growth as JSON when Python ends."""
    result: dict[str, float] = {"environments": count}
    # What is registered first runs last: after jsii has stopped Node, for only then is Node's memory known.
    atexit.register(lambda: print(json.dumps({**result, **_peak_memory()})))
    # Its loading, and Node's start, are no environment's cost.
    import_module("examx_constructs.synthesis")
    gc.disable()  # As main.py does.
    with tempfile.TemporaryDirectory(prefix="examx-bench-") as output:
        started = time.perf_counter()
        measured(count, Path(output))
        result["seconds"] = time.perf_counter() - started


def synth(count: int, folder: Path) -> None:
    """Build, check and write feature environments. Raises CheckError for a finding, a collision among them included."""
    from examx_constructs.synthesis import synthesize  # noqa: PLC0415

    synthesize(branches(count), folder)


def branches(count: int) -> list[Environment]:
    """Return the feature environments of invented branches."""
    image, expires = (
        ImageReference.parse("registry.example.com/examxv2-backend:bench"),
        datetime(2100, 1, 1, tzinfo=UTC),
    )
    return features(
        Feature(branch=f"feature/{number}", image=image, owner="bench", expires=expires) for number in range(count)
    )


def bare(count: int, folder: Path) -> None:
    """Measure cdk8s for as many apps, each with as many objects as an environment, but with nothing in them."""
    from cdk8s import App, Chart  # noqa: PLC0415
    from cdk8s_plus_27 import k8s  # noqa: PLC0415

    for number in range(count):
        app = App(outdir=str(folder))
        chart = Chart(app, f"bare-{number}")
        for each in range(OBJECTS):
            k8s.KubeServiceAccount(chart, f"object-{each}", metadata=k8s.ObjectMeta(name=f"object-{each}"))
        app.synth()


def _peak_memory() -> dict[str, float]:
    return {
        "python_memory": _mebibytes(resource.getrusage(resource.RUSAGE_SELF)),
        "node_memory": _mebibytes(resource.getrusage(resource.RUSAGE_CHILDREN)),
    }


def _mebibytes(usage: resource.struct_rusage) -> float:
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def markdown(comparison: Comparison, scale: Scale) -> str:
    """Write both results as tables, with what they were measured on."""
    floor, synth = statistics.median(comparison.floor), statistics.median(comparison.synth)
    first, last = scale.bare[0], scale.bare[-1]
    rows = [
        f"{machine()}; medians. The seconds are this machine's, the ratios are not.",
        "",
        f"| `python -O main.py` against an empty cdk8s app, {len(comparison.floor)} pairs | |",
        "|---|---:|",
        f"| empty app that imports cdk8s-plus | {floor:.2f} s |",
        f"| `python -O main.py`, {len(ENVIRONMENTS)} environments | {synth:.2f} s |",
        f"| ratio (median of the pairs' ratios) | {comparison.ratio:.2f} |",
        "",
        "| feature environments, one process | build, check and write | each further | Python | Node | each further |",
        "|---:|---:|---:|---:|---:|---:|",
        *(_row(each, before) for before, each in zip([None, *scale.synth], scale.synth, strict=False)),
        "",
        f"cdk8s alone takes {milliseconds(first, last):.0f} ms for as many objects with nothing in them. "
        + _beside_kustomize(scale),
        "",
        f"![{bench_picture.DESCRIPTION}]({PLOT.as_posix()})",
    ]
    return "\n".join(rows)


def _beside_kustomize(scale: Scale) -> str:
    if scale.kustomize is None:
        return "No kubectl is here, so Kustomize was not measured."
    ours, theirs = milliseconds(scale.synth[0], scale.synth[-1]), 1000 * scale.kustomize
    return (
        f"`kubectl kustomize` takes {theirs:.0f} ms for an overlay over as many, with its start, and checks nothing. "
        f"An environment takes {ours / theirs:.2f} of that here."
    )


def _row(each: Growth, before: Growth | None) -> str:
    cells = [
        str(each.environments),
        f"{each.seconds:.2f} s",
        f"{milliseconds(before, each):.0f} ms" if before else "",
        f"{each.python_memory:.0f} MiB",
        f"{each.node_memory:.0f} MiB",
        f"{(each.memory - before.memory) / (each.environments - before.environments):.1f} MiB" if before else "",
    ]
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """Return what figures were measured on."""
    return f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}, {os.cpu_count()} CPUs"


def write(file: Path, mark: str, text: str) -> int:
    """Replace what is between two markers of a file; returns the exit status."""
    content = file.read_text(encoding="utf-8")
    marked = re.compile(rf"(?<=<!-- {mark} -->\n).*?(?=<!-- /{mark} -->)", re.DOTALL)
    if not marked.search(content):
        print(f"{file} has no line <!-- {mark} --> followed by one with <!-- /{mark} -->", file=sys.stderr)
        return 1
    file.write_text(marked.sub(lambda _: f"{text}\n", content, count=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
