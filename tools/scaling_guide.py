"""What docs/scaling.md shows of real runs: answers of `examx scale`, and how far the model is off the recordings.

    python -m tools.scaling_guide       write it

A block behind `<!-- scale -->` begins with a command, which is run; what it prints follows. The table between
`<!-- fidelity -->` and its end is of recordings that are not part of the project: where they are not there, it stays.
"""

import re
import shlex
from functools import cache
from pathlib import Path

from typer.testing import CliRunner

from examx_cli.app import app
from examx_cli.scale import replaying
from examx_constructs.scaling import Replay
from tools import exam_day

_ROOT = Path(__file__).parent.parent
DOCUMENT = _ROOT / "docs" / "scaling.md"
TRACES = _ROOT.parent / "shared" / "traces"
"""The recordings, where they are beside the project."""

_RAN = re.compile(
    r"(?<=<!-- scale -->\n```console\n)\$ (?P<command>examx [^\n]*)\n.*?(?=^```$)", re.DOTALL | re.MULTILINE
)
_TABLE = re.compile(r"(?<=<!-- fidelity -->\n).*?(?=<!-- /fidelity -->)", re.DOTALL)


@cache
def replays() -> list[Replay]:
    """Return each recording beside the model, the one that is furthest off first."""
    return replaying.replayed(replaying.recordings([TRACES]))


def filled(text: str) -> str:
    """Return the document with what the model says today."""
    text = _RAN.sub(lambda block: f"$ {block['command']}\n{answer(block['command'])}", text)
    return _TABLE.sub(lambda _: f"\n{table()}\n\n", text) if TRACES.is_dir() else text


def answer(command: str) -> str:
    """Return what a command prints. Raises RuntimeError with what it says instead."""
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    if done.exit_code:
        raise RuntimeError(f"{command}: {done.output}")
    return done.stdout


def table() -> str:
    """Return the recordings, the worst first."""
    lines = [
        "| recording | seconds | mean | largest | at | steps, recorded | steps, model |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for each in replays():
        at = f"{each.at} s" if each.largest else ""
        cells = (f"`{each.recording.name}`", str(each.recording.seconds), f"{each.mean:.3f}", str(each.largest), at)
        lines.append(f"| {' | '.join(cells)} | {len(each.recorded)} | {len(each.steps)} |")
    mean = sum(each.mean for each in replays()) / len(replays())
    return "\n".join([*lines, "", f"{len(replays())} recordings, {mean:.3f} pods on average."])


def main() -> None:
    text = exam_day.filled(DOCUMENT.read_text(encoding="utf-8"))
    DOCUMENT.write_text(filled(text), encoding="utf-8")


if __name__ == "__main__":
    main()
