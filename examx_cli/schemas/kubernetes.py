"""The schemas of Kubernetes' own kinds, of the oldest supported version to the newest, strict about unknown fields."""

import functools
from collections.abc import Iterator
from typing import Any, cast

import kubernetes_validate  # pyright: ignore[reportMissingTypeStubs]
from jsonschema import Draft202012Validator
from kubernetes_validate.utils import major_minor, schema_contents  # pyright: ignore[reportMissingTypeStubs]
from referencing import Registry, Resource

from examx_cli.schemas.explanation import explain
from examx_constructs.manifests import Object, text

VERSIONS = ("1.30", "1.33", major_minor(kubernetes_validate.latest_version()))
"""The versions that manifests must be valid for: the oldest that runs what is rendered, to the newest that is known."""

_GROUPS = frozenset(
    {"", "apps", "autoscaling", "batch", "extensions", "policy"}
    | {f"{name}.k8s.io" for name in ("admissionregistration", "apiextensions", "apiregistration", "authentication")}
    | {f"{name}.k8s.io" for name in ("authorization", "certificates", "coordination", "discovery", "events")}
    | {f"{name}.k8s.io" for name in ("flowcontrol.apiserver", "networking", "node", "rbac.authorization", "resource")}
    | {f"{name}.k8s.io" for name in ("scheduling", "storage")}
)
_METADATA = "https://kubernetes.io/api/_definitions.json#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def is_built_in(item: Object) -> bool:
    """Return whether the kind is of one of Kubernetes' own API groups."""
    return text(item, "apiVersion").rpartition("/")[0] in _GROUPS


def findings(item: Object, version: str) -> list[str]:
    """Return what the API server of a version would refuse."""
    try:
        validator = _validator(version, text(item, "apiVersion"), text(item, "kind"))
    except FileNotFoundError:
        return [f"Kubernetes has no {text(item, 'kind')} of {text(item, 'apiVersion')}"]
    return [*explain(validator, item), *_nulls(item)]


def metadata_findings(item: Object, version: str) -> list[str]:
    """Return the same for metadata alone, which CRDs leave to Kubernetes."""
    return explain(_metadata_validator(version), item["metadata"], "metadata")


@functools.cache
def _metadata_validator(version: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": _METADATA}, registry=_definitions(version))


@functools.cache
def _validator(version: str, api_version: str, kind: str) -> Draft202012Validator:
    # `kubernetes_validate.validate` reads a megabyte of definitions for each object; here each file is read once.
    group, _, name = api_version.rpartition("/")
    scope = f"{group.partition('.')[0]}-{name}" if group else name
    schema = _schema(version, f"{kind.lower()}-{scope}")
    return Draft202012Validator(schema, registry=_definitions(version))


@functools.cache
def _definitions(version: str) -> "Registry[Any]":
    resource: Resource[Any] = Resource.from_contents(_schema(version, "_definitions"))
    return Registry[Any]().with_resources([(resource.id() or "", resource)])


def _schema(version: str, name: str) -> Any:  # noqa: ANN401 - JSON
    return schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/{name}.json", version)


def _nulls(node: object, path: str = "") -> Iterator[str]:
    """Yield a null passes every schema, but `kubectl apply` reads it as: take this field out."""
    if node is None:
        yield f"{path}: is null"
    elif isinstance(node, dict):
        for key, child in cast("dict[str, object]", node).items():
            yield from _nulls(child, f"{path}.{key}")
    elif isinstance(node, list):
        for number, child in enumerate(cast("list[object]", node)):
            yield from _nulls(child, f"{path}.{number}")
