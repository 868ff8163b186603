"""Measure the simulator of scaling: a day of ten queues, a thousand bursts, and a plain SimPy model of the same queue.

    python -m tools.bench_scaling

prints a table in Markdown; `--write FILE` puts it between the markers `<!-- bench-scaling -->` and
`<!-- /bench-scaling -->` of a file, as `make bench` does. It judges nothing: seconds depend on the machine, ratios
hardly. Times are those of the processor. SimPy is among the tools of the tests; without it, its rows say so.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any

from examx_constructs.manifests import load
from examx_constructs.scaling import Scaling, Workload, burst, daily, lognormal, scalings, simulate
from tools.bench import machine, write

MANIFESTS = Path(__file__).parent.parent / "dist" / "prod.k8s.yaml"
DAY, HOUR = 86400.0, 3600.0
QUEUES, TASKS, BURSTS, BURST = 10, 20_000, 1_000, 500
FULL = 3
TASK = lognormal(4, 20)
MARK = "bench-scaling"

Slots = Generator[Any, Any, None]


def queues() -> list[Scaling]:
    """Return production's queues, over and over."""
    found = list(scalings(load(MANIFESTS)))
    return [found[index % len(found)] for index in range(QUEUES)]


def day() -> None:
    """Run a day of each queue."""
    for index, each in enumerate(queues()):
        simulate(each, daily(TASKS, TASK, seed=index), until=DAY)


def day_of(scaling: Scaling, work: Workload) -> Callable[[], object]:
    """Return a day of one queue, its tasks being there."""
    return lambda: simulate(scaling, work, until=DAY)


def bursts(seeds: Sequence[int]) -> int:
    """Return an hour with a burst, as a search for figures runs it."""
    scaling = queues()[1]
    return sum(len(simulate(scaling, burst(BURST, TASK, seed=seed), until=HOUR).steps) for seed in seeds)


def full(tasks: int = 80_000) -> tuple[Scaling, Workload]:
    """Return a queue of few processes in each pod, and a day that fills them: what the model is slowest at."""
    return next(each for each in queues() if each.workers.concurrency == FULL), daily(tasks, TASK)


def thousand_bursts(processes: int = 2) -> tuple[float, float]:
    """Return the seconds that all bursts take in so many processes: by the clock, and of the processors."""
    start, before = time.perf_counter(), _of_children()
    with ProcessPoolExecutor(processes) as pool:
        sum(pool.map(bursts, [range(first, BURSTS, processes) for first in range(processes)]))
    return time.perf_counter() - start, _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def simpy_day(scaling: Scaling, work: Workload) -> Callable[[], object]:
    """Yield the same day in SimPy: a process for each task, one for the sender, one that scales.

    No CPU, no pods' lives.
    """
    simpy: Any = import_module("simpy")
    slots, target, least, most = scaling.workers.concurrency, 10, 2, 20

    def run() -> list[float]:
        env = simpy.Environment()
        pool = simpy.Resource(env, capacity=least * slots)
        waits: list[float] = []

        def task(takes: float) -> Slots:
            came = env.now
            with pool.request() as slot:
                yield slot
                waits.append(env.now - came)
                yield env.timeout(takes)

        def sender() -> Slots:
            for at, takes in zip(work.arrivals, work.durations, strict=True):
                yield env.timeout(at - env.now)
                env.process(task(takes))

        def controller() -> Slots:
            replicas, wishes = least, list[tuple[float, int]]()
            while True:
                yield env.timeout(15)
                wishes = [each for each in wishes if each[0] > env.now - 300]
                wishes.append((env.now, ceil(len(pool.queue) / target)))
                highest = max(wish for _, wish in wishes)
                wanted = min(max(replicas, wishes[-1][1]), highest, replicas + max(4, ceil(replicas * 0.7)))
                replicas = min(max(wanted, least), most)
                pool._capacity = replicas * slots

        env.process(sender())
        env.process(controller())
        env.run(DAY)
        return waits

    return run


def best(run: Callable[[], object], times: int = 5) -> float:
    """Return the seconds of the processor, of the quickest run: what others do on the machine only adds to it."""
    found: list[float] = []
    for _ in range(times):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def table() -> str:
    """Return what was measured."""
    default = queues()[0]
    work = daily(TASKS, TASK)
    ours = best(day_of(default, work))
    clock, used = thousand_bursts()
    busy, much = full()
    rows = [
        (f"a day of {QUEUES} queues with {TASKS} tasks each, made and run", f"{best(day, 3):.2f} s"),
        (
            f"the hour after a burst of {BURST}, {BURSTS} times in two processes",
            f"{used:.1f} s, {clock:.1f} s by the clock",
        ),
        (f"a day of one queue with {TASKS} tasks", f"{ours * 1000:.0f} ms"),
        (f"the same with {4 * TASKS} tasks", f"{best(day_of(default, daily(4 * TASKS, TASK))) * 1000:.0f} ms"),
    ]
    rows.append(("the day of that queue in plain SimPy", _simpy(default, work, ours)))
    busy_ours = best(day_of(busy, much), 3)
    said = f"a day with {len(much)} tasks that fill pods of {FULL} processes"
    rows += [(said, f"{busy_ours * 1000:.0f} ms"), ("the same in plain SimPy", _simpy(busy, much, busy_ours))]
    rows.append(("memory at the most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB"))
    load = f"{os.getloadavg()[0]:.0f}"
    lines = [f"{machine()}; the least processor time of several runs, at a load average of {load}.", ""]
    lines += ["| the simulator of scaling | |", "|---|---:|", *(f"| {what} | {said} |" for what, said in rows)]
    return "\n".join(lines)


def _simpy(scaling: Scaling, work: Workload, ours: float) -> str:
    if not find_spec("simpy"):
        return "not installed"
    theirs = best(simpy_day(scaling, work), 3)
    return f"{theirs * 1000:.0f} ms, {theirs / ours:.0f} times as long"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench_scaling", description="Measure the simulator of scaling."
    )
    parser.add_argument("--write", metavar="FILE", type=Path, help="put the table between the markers of this file")
    chosen = parser.parse_args(arguments)
    found = table()
    print(found)
    if chosen.write:
        return write(chosen.write, MARK, found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
