"""The model beside recordings of clusters: how far it is off, and when."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from examx_cli.errors import CommandError
from examx_cli.scale import words
from examx_cli.scale.figures import JsonObject
from examx_cli.scale.report import table
from examx_constructs.scaling import Recording, Replay, read_recording, replay

_ABOUT, _ROWS = ".json", ".csv"


def recordings(paths: Sequence[Path]) -> list[Recording]:
    """Return those of files and folders. Raises CommandError and ScalingError."""
    return [read_recording(about, rows) for about, rows in _pairs(paths)]


def _pairs(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Return each JSON file with its CSV file: the one that has its name, or the only one."""
    given = list(dict.fromkeys(each for path in paths for each in _files(path)))
    about = [each for each in given if each.suffix == _ABOUT]
    rows = [each for each in given if each.suffix == _ROWS]
    if len(about) == len(rows) == 1:
        return [(about[0], rows[0])]
    for each in rows:
        if each.with_suffix(_ABOUT) not in about:
            raise CommandError(f"{each}: has no {each.with_suffix(_ABOUT)}, which says what was scaled; name both")
    for each in about:
        if each.with_suffix(_ROWS) not in rows:
            raise CommandError(f"{each}: has no {each.with_suffix(_ROWS)}, which says what happened; name both")
    return [(each, each.with_suffix(_ROWS)) for each in about]


def _files(path: Path) -> list[Path]:
    """Return the files that a path means. Of a folder, a JSON file without rows is something else, and passed over."""
    if path.is_dir():
        found = [each for each in sorted(path.glob(f"*{_ABOUT}")) if each.with_suffix(_ROWS).is_file()]
        if not found:
            raise CommandError(f"{path}: has no recording, which is a NAME{_ABOUT} beside a NAME{_ROWS}")
        return [file for each in found for file in (each, each.with_suffix(_ROWS))]
    if path.suffix not in (_ABOUT, _ROWS):
        raise CommandError(f"{path}: is no file of a recording; allowed: NAME{_ABOUT} and NAME{_ROWS}, or a folder")
    return [path]


def replayed(given: Sequence[Recording]) -> list[Replay]:
    """Return the model of each, the one that is furthest off first."""
    return sorted(map(replay, given), key=lambda each: (-each.mean, each.recording.name))


def text(found: Sequence[Replay]) -> str:
    """Return one with its steps; several as a table, the worst first."""
    if len(found) == 1:
        return "\n".join(_alone(found[0]))
    rows = [("recording", "mean", "largest", "at", "outages"), *map(_row, found)]
    lines = ["pods that the model is off, the worst first", "", *table(rows)]
    mean = sum(each.mean for each in found) / len(found)
    return "\n".join([*lines, "", f"{words.counted(len(found), 'recording')}, {mean:.2f} pods on average"])


def _row(each: Replay) -> tuple[str, ...]:
    at = f"{each.at} s" if each.largest else "-"
    return (
        each.recording.name,
        f"{each.mean:.2f}",
        str(each.largest),
        at,
        "yes" if each.recording.has_outages else "-",
    )


def _alone(each: Replay) -> Iterator[str]:
    yield f"{each.recording.name}: {words.counted(each.recording.seconds, 'second')}"
    yield ""
    yield f"mean absolute error  {each.mean:.2f} pods"
    at = f" at {each.at} s" if each.largest else ""
    yield f"largest deviation    {words.counted(each.largest, 'pod')}{at}"
    yield ""
    yield from table([("step", "recorded", "model"), *_steps(each)])


def _steps(each: Replay) -> Iterator[tuple[str, ...]]:
    """Yield the moments at which either changed, and to what; nothing where it stayed."""
    ours, theirs = dict(each.steps), dict(each.recorded)
    for moment in sorted({**ours, **theirs}):
        yield (f"{moment} s", str(theirs.get(moment, "")), str(ours.get(moment, "")))


def document(found: Sequence[Replay]) -> JsonObject:
    """Return all of it for a machine."""
    return {
        "recordings": [
            {
                "name": each.recording.name,
                "seconds": each.recording.seconds,
                "outages": each.recording.has_outages,
                "mean_absolute_error_pods": round(each.mean, 4),
                "largest_deviation_pods": each.largest,
                "largest_deviation_second": each.at if each.largest else None,
                "recorded_steps": each.recorded,
                "model_steps": each.steps,
            }
            for each in found
        ]
    }
