"""Which directory of its file system the EFS driver gives to a claim: what a StorageClass's parameters come to.

As AWS EFS CSI driver v3.4.1 has it, pkg/driver/controller.go (CreateVolume): `/`, `basePath` and `subPathPattern` are
joined and cleaned as Go's path.Join does, `..` included. Behind the pattern goes a random UUID unless
`ensureUniqueDirectory` is false. Without a pattern the directory has the name of the volume, which is unique.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from examx_constructs._regex import regex

NAME, NAMESPACE, VOLUME = "${.PVC.name}", "${.PVC.namespace}", "${.PV.name}"
VARIABLES = (NAME, NAMESPACE, VOLUME)
"""What a pattern may refer to. The driver refuses any other, and any brace that is left."""

# As Go's strconv.ParseBool reads them.
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})

_JOINED_NAMES = regex(r"[a-z0-9-]*", re.ASCII)


@dataclass(frozen=True)
class Claim:
    """A PersistentVolumeClaim. `volume`: the name that its PersistentVolume gets, which no other has."""

    namespace: str
    name: str
    volume: str


def directory(parameters: Mapping[str, str], claim: Claim) -> str:
    """Return the root directory of the claim's access point.

    A name that nothing else has means the random UUID.
    """
    pattern = parameters.get("subPathPattern")
    if pattern is None:
        return _joined(parameters.get("basePath", ""), claim.volume)
    values = {NAME: claim.name, NAMESPACE: claim.namespace, VOLUME: claim.volume}
    for variable, value in values.items():
        pattern = pattern.replace(variable, value)
    return _joined(parameters.get("basePath", ""), pattern if _is_shared(parameters) else f"{pattern}-{claim.volume}")


def has_unknown_variable(pattern: str) -> bool:
    """Return whether the driver refuses a pattern.

    Of what is known in it, nothing may be left that looks like a variable.
    """
    for variable in VARIABLES:
        pattern = pattern.replace(variable, "")
    return "${" in pattern or "}" in pattern


def same_directory(parameters: Mapping[str, str]) -> tuple[Claim, Claim, str] | None:
    """Return two claims that get one directory, and which; None where every claim gets one of its own.

    Names are tried that differ in one part only, and such as run into each other. `a-b` and `c` give `a-b-c`, and so do
    `a` and `b-c`.
    """
    seen: dict[str, Claim] = {}
    for claim in _samples(parameters.get("subPathPattern", "")):
        path = directory(parameters, claim)
        if path in seen:
            return seen[path], claim, path
        seen[path] = claim
    return None


def may_hold(parameters: Mapping[str, str], path: str) -> bool:
    """Return whether a claim of some name gets this path, or one that it is in. A random UUID hits none."""
    pattern = parameters.get("subPathPattern")
    if pattern is None or not _is_shared(parameters):
        return False
    parts = _joined(parameters.get("basePath", ""), _placeholders(pattern)).strip("/").split("/")
    given = _joined(path).strip("/").split("/")
    if parts == [""]:
        return True
    return len(parts) <= len(given) and all(_matches(part, own) for part, own in zip(parts, given, strict=False))


def _matches(part: str, name: str) -> bool:
    return re.fullmatch("[a-z0-9.-]+".join(map(re.escape, part.split("\0"))), name) is not None


def _placeholders(pattern: str) -> str:
    for variable in VARIABLES:
        pattern = pattern.replace(variable, "\0")
    return pattern


def _is_shared(parameters: Mapping[str, str]) -> bool:
    return parameters.get("ensureUniqueDirectory") in FALSE


def _joined(*parts: str) -> str:
    return posixpath.normpath("/" + "/".join(part for part in parts if part).lstrip("/"))


def _samples(pattern: str) -> Iterator[Claim]:
    names = [("a", "x"), ("a", "y"), ("b", "x")]
    for between in {each for each in _between(pattern) if _JOINED_NAMES.fullmatch(each)}:
        names += [(f"a{between}b", "c"), ("a", f"b{between}c"), ("c", f"a{between}b"), (f"b{between}c", "a")]
    for number, (namespace, name) in enumerate(dict.fromkeys(names)):
        yield Claim(namespace, name, f"pvc-{number}")


def _between(pattern: str) -> list[str]:
    """Return what is between two variables that follow each other."""
    return _placeholders(pattern).split("\0")[1:-1]
