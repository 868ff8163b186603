"""What a kustomization says about the files around it (kustomize 5.7, api/types/kustomization.go).

It is not built here: patches, generators and transformers change what its resources become, so these are incomplete.
One that lists files and nothing else is as good as a folder. What it names as patches, values and settings are no
objects, wherever they lie.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from examx_constructs.manifests.fields import at, items, mapping, text
from examx_constructs.manifests.object_id import words

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")

_RESOURCES = ("resources", "components", "bases")
_FILES = ("configurations", "crds", "generators", "patchesStrategicMerge", "transformers", "validators")
_FILES_OF_ENTRIES = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_ADD_NOTHING = words("apiVersion kind metadata resources bases commonAnnotations buildMetadata sortOptions")
"""The fields of a kustomization that make no object, and change none in what rules look at."""


@dataclass(frozen=True, slots=True)
class Kustomization:
    """One kustomization: its folder, what it is made of, and the files that it reads for other reasons."""

    folder: Path
    resources: frozenset[Path]
    """Files and folders that kustomize makes objects of."""
    others: frozenset[Path]
    """Patches, values, the data of generators, settings of kustomize: no objects."""
    component: bool = False
    """Whether it is a part that many kustomizations may take in beside what they are made of."""
    adds: bool = True
    """Whether what it makes is more, or other, than the files that it is made of."""


def kustomization_in(folder: Path) -> Path | None:
    """Return the file that makes a folder a kustomization."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def kustomization(file: Path, contents: Iterable[object]) -> Kustomization:
    """Return what a file says that has been read."""
    resources: set[Path] = set()
    others: set[Path] = set()
    component, read = False, tuple(contents)
    # What cannot be read may add anything, and so may what is fetched from elsewhere.
    adds = not read
    for content in read:
        adds = adds or not _ADD_NOTHING.issuperset(mapping(content))
        component = component or text(content, "kind") == "Component"
        resources |= {_path(file, name) for key in _RESOURCES for name in _texts(content, key)}
        others |= {_path(file, name) for name in _other_files(content)}
    return Kustomization(
        _path(file, "."),
        frozenset(resources),
        frozenset(others - resources),
        component,
        adds or not all(each.exists() for each in resources),
    )


def _other_files(content: object) -> Iterator[str]:
    for key in _FILES:
        yield from _texts(content, key)
    for key in _FILES_OF_ENTRIES:
        yield from (text(each, "path") for each in items(content, key))
    for key in _GENERATORS:
        for each in items(content, key):
            # A file may have a key of its own before it: `key=file`.
            yield from (name.rpartition("=")[2] for name in (*_texts(each, "files"), *_texts(each, "envs")))
            yield text(each, "env")
    for each in items(content, "helmCharts"):
        yield text(each, "valuesFile")
        yield from _texts(each, "additionalValuesFiles")
    yield text(at(content, "openapi"), "path")


def _texts(content: object, key: str) -> list[str]:
    """Return the names in a list; a patch that is written out in place is none."""
    return [each for each in items(content, key) if isinstance(each, str) and "\n" not in each]


def _path(file: Path, name: str) -> Path:
    """Return a path that was written beside a file, without `..`.

    Links are not followed, as files are compared by names.
    """
    return Path(normpath(file.parent / name)) if name else file
