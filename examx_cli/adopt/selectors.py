"""Whether labels match a selector, as Kubernetes decides it."""

from collections.abc import Mapping
from typing import cast

from examx_constructs.manifests import Object, items, mapping, text


def matches(selector: object, labels: Mapping[str, object]) -> bool:
    """Whether a LabelSelector (`matchLabels`, `matchExpressions`) selects these labels. An empty one selects all."""
    plain = mapping(selector, "matchLabels")
    return plain.items() <= labels.items() and all(
        _expression(each, labels) for each in items(selector, "matchExpressions")
    )


def _expression(expression: object, labels: Mapping[str, object]) -> bool:
    value, values = labels.get(text(expression, "key")), items(expression, "values")
    match text(expression, "operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case _:
            return value is None


def is_empty(selector: object) -> bool:
    """Whether a LabelSelector selects everything."""
    return not mapping(selector, "matchLabels") and not items(selector, "matchExpressions")


def pod_labels(workload: Object) -> Mapping[str, object]:
    """The labels that the pods of a Deployment, StatefulSet, DaemonSet, Job or CronJob carry."""
    return mapping(template_of(workload), "metadata", "labels")


def template_of(workload: Object) -> Object:
    """The pod template of a workload. A bare Pod is its own."""
    if workload.get("kind") == "CronJob":
        return mapping(workload, "spec", "jobTemplate", "spec", "template")
    if workload.get("kind") == "Pod":
        return workload
    return mapping(workload, "spec", "template")


def containers_of(workload: Object) -> list[Object]:
    """The containers of a workload's pods, without the init containers."""
    return cast("list[Object]", items(template_of(workload), "spec", "containers"))
