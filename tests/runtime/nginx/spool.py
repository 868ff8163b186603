"""What nginx has in files while it is on its way.

A folder shows none of it: nginx takes a file's name away as it makes it (1.31.3, ngx_files.c: ngx_open_tempfile).
"""

import os
import stat
from contextlib import suppress
from pathlib import Path


def spooled(process: int) -> int:
    """Bytes of the files without a name that nginx, of this process, and its workers hold, as the disk counts them."""
    return sum(_held_by(each) for each in (process, *_children(process)))


def _children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(each) for each in text.split()]


def _held_by(process: int) -> int:
    total = 0
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        # Closed in the meantime.
        with suppress(FileNotFoundError):
            if descriptor.readlink().name.endswith(" (deleted)"):
                told = os.stat(descriptor)  # noqa: PTH116 - of the open file, whose name is no more
                total += told.st_blocks * 512 if stat.S_ISREG(told.st_mode) else 0
    return total
