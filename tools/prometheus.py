"""A real Prometheus over a past that is written for it, where one is installed (Debian's package prometheus has it)."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

_PATIENCE = 60.0


@dataclass(frozen=True)
class Found:
    """One series of an answer: its labels, and its values by the second."""

    labels: Mapping[str, str]
    values: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Prometheus:
    """A server that runs."""

    url: str

    def instant(self, query: str, at: float) -> list[Found]:
        """Return what a query tells at a moment."""
        return [Found(each["metric"], _floats([each["value"]])) for each in self._ask("query", query, time=at)]

    def over(self, query: str, start: float, end: float, step: float) -> list[Found]:
        """Return what it tells from one moment to another."""
        asked = self._ask("query_range", query, start=start, end=end, step=step)
        return [Found(each["metric"], _floats(each["values"])) for each in asked]

    def _ask(self, what: str, query: str, **more: float) -> list[dict[str, Any]]:
        parameters = urlencode({"query": query, **more})
        with urlopen(f"{self.url}/api/v1/{what}?{parameters}", timeout=60) as answer:  # noqa: S310 - our own server
            return json.load(answer)["data"]["result"]


def installed() -> bool:
    """Tell whether there is a Prometheus, with its promtool."""
    return all(shutil.which(each) for each in ("prometheus", "promtool"))


@contextmanager
def serving(folder: Path, past: str, *options: str) -> Generator[Prometheus]:
    """Run a server over a past in OpenMetrics' text, in an empty folder, while it is needed."""
    (folder / "past").write_text(past, encoding="utf-8")
    (folder / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
    made = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "past", "data"]
    subprocess.run(made, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    command = [
        *("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--log.level=error"),
        # The past may be long ago, and is not thrown away.
        *(f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=100y", *options),
    ]
    process = subprocess.Popen(command, cwd=folder)
    try:
        _wait_for(f"http://127.0.0.1:{port}/-/ready", process)
        yield Prometheus(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("Prometheus does not start; its log is above")


def _floats(pairs: Sequence[Sequence[Any]]) -> list[tuple[float, float]]:
    return [(float(moment), float(value)) for moment, value in pairs]
