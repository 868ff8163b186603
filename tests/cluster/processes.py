"""The processes of a control plane: each writes a log of its own, and ends with the one that started it."""

import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.runtime.waiting import eventually

# PR_SET_PDEATHSIG, see prctl(2): SIGKILL when the parent ends.
_LAUNCH = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"
_END_OF_LOG = 3000


@dataclass
class Program:
    """One server, by the command that starts it."""

    name: str
    command: Sequence[str]
    log_file: Path
    environment: Mapping[str, str]
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it; its log goes on where it ended."""
        command = [sys.executable, "-I", "-S", "-c", _LAUNCH, *self.command]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait(10)

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """The end of what it has written."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")[-_END_OF_LOG:]


@dataclass
class Programs:
    """All servers of a control plane, by name."""

    folder: Path
    all: dict[str, Program] = field(default_factory=dict[str, Program])

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Program:
        """Start a server. It gets no variables but these."""
        program = Program(name, command, self.folder / f"{name}.log", environment or {})
        self.all[name] = program
        program.start()
        return program

    def wait(self, condition: Callable[[], object], what: str, *, seconds: float = 60) -> None:
        """Wait for something that all servers must live to do."""

        def holds() -> object:
            for program in self.all.values():
                assert program.is_running, f"{program.name} ended: {program.log}"
            return condition()

        eventually(holds, because=lambda: f"{what}\n{self.logs}", seconds=seconds, ignoring=(OSError,))

    def kill(self) -> None:
        """End them, the last one first."""
        for program in reversed(self.all.values()):
            program.kill()

    @property
    def logs(self) -> str:
        """The end of every log."""
        return "\n".join(f"--- {program.name}\n{program.log}" for program in self.all.values())


def listens(port: int) -> bool:
    """Whether a server takes connections. Raises OSError where none does."""
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    return True
