"""What a rule says: a finding, which names the field that breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from examx_constructs.manifests import Manifests, Node, ObjectId, shown
from examx_constructs.manifests.node import NOWHERE, Origin


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """It breaks something, or an API server refuses it."""

    WARNING = "warning"
    """It may break something: what decides is not in these manifests. It is told, and fails nothing by default."""


NO_OBJECT = ObjectId("", "", "", "")
"""Of what is found in a file, and not in one of its objects."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One field of one object that breaks a rule: its value, what is allowed, why, and where the rule comes from.

    `line` and `column` count from 1; None where nobody looked, and for what was never in a file.
    """

    object: ObjectId
    file: str | None
    """Where the object was read from; None for what was never in a file."""
    field: str
    """Its path in the object: `spec.template.spec.containers[0].image`."""
    value: str
    """What is there, as a text."""
    allowed: str
    """What the rule would take."""
    why: str
    """What happens otherwise."""
    severity: Severity = Severity.ERROR
    rule: str = ""
    """The id of the rule."""
    source: str = ""
    """Where the rule comes from: a document, or the code of a controller."""
    line: int | None = None
    column: int | None = None
    origin: Origin = NOWHERE
    """Of the object in its file, by which its lines are found."""

    def __str__(self) -> str:
        return f"{self.said} [{self.rule}; {self.source}]"

    @property
    def said(self) -> str:
        """The finding without its rule: which field is what, what is allowed, and why."""
        whose = f"{self.object.qualified}: " if self.object.kind else ""
        return f"{whose}{self.field} is {self.value}; allowed: {self.allowed}; {self.why}"

    @property
    def place(self) -> str:
        """Where it is, as editors and terminals read it: `dist/dev.k8s.yaml:12:5`."""
        return ":".join(str(each) for each in (self.file or "-", self.line, self.column) if each is not None)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data, for JSON."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "origin"}
        return told | {"object": self.object.as_dict()}


def finding(
    node: Node, allowed: str, why: str, *, value: str | None = None, severity: Severity = Severity.ERROR
) -> Finding:
    """Return what is wrong at a place; its rule adds its name and source.

    `value` replaces the value where that says too little or gives a secret away.
    """
    said = shown(node.value) if value is None else value
    return Finding(node.object_id, node.file, node.path, said, allowed, why, severity, origin=node.origin)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: call it with manifests, get its findings."""

    id: str
    """What findings and waivers call it: words with hyphens."""
    summary: str
    """What it asks for, in a sentence."""
    source: str
    """Where it comes from: a document, or the code of a controller."""
    severity: Severity
    look: Callable[[Manifests], Iterator[Finding]]
    """The function that finds what breaks it."""

    @classmethod
    def of(cls, id: str, summary: str, source: str) -> Self:
        """Return a rule on something else than manifests, in which it finds nothing.

        Who looks there names findings by it.
        """
        return cls(id, summary, source, Severity.ERROR, lambda _manifests: iter(()))

    def __call__(self, manifests: Manifests) -> Iterator[Finding]:
        """Return the findings that the rule has on these manifests."""
        return (self.named(found) for found in self.look(manifests))

    def named(self, found: Finding) -> Finding:
        """Return a finding, as one of this rule."""
        weight = Severity.WARNING if self.severity is Severity.WARNING else found.severity
        return replace(found, rule=self.id, source=self.source, severity=weight)


def rule(
    source: str, *, severity: Severity = Severity.ERROR
) -> Callable[[Callable[[Manifests], Iterator[Finding]]], Rule]:
    """Make a function a rule: its name is the id, the first line of its docstring the summary.

    A rule of severity WARNING has warnings alone; one of severity ERROR says of each finding how much it weighs.
    """

    def named(function: Callable[[Manifests], Iterator[Finding]]) -> Rule:
        summary = (function.__doc__ or "").strip().partition("\n")[0]
        return Rule(function.__name__.replace("_", "-"), summary, source, severity, function)

    return named
