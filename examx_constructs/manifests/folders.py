"""Which files of a folder hold manifests, and what is applied together with what."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from examx_constructs.manifests import overlays
from examx_constructs.manifests.kustomize import Kustomization, kustomization, kustomization_in
from examx_constructs.manifests.recognition import is_awaited

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_PASSED_OVER = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may hold manifests."""

    path: Path
    complete: bool = True
    """Whether no kustomization adds to what it holds."""
    unit: str | None = None
    folder: str | None = None
    instead_of: frozenset[str] = frozenset()
    """The units that are built of the same as its own, and never together with it: other overlays of its base."""
    named: bool = False
    """Whether somebody named it: then it was meant to hold some."""


@dataclass(slots=True)
class Tree:
    """What lies in a folder and in the folders below it."""

    files: list[Path]
    kustomizations: list[Kustomization]
    passed_over: int
    """Files of Helm charts, which hold templates and values, and of what a test waits for.

    Pipes and devices; kustomizations, and what they name as patches and settings: a folder may hold nothing else.
    """


def tree(folder: Path, contents: Callable[[Path], Iterable[object]]) -> Tree:
    """Look through a folder; `contents` reads a kustomization. Raises OSError."""
    found = Tree([], [], 0)
    _walk(folder, contents, found, set())
    others = {path for each in found.kustomizations for path in each.others}
    objects = [path for path in found.files if Path(normpath(path)) not in others]
    found.passed_over += len(found.kustomizations) + len(found.files) - len(objects)
    found.files = objects
    return found


def _walk(folder: Path, contents: Callable[[Path], Iterable[object]], found: Tree, seen: set[Path]) -> None:
    """Go on; `seen`: the folders that were looked through already; links may lead to one again, in circles too."""
    if folder.resolve() in seen:
        return
    seen.add(folder.resolve())
    if (folder / "Chart.yaml").is_file():
        found.passed_over += sum(path.suffix in SUFFIXES for path in folder.rglob("*"))
        return
    if file := kustomization_in(folder):
        found.kustomizations.append(kustomization(file, contents(file)))
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _PASSED_OVER:
            continue
        if path.is_dir():
            _walk(path, contents, found, seen)
        elif is_awaited(path.name) or _is_no_file(path):
            found.passed_over += 1
        elif path.suffix in SUFFIXES and path != file:
            found.files.append(path)


def _is_no_file(path: Path) -> bool:
    """Return whether a name of a file is that of a pipe, a socket or a device: nobody keeps manifests in one.

    A pipe would be waited for. A link that leads nowhere was to lead to a file, and is told.
    """
    return path.suffix in SUFFIXES and path.exists() and not path.is_file()


def files(given: Tree) -> Iterator[Found]:
    """Yield the files that may hold manifests, each with what it is applied with.

    A file belongs to the kustomization that names it, else to that of its folder, or of the nearest folder above.
    Kustomizations that are made of each other are one place for objects without a namespace. What one of them adds
    may go to any of their files.
    """
    by_file = {path: each for each in given.kustomizations for path in each.resources}
    by_folder = {each.folder: each for each in given.kustomizations}
    places, instead = _places(given.kustomizations), overlays.alternatives(given.kustomizations)
    adding = {places[each.folder] for each in given.kustomizations if each.adds}
    for path in given.files:
        place = Path(normpath(path))
        owner = by_file.get(place) or next((by_folder[each] for each in place.parents if each in by_folder), None)
        if owner is None:
            yield Found(path)
        else:
            folder = owner.folder
            others_of = instead.get(folder, frozenset())
            whole = place in by_file and places[folder] not in adding
            yield Found(path, complete=whole, unit=str(folder), folder=places[folder], instead_of=others_of)


def _places(kustomizations: list[Kustomization]) -> Mapping[Path, str]:
    """Return for each kustomization the first of those that it is made of, that are made of it, and so on."""
    first = {each.folder: each.folder for each in kustomizations}

    def root(folder: Path) -> Path:
        while first[folder] != folder:
            folder = first[folder]
        return folder

    for each in kustomizations:
        for path in each.resources & first.keys():
            one, other = sorted((root(each.folder), root(path)))
            first[other] = one
    return {folder: str(root(folder)) for folder in first}
