"""Where this library's values become cdk8s' types. The one place of conversion."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from cdk8s import ApiObject, Chart, JsonPatch
from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs.settings import Quantity, SettingError
from examx_constructs.settings.naming import merged


def metadata(
    name: str, labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None
) -> k8s.ObjectMeta:
    """Return an object's name, labels and annotations; namespace and common labels come from its chart."""
    return lean(
        k8s.ObjectMeta(name=name, labels=dict(labels or {}) or None, annotations=dict(annotations or {}) or None)
    )


_Struct = TypeVar("_Struct")


def lean(struct: _Struct) -> _Struct:
    """Return the same struct: jsii sends only what is set in it, without asking the struct's properties.

    Of itself it asks for every field that the type has and sends a null for each that is not set. For a pod these are
    some three hundred: the largest part of a synth's time. And each property evaluates a type expression before it
    answers. jsii reads the names of the fields from the struct, so here the struct gets names of its own, those of
    plain attributes. Where another jsii looks elsewhere, or keeps values elsewhere, all is as it was.
    """
    values: Mapping[str, object] = getattr(struct, "_values", {})
    if values:
        names: Mapping[str, str] = getattr(type(struct), "__jsii_name_mapping__", {})
        attributes = vars(struct)
        attributes.update({f"plain {name}": value for name, value in values.items()})
        attributes["__jsii_name_mapping__"] = {f"plain {name}": names[name] for name in values}
    for each in values.values():
        for part in cast("list[Any]", each) if isinstance(each, list) else (each,):
            lean(part)
    return struct


def quantity(amount: Quantity) -> k8s.Quantity:
    """Return a quantity as cdk8s takes it."""
    return _quantity(str(amount))


# Each of these costs a message to Node, and the same few are asked for again and again.
@cache
def _quantity(written: str) -> k8s.Quantity:
    return k8s.Quantity.from_string(written)


@cache
def number(value: int) -> k8s.IntOrString:
    """Return a number where a name would do as well, such as a port."""
    return k8s.IntOrString.from_number(value)


@cache
def text(value: str) -> k8s.IntOrString:
    """Return a name where a number would do as well, such as a port; or a percentage."""
    return k8s.IntOrString.from_string(value)


def match(labels: Mapping[str, str]) -> k8s.LabelSelector:
    """Return a selector of exactly these labels."""
    return k8s.LabelSelector(match_labels=dict(labels))


@dataclass(frozen=True)
class _ChartFacts:
    namespace: str | None
    labels: dict[str, str]


# Each look at a chart costs messages to Node, and neither fact changes once the chart is made.
_FACTS: WeakKeyDictionary[Construct, _ChartFacts] = WeakKeyDictionary()


def _chart_of(scope: Construct) -> _ChartFacts:
    if scope not in _FACTS:
        _FACTS[scope] = (
            _ChartFacts(scope.namespace, dict(scope.labels)) if isinstance(scope, Chart) else _chart_of(Chart.of(scope))
        )
    return _FACTS[scope]


def namespace_of(scope: Construct, reader: str) -> str:
    """Return the namespace of the chart that a construct is in. Raises SettingError for a chart without one."""
    namespace = _chart_of(scope).namespace
    if namespace is None:
        raise SettingError("Chart.namespace", None, f"it must be given: {reader} renders addresses that contain it")
    return namespace


def pod_labels(scope: Construct, labels: Mapping[str, str]) -> dict[str, str]:
    """Return a pod's labels: its own, and those that the chart puts on every object."""
    return merged(_chart_of(scope).labels, labels)


def cluster_scoped(scope: Construct, made: ApiObject) -> None:
    """Take out the namespace that a chart gives to every object: the API server refuses it on cluster-scoped kinds."""
    if _chart_of(scope).namespace is not None:
        made.add_json_patch(_without_namespace())


@cache
def _without_namespace() -> JsonPatch:
    return JsonPatch.remove("/metadata/namespace")
