"""How other programs are run: without a shell, without a terminal's input, and with what they said when they fail.

Nothing is believed of what they print: it may be endless, of another encoding, or not end at all.
"""

import os
import select
import selectors
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from examx_cli.errors import CommandError

MOST_BYTES = 64 * 1024 * 1024
"""How much a program may print, on each of its two streams: some 40 times the largest object of Kubernetes."""

_PIECE = 64 * 1024
_GRACE_SECONDS = 5.0
"""How long a program that is stopped has to tidy up.

git removes its lock files when it is told to end, not when it is killed.
"""


class ProcessError(CommandError):
    """A program ended with a failure: which, what it said, and what it had printed until then."""

    def __init__(self, command: Sequence[str], status: int, said: str, printed: str = "") -> None:
        self.status_of_program = status
        self.said = said.strip()
        self.printed = printed
        super().__init__(f"`{' '.join(command)}` failed with status {status}: {self.said or 'it said nothing'}")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a program that did its work printed, and what it said beside that on standard error."""

    printed: str
    said: str


def run(
    command: Sequence[str],
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """Run a program and return its standard output.

    Raises ProcessError, and CommandError where it cannot start, does not end in `timeout` seconds, or prints
    what is no text or has no end.
    """
    return listen(command, stdin=stdin, cwd=cwd, env=env, timeout=timeout).printed


def listen(
    command: Sequence[str],
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Heard:
    """Run a program and return both of its streams. Raises as `run` does."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
            command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
        )
    except FileNotFoundError as error:
        raise CommandError(f"`{command[0]}` is not installed: no such program on the PATH") from error
    except (OSError, ValueError) as error:  # the latter for a null character in an argument
        raise CommandError(f"`{command[0]}` cannot be run: {error}") from error
    with process:
        try:
            exchange = _Exchange(command, process, memoryview((stdin or "").encode(errors="surrogatepass")), timeout)
            exchange.go_on()
        except BaseException:
            _stop(process)
            raise
    said = exchange.errors.decode(errors="replace")
    if process.returncode:
        printed = exchange.output.decode(errors="replace")
        raise ProcessError(command, process.returncode, said or printed, printed)
    return Heard(_text(command, bytes(exchange.output)), said)


def _text(command: Sequence[str], printed: bytes) -> str:
    try:
        return printed.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CommandError(
            f"`{' '.join(command)}` printed something that is not UTF-8 (byte {error.start}): nothing was made of it"
        ) from None


@dataclass(slots=True)
class _Exchange:
    """What goes to a process and what comes from it, until it has ended."""

    command: Sequence[str]
    process: "subprocess.Popen[bytes]"
    input: memoryview
    timeout: float | None
    output: bytearray = field(default_factory=bytearray)
    errors: bytearray = field(default_factory=bytearray)

    def go_on(self) -> None:
        """Write and read until the process has ended. Raises CommandError."""
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        with selectors.DefaultSelector() as selector:
            for stream, into in ((self.process.stdout, self.output), (self.process.stderr, self.errors)):
                if stream is not None:
                    selector.register(stream, selectors.EVENT_READ, partial(self._read, stream.fileno(), into))
            if self.process.stdin is not None:
                selector.register(self.process.stdin, selectors.EVENT_WRITE, partial(self._write, self.process.stdin))
            while selector.get_map():
                for key, _ in selector.select(self._left(deadline)):
                    if not key.data():
                        selector.unregister(key.fileobj)
        try:
            self.process.wait(self._left(deadline))
        except subprocess.TimeoutExpired:
            raise self._late() from None

    def _left(self, deadline: float | None) -> float | None:
        if deadline is None:
            return None
        left = deadline - time.monotonic()
        if left <= 0:
            raise self._late()
        return left

    def _late(self) -> CommandError:
        return CommandError(f"`{' '.join(self.command)}` did not end within {self.timeout:g} s")

    def _read(self, stream: int, into: bytearray) -> bool:
        piece = os.read(stream, _PIECE)
        into += piece
        if len(into) > MOST_BYTES:
            raise CommandError(f"`{' '.join(self.command)}` printed more than {MOST_BYTES >> 20} MiB: it was stopped")
        return bool(piece)

    def _write(self, stream: IO[bytes]) -> bool:
        try:
            # No more than a pipe that says that it takes something takes without a wait.
            written = os.write(stream.fileno(), self.input[: select.PIPE_BUF])
        except BrokenPipeError:
            written = len(self.input)  # It does not want to know the rest; its status says why.
        self.input = self.input[written:]
        if not self.input:
            stream.close()
        return bool(self.input)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
