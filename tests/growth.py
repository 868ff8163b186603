"""A process of its own: `python -O -m tests.growth N` renders N environments, and says when each was begun.

It prints the moments as JSON, the end as the last of them, and then what `tools.bench` prints.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from examx_constructs.settings import Environment
from tools import bench


def marked(count: int, folder: Path) -> None:
    from examx_constructs.synthesis import synthesize  # noqa: PLC0415 - starts Node, which bench.grow times apart

    marks: list[float] = []
    synthesize(begun(bench.branches(count), marks), folder)
    sys.stdout.write(f"{json.dumps(marks)}\n")


def begun(environments: list[Environment], marks: list[float]) -> Iterator[Environment]:
    for each in environments:
        marks.append(time.perf_counter())
        yield each
    marks.append(time.perf_counter())


if __name__ == "__main__":
    bench.grow(marked, int(sys.argv[1]))
