"""The way out of the types: an object that takes any patch, where its own class would leave some of it out."""

from typing import Any, cast

from cdk8s import ApiObject, ApiObjectMetadata, JsonPatch
from constructs import Construct


def plain_object(made: ApiObject) -> ApiObject:
    """Put an object that says the same, without a class, in the place of `made`, and return it to be patched.

    A class of cdk8s-plus-27 renders after its patches are applied, by what it knows (k8s.ts, toJson of each class). Of
    a patch it leaves out, without a word, fields newer than Kubernetes 1.27, every quantity, and every number where a
    name would do. What is there now, earlier patches included, is kept, and so is what it depends on. `made` is no
    longer part of its chart: a construct that holds it holds what was.
    """
    rendered = cast("dict[str, Any]", made.to_json())
    scope, identity, before = made.node.scope, made.node.id, made.node.dependencies
    if scope is None or scope.node.try_find_child(identity) is not made:
        raise ValueError(f"{made.node.path} is no part of a chart any more: it was replaced or removed before")
    scope.node.try_remove_child(identity)
    metadata = rendered.get("metadata", {})
    plain = ApiObject(
        cast("Construct", scope),
        identity,
        api_version=rendered["apiVersion"],
        kind=rendered["kind"],
        metadata=ApiObjectMetadata(name=metadata.get("name")),
    )
    for each in before:
        plain.node.add_dependency(each)
    parts = {key: part for key, part in rendered.items() if key not in ("apiVersion", "kind")}
    plain.add_json_patch(*(JsonPatch.add(f"/{key}", part) for key, part in parts.items()))
    return plain
