"""How files are read and written: nothing is believed of what a name leads to, and nobody finds half of a file."""

import fcntl
import os
import select
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 16 * 1024 * 1024
"""How large a file of manifests may be: etcd takes objects of 1.5 MiB (etcd, "System limits"), a file holds several."""

PIPE_SECONDS = 60.0
"""How long a pipe may take to say all that it has to say, as one that a shell makes of `<(command)`."""

_PIECE = 1024 * 1024


class UnreadableError(Exception):
    """Why a file cannot be read: the reason alone, for a message that names the file."""


class TooLargeError(UnreadableError):
    """A file that has more bytes than it may have."""


class NotTextError(UnreadableError):
    """A file that is no text: from which byte on."""

    def __init__(self, byte: int) -> None:
        super().__init__(f"it is not UTF-8 text (byte {byte})")


def read_bytes(path: Path | str, most: int = MOST_BYTES) -> bytes:
    """Return what a file, or a pipe, holds.

    Raises UnreadableError, also for what has more than `most` bytes or no end.
    """
    try:
        # Not to wait for a pipe that nobody writes into.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnreadableError(f"{error.strerror}") from None
    except ValueError:
        raise UnreadableError("its name holds a null character") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
            raise UnreadableError("Is a directory" if stat.S_ISDIR(mode) else "it is a device, no file")
        content = _content(descriptor, most)
    except OSError as error:
        raise UnreadableError(f"{error.strerror}") from None
    finally:
        os.close(descriptor)
    if len(content) > most:
        raise TooLargeError(f"it has more than {_size(most)}")
    return content


def _content(descriptor: int, most: int) -> bytes:
    content, deadline = bytearray(), time.monotonic() + PIPE_SECONDS
    while len(content) <= most:
        if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise UnreadableError(f"it is a pipe that did not end within {PIPE_SECONDS:g} s")
        piece = os.read(descriptor, min(_PIECE, most + 1 - len(content)))
        if not piece:
            break
        content += piece
    return bytes(content)


def _size(most: int) -> str:
    return f"{most >> 20} MiB" if most >= 1 << 20 else f"{most >> 10} KiB"


def read_text(path: Path | str, most: int = MOST_BYTES) -> str:
    """Return the text of a file: UTF-8, with or without a byte order mark. Raises UnreadableError."""
    content = read_bytes(path, most)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTextError(error.start) from None


@contextmanager
def locked(folder: Path) -> Generator[int]:
    """Hold a folder that no other process of this project writes into meanwhile; its descriptor. Raises OSError.

    The lock is the kernel's: it goes with its process, however that ends, and leaves nothing behind.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def write_new(file: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file that must not be there, to the disk; a link of its name is not followed. Raises OSError."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with open(descriptor, "wb") as stream:  # noqa: PTH123 - of a descriptor
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def replace(file: Path, content: bytes) -> None:
    """Give a file another content in one step, with the mode that it has. Raises OSError, with the file as it was.

    The folder must be locked. What an earlier process that was killed left beside the file, goes; a link in that place
    is removed, and not followed.
    """
    beside = beside_of(file)
    beside.unlink(missing_ok=True)
    try:
        write_new(beside, content)
        beside.chmod(stat.S_IMODE(file.stat().st_mode))
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def beside_of(file: Path) -> Path:
    """Return where the next content of a file is written before it is the file's."""
    return file.with_name(f".{file.name}.new")
