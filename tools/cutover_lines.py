"""What the manifests of today's deployment and ours say differently, line by line, for the table of docs/cutover.md."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

Manifest = Mapping[str, Any]

_KEYS = ("mountPath", "containerPort", "name", "port", "path", "type")


class Line(NamedTuple):
    """A line of today: in which object, where in it, what it says, and what ours says there; None for nothing."""

    object: str
    path: str
    today: str
    here: str | None

    @property
    def is_kept(self) -> bool:
        """Whether ours says the same."""
        return self.today == self.here


def lines(today: Sequence[Manifest], ours: Sequence[Manifest]) -> Iterator[Line]:
    """Yield every line of today beside what ours says there. An object that ours does not have is one line."""
    rendered = {_name(each): each for each in ours}
    for each in today:
        name = _name(each)
        if name not in rendered:
            yield Line(name, "", "(the object)", None)
            continue
        said = dict(_lines(_comparable(rendered[name])))
        for path, value in _lines(_comparable(each)):
            if path.endswith("containers[app].name"):
                continue
            yield Line(name, path, value, said.get(path))


def _name(item: Manifest) -> str:
    return f"{item['kind']} {item['metadata']['name']}"


def _comparable(item: Manifest) -> Manifest:
    """Return a workload with its one container under one name, for ours are named by what they do.

    `called` has its own.
    """
    if item["kind"] != "Deployment":
        return item
    template = item["spec"]["template"]
    containers = [
        {**each, "name": "app", "called": each["name"]}
        for each in template["spec"]["containers"]
        if each["name"] != "nginx"
    ]
    pod = {**template["spec"], "containers": containers}
    return {**item, "spec": {**item["spec"], "template": {**template, "spec": pod}}}


def _lines(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in cast("Manifest", value).items():
            yield from _lines(each, f"{path}.{name}" if path else name)
        return
    elements = cast("list[Any]", value) if isinstance(value, list) else []
    if elements and all(isinstance(each, dict) for each in elements):
        for number, each in enumerate(elements):
            key = next((str(each[name]) for name in _KEYS if name in each), str(number))
            yield from _lines(each, f"{path}[{key}]")
        return
    yield path, " ".join(str(cast("object", value)).split())
