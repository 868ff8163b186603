"""What a JSON schema has against an object, as lines to read in a failed test."""

from jsonschema.protocols import Validator

from tests.support import Manifest


def explain(validator: Validator, manifest: Manifest) -> list[str]:
    """Each violation as the field's path and what is wrong with it."""
    return [f".{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(manifest)]


def label(manifest: Manifest) -> str:
    """An object's kind and name."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"
