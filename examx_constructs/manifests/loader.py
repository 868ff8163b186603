"""Reads manifests from files: YAML or JSON, several documents, lists, whole folders, standard input.

What cannot be read stops nothing: it is one `Unread` for each file, and the rest is read. A file that is clearly no
manifest, such as values of a chart or the settings of a tool, is passed over and counted.
"""

import sys
from collections.abc import Iterator
from os.path import abspath
from pathlib import Path
from typing import TYPE_CHECKING, cast

from examx_constructs import _files
from examx_constructs.manifests import folders, names, positions, recognition
from examx_constructs.manifests.fields import Object
from examx_constructs.manifests.file_text import FileText, decoded
from examx_constructs.manifests.folders import Found
from examx_constructs.manifests.lists import Steps
from examx_constructs.manifests.node import Origin
from examx_constructs.manifests.nulls import without_nulls
from examx_constructs.manifests.resources import Document, Manifests
from examx_constructs.manifests.together import Twice
from examx_constructs.manifests.unread import Unread
from examx_constructs.manifests.versions import UNASKED, Asked, Versions

if TYPE_CHECKING:
    from examx_constructs.manifests.yaml_text import Part

STREAM = "-"
"""Standard input, as a path."""
_TEMPLATE = "is a template, not a manifest: what it renders can be checked"


class LoadError(Exception):
    """Input that is no usable set of manifests; the message names the file and the line."""


def load(*paths: Path | str, versions: Versions | Asked = UNASKED, together: bool = False) -> Manifests:
    """Return the objects of these files and folders, `-` for standard input.

    `together`: all of it is applied to one cluster, also what else would be an alternative of something else, such as
    two overlays. Raises LoadError for a path that is not there.

    `paths` are files, and folders with all that is below. `versions` are those to judge by, whatever the objects say
    themselves.
    """
    reading = _Reading(together=together)
    for path in paths:
        reading.add(as_typed(path) if isinstance(path, str) else path)
    return Manifests(reading.documents, versions, reading.unread, reading.passed_over)


def as_typed(path: str) -> Path:
    """Return a path as somebody typed it. Raises LoadError for an empty one, as of a variable that nobody set.

    To `Path` that is the folder in which one is, and all of it would be read.
    """
    if not path:
        raise LoadError("the name of a file is empty; it must be a file, a folder, or - for standard input")
    return Path(path)


class _Reading:
    """What was read up to now."""

    def __init__(self, *, together: bool) -> None:
        self.documents: list[Document] = []
        self.unread: list[Unread] = []
        self.passed_over = 0
        self._together = together
        self._seen: set[str] = set()

    def add(self, path: Path) -> None:
        """Read a file, a folder or standard input. Raises LoadError."""
        if str(path) == STREAM:
            self._take(decoded(_stream()), Found(path, unit=STREAM, folder=STREAM, named=True))
        elif path.is_dir():
            self._folder(path)
        else:
            self._file(Found(path, named=True))

    def _folder(self, folder: Path) -> None:
        try:
            tree = folders.tree(folder, self._kustomization)
        except OSError as error:
            raise LoadError(f"{error.filename or folder}: cannot be read: {error.strerror}") from None
        self.passed_over += tree.passed_over
        for found in folders.files(tree):
            self._file(found)

    def _kustomization(self, file: Path) -> Iterator[object]:
        """Yield what a kustomization holds. One that cannot be read makes its folder one all the same, and is told."""
        text = self._read(file)
        for part in _parts(text.content) if text else ():
            if part.error:
                self.unread.append(Unread(str(file), part.error.line, part.error.column, part.error.problem))
            yield part.content

    def _file(self, found: Found) -> None:
        """Take in a file, once: paths may overlap."""
        place = abspath(found.path)  # noqa: PTH100 - of a link, and of a pipe, by its own name
        if place in self._seen:
            return
        self._seen.add(place)
        text = self._read(found.path, named=found.named)
        if text:
            self._take(text, found)

    def _read(self, path: Path, *, named: bool = False) -> FileText | None:
        """Return the text of a file. Raises LoadError for one that was named and leads to nothing."""
        try:
            return decoded(_files.read_bytes(path))
        except _files.UnreadableError as error:
            if named and not isinstance(error, _files.TooLargeError):
                raise LoadError(f"{path}: cannot be read: {error}") from None
            self.unread.append(Unread(str(path), 0, 0, f"is a file that cannot be read: {error}"))
            return None

    def _take(self, text: FileText, found: Found) -> None:
        """Take in the objects of a text, or why there are none."""
        file, before = str(found.path), len(self.documents)
        if file == STREAM or not found.path.is_file():
            positions.keep(file, text.content)  # It cannot be read again.
        if line := recognition.ytt_line(text.content):
            self.unread.append(Unread(file, line, 1, _TEMPLATE, template=True))
            return
        refused: list[Part] = []
        for part in _parts(text.content):
            self.documents += self._objects(part, found)
            if part.error:
                refused.append(part)
        meant = found.named or len(self.documents) > before
        unread = _refusal(file, text, refused, meant=meant)
        if unread:
            self.unread.append(unread)
        elif len(self.documents) == before:
            self.passed_over += 1

    def _objects(self, part: "Part", found: Found) -> Iterator[Document]:
        file = str(found.path)
        for steps, given in recognition.objects(part.content):
            content = cast("Object", without_nulls(given)) if part.has_nulls else given
            origin = Origin(part.number, steps)
            named, switches = names.as_meant(content, lambda path, at=origin: positions.written(file, at, path))
            yield Document(
                named,
                file,
                found.complete,
                "" if self._together else found.unit,
                "" if self._together else found.folder,
                frozenset() if self._together else found.instead_of,
                origin,
                _twice(part, steps, file),
                switches,
            )


def _twice(part: "Part", steps: Steps, file: str) -> tuple[Twice, ...]:
    """Return the keys of one object that are there more than once, of those of its document."""
    own = dict.fromkeys(path[len(steps) :] for path in part.twice if path[: len(steps)] == steps)
    return tuple(Twice(path, tuple(positions.key_positions(file, part.number, steps, path))) for path in own)


def _refusal(file: str, text: FileText, refused: list["Part"], *, meant: bool) -> Unread | None:
    """Return what is told of a file: the first of what kubectl would not read; nothing where it is clearly no manifest.

    `meant`: it was to hold objects, as somebody named it, or as it does.
    """
    told = [
        (part.error, part.written)
        for part in refused
        if part.error and (meant or recognition.claims_to_be_a_manifest(part.written))
    ]
    for error, written in told:
        if recognition.is_template(written):
            return Unread(file, error.line, error.column, _TEMPLATE, template=True)
    for error, _ in told:
        return Unread(file, error.line, error.column, error.problem)
    if text.line and meant:
        reason = f"is not UTF-8 text (byte {text.byte}): kubectl puts another character there, and says nothing"
        return Unread(file, text.line, 0, reason)
    return None


def _stream() -> bytes:
    """Read standard input. Raises LoadError."""
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - so it is where it was closed
        raise LoadError(f"{STREAM}: cannot be read: standard input is closed")
    try:
        content = sys.stdin.buffer.read(_files.MOST_BYTES + 1)
    except OSError as error:
        raise LoadError(f"{STREAM}: cannot be read: {error.strerror}") from None
    if len(content) > _files.MOST_BYTES:
        raise LoadError(f"{STREAM}: cannot be read: it has more than {_files.MOST_BYTES >> 20} MiB")
    return content


def _parts(text: str) -> Iterator["Part"]:
    from examx_constructs.manifests.yaml_text import parts  # noqa: PLC0415 - keeps PyYAML out of the import

    return parts(text)
