"""The schemas of custom resources, out of their definitions (CRDs), made as strict as the API server is."""

import functools
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

from tests.schemas.violations import explain
from tests.support import Manifest

BUNDLES = {
    "keda-2.17.2.yaml": "keda.sh",
    "keda-2.20.2.yaml": "keda.sh",
    "secrets-store-csi-1.5.6.yaml": "secrets-store.csi.x-k8s.io",
}
"""Each file of definitions, and the API group that it defines."""

Schema = dict[str, Any]


def group_of(manifest: Manifest) -> str:
    """The API group of an object; that of core kinds is empty."""
    return manifest["apiVersion"].rpartition("/")[0]


def violations(manifest: Manifest, bundle: Path) -> list[str]:
    """What the API server would refuse with these definitions installed."""
    validator = _validators(bundle).get((manifest["apiVersion"], manifest["kind"]))
    if validator is None:
        return [f"{bundle.name} defines no {manifest['kind']} of {manifest['apiVersion']}"]
    return explain(validator, manifest)


@functools.cache
def _validators(bundle: Path) -> dict[tuple[str, str], Draft4Validator]:
    # OpenAPI 3.0, and so a CRD, has the keywords of JSON schema's draft 4.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    specs = [definition["spec"] for definition in yaml.load_all(bundle.read_text(encoding="utf-8"), loader)]
    return {
        (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): Draft4Validator(
            _root(version["schema"]["openAPIV3Schema"])
        )
        for spec in specs
        for version in spec["versions"]
        if version["served"]
    }


def _root(schema: Schema) -> Schema:
    """The strict schema of a whole object. Its metadata, which no CRD describes, is the same for every kind."""
    closed = strict(schema)
    return {**closed, "properties": {**closed["properties"], "metadata": {"type": "object"}}}


def strict(schema: Schema) -> Schema:
    """A copy of a structural schema that refuses fields which it does not name, unless it preserves unknown fields.

    `allOf`, `anyOf`, `oneOf` and `not` stay as they are: in a structural schema they only constrain named fields.
    """
    closed = dict(schema)
    if "properties" in schema:
        closed["properties"] = {name: strict(child) for name, child in schema["properties"].items()}
    if "items" in schema:
        closed["items"] = strict(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        closed["additionalProperties"] = strict(schema["additionalProperties"])
    elif schema.get("type") == "object" and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed["additionalProperties"] = False
    return closed
