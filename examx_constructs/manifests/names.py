"""Names of one letter that are truth values to kubectl.

`name: n` is false to it, and the API server refuses that. Such an object is judged by the name that was meant. So one
missing pair of quotation marks does not hide what else is wrong, or make two namespaces one.
"""

from collections.abc import Callable, Mapping
from typing import cast

from examx_constructs.manifests.fields import Object, at

_LETTERS = frozenset("ynYN")
_FIELDS = ("name", "namespace")


def as_meant(content: Object, written: Callable[[str], str]) -> tuple[Object, tuple[str, ...]]:
    """Return an object by the name that was meant, and the fields that kubectl reads otherwise.

    `written` tells their text.
    """
    metadata = cast("Mapping[str, object]", at(content, "metadata"))
    meant = {
        field: text
        for field in _FIELDS
        if isinstance(metadata.get(field), bool) and (text := written(f"metadata.{field}")) in _LETTERS
    }
    if not meant:
        return content, ()
    return {**content, "metadata": {**metadata, **meant}}, tuple(f"metadata.{field}" for field in meant)
