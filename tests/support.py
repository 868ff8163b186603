"""Reading manifests in tests."""

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import yaml
from cdk8s import Chart

Manifest = dict[str, Any]
_Arguments = ParamSpec("_Arguments")
_Made = TypeVar("_Made")

# With libyaml, which PyYAML's wheels bring, a tenth of the time.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def made_once(make: Callable[_Arguments, _Made]) -> Callable[_Arguments, _Made]:
    """A function that makes something once, and gives a copy to each who asks, to be changed as they like."""
    # A tenth of the time of copy.deepcopy.
    made = cache(lambda *arguments: pickle.dumps(make(*arguments)))
    return wraps(make)(lambda *arguments: pickle.loads(made(*arguments)))


def read_yaml(text: str) -> Any:
    """The one document of a text."""
    return yaml.load(text, _Loader)


def read_documents(text: str) -> list[Any]:
    """The documents of a text."""
    return list(yaml.load_all(text, _Loader))


def one(manifests: Sequence[Manifest], kind: str, name: str | None = None) -> Manifest:
    """The only object of a kind, and of a name where one is given."""
    found = [each for each in manifests if each["kind"] == kind and name in (None, each["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} objects are {kind} {name or ''}"
    return found[0]


def label(manifest: Manifest) -> str:
    """An object's kind and name."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def of_kind(manifests: Sequence[Manifest], kind: str) -> list[Manifest]:
    """All objects of a kind."""
    return [each for each in manifests if each["kind"] == kind]


def pod_templates(manifests: Sequence[Manifest]) -> dict[str, Manifest]:
    """The pod template of each workload, by the workload's name."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]
        for each in manifests
        if each["kind"] in ("Deployment", "StatefulSet")
    }


def containers(template: Manifest) -> Iterator[Manifest]:
    """Every container of a pod template, init containers included."""
    yield from template["spec"].get("initContainers", [])
    yield from template["spec"]["containers"]


def variables(container: Manifest) -> dict[str, Any]:
    """A container's environment: plain values, or where they come from."""
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container.get("env", [])}


def matches(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether labels satisfy matchLabels."""
    return selector.items() <= labels.items()


def synth(chart: Chart) -> list[Manifest]:
    """What a chart renders."""
    return chart.to_json()


def number_of(file: Path, text: str) -> int:
    """The number of the one line of a file that holds a text, or of the first one behind another: `one ... other`."""
    lines = list(enumerate(file.read_text(encoding="utf-8").splitlines(), start=1))
    first, _, behind = text.partition(" ... ")
    (number,) = [n for n, line in lines if first in line]
    return next(n for n, line in lines[number:] if behind in line) if behind else number


def holds(whole: Any, part: Any) -> bool:
    """Whether a manifest has all that is shown of it."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(holds(whole.get(key), each) for key, each in part.items())
    return whole == part
