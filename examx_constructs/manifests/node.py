"""A place in a manifest: a value that knows its path and its object.

Manifests come from anywhere, so nothing here trusts a shape. Asking for what is not there, or is something else, gives
an absent node, an empty text or no items, and never an exception.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from examx_constructs._regex import regex
from examx_constructs.manifests.fields import Object
from examx_constructs.manifests.lists import Steps
from examx_constructs.manifests.object_id import ObjectId

URL_CREDENTIALS = regex(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}://)(?P<user>[^\s:/@]*):(?P<password>[^\s/@]+)@")
AWS_ACCESS_KEY = regex(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b")
PRIVATE_KEY = regex(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", re.DOTALL)

_LONGEST_SHOWN = 120
_NOTHING: Mapping[object, object] = {}
_NOBODY = ObjectId("", "", "", "")
_PLAIN_KEY = regex(r"[A-Za-z0-9_-]+")


class Origin(NamedTuple):
    """Where an object is in its file: in which document, and by which steps in that, if it is a list."""

    document: int = 0
    steps: Steps = ()


NOWHERE = Origin()
"""Of what came out of no file, or is the only one in it."""


def redacted(text: str) -> str:
    """Return the text without any credential in it, because findings end up in logs."""
    text = URL_CREDENTIALS.sub(r"\g<scheme>\g<user>:(redacted)@", text)
    return PRIVATE_KEY.sub("(redacted)", AWS_ACCESS_KEY.sub("(redacted)", text))


def shown(value: object) -> str:
    """Return a value as it is shown in a finding: short, on one line, never a credential."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"a mapping of {len(cast('Mapping[object, object]', value))} keys" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(cast('list[object]', value))}" if value else "an empty list"
    if not isinstance(value, str):
        return str(value)
    line = _visible(" ".join(redacted(value).split()))
    return f'"{line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"}"'


def _visible(line: str) -> str:
    r"""Return the text with its control characters as `\x06`: a terminal shows `emails\x06\x163` as another name."""
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in line)


if TYPE_CHECKING:

    class _Kept:
        """What a node is to who uses one: it gives a node for each key, and no dictionary's keys and lengths."""

        def get(self, key: object) -> "Node | None": ...
        def __getitem__(self, key: str) -> "Node": ...
        def __setitem__(self, key: object, node: "Node") -> None: ...
else:
    _Kept = dict


class Node(_Kept):
    """A value at a path of one object; the value is None where the path leads nowhere.

    All rules walk the same places, millions of times in a large set, so a node keeps the nodes that it was asked for.
    It is the dictionary that has them: that is found without a call. It is what it is of itself alone, whatever it
    keeps: true, and equal to nothing else. A node says its path only when it is asked.
    """

    __slots__ = ("__dict__", "_home", "_trail", "value")
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__
    __repr__ = object.__repr__

    def __init__(
        self, object_id: ObjectId, file: str | None, path: str, value: object, origin: Origin = NOWHERE
    ) -> None:
        super().__init__()
        self.value = value
        self._home = (object_id, file, origin)
        self._trail: _Trail = path

    @classmethod
    def of(cls, value: object) -> "Node":
        """Return the node of a value that came without manifests; of an object, the root that knows which one it is."""
        named = isinstance(value, Mapping) and "kind" in cast("Object", value)
        return cls(ObjectId.of(cast("Object", value)) if named else _NOBODY, None, "", cast("object", value))

    def __bool__(self) -> bool:
        return True

    @property
    def object_id(self) -> ObjectId:
        """Which of all manifests it is part of."""
        return self._home[0]

    @property
    def file(self) -> str | None:
        """The file of the object, if it is of one."""
        return self._home[1]

    @property
    def origin(self) -> Origin:
        """Where in the file the object is."""
        return self._home[2]

    @property
    def home(self) -> tuple[ObjectId, str | None, Origin]:
        """All three of them: what tells the object from any other."""
        return self._home

    @property
    def path(self) -> str:
        """The keys and places in lists that lead here, as people write them: `spec.ports[0].name`."""
        steps: list[str] = []
        trail = self._trail
        while not isinstance(trail, str):
            trail, step = trail
            steps.append(f"[{step}]" if isinstance(step, int) else _step(step))
        self._trail = "".join([trail, *reversed(steps)]).removeprefix(".")
        return self._trail

    def __missing__(self, key: str) -> "Node":
        """Return the node of a key that nobody asked for yet."""
        value: object = self.value
        if value.__class__ is dict:
            value = cast("dict[object, object]", value).get(key)
        elif value.__class__ is str or not isinstance(value, Mapping):
            value = None
        else:
            value = cast("Mapping[object, object]", value).get(key)
        # As `_keep` does, which is a call more: nothing is done as often.
        child = self[key] = _new(Node)
        child.value = value
        child._home = self._home
        child._trail = (self._trail, key)
        return child

    def at(self, *keys: str) -> "Node":
        """Return the node that a path of keys leads to."""
        kept = self.get(keys)
        if kept is not None:
            return kept
        node = self
        for place, key in enumerate(keys):
            node = node[key]
            if node.value is None and place + 1 < len(keys):
                # Where nothing is, one node is the rest of the way: most of what rules ask for is not there.
                node = self[keys] = node._absent(keys[place + 1 :])
                return node
        self[keys] = node
        return node

    def _absent(self, keys: tuple[str, ...]) -> "Node":
        """Return the node behind a place where nothing is."""
        trail: _Trail = self._trail
        for key in keys:
            trail = (trail, key)
        child = _new(Node)
        child.value = None
        child._home = self._home
        child._trail = trail
        return child

    def __iter__(self) -> Iterator["Node"]:
        """Return the items of a list; none where this is no list."""
        items = self._items
        if not items:
            return _NO_NODES
        kept = self.get
        return iter([kept(index) or self._keep(index, index, item) for index, item in enumerate(items)])

    def __contains__(self, item: object) -> bool:
        return any(item is each for each in self)

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the keys and values of a mapping, absent values included; none where this is no mapping."""
        kept = self.get
        for key, item in self._mapping.items():
            name = str(key)
            yield name, kept(key) or self._keep(key, name, item)

    def has(self, key: str) -> bool:
        """Return whether the mapping has the key, even if the value is null."""
        return key in self._mapping

    @property
    def present(self) -> bool:
        """Whether there is a value; a YAML null counts as none."""
        return self.value is not None

    @property
    def text(self) -> str:
        """The text, or an empty one."""
        value = self.value
        if value.__class__ is str:
            return cast("str", value)
        return value if isinstance(value, str) else ""

    @property
    def texts(self) -> list[str]:
        """The texts of a list."""
        return [item for item in self._items if isinstance(item, str)]

    @property
    def all_texts(self) -> bool:
        """Whether there is nothing but texts in the mapping or list, if it is one."""
        return all(each.__class__ is str for holder in (self._mapping.values(), self._items) for each in holder)

    @property
    def number(self) -> int | None:
        """The whole number, or None."""
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    @property
    def labels(self) -> dict[str, str]:
        """The mapping as labels: the text values alone."""
        return {str(key): item for key, item in self._mapping.items() if isinstance(item, str)}

    @property
    def _items(self) -> Sequence[object]:
        """The list; an empty one where this is none."""
        value = self.value
        return cast("Sequence[object]", value) if value.__class__ is list or isinstance(value, list | tuple) else ()

    @property
    def _mapping(self) -> Mapping[object, object]:
        """The mapping; an empty one where this is none."""
        value = self.value
        # Nearly all are plain, and to ask whether something is any mapping takes several times as long.
        if value.__class__ is not dict and (value.__class__ is str or not isinstance(value, Mapping)):
            return _NOTHING
        return cast("Mapping[object, object]", value)

    def _keep(self, key: object, step: str | int, value: object) -> "Node":
        """Return the node of a value in this one, for later questions."""
        child = self[key] = _new(Node)
        child.value = value
        child._home = self._home
        child._trail = (self._trail, step)
        return child


_Trail = str | tuple["_Trail", str | int]
"""A path, or the trail of what holds a value and the last step to it: joining texts is for those who ask."""
_NO_NODES: Iterator[Node] = iter(())
_new: Any = dict.__new__


@lru_cache(maxsize=4096)
def _step(key: str) -> str:
    """Return a key as it is written in a path."""
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{key}]"
