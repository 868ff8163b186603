"""What a JSON schema has against an object, as lines to read."""

from typing import Any

from jsonschema.protocols import Validator


def explain(validator: Validator, item: Any, *place: str) -> list[str]:  # noqa: ANN401 - JSON
    """Return each finding as the field's path, from a place in the object on, and what is wrong with it."""
    return [f".{'.'.join(map(str, [*place, *error.path]))}: {error.message}" for error in validator.iter_errors(item)]
