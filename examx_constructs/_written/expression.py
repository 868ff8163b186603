"""An expression of a source file, and the parts that its text has."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Written:
    """An expression and where it is written. Without a `node` the source is not at hand, and the line is all.

    `outer` is the call that runs the function around it. `default`: nobody gave it, the settings have it. `scope` has
    the names of its module, `bound` those that a comprehension gives, with what they are for this item.
    """

    file: str
    line: int
    node: ast.AST | None = None
    outer: "Written | None" = None
    default: bool = False
    scope: Mapping[str, object] = field(default_factory=dict[str, object], repr=False, compare=False)
    bound: Mapping[str, "Written | None"] = field(
        default_factory=dict[str, "Written | None"], repr=False, compare=False
    )

    def at(self, node: ast.expr) -> "Written":
        """Return another expression of the same code."""
        return replace(self, node=node, line=node.lineno)

    def keyword(self, name: str) -> "Written | None":
        """Return the value of a keyword of this call."""
        keywords = self.node.keywords if isinstance(self.node, ast.Call) else []
        return next((self.at(each.value) for each in keywords if each.arg == name), None)

    def argument(self, position: int) -> "Written | None":
        """Return an unnamed argument of this call."""
        arguments = self.node.args if isinstance(self.node, ast.Call) else []
        known = position < len(arguments) and not starred(arguments[: position + 1])
        return self.at(arguments[position]) if known else None

    @property
    def called(self) -> str | None:
        """The name of what this call calls, without that of its module or class."""
        function = self.node.func if isinstance(self.node, ast.Call) else None
        return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)

    @property
    def unpacked(self) -> "list[Written]":
        """The mappings that this call unpacks into keywords."""
        keywords = self.node.keywords if isinstance(self.node, ast.Call) else []
        return [self.at(each.value) for each in keywords if each.arg is None]

    @property
    def unpacks(self) -> bool:
        """Whether this call unpacks some of its arguments, so that its text does not tell what they are."""
        return isinstance(self.node, ast.Call) and (starred(self.node.args) or bool(self.unpacked))

    def calls(self) -> Iterator["Written"]:
        """Yield the call and those around it, innermost first."""
        call: Written | None = self
        while call:
            yield call
            call = call.outer


def starred(nodes: Iterable[ast.AST]) -> bool:
    """Return whether one of these is unpacked."""
    return any(isinstance(node, ast.Starred) for node in nodes)
