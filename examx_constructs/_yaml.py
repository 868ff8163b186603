"""YAML as cdk8s writes it, from objects that it has rendered already; what it leaves bare and others misread, quoted.

cdk8s writes only what it renders in the same go, and takes longer to write than to render. The layout of a file and
most of its texts need no library. How the other texts are written, cdk8s is asked once for each.

It leaves texts such as `0o22`, `=` and `1e-7` without quotation marks (cdk8s-core 2.70, with the npm package yaml 2).
kubectl and others take these for something else, so they get some.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from cdk8s import Yaml

from examx_constructs.manifests.bare import escaped, is_text, needs_escapes

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"

_INDENT = "  "
# Words and paths need no quotes in any YAML. Other texts need none either, such as 10.0.0.0/8: cdk8s knows.
_PLAIN = re.compile(r"(?!e[-+]?[0-9])[a-z/]([\w./:=@-]*[\w./])?", re.ASCII | re.IGNORECASE)
_SWITCHES = frozenset({"y", "yes", "n", "no", "true", "false", "on", "off", "null"})
_ITEM = re.compile(r"^- ", re.MULTILINE)

# How cdk8s writes a text or a fraction, as the value of a key at the left edge.
_written: dict[str | float, str] = {}


def dump(documents: list[dict[str, Json]]) -> str:
    """Return all documents in one text, as `App.synth` writes the objects of a chart into a file."""
    try:
        return _text(documents)
    except KeyError:  # Something that no document had before.
        _learn(documents)
        return _text(documents)


def _text(documents: list[dict[str, Json]]) -> str:
    return "---\n".join(f"{_lines(each, '')}\n" for each in documents)


def _learn(documents: list[dict[str, Json]]) -> None:
    """Ask cdk8s about what is not known yet: one message to Node for all of it."""
    found: set[str | float] = set()
    for each in documents:
        _collect(each, found)
    unknown = [*(found - _written.keys())]
    answers = _ITEM.split(Yaml.stringify(unknown))[1:]
    _written.update(zip(unknown, map(_quoted, unknown, (each.removesuffix("\n") for each in answers)), strict=True))


def left_bare(texts: Iterable[str]) -> set[str]:
    """Return the texts that cdk8s writes without quotation marks, and that some reader takes for something else."""
    doubtful = sorted({text for text in texts if not is_text(text) or needs_escapes(text)})
    if not doubtful:
        return set()
    written = (each.removesuffix("\n") for each in _ITEM.split(Yaml.stringify(doubtful))[1:])
    return {text for text, line in zip(doubtful, written, strict=True) if _quoted(text, line) != line}


def _quoted(value: str | float, written: str) -> str:
    """Return how cdk8s writes a value; in quotation marks if it is a text that some reader would take for another."""
    if not isinstance(value, str):
        return written
    return escaped(value) if needs_escapes(value) or (written == value and not is_text(value)) else written


def _collect(value: Json, found: set[str | float]) -> None:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _collect(part, found)
    elif isinstance(value, float) or (isinstance(value, str) and not _is_plain(value)):
        found.add(value)


@lru_cache(maxsize=1024)
def _key(text: str) -> str:
    return text if _is_plain(text) else _quoted(text, Yaml.stringify({text: 0}).removesuffix(": 0\n"))


@lru_cache(maxsize=8192)
def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _SWITCHES


def _lines(value: dict[str, Json] | list[Json], indent: str) -> str:
    """Return a mapping or list that is not empty; its first line is where what leads to it left off."""
    deeper = indent + _INDENT
    if isinstance(value, dict):
        lines = [f"{_key(key)}:{_after_key(part, deeper)}" for key, part in value.items()]
    else:
        lines = [f"- {_after_dash(part, deeper)}" for part in value]
    return f"\n{indent}".join(lines)


def _after_key(value: Json, indent: str) -> str:
    if isinstance(value, dict | list) and value:
        return f"\n{indent}{_lines(value, indent)}"
    return f" {_scalar(value, indent)}"


def _after_dash(value: Json, indent: str) -> str:
    return _lines(value, indent) if isinstance(value, dict | list) and value else _scalar(value, indent)


def _scalar(value: Json, indent: str) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _written[value].replace(f"\n{_INDENT}", f"\n{indent}")
    if isinstance(value, float):
        return _written[value]
    return json.dumps(value)
