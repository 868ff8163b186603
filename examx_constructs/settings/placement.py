"""Which nodes a pod may run on, and beside which other pods."""

from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.naming import label_key, label_value
from examx_constructs.settings.refusal import SettingError, at_least, at_most

_weight = (at_least(1, "less is no preference"), at_most(100, "Kubernetes counts preferences up to there"))
_PER_NODE = "kubernetes.io/hostname"


@value
class Toleration:
    """A taint of nodes that a pod bears: `key` with `value`, or with any value where that is None.

    `effect`: which effect of the taint; None means each. `seconds`: how long a pod stays once the taint is there, for
    NoExecute alone; None means for ever.
    """

    key: str = setting(label_key)
    value: str | None = setting(label_value, default=None)
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    seconds: int | None = setting(at_least(0, "a pod that leaves at once"), default=None)

    def __attrs_post_init__(self) -> None:
        if self.seconds is not None and self.effect != "NoExecute":
            raise SettingError(
                "Toleration.seconds",
                self.seconds,
                f"it must be None with the effect {self.effect}: Kubernetes takes it with NoExecute alone",
            )


@value
class NodeRule:
    """A label that a node has, with one of `values`, or with any where none is named. `excluded`: it is otherwise."""

    key: str = setting(label_key)
    """The label."""
    values: tuple[str, ...] = setting(label_value, default=())
    excluded: bool = False

    @property
    def operator(self) -> str:
        """What Kubernetes calls it."""
        if self.values:
            return "NotIn" if self.excluded else "In"
        return "DoesNotExist" if self.excluded else "Exists"


@value
class NodeFigure:
    """A label of a node whose value is a whole number, above or below another: `Gt` and `Lt`."""

    key: str = setting(label_key)
    """The label."""
    operator: Literal["Gt", "Lt"]
    """`Gt` for above, `Lt` for below."""
    figure: int
    """What the label's value is compared with. It is itself not included."""

    @property
    def values(self) -> tuple[str, ...]:
        """The number, as Kubernetes takes it."""
        return (str(self.figure),)


@value
class PreferredNodes:
    """Nodes that a pod rather runs on: those for which all `rules` hold. `weight`: how much rather, 1 to 100."""

    rules: tuple[NodeRule | NodeFigure, ...]
    weight: int = setting(*_weight, default=100)

    def __attrs_post_init__(self) -> None:
        if not self.rules:
            raise SettingError("PreferredNodes.rules", self.rules, "it must name a rule, or all nodes are as good")


@value
class PodRule:
    """Pods of the namespace, by their `labels`, near which a pod runs, or apart from which.

    `topology`: the node's label within whose value pods are near each other, such as a host or a zone. `weight`: how
    much rather, 1 to 100; None means that it runs nowhere else.
    """

    labels: Mapping[str, str]
    topology: str = setting(label_key, default=_PER_NODE)
    weight: int | None = setting(*_weight, default=None)

    def __attrs_post_init__(self) -> None:
        if not self.labels:
            raise SettingError("PodRule.labels", {}, "it must name a label, or no pod is meant")
        for key, text in self.labels.items():
            if allowed := label_key(key):
                raise SettingError("PodRule.labels key", key, allowed)
            if allowed := label_value(text):
                raise SettingError(f"PodRule.labels[{key}]", text, allowed)


@value
class Affinity:
    """Where a pod runs: on nodes for which all rules of `nodes` hold, rather on `preferred` ones, `near` or `apart`."""

    nodes: tuple[NodeRule | NodeFigure, ...] = ()
    preferred: tuple[PreferredNodes, ...] = ()
    near: tuple[PodRule, ...] = ()
    apart: tuple[PodRule, ...] = ()

    def __add__(self, other: "Affinity") -> "Affinity":
        """Join both: all that either asks for."""
        return Affinity(
            nodes=(*self.nodes, *other.nodes),
            preferred=(*self.preferred, *other.preferred),
            near=(*self.near, *other.near),
            apart=(*self.apart, *other.apart),
        )
