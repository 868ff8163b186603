"""Changing manifests in tests: those that are rendered today, with figures that tests own."""

import copy
import re
from collections.abc import Callable, Sequence
from typing import Any

from examx_cli.comparison import Difference, ObjectChange, compare
from tests.own import manifests

Manifest = dict[str, Any]
Edit = Callable[[list[Manifest]], None]

_STEPS = re.compile(r'\["(?P<quoted>[^"]+)"\]|\[(?P<element>[^\]]+)\]|(?P<key>[^.\[\]]+)')


def find(items: Sequence[Manifest], target: str) -> Manifest:
    """The object `Kind name`; a name that ends in `*` is the beginning of one."""
    kind, _, name = target.partition(" ")
    found = [
        each
        for each in items
        if each["kind"] == kind
        and (each["metadata"]["name"] == name or (name[-1:] == "*" and each["metadata"]["name"].startswith(name[:-1])))
    ]
    assert len(found) == 1, f"{len(found)} objects are {target}"
    return found[0]


def _step(container: Any, key: str) -> Any:
    if not isinstance(container, list):
        return key
    if key.isdecimal():
        return int(key)
    return next(n for n, each in enumerate(container) if key in (each.get("name"), each.get("mountPath")))


def _reach(item: Manifest, path: str) -> tuple[Any, Any]:
    keys = ["".join(filter(None, found.groups())) for found in _STEPS.finditer(path)]
    at: Any = item
    for key in keys[:-1]:
        at = at.setdefault(key, {}) if isinstance(at, dict) else at[_step(at, key)]
    return at, _step(at, keys[-1])


def put(target: str, path: str, value: object) -> Edit:
    """Give a field of an object a value: `spec.template.spec.containers[nginx].image`, `data["redis.conf"]`."""

    def edit(items: list[Manifest]) -> None:
        at, key = _reach(find(items, target), path)
        assert isinstance(at, list) or at.get(key) != value, f"{path} of {target} is {value} already"
        at[key] = value

    return edit


def drop(target: str, path: str) -> Edit:
    """Take a field of an object, or an element of a list, out."""

    def edit(items: list[Manifest]) -> None:
        at, key = _reach(find(items, target), path)
        del at[key]

    return edit


def push(target: str, path: str, value: object) -> Edit:
    """Put an element at the end of a list."""

    def edit(items: list[Manifest]) -> None:
        at, key = _reach(find(items, target), path)
        at[key].append(value)

    return edit


def turn(target: str, path: str) -> Edit:
    """Turn a list around."""

    def edit(items: list[Manifest]) -> None:
        at, key = _reach(find(items, target), path)
        at[key].reverse()

    return edit


def swap(target: str, path: str, old: str, new: str) -> Edit:
    """Put one piece of a text in the place of another."""

    def edit(items: list[Manifest]) -> None:
        at, key = _reach(find(items, target), path)
        assert old in at[key]
        at[key] = at[key].replace(old, new)

    return edit


def remove(target: str) -> Edit:
    """Take a whole object out."""
    return lambda items: items.remove(find(items, target))


def add(item: Manifest) -> Edit:
    """Put a whole object in."""
    return lambda items: items.append(copy.deepcopy(item))


def changed(environment: str, *edits: Edit) -> tuple[list[Manifest], list[Manifest]]:
    """The manifests, and the same with these changes."""
    before, after = manifests(environment), manifests(environment)
    for edit in edits:
        edit(after)
    return before, after


def difference(environment: str, *edits: Edit) -> Difference:
    """What these changes of the manifests come to."""
    return compare(*changed(environment, *edits))


def only(found: Difference) -> ObjectChange:
    """The one object that changes."""
    assert len(found.changes) == 1, [str(each.key) for each in found.changes]
    return found.changes[0]


WORKERS = (
    "celery-worker-default",
    "celery-bulk-upload-worker",
    "celery-enrichment-worker",
    "celery-question-generator-ai-worker",
)


def new_image(name: str, container: str) -> Edit:
    return put(f"Deployment {name}", f"spec.template.spec.containers[{container}].image", "registry.example.com/a:2")


def release() -> list[Edit]:
    """Every pod of the application gets another image."""
    backend = [new_image("examxv2-backend", container) for container in ("backend", "nginx")]
    return [*backend, *(new_image(name, "celery-worker") for name in WORKERS), new_image("celery-beat", "celery-beat")]


NEW_NGINX = "examxv2-nginx-0123456789"


def another_nginx(items: list[Manifest]) -> None:
    """As the nginx construct does it: other content, another name, and the backend mounts that."""
    config = find(items, "ConfigMap examxv2-nginx-*")
    config["metadata"]["name"] = NEW_NGINX
    config["data"]["requests.conf"] = config["data"]["requests.conf"].replace("2048m;", "1024m;")
    put("Deployment examxv2-backend", "spec.template.spec.volumes[nginx-config].configMap.name", NEW_NGINX)(items)
