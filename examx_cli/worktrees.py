"""Rooms for temporary checkouts: each goes with its process, or with the next one that needs one.

They are in the repository's own folder of git, `examx/`. There they are found again wherever the process that made them
had its temporary files. The kernel keeps each locked as long as its process lives, and lets go when it is killed.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from examx_cli.errors import CommandError
from examx_constructs import _files

_HOME = "examx"
_PREFIX = "examx-"


@contextlib.contextmanager
def room(common: Path) -> Generator[Path]:
    """Name a folder that is not there yet, for `git worktree add`; it is removed afterwards, with what git knows of it.

    `common`: the repository's folder of git. What processes that were killed left behind is removed first. Raises
    CommandError where the folder cannot be written.
    """
    home = common / _HOME
    try:
        home.mkdir(exist_ok=True)
        with _files.locked(home):
            for left in home.iterdir():
                _sweep(common, left)
            made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=home))
            lock = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError(f"{home} cannot be written: {error.strerror}") from error
    try:
        # Git names what it keeps of a checkout by the last part of its path: no other has this one.
        yield made / made.name
    finally:
        _remove(common, made)
        os.close(lock)


def _sweep(common: Path, left: Path) -> None:
    """Remove a room whose process is gone."""
    if left.is_symlink() or not left.is_dir():
        left.unlink(missing_ok=True)
        return
    descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        _remove(common, left)
    finally:
        os.close(descriptor)


def _remove(common: Path, made: Path) -> None:
    # What `git worktree remove` does too, but for checkouts that were not finished, which it refuses.
    shutil.rmtree(common / "worktrees" / made.name, ignore_errors=True)
    shutil.rmtree(made, ignore_errors=True)
