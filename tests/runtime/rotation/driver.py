"""Writes the files of a volume as the Secrets Store CSI driver and its AWS provider do, at a mount and at a rotation.

By its own default the provider writes: a file beside the old one, renamed over it (AWS provider 3.1.1, server.go,
writeFile). With `driver-writes-secrets` the driver writes. All files in a new directory with a name of its time, the
link `..data` renamed to it, and links of the files through it (Secrets Store CSI driver v1.6.0,
fileutil/atomic_writer.go).
"""

import itertools
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

Write = Callable[[Path, Mapping[str, str]], None]

_numbers = itertools.count()


def by_provider(directory: Path, files: Mapping[str, str]) -> None:
    """Each file by itself: it is another file afterwards, of the same name."""
    for name, content in files.items():
        written = directory / f"{name}{next(_numbers)}"
        written.write_text(content, encoding="utf-8")
        written.chmod(0o644)
        written.rename(directory / name)


def by_driver(directory: Path, files: Mapping[str, str]) -> None:
    """All files at once: one link leads elsewhere afterwards, and what it led to is gone."""
    data = directory / "..data"
    before = data.readlink() if data.is_symlink() else None
    written = directory / f"..2026_01_02_12_00_00.{next(_numbers)}"
    written.mkdir(mode=0o755)
    for name, content in files.items():
        (written / name).write_text(content, encoding="utf-8")
        (written / name).chmod(0o644)
    link = directory / "..data_tmp"
    link.symlink_to(written.name)
    link.rename(data)
    for name in files:
        if not (directory / name).is_symlink():
            (directory / name).unlink(missing_ok=True)
            (directory / name).symlink_to(Path("..data", name))
    if before is not None:
        shutil.rmtree(directory / before)
