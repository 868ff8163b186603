"""Rules on the metrics of a HorizontalPodAutoscaler: what the API server asks of each."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.quantities import quantity
from examx_constructs.manifests.resources import Manifests

_SOURCE = "Kubernetes v1.34, validateMetricSpec in pkg/apis/autoscaling/validation"
_VERSIONS = ("autoscaling/v2", "autoscaling/v2beta2")
"""Those that write a metric so; the older ones have no API server any more, which another rule says."""


class _Kind(NamedTuple):
    """A type of metric: the key of its source, what it must name, and the types of target that it takes."""

    key: str
    names: tuple[tuple[str, ...], ...]
    targets: tuple[str, ...]


_KINDS: Mapping[str, _Kind] = {
    "Resource": _Kind("resource", (("name",),), ("Utilization", "AverageValue")),
    "ContainerResource": _Kind("containerResource", (("name",), ("container",)), ("Utilization", "AverageValue")),
    "Pods": _Kind("pods", (("metric", "name"),), ("AverageValue",)),
    "External": _Kind("external", (("metric", "name"),), ("Value", "AverageValue")),
    "Object": _Kind(
        "object",
        (("metric", "name"), ("describedObject", "kind"), ("describedObject", "name")),
        ("Value", "AverageValue"),
    ),
}
_FIGURES = {"Utilization": "averageUtilization", "Value": "value", "AverageValue": "averageValue"}
_REFUSED = "the API server refuses it"


def _metrics(manifests: Manifests) -> Iterator[Node]:
    for hpa in manifests.kind("HorizontalPodAutoscaler"):
        if hpa.root["apiVersion"].text in _VERSIONS and hpa.complete:
            yield from hpa.spec["metrics"]


@rule(_SOURCE)
def hpa_states_its_maximum(manifests: Manifests) -> Iterator[Finding]:
    """An HPA says how many replicas there are at the most: there is no default."""
    for hpa in manifests.kind("HorizontalPodAutoscaler"):
        high = hpa.spec["maxReplicas"]
        if hpa.complete and high.number is None and not is_placeholder(high.text):
            yield finding(high, "a whole number, 1 or more", _REFUSED)


@rule(_SOURCE)
def hpa_metric_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """A metric of an HPA has the source of its type, and names what that measures."""
    for metric in _metrics(manifests):
        type_ = metric["type"]
        kind = _KINDS.get(type_.text)
        if kind is None:
            if not is_placeholder(type_.text):
                yield finding(type_, f"one of {', '.join(_KINDS)}", _REFUSED)
            continue
        source = metric[kind.key]
        if not source.present:
            yield finding(source, f"what a metric of type {type_.text} measures", _REFUSED)
            continue
        for path in kind.names:
            if not source.at(*path).text:
                yield finding(source.at(*path), "a name", _REFUSED)


@rule(_SOURCE)
def hpa_target_has_figure(manifests: Manifests) -> Iterator[Finding]:
    """The target of a metric has a type that the metric takes, and the figure of that type, above zero."""
    for metric in _metrics(manifests):
        kind = _KINDS.get(metric["type"].text)
        target = metric[kind.key]["target"] if kind else metric["target"]
        if kind is None or not metric[kind.key].present:
            continue
        if target["type"].text not in kind.targets:
            if not is_placeholder(target["type"].text):
                yield finding(target["type"], f"one of {', '.join(kind.targets)}", _REFUSED)
            continue
        figure = target[_FIGURES[target["type"].text]]
        if not is_placeholder(figure.text) and not _is_positive(figure):
            yield finding(figure, "a figure above 0", _REFUSED)


def _is_positive(figure: Node) -> bool:
    amount = quantity(figure)
    return amount is not None and amount > 0
