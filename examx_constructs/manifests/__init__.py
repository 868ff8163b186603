"""The one reader of manifests, ours or foreign, out of files, git and clusters.

Nothing here starts Node.js, talks to a cluster or trusts a shape: what is not there is absent, never an exception.
"""

from examx_constructs.manifests.fields import Object, at, items, mapping, text
from examx_constructs.manifests.loader import LoadError, load
from examx_constructs.manifests.node import Node, redacted, shown
from examx_constructs.manifests.object_id import CLUSTER_SCOPED, ObjectId, name_of, words
from examx_constructs.manifests.pods import TEMPLATES, Pod, pod_labels, template_of
from examx_constructs.manifests.resources import Document, Manifests, Resource, Scope
from examx_constructs.manifests.selectors import selects, selects_all
from examx_constructs.manifests.stream import parse, read
from examx_constructs.manifests.versions import Asked, Versions

__all__ = [
    "CLUSTER_SCOPED",
    "TEMPLATES",
    "Asked",
    "Document",
    "LoadError",
    "Manifests",
    "Node",
    "Object",
    "ObjectId",
    "Pod",
    "Resource",
    "Scope",
    "Versions",
    "at",
    "items",
    "load",
    "mapping",
    "name_of",
    "parse",
    "pod_labels",
    "read",
    "redacted",
    "selects",
    "selects_all",
    "shown",
    "template_of",
    "text",
    "words",
]
