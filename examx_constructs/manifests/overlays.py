"""Which kustomizations are never built together: overlays of one base.

A kustomization that no other takes in is built by itself, and brings all that it is made of. Two of these that are made
of the same are two ways to apply that: both built into one namespace would apply it twice. So what belongs to one of
them alone never meets what belongs to the other alone. A Component is taken in by what has nothing else in common, and
makes no alternatives.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from examx_constructs.manifests.kustomize import Kustomization


def alternatives(kustomizations: Iterable[Kustomization]) -> Mapping[Path, frozenset[str]]:
    """Return for each kustomization, by its folder, those that are never built with it.

    Those without any are left out.
    """
    by_folder = {each.folder: each for each in kustomizations}
    taken = {part for each in by_folder.values() for part in each.resources if part != each.folder}
    built = {folder: _parts(folder, by_folder) for folder in by_folder if folder not in taken}
    in_common = _sharing(built, by_folder)
    roots: defaultdict[Path, set[Path]] = defaultdict(set)
    for root, parts in built.items():
        for part in parts & by_folder.keys():
            roots[part].add(root)
    found: dict[Path, frozenset[str]] = {}
    for folder in by_folder:
        near = {other for root in roots[folder] for other in in_common[root]}
        of_them = {part for root in near - roots[folder] for part in built[root] & by_folder.keys()}
        if apart := {str(part) for part in of_them if not roots[part] & roots[folder]}:
            found[folder] = frozenset(apart)
    return found


def _parts(root: Path, by_folder: Mapping[Path, Kustomization]) -> set[Path]:
    """Return files and folders that a kustomization is made of, itself and what its parts are made of included."""
    waiting, parts = [root], set[Path]()
    while waiting:
        part = waiting.pop()
        if part not in parts:
            parts.add(part)
            waiting += by_folder[part].resources if part in by_folder else ()
    return parts


def _sharing(built: Mapping[Path, set[Path]], by_folder: Mapping[Path, Kustomization]) -> Mapping[Path, set[Path]]:
    """Return for each root those that share a part with it, beside Components and their files."""
    of_components = {part for each in by_folder.values() if each.component for part in (each.folder, *each.resources)}
    users: defaultdict[Path, set[Path]] = defaultdict(set)
    for root, parts in built.items():
        for part in parts - of_components:
            users[part].add(root)
    found: defaultdict[Path, set[Path]] = defaultdict(set)
    for sharing in users.values():
        for root in sharing if len(sharing) > 1 else ():
            found[root] |= sharing
    return found
