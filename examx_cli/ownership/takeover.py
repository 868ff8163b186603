"""What an apply takes from others, how it writes that down, and what it leaves to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import cast

from examx_cli.ownership import fieldset, lists
from examx_cli.ownership.fieldset import Fields, Path
from examx_cli.ownership.managers import FIELD_MANAGER, RESTARTER, is_tool, mark
from examx_constructs.manifests import Object, at, items, mapping, text

OTHER_VERSION_MANAGER = "examx-takeover"
"""Holds, for the length of one apply, what tools wrote in another version of the API than what is rendered."""

KEEPER = "examx-kept"
"""Holds what stays of what tools own. A field that nobody owns would go with the last owned one beside it.

An apply that leaves all of a mapping out removes the mapping (structured-merge-diff v6.3.0, merge/update.go, prune).
"""

_SCALED = ("Deployment", "StatefulSet")
_REPLICAS: Path = ("f:spec", "f:replicas")
# What the API server or its controllers work with, no matter who wrote it first.
_NEVER: tuple[Path, ...] = (
    ("f:status",),
    ("f:metadata", "f:finalizers"),
    ("f:metadata", "f:ownerReferences"),
    ("f:metadata", "f:generateName"),
    ("f:metadata", "f:labels", "f:kubernetes.io/metadata.name"),
    ("f:spec", "f:finalizers"),
    ("f:spec", "f:clusterIP"),
    ("f:spec", "f:clusterIPs"),
    ("f:spec", "f:ipFamilies"),
    ("f:spec", "f:ipFamilyPolicy"),
    ("f:spec", "f:volumeName"),
    ("f:spec", "f:claimRef"),
    ("f:secrets",),
)
_LAST_APPLIED: Path = ("f:metadata", "f:annotations", "f:kubectl.kubernetes.io/last-applied-configuration")
_METADATA: tuple[Path, ...] = (("f:metadata",), ("f:spec", "f:template", "f:metadata"))
_ANNOTATIONS = tuple((*path, "f:annotations") for path in _METADATA)
_LABELS = tuple((*path, "f:labels") for path in _METADATA)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A field that is there and not rendered: where, and whose it is. `why`: the reason why it stays, where it does."""

    where: Path
    manager: str
    why: str = ""

    @property
    def shown(self) -> str:
        """The place for people: `spec.template.spec.containers[istio-proxy]`."""
        said = ""
        for step in self.where:
            kind, _, what = step.partition(":")
            if kind == "f":
                plain = what.replace("_", "").replace("-", "").isalnum()
                said += f".{what}" if plain and said else what if plain else f'["{what}"]'
            else:
                said += f"[{_keys(what)}]"
        return said

    @property
    def is_no_default(self) -> bool:
        """Whether it can be no default of the API server: an element of a list, an annotation or a label."""
        return self.where[-1].startswith("k:") or any(step in ("f:annotations", "f:labels") for step in self.where)

    def is_in(self, item: Object) -> bool:
        """Return whether an object has something there."""
        return _value(item, self.where) is not None


def _keys(text_of_keys: str) -> str:
    keys = fieldset.read_keys(text_of_keys)
    return "/".join(str(each) for each in mapping(keys).values()) or str(keys)


@dataclass(frozen=True, slots=True)
class Takeover:
    """How an object is brought to what is rendered.

    `managed_fields` is the record of owners to write before the apply, None where it is right as it is. `versions` are
    other versions of the API in which something is left to take. `expected` is the object afterwards, as far as that
    can be told without the server. `taken` names whose fields are taken. `lets_go_of_replicas`: they are an
    autoscaler's from now on.
    """

    managed_fields: Sequence[Object] | None
    versions: tuple[str, ...]
    expected: Object
    taken: tuple[Foreign, ...]
    lets_go_of_replicas: bool


def take_over(live: Object, wanted: Object) -> Takeover:
    """Return what must be taken from whom, so that applying `wanted` leaves nothing in `live` that is not rendered.

    What kubectl, Helm, Argo CD and the like own becomes ours, so that an apply removes what of it is not rendered. So
    do elements of rendered lists that nobody owns. Replicas that are left to an autoscaler, marks such as an IAM role
    and what controllers own are not touched.
    """
    entries = [cast("Object", each) for each in items(live, "metadata", "managedFields")]
    tools = [each for each in entries if _is_tools(each)]
    version = text(wanted, "apiVersion")
    before = reduce(fieldset.union, (_fields(each) for each in entries if _is_ours(each)), cast("Fields", {}))
    same = [each for each in tools if text(each, "apiVersion") in (version, "")]
    others = [each for each in tools if each not in same]
    given = reduce(fieldset.union, map(_fields, same), _unowned(live, wanted, entries))
    # The metadata of an object is the same in every version of the API.
    given = reduce(fieldset.union, (_metadata(_fields(each)) for each in others), given)
    held = fieldset.without(before, _REPLICAS) if _leaves_replicas(live, wanted) else before
    ours = fieldset.union(held, _without_kept(given, live, wanted))
    rest = [each for each in entries if each not in tools and not _is_ours(each)]
    if kept := _marks(given, wanted):
        rest = [*filter(lambda each: not _is_keepers(each), rest), _kept(rest, version, kept)]
    elsewhere = [
        (text(each, "apiVersion"), fieldset.without(_without_kept(_fields(each), live, wanted), ("f:metadata",)))
        for each in others
    ]
    made = [
        *rest,
        *([_entry(FIELD_MANAGER, version, ours)] if ours else []),
        *(_entry(OTHER_VERSION_MANAGER, name, fields) for name, fields in elsewhere if fields),
    ]
    claimed = _without_rendered(ours, wanted)
    cleaned = fieldset.remove(live, _unshared(claimed, [_fields(each) for each in rest]))
    return Takeover(
        managed_fields=made if tools or ours != before else None,
        versions=tuple(dict.fromkeys(name for name, fields in elsewhere if fields)),
        expected=cast("Object", lists.merged(cleaned, wanted)),
        taken=tuple(_taken(tools, claimed, live)),
        lets_go_of_replicas=_leaves_replicas(live, wanted)
        and any(fieldset.at(_fields(each), _REPLICAS) is not None for each in (*tools, *filter(_is_ours, entries))),
    )


def staying(after: Object, wanted: Object) -> list[Foreign]:
    """Return what is in an object after an apply and is not rendered, with whose it is.

    Elements of lists, annotations and labels, and single fields of controllers that not every cluster has.
    """
    entries = [cast("Object", each) for each in items(after, "metadata", "managedFields")]
    found: dict[Path, Foreign] = {}
    for path in lists.surplus(after, wanted):
        found[path] = Foreign(path, _owner(entries, path) or "no field manager: a webhook, or the API server")
    for path in (*_ANNOTATIONS, *_LABELS):
        for name in mapping(_value(after, path)):
            here, why = (*path, f"f:{name}"), (mark(name) or "") if path[-1] == "f:annotations" else ""
            owner = _owner(entries, here)
            told = owner != RESTARTER if why else owner and _is_told_of(owner)
            if _value(wanted, here) is None and told:
                found[here] = Foreign(here, owner or "no field manager", why)
    for entry in entries:
        manager = text(entry, "manager")
        if text(entry, "subresource") or _is_ours(entry) or _is_tools(entry) or not _is_told_of(manager):
            continue
        for path in fieldset.tops(_without_rendered(_without_never(_fields(entry)), wanted)):
            covered = any(path[: len(each)] == each for each in found)
            if _value(after, path) is not None and not covered:
                found[path] = Foreign(path, manager)
    return list(found.values())


def _is_ours(entry: Object) -> bool:
    return (text(entry, "manager"), text(entry, "operation"), text(entry, "subresource")) == (
        FIELD_MANAGER,
        "Apply",
        "",
    )


def _is_tools(entry: Object) -> bool:
    manager = text(entry, "manager")
    mine = manager in (FIELD_MANAGER, OTHER_VERSION_MANAGER) and not _is_ours(entry)
    # What kubectl's client-side apply owned goes to the first who applies with kubectl server-side, by any name.
    heir = fieldset.at(_fields(entry), _LAST_APPLIED) is not None
    return not text(entry, "subresource") and (mine or heir or is_tool(manager))


_CLUSTERS_OWN = frozenset(
    {"kube-controller-manager", "kube-apiserver", "kube-scheduler", "kubelet", "keda", "keda-operator", "controller"}
)


def _is_told_of(manager: str) -> bool:
    """Return whether a field of a manager is worth telling: not where it is the cluster's own, or our own restart."""
    return manager != RESTARTER and not _is_clusters_own(manager)


def _is_clusters_own(manager: str) -> bool:
    """Return whether a manager is a controller that every cluster of ours has.

    What it writes is its work on our objects.
    """
    return manager in _CLUSTERS_OWN


def _fields(entry: Object) -> Fields:
    return cast("Fields", mapping(entry, "fieldsV1"))


def _metadata(fields: Fields) -> Fields:
    return {"f:metadata": fields["f:metadata"]} if "f:metadata" in fields else {}


def _entry(manager: str, version: str, fields: Fields) -> Object:
    return {
        "manager": manager,
        "operation": "Apply",
        "apiVersion": version,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def _unowned(live: Object, wanted: Object, entries: Sequence[Object]) -> Fields:
    """Return the elements of rendered lists that are there, are not rendered, and that nobody owns."""
    owned = [fields for each in entries if (fields := _fields(each))]
    return fieldset.of(
        path for path in lists.surplus(live, wanted) if not any(fieldset.owns(each, path) for each in owned)
    )


def _without_kept(fields: Fields, live: Object, wanted: Object) -> Fields:
    fields = _without_never(fields)
    if _leaves_replicas(live, wanted):
        fields = fieldset.without(fields, _REPLICAS)
    for path in (*_ANNOTATIONS, *_LABELS):
        # Webhooks and controllers add to these maps without owning them.
        fields = fieldset.opened(fields, path)
    return reduce(fieldset.without, fieldset.tops(_marks(fields, wanted)), fields)


def _marks(fields: Fields, wanted: Object) -> Fields:
    """Return the marks in a set that are not rendered."""
    return fieldset.of(
        (*path, element)
        for path in _ANNOTATIONS
        for element, _ in fieldset.children(fieldset.at(fields, path) or {})
        if mark(element.removeprefix("f:")) and _value(wanted, (*path, element)) is None
    )


def _is_keepers(entry: Object) -> bool:
    return text(entry, "manager") == KEEPER


def _kept(entries: Sequence[Object], version: str, fields: Fields) -> Object:
    before = (_fields(each) for each in entries if _is_keepers(each))
    return _entry(KEEPER, version, reduce(fieldset.union, before, fields))


def _leaves_replicas(live: Object, wanted: Object) -> bool:
    return text(live, "kind") in _SCALED and at(wanted, "spec", "replicas") is None


def _without_never(fields: Fields) -> Fields:
    return reduce(fieldset.without, _NEVER, fields)


def _without_rendered(fields: Fields, wanted: object) -> Fields:
    """Return the members of a set that are not rendered: what an apply removes once it owns them."""
    left: dict[str, Fields] = {}
    for element, node in fieldset.children(fields):
        there = fieldset.find(wanted, element)
        if there is None:
            left[element] = node
        elif below := _without_rendered(node, there):
            left[element] = dict(below.items())
    return left


def _unshared(claimed: Fields, others: Sequence[Fields]) -> Fields:
    """Return what goes and nobody else owns, nor anything below it: that of others is put back (addBackOwnedItems)."""
    left: dict[str, Fields] = {}
    for element, node in fieldset.children(claimed):
        theirs = [each[element] for each in others if element in each]
        if not theirs:
            left[element] = node
        elif below := _unshared(node, theirs):
            left[element] = below
    return left


def _taken(tools: Sequence[Object], claimed: Fields, live: Object) -> Iterator[Foreign]:
    for path in fieldset.tops(claimed):
        manager = _owner(tools, path)
        if manager and _value(live, path) is not None:
            yield Foreign(path, manager)


def _owner(entries: Sequence[Object], path: Path) -> str:
    """Return the managers that own a field or something below it, apart from us."""
    names = [
        text(each, "manager")
        for each in entries
        if not _is_ours(each) and not text(each, "subresource") and fieldset.at(_fields(each), path) is not None
    ]
    return ", ".join(dict.fromkeys(names))


def _value(item: object, path: Path) -> object:
    for element in path:
        item = fieldset.find(item, element)
    return item
