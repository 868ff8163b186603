"""Label selectors, as Kubernetes evaluates them."""

from collections.abc import Mapping

from examx_constructs.manifests.node import Node


def matches(selector: Node, labels: Mapping[str, object]) -> bool:
    """Return whether a LabelSelector (matchLabels and matchExpressions) selects something with these labels."""
    return has_labels(selector["matchLabels"], labels) and all(
        _holds(expression, labels) for expression in selector["matchExpressions"]
    )


def selects(selector: object, labels: Mapping[str, object]) -> bool:
    """Return the same for a LabelSelector that came without manifests."""
    return matches(Node.of(selector), labels)


def selects_all(selector: object) -> bool:
    """Return whether a LabelSelector that came without manifests asks for nothing."""
    return is_empty(Node.of(selector))


def has_labels(wanted: Node, labels: Mapping[str, object]) -> bool:
    """Return whether the labels include all of the wanted ones."""
    return all(labels.get(key) == node.value for key, node in wanted.entries())


def is_empty(selector: Node) -> bool:
    """Return whether a LabelSelector asks for nothing, and so selects everything."""
    return not list(selector["matchLabels"].entries()) and not list(selector["matchExpressions"])


def _holds(expression: Node, labels: Mapping[str, object]) -> bool:
    value = labels.get(expression["key"].text)
    match expression["operator"].text:
        case "In":
            return value in expression["values"].texts
        case "NotIn":
            return value not in expression["values"].texts
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False


def written(selector: Node) -> str:
    """Return a LabelSelector as people write it: `app=web,tier In (dev,stg)`."""
    expressions = [_written_expression(each) for each in selector["matchExpressions"]]
    return ",".join(filter(None, (written_labels(selector["matchLabels"]), *expressions)))


def _written_expression(expression: Node) -> str:
    values = f" ({','.join(expression['values'].texts)})" if expression["values"].present else ""
    return f"{expression['key'].text} {expression['operator'].text}{values}"


def written_labels(labels: Node) -> str:
    """Write labels as people write them: `app=web,tier=dev`."""
    return ",".join(f"{key}={value.value}" for key, value in labels.entries())
