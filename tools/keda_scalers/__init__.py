"""Makes `examx_constructs/_keda/scalers.json`: what KEDA's scalers read of a trigger, release by release.

KEDA publishes a schema of its scalers too (`schema/generated`, since 2.18). It is of one release at a time and without
what scalers read by way of shared code. That is AWS, Azure and GCP credentials, the modes of HTTP authentication. So
its source is read, by the Go program beside this file. The Go module proxy brings the releases; some of the oldest it
does not have. They are given in a folder, each in one of its own (`FOLDER/2.1.0`).

The file holds names, types and places of parameters, which are facts about KEDA's interface, and none of its text.
"""

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

MODULE = "github.com/kedacore/keda/v2"
SUPPORTED = ("2.17.2", "2.18.3", "2.19.0", "2.20.2", "2.21.0")
"""The last release, when this was written, of each minor version that rules know."""
OLDER = (
    *("2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.1", "2.7.1", "2.8.2"),
    *("2.9.3", "2.10.1", "2.11.2", "2.12.1", "2.13.1", "2.14.1", "2.15.1", "2.16.1"),
)
"""Of these only is asked which keys they knew: what KEDA once read and reads no more is no typing error."""
FILE = Path(__file__).parents[2] / "examx_constructs/_keda/scalers.json"

_PROGRAM = Path(__file__).parent
_ALL = "all"

Scalers = Mapping[str, Mapping[str, Any]]


def scalers(source: Path) -> Scalers:
    """Return what the scalers of one release read, out of the folder with its source."""
    return json.loads(_run("go", "run", ".", str(source.resolve()), folder=_PROGRAM))


def source_of(release: str, given: Path | None) -> Path:
    """Return the folder of a release's source.

    It is the folder given, else out of the module cache or the module proxy.
    """
    if given is not None and (given / release).is_dir():
        return given / release
    return Path(json.loads(_run("go", "mod", "download", "-json", f"{MODULE}@v{release}", folder=Path("/")))["Dir"])


def cached(release: str) -> Path | None:
    """Return the folder of a release's source, where the module cache has it already."""
    folder = Path(_run("go", "env", "GOMODCACHE").strip()) / f"{MODULE}@v{release}"
    return folder if folder.is_dir() else None


def table(supported: Mapping[str, Scalers], older: Sequence[Scalers]) -> Mapping[str, Any]:
    """Return the content of the file. `supported`: by minor version, oldest first."""
    types = sorted({name for release in supported.values() for name in release})
    known = {(name, key) for release in supported.values() for name, key in _keys(release)}
    retired: defaultdict[str, set[str]] = defaultdict(set)
    for release in older:
        for name, key in _keys(release):
            if (name, key) not in known and (name, key.removesuffix("FromEnv")) not in known:
                retired[name].add(key)
    return {
        "source": f"{MODULE}, pkg/scalers, {', '.join(SUPPORTED)} (Apache-2.0); made by tools/keda_scalers",
        "scalers": {name: _scaler(name, supported) for name in types},
        "retired": {name: sorted(keys) for name, keys in sorted(retired.items())},
    }


def _scaler(name: str, releases: Mapping[str, Scalers]) -> Mapping[str, Any]:
    """Return one scaler: each field, by the versions that read it so."""
    having = {version: release[name] for version, release in releases.items() if name in release}
    versions: defaultdict[str, list[str]] = defaultdict(list)
    for version, scaler in having.items():
        for field in scaler["fields"]:
            versions[_line(field)].append(version)
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for line, read in versions.items():
        fields[_ALL if len(read) == len(releases) else " ".join(read)].append(line)
    return {
        **({} if len(having) == len(releases) else {"versions": " ".join(having)}),
        **({"any": True} if any(scaler.get("any") for scaler in having.values()) else {}),
        "fields": {read: sorted(lines) for read, lines in sorted(fields.items())},
    }


def _line(field: Mapping[str, Any]) -> str:
    """Return a field as one line: its names, where it is read, its type, and what else holds."""
    places = "".join(place for place in "mea" if place in field["from"])
    more = [word for word in ("required", "target", "refused") if field.get(word)]
    lists = [f"{word}={';'.join(field[word])}" for word in ("enum", "exclusive") if word in field]
    texts = [f"{word}={field[word]}" for word in ("separator", "range") if word in field]
    words = [";".join(field["names"]), places, field.get("type", "?"), *more, *lists, *texts]
    if any(" " in word for word in words):
        raise ValueError(f"a space would part what belongs together: {words}")
    return " ".join(words)


def _keys(release: Scalers) -> Iterator[tuple[str, str]]:
    for name, scaler in release.items():
        for field in scaler["fields"]:
            for key in field["names"]:
                yield name, key


def _run(*command: str, folder: Path | None = None) -> str:
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
