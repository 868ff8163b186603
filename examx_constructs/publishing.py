"""Puts rendered manifests into a folder, which holds all of the new ones or all of the old ones afterwards.

All that needs room is written first, into a folder inside of it: a disk that is full stops it there, with nothing
changed. That folder then gets the name that says that it is complete, and its files are renamed to where they belong,
which needs none. Who is killed in between leaves it there: the next publication goes on with it before anything else,
and until then readers are told (`refuse_half`).
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from examx_constructs import _files
from examx_constructs.settings import ConfigurationError

SUFFIX = ".k8s.yaml"
EVERYTHING = f"*{SUFFIX}"

# Both begin with a dot, as nothing does that is rendered or read: see checks/loader.py.
_BEGUN = ".publishing"
_COMPLETE = ".published"
_GOES = ".goes"
"""What follows the name of a file that is to be removed, in the folder of what is new."""


class PublishingError(ConfigurationError):
    """A folder that cannot be written: which, why, and what it holds now."""


def publish(rendered: Path, folder: Path, replaces: str | None = EVERYTHING) -> list[Path]:
    """Make a folder's manifests the rendered ones: files replaced whole, stale ones removed; returns what changed.

    `replaces`: the pattern of the files that are stale unless they were rendered now; None for no file. Raises
    PublishingError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _files.locked(folder):
            _finish(folder)
            return _publish(rendered, folder, replaces)
    except OSError as error:
        state = (
            "half of it is new; `make synth` goes on with it" if (folder / _COMPLETE).is_dir() else "it is as it was"
        )
        raise PublishingError(f"{folder} cannot be written: {error.strerror or error}; {state}") from error


def refuse_half(folder: Path) -> None:
    """Raise PublishingError for a folder with only some new files, because what published them was killed."""
    if (folder / _COMPLETE).is_dir():
        raise PublishingError(f"{folder} is half new, half old: whatever wrote it was stopped; run `make synth` again")


def _publish(rendered: Path, folder: Path, replaces: str | None) -> list[Path]:
    fresh = {file.name: file.read_bytes() for file in sorted(rendered.glob(EVERYTHING))}
    stale = [file.name for file in sorted(folder.glob(replaces)) if file.name not in fresh] if replaces else []
    changed = {name: content for name, content in fresh.items() if not _holds(folder / name, content)}
    for name in (*changed, *stale):
        if (folder / name).is_dir() and not (folder / name).is_symlink():
            raise IsADirectoryError(None, f"{name} is a folder")
    if changed or stale:
        _begin(folder, changed, stale)
        _finish(folder)
    return [folder / name for name in (*changed, *stale)]


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(content) and file.read_bytes() == content


def _begin(folder: Path, changed: Mapping[str, bytes], stale: Sequence[str]) -> None:
    """Write all that is new, and say that it is complete."""
    begun = folder / _BEGUN
    begun.mkdir()
    try:
        for name, content in changed.items():
            _files.write_new(begun / name, content)
        for name in stale:
            _files.write_new(begun / f"{name}{_GOES}", b"")
        _to_disk(begun)
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    begun.rename(folder / _COMPLETE)
    _to_disk(folder)


def _finish(folder: Path) -> None:
    """Go on with what is complete; what is not goes."""
    complete = folder / _COMPLETE
    _remove(folder / _BEGUN)
    if not complete.is_dir() or complete.is_symlink():
        _remove(complete)
        return
    for file in sorted(complete.glob(EVERYTHING)):
        file.replace(folder / file.name)
    for mark in sorted(complete.glob(f"{EVERYTHING}{_GOES}")):
        (folder / mark.name.removesuffix(_GOES)).unlink(missing_ok=True)
    _remove(complete)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
