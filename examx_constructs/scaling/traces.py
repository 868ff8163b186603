"""Workloads out of files: what came to a list, as it was recorded.

A CSV file with a header line, in one of three forms:

- `arrival`, and where it is known `duration`: a row for each task, in seconds;
- `t` and `arrivals`: a row for each so many seconds, with the tasks that came in them;
- `t` and `list_len`: a row for each so many seconds, with the length of the list. What was taken between two rows is
  not seen, so the tasks that came are at least those by which the list grew.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from itertools import pairwise
from pathlib import Path

from examx_constructs import _files
from examx_constructs.scaling.errors import ScalingError
from examx_constructs.scaling.workload import TaskTime, Workload, workload

_ARRIVAL, _DURATION, _MOMENT, _COUNT, _LENGTH = "arrival", "duration", "t", "arrivals", "list_len"
_MOST = 10_000_000
"""Tasks of a file; more are a mistake, and would not fit into memory."""

Row = Mapping[str | None, str | list[str] | None]


def read_workload(path: Path | str, task: TaskTime | None = None, *, seed: int = 0) -> Workload:
    """Return the tasks of a file. `task` says how long they take where the file does not. Raises ScalingError."""
    names, rows = _rows(Path(path))
    said = Path(path).name
    if _ARRIVAL in names and _DURATION in names:
        tasks = sorted(
            (_number(path, line, row, _ARRIVAL), _number(path, line, row, _DURATION)) for line, row in _lines(rows)
        )
        return Workload(tuple(at for at, _ in tasks), tuple(takes for _, takes in tasks), said)
    if task is None:
        raise ScalingError(f"{path}: has no column {_DURATION}; give a distribution of task times")
    if _ARRIVAL in names:
        return workload((_number(path, line, row, _ARRIVAL) for line, row in _lines(rows)), task, seed=seed, said=said)
    if _MOMENT in names and (_COUNT in names or _LENGTH in names):
        counts = _counts(path, rows, _COUNT if _COUNT in names else _LENGTH)
        return workload(_spread(path, counts), task, seed=seed, said=said)
    raise ScalingError(
        f"{path}: has the columns {', '.join(names)}; needed: {_ARRIVAL}, or {_MOMENT} and {_COUNT} or {_LENGTH}"
    )


def tells_durations(path: Path | str) -> bool:
    """Return whether a file says of each task how long it takes: then nothing is drawn. Raises ScalingError."""
    names, _ = _rows(Path(path))
    return _ARRIVAL in names and _DURATION in names


def _rows(path: Path) -> tuple[Sequence[str], list[Row]]:
    try:
        reader = csv.DictReader(StringIO(_files.read_text(path)))
        rows: list[Row] = list(reader)
        names = reader.fieldnames or ()
    except (_files.UnreadableError, _files.NotTextError, csv.Error) as error:
        raise ScalingError(f"{path}: cannot be read: {error}") from None
    if not rows:
        raise ScalingError(f"{path}: has no rows below a header")
    return names, rows


def _lines(rows: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    return enumerate(rows, start=2)


def _number(path: Path | str, line: int, row: Row, name: str) -> float:
    said = row.get(name)
    try:
        number = float(said) if isinstance(said, str) else float("nan")
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise ScalingError.of(f"{path}:{line}: {name}", said, "a number, 0 or more", "it is a time or a count")
    return number


def _counts(path: Path | str, rows: Sequence[Row], name: str) -> list[tuple[float, float, int]]:
    """Return from when to when so many tasks came."""
    moments = [_number(path, line, row, _MOMENT) for line, row in _lines(rows)]
    figures = [_number(path, line, row, name) for line, row in _lines(rows)]
    step = moments[1] - moments[0] if len(moments) > 1 else 1.0
    for index in range(1, len(moments)):
        if step <= 0 or abs(moments[index] - moments[index - 1] - step) > step / 2:
            raise ScalingError.of(
                f"{path}:{index + 2}: {_MOMENT}",
                moments[index],
                f"{moments[index - 1] + step:g}",
                "there is a gap: what came in it is not known",
            )
    for index, each in enumerate(figures):
        if each != int(each):
            raise ScalingError.of(f"{path}:{index + 2}: {name}", each, "a whole number", "tasks are counted")
    if name == _LENGTH:
        figures = [figures[0], *(max(after - before, 0) for before, after in pairwise(figures))]
    return [(at, at + step, int(count)) for at, count in zip(moments, figures, strict=True)]


def _spread(path: Path | str, counts: Sequence[tuple[float, float, int]]) -> Iterator[float]:
    """Yield the tasks of each row, evenly over its time."""
    total = sum(count for _, _, count in counts)
    if total > _MOST:
        raise ScalingError.of(f"{path}", total, f"at most {_MOST} tasks", "more do not fit into memory")
    for start, end, count in counts:
        yield from (start + (end - start) * index / count for index in range(count))
