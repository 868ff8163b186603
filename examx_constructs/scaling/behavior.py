"""The `behavior` of an HPA, its defaults applied.

Source: Kubernetes 1.34.4, pkg/apis/autoscaling/v2/defaults.go (`copyHPAScalingRules`), and
pkg/apis/autoscaling/validation for what is allowed.
"""

from dataclasses import replace

from examx_constructs.manifests import Node
from examx_constructs.scaling.errors import ScalingError
from examx_constructs.scaling.fields import choice, thousandths, whole
from examx_constructs.scaling.policy import DEFAULT_DOWN, DEFAULT_UP, Behavior, Direction, Limit, Select

_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800


def behavior_of(node: Node) -> Behavior | None:
    """Return how fast it scales; None where nothing is said, which the controller judges by its older rules."""
    if not node.present:
        return None
    return Behavior(_direction(node["scaleUp"], DEFAULT_UP), _direction(node["scaleDown"], DEFAULT_DOWN))


def _direction(node: Node, default: Direction) -> Direction:
    if not node.present:
        return default
    chosen = choice(node["selectPolicy"], tuple(Select), default.select, "the API knows no other")
    window = node["stabilizationWindowSeconds"]
    seconds = whole(window, -1, "the API allows an hour", high=_LONGEST_WINDOW) if window.present else default.window
    tolerance = node["tolerance"]
    given = replace(default, select=Select(chosen), window=seconds, tolerance=_tolerance(tolerance))
    policies = node["policies"]
    if not policies.present:
        return given
    limits = tuple(_limit(each) for each in policies)
    if not limits:
        raise ScalingError.at(policies, "at least one policy", "the API refuses none")
    return replace(given, limits=limits)


def _limit(node: Node) -> Limit:
    kind = choice(node["type"], ("Pods", "Percent"), "", "the API knows no other")
    if not kind:
        raise ScalingError.at(node["type"], "Pods or Percent", "the API refuses none")
    value = whole(node["value"], None, "the API refuses a policy that never changes anything", low=1)
    period = whole(node["periodSeconds"], None, "the API allows half an hour", low=1, high=_LONGEST_PERIOD)
    return Limit(value, period, percent=kind == "Percent")


def _tolerance(node: Node) -> float | None:
    if not node.present or node.number == 0 or node.text == "0":
        return 0.0 if node.present else None
    if isinstance(node.value, float):
        return node.value
    return thousandths(node, "a ratio may be that far from 1") / 1000
