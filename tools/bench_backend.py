"""Measure what nginx costs and brings: the rendered pod of production, with nginx and with gunicorn alone.

`make bench-backend` runs the pod as the tests do, sends requests with autocannon from inside its network, and prints
the result as Markdown. `--write FILE` puts it between the markers `<!-- bench-backend -->` and
`<!-- /bench-backend -->` of a file. It measures and judges nothing: the load shares the processors with what it loads,
so that the ratios say more than the figures.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference
from tests.runtime.pods import pod
from tests.runtime.pods.pod import Pod
from tools.bench import ROOT, machine, write

AUTOCANNON = ROOT / "node_modules" / "autocannon" / "autocannon.js"
CONNECTIONS = 32
"""Kept open, as the load balancer's are; twice the threads of gunicorn."""
FILE = "bench.bin"
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Load:
    """What one run of the load tool saw: requests per second, and the latency that 99 % stay below, in milliseconds."""

    rate: float
    p99: float


@dataclass(frozen=True)
class Case:
    """The same answer from gunicorn alone and with nginx in front: what it is, and the URL of each."""

    name: str
    alone: str
    with_nginx: str


@dataclass(frozen=True)
class Comparison:
    """Paired runs of a case."""

    case: Case
    alone: Sequence[Load]
    with_nginx: Sequence[Load]

    def ratio(self, figure: Callable[[Load], float]) -> float:
        """Return the median of the pairs' ratios: a slow moment of the machine slows both runs of a pair."""
        pairs = zip(self.alone, self.with_nginx, strict=True)
        return statistics.median(figure(nginx) / figure(alone) for alone, nginx in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7, help="how many runs of each kind to compare (7)")
    parser.add_argument("--seconds", type=int, default=4, help="how long each run takes (4)")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the result between the markers of this file too"
    )
    arguments = parser.parse_args()
    if reason := pod.refusal():
        print(f"this machine runs no pods: {reason}", file=sys.stderr)
        return 1
    text = markdown(measure(arguments.pairs, arguments.seconds))
    print(text)
    return write(arguments.write, "bench-backend", text) if arguments.write else 0


def measure(pairs: int, seconds: int) -> list[Comparison]:
    """Compare all cases in one pod."""
    environment = ENVIRONMENTS["prod"](ImageReference.parse("registry.example.com/examxv2-backend:bench"))
    host = environment.ingress.host
    secrets = {"examxv2-backend-secrets": {".env": f"SECRET_KEY=an-invented-key\nALLOWED_HOST={host}\n"}}
    with pod.running(ExamxChart(App(), environment).to_json(), secrets=secrets) as node:
        backend = node.pod("examxv2-backend", own_network=True).start()
        node.eventually(backend.is_ready)
        (backend.volume("media") / FILE).write_bytes(bytes(MEGABYTE))
        gunicorn = f"http://127.0.0.1:{environment.nginx.upstream_port}"
        nginx = f"http://127.0.0.1:{environment.nginx.listen_port}"
        cases = [
            Case("small JSON answer of Django", f"{gunicorn}/api/small/", f"{nginx}/api/small/"),
            Case("1 MiB, from Django or by nginx from disk", f"{gunicorn}/api/large/1/", f"{nginx}/media/{FILE}"),
        ]
        return [_compare(backend, host, case, pairs, seconds) for case in cases]


def _compare(backend: Pod, host: str, case: Case, pairs: int, seconds: int) -> Comparison:
    """Load both in turn, in alternating order, after one short run of each to warm up."""
    for url in (case.alone, case.with_nginx):
        _load(backend, host, url, 1)
    alone: list[Load] = []
    with_nginx: list[Load] = []
    for number in range(pairs):
        both = [(case.alone, alone), (case.with_nginx, with_nginx)]
        for url, results in reversed(both) if number % 2 else both:
            results.append(_load(backend, host, url, seconds))
    return Comparison(case, alone, with_nginx)


def _load(backend: Pod, host: str, url: str, seconds: int) -> Load:
    options = ["--json", "--connections", str(CONNECTIONS), "--duration", str(seconds)]
    headers = ["--headers", f"Host={host}", "--headers", "X-Forwarded-Proto=https"]
    done = backend.near([os.environ["JSII_NODE"], str(AUTOCANNON), *options, *headers, url], timeout=60 + seconds)
    if done.returncode:
        raise RuntimeError(done.stderr)
    told = json.loads(done.stdout)
    if told["errors"] or told["timeouts"] or told["non2xx"] or not told["2xx"]:
        raise RuntimeError(f"{url} was not answered well: {done.stdout}\n{backend.log}")
    return Load(rate=told["2xx"] / told["duration"], p99=told["latency"]["p99"])


def markdown(comparisons: Sequence[Comparison]) -> str:
    """Return the result as a table, with what it was measured on."""
    runs = f"{CONNECTIONS} connections, {len(comparisons[0].alone)} pairs of runs"
    rows = [
        f"{machine()}; {runs}; medians. The ratios first: the figures are this machine's.",
        "",
        "| with nginx against gunicorn alone | ratio | gunicorn alone | with nginx |",
        "|---|---:|---:|---:|",
    ]
    for each in comparisons:
        name = each.case.name
        rows.append(_row(f"{name}: requests a second", each, lambda load: load.rate, ""))
        rows.append(_row(f"{name}: 99 % are answered within", each, lambda load: load.p99, " ms"))
    return "\n".join(rows)


def _row(name: str, comparison: Comparison, figure: Callable[[Load], float], unit: str) -> str:
    alone, nginx = (
        statistics.median(figure(load) for load in loads) for loads in (comparison.alone, comparison.with_nginx)
    )
    return f"| {name} | {comparison.ratio(figure):.2f} | {alone:.0f}{unit} | {nginx:.0f}{unit} |"


if __name__ == "__main__":
    sys.exit(main())
