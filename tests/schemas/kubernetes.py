"""The schemas of Kubernetes' own kinds, of the oldest supported version to the newest, strict about unknown fields."""

import functools
from collections.abc import Iterator

import kubernetes_validate
from jsonschema import Draft202012Validator
from kubernetes_validate.utils import major_minor, schema_contents
from referencing import Registry, Resource

from tests.schemas.violations import explain
from tests.support import Manifest

VERSIONS = ("1.27", "1.30", "1.33", major_minor(kubernetes_validate.latest_version()))

_METADATA = "https://kubernetes.io/api/_definitions.json#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def violations(manifest: Manifest, version: str) -> list[str]:
    """What the API server of a version would refuse. Raises FileNotFoundError for a kind that it does not have."""
    validator = _validator(version, manifest["apiVersion"], manifest["kind"])
    return [*explain(validator, manifest), *_nulls(manifest)]


def metadata_violations(manifest: Manifest, version: str) -> list[str]:
    """The same for metadata alone, which CRDs leave to Kubernetes."""
    return explain(_metadata_validator(version), manifest["metadata"])


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
def _definitions(version: str) -> Registry:
    return Resource.from_contents(_schema(version, "_definitions")) @ Registry()


def _schema(version: str, name: str) -> dict[str, object]:
    return schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/{name}.json", version)


def _nulls(node: object, path: str = "") -> Iterator[str]:
    """A null passes every schema, but `kubectl apply` reads it as: take this field out."""
    match node:
        case None:
            yield f"{path}: is null"
        case dict():
            for key, child in node.items():
                yield from _nulls(child, f"{path}.{key}")
        case list():
            for number, child in enumerate(node):
                yield from _nulls(child, f"{path}.{number}")
        case _:
            pass
