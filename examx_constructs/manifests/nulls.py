"""Objects without nulls, as an API server takes them: a field that is null is one that is not there.

`kubectl create --dry-run`, kompose and controller-gen write `creationTimestamp: null`. The server decodes null into no
value at all. In a mapping of texts, such as labels, that is the empty text (encoding/json; for custom resources
k8s.io/apiextensions-apiserver 0.34, pkg/apiserver/schema/defaulting/prune.go). In a list null stays: it has a place.
"""

from collections.abc import Mapping
from typing import cast

from examx_constructs.manifests.object_id import words

_OF_TEXTS = words("annotations binaryData commonLabels data labels matchLabels nodeSelector parameters stringData")
_OF_A_SELECTOR = frozenset({"matchLabels", "matchExpressions"})


def without_nulls(value: object, key: str = "") -> object:
    """Return a value as a server holds it; `key` is the field that it is the value of."""
    if isinstance(value, dict):
        return _mapping(cast("Mapping[str, object]", value), key)
    if isinstance(value, list):
        return [without_nulls(each, key) for each in cast("list[object]", value)]
    return value


def _mapping(mapping: Mapping[str, object], key: str) -> dict[str, object]:
    of_texts = key in _OF_TEXTS or (key == "selector" and not _OF_A_SELECTOR & mapping.keys())
    kept = ((name, "" if each is None and of_texts else each) for name, each in mapping.items())
    return {name: without_nulls(each, name) for name, each in kept if each is not None}
