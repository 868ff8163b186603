"""What kubectl reads: a table made with its own reader, `kubectl/main.go`, which go.mod pins.

    python -m tests.unit.manifests.facts

writes it again, where Go is. Each line holds a text, and the answer of the reader: its documents, with the type of each
value, and the error behind them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.unit.manifests.scalars import scalars
from tests.unit.manifests.streams import STREAMS

HERE = Path(__file__).parent
READER = HERE / "kubectl"
TABLE = HERE / "facts.json"
_PINNED = ("k8s.io/apimachinery", "sigs.k8s.io/json", "sigs.k8s.io/yaml", "go.yaml.in/yaml/v2")


class Fact(NamedTuple):
    """A text, and what kubectl makes of it."""

    name: str
    text: str
    documents: list[Any]
    error: str
    varies: bool
    """Whether one reading differs from the next: it hangs on the order of a map of Go's."""


def as_value(written: str) -> str:
    """A scalar as a value."""
    return f"k: {written}\n"


def as_key(written: str) -> str:
    """A scalar as a key."""
    return f"{written}: v\n"


def texts() -> dict[str, str]:
    """Every text that is tried, by its name."""
    values = {f"value {written}": as_value(written) for written in scalars()}
    keys = {f"key {written}": as_key(written) for written in scalars()}
    return values | keys | {f"stream {name}": text for name, text in STREAMS.items()}


def versions() -> dict[str, str]:
    """What reads, by its modules."""
    found = (READER / "go.mod").read_text(encoding="utf-8")
    return {module: re.findall(rf"{re.escape(module)} (v\S+)", found)[0] for module in _PINNED}


def facts() -> list[Fact]:
    """The table."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))["facts"]
    return [
        Fact(name, text, answer["documents"], answer.get("error", ""), answer.get("varies", False))
        for name, text, answer in rows
    ]


def refusal() -> str | None:
    """Why this machine cannot build the reader; None where it can."""
    if not shutil.which("go"):
        return "Go is needed to read as kubectl does, and there is none"
    done = _go("build", "-o", os.devnull, ".")
    return f"the reader cannot be built here: {done.stderr.splitlines()[-1:]}" if done.returncode else None


def read(given: Sequence[str]) -> list[dict[str, Any]]:
    """What kubectl's reader says of each text."""
    done = _go("run", ".", said=json.dumps(given))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rendered() -> str:
    """The table as a file: a line for each fact."""
    given = texts()
    lines = [
        json.dumps([name, text, answer])
        for (name, text), answer in zip(given.items(), read([*given.values()]), strict=True)
    ]
    body = ",\n".join(lines)
    return f'{{"versions": {json.dumps(versions())}, "facts": [\n{body}\n]}}\n'


def _go(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    return subprocess.run(
        ["go", *arguments], cwd=READER, env=environment, check=False, capture_output=True, text=True, input=said
    )


if __name__ == "__main__":
    TABLE.write_text(rendered(), encoding="utf-8")
    sys.stderr.write(f"{len(texts())} facts\n")
