"""What controllers put into a Deployment's pods, such as a container, carried over to its replacement. Pure."""

from collections.abc import Mapping, Sequence

from examx_cli.ownership import fieldset
from examx_cli.ownership.lists import merged
from examx_cli.ownership.takeover import staying, take_over
from examx_constructs.manifests import Object, ObjectId, mapping

_TEMPLATE = ("f:spec", "f:template")
_NOBODY = "no field manager"


def carried(live: Object, wanted: Object) -> Mapping[str, Object]:
    """Return by field manager what a live Deployment's pods have that is not rendered and that an apply leaves."""
    left = take_over(live, wanted).expected
    parts: dict[str, Object] = {}
    for each in staying(left, wanted):
        # What nobody owns a webhook puts into the replacement too.
        if each.where[:2] != _TEMPLATE or each.manager.startswith(_NOBODY):
            continue
        manager = each.manager.split(", ")[0]
        part = _part(left, each.where)
        before = parts.get(manager, {})
        parts[manager] = {**_named(live), "spec": mapping(merged(before, part), "spec")}
    return parts


def _named(live: Object) -> Object:
    key = ObjectId.of(live)
    return {
        "apiVersion": live["apiVersion"],
        "kind": key.kind,
        "metadata": {"name": key.name, "namespace": key.namespace},
    }


def _part(value: object, path: Sequence[str]) -> object:
    """Return as much of a value as leads to one of its fields, and that whole."""
    if not path:
        return value
    element, *rest = path
    below = _part(fieldset.find(value, element), rest)
    kind, _, name = element.partition(":")
    if kind == "f":
        return {name: below}
    keys = mapping(fieldset.read_keys(name))
    return [{**keys, **mapping(below)} if keys else below]
