"""The schemas of custom resources, out of their definitions (CRDs), made as strict as the API server is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from jsonschema import Draft4Validator

from examx_cli.errors import CommandError
from examx_cli.reading import read
from examx_cli.schemas.explanation import explain
from examx_constructs.manifests import Object, text

Schema = dict[str, Any]


class Definitions:
    """CustomResourceDefinitions, as a cluster has them installed. Nothing is said of groups that they do not define."""

    def __init__(self, definitions: list[Object]) -> None:
        self._validators = {
            (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): _validator(version)
            for spec in (_spec(each) for each in definitions)
            for version in spec["versions"]
            if version["served"]
        }

    @classmethod
    def read(cls, *files: Path) -> Self:
        """Return the definitions of YAML files. Raises CommandError for a file that cannot be read."""
        return cls([each for file in files for each in read(file)])

    @property
    def groups(self) -> set[str]:
        """The API groups that are defined."""
        return {api_version.rpartition("/")[0] for api_version, _ in self._validators}

    def findings(self, item: Object) -> list[str]:
        """Return what the API server would refuse with these definitions installed."""
        api_version, kind = text(item, "apiVersion"), text(item, "kind")
        if api_version.rpartition("/")[0] not in self.groups:
            return []
        validator = self._validators.get((api_version, kind))
        return [f"no definition has {kind} of {api_version}"] if validator is None else explain(validator, item)


def _spec(definition: Object) -> Mapping[str, Any]:
    if definition["kind"] != "CustomResourceDefinition":
        raise CommandError(
            f"{text(definition, 'kind')} {text(definition, 'metadata', 'name')} is no CustomResourceDefinition"
        )
    spec: Any = definition["spec"]
    return spec


def _validator(version: Mapping[str, Any]) -> Draft4Validator:
    # OpenAPI 3.0, and so a CRD, has the keywords of JSON schema's draft 4. Metadata, which no CRD describes, is the
    # same for every kind.
    closed = strict(version["schema"]["openAPIV3Schema"])
    return Draft4Validator({**closed, "properties": {**closed["properties"], "metadata": {"type": "object"}}})


def strict(schema: Schema) -> Schema:
    """Return a copy of a structural schema that refuses fields it does not name, unless it preserves unknown ones.

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
