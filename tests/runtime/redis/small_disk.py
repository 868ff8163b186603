"""A disk for the data of a pod that can be full: a tmpfs of a chosen size, in a mount namespace of its own."""

import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.runtime.redis.network import Loopback, loopback

_PROGRAMS = ("unshare", "nsenter", "setpriv", "mount")
_HOLD = ("setpriv", "--pdeathsig", "KILL", "unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


@dataclass(frozen=True)
class SmallDisk:
    """The loopback, whose processes see a small disk where one was mounted."""

    where: Loopback
    holder: int

    def address(self, name: str) -> str:
        """As on the loopback."""
        return self.where.address(name)

    def inside(self, address: str, command: Sequence[str]) -> list[str]:
        """The command, in the namespace. It ends with the one who starts it, which must be said after entering."""
        enter = ["nsenter", "--target", str(self.holder), "--user", "--preserve-credentials", "--mount"]
        return [*enter, "setpriv", "--pdeathsig", "KILL", *command]

    def call(self, address: str, port: int, *words: str, password: str | None, user: str) -> Any:
        """As on the loopback."""
        return self.where.call(address, port, *words, password=password, user=user)

    def mount(self, directory: Path, *, size: int) -> None:
        """Put an empty disk of so many bytes over a directory."""
        self._run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(directory))

    def resize(self, directory: Path, *, size: int) -> None:
        """Make it larger, as a volume is expanded."""
        self._run("mount", "-o", f"remount,size={size}", str(directory))

    def read(self, directory: Path, pattern: str) -> bytes:
        """The files that match, one behind the other."""
        return self._run("sh", "-c", f"cat {directory}/{pattern}")

    def _run(self, *command: str) -> bytes:
        return subprocess.run(self.inside("", command), check=True, capture_output=True, timeout=20).stdout


def refusal() -> str | None:
    """Why this machine has no such disks; None where it has."""
    if missing := [name for name in _PROGRAMS if not shutil.which(name)]:
        return f"it has no {', '.join(missing)}"
    tried = subprocess.run(
        [*_HOLD, "mount -t tmpfs tmpfs /mnt"], check=False, capture_output=True, text=True, timeout=20
    )
    return None if tried.returncode == 0 else tried.stderr.strip()


@contextmanager
def small_disk() -> Generator[SmallDisk]:
    """A namespace in which nothing is mounted yet."""
    with loopback() as where:
        holder = subprocess.Popen([*_HOLD, "echo; exec sleep infinity"], stdout=subprocess.PIPE)
        try:
            assert holder.stdout
            holder.stdout.readline()
            yield SmallDisk(where, holder.pid)
        finally:
            holder.kill()
            holder.wait()
            if holder.stdout:
                holder.stdout.close()
