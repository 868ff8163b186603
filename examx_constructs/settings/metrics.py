"""What a HorizontalPodAutoscaler may look at beside the CPU and memory of pods."""

from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import dns_label, label_key, label_value, object_name
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.refusal import SettingError, at_least, pattern

_metric_name = pattern(
    r"[A-Za-z0-9](?:[\w.|:-]*[A-Za-z0-9])?", "it must be the name of a metric, as the adapter of the cluster serves it"
)


def _above_zero(given: object) -> str | None:
    too_small = isinstance(given, Quantity) and given <= Quantity("0")
    return "it must be above 0: an HPA takes no target of 0" if too_small else None


@value
class ContainerMetric:
    """The CPU or memory of one container, in percent of what it requests, instead of the pod's as a whole.

    Of a pod with a sidecar the whole hides what the program itself needs (autoscaling/v2 ContainerResource).
    """

    container: str = setting(dns_label)
    """Its name in the pod."""
    resource: Literal["cpu", "memory"]
    """Which of both is looked at."""
    utilization: int = setting(at_least(1, "a share of the request"))
    """The percentage of the request that the autoscaler aims at."""


@value
class PodsMetric:
    """A figure that each pod has, such as requests a second: `target` is what one pod is worth.

    Served by an adapter of the API custom.metrics.k8s.io. `labels` choose among several of that name.
    """

    name: str = setting(_metric_name)
    """What the adapter calls it."""
    target: Quantity = setting(_above_zero)
    labels: Mapping[str, str] = {}

    def __attrs_post_init__(self) -> None:
        _check_labels("PodsMetric", self.labels)


@value
class ObjectMetric:
    """A figure of one object of the namespace, such as the requests of an Ingress.

    `target` is what one pod is worth, or with `of_all` what all pods together are to keep it at. `api_version` and
    `kind` are those of the object. Served by an adapter of custom.metrics.k8s.io.
    """

    name: str = setting(_metric_name)
    """What the adapter calls it."""
    api_version: str = setting(
        pattern(r"(?:[a-z0-9.-]+/)?v\w+", "it must be an API version, such as networking.k8s.io/v1")
    )
    kind: str = setting(pattern(r"[A-Z][A-Za-z0-9]*", "it must be the kind of an object, such as Ingress"))
    object: str = setting(object_name)
    """The name of the object."""
    target: Quantity = setting(_above_zero)
    of_all: bool = False
    labels: Mapping[str, str] = {}
    """Those that choose among several of that name."""

    def __attrs_post_init__(self) -> None:
        _check_labels("ObjectMetric", self.labels)


@value
class ExternalMetric:
    """A figure from outside of the cluster, such as the length of a queue of AWS.

    `target` is what one pod is worth, or with `of_all` what all pods together are to keep it at. An adapter of
    external.metrics.k8s.io serves it. A cluster has one of them: with KEDA that is KEDA's, for its ScaledObjects alone.
    """

    name: str = setting(_metric_name)
    """What the adapter calls it."""
    target: Quantity = setting(_above_zero)
    of_all: bool = False
    labels: Mapping[str, str] = {}
    """Those that choose among several of that name."""

    def __attrs_post_init__(self) -> None:
        _check_labels("ExternalMetric", self.labels)


AnyMetric = ContainerMetric | PodsMetric | ObjectMetric | ExternalMetric
"""A metric of an HPA beside those of whole pods."""


def _check_labels(of: str, labels: Mapping[str, str]) -> None:
    for key, text in labels.items():
        if allowed := label_key(key):
            raise SettingError(f"{of}.labels key", key, allowed)
        if allowed := label_value(text):
            raise SettingError(f"{of}.labels[{key}]", text, allowed)
