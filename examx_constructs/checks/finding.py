"""What a rule says: the problem it met, and the finding that a reader gets."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from examx_constructs.checks.manifests import Manifests


@dataclass(frozen=True, slots=True)
class ObjectId:
    """An object as people name it: `Deployment dev-examxv2/celery-beat`."""

    kind: str
    namespace: str | None
    name: str

    def __str__(self) -> str:
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        # On one line, whatever stands in the manifest.
        return re.sub(r"\s", " ", f"{self.kind} {name}")


class Problem(NamedTuple):
    """One field of one object that breaks the rule which yields this."""

    object: ObjectId
    file: str | None
    field: str
    value: str
    allowed: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem together with the rule that it breaks and where that rule comes from."""

    rule: str
    object: ObjectId
    field: str
    value: str
    allowed: str
    why: str
    source: str
    file: str | None = None

    def __str__(self) -> str:
        return (
            f"{self.object}: {self.field} is {self.value}; allowed: {self.allowed}; {self.why}"
            f" [{self.rule}; {self.source}]"
        )

    def as_dict(self) -> "dict[str, Any]":
        """The finding as plain data, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: call it with manifests, get its findings."""

    id: str
    summary: str
    source: str
    problems: "Callable[[Manifests], Iterator[Problem]]"

    def __call__(self, manifests: "Manifests") -> Iterator[Finding]:
        """The findings that the rule has on these manifests."""
        return (self.finding(problem) for problem in self.problems(manifests))

    def finding(self, problem: Problem) -> Finding:
        """A problem, as a finding of this rule."""
        return Finding(
            rule=self.id,
            object=problem.object,
            field=problem.field,
            value=problem.value,
            allowed=problem.allowed,
            why=problem.why,
            source=self.source,
            file=problem.file,
        )


def rule(source: str) -> "Callable[[Callable[[Manifests], Iterator[Problem]]], Rule]":
    """Make a function a rule: its name is the id, the first line of its docstring the summary."""

    def named(function: "Callable[[Manifests], Iterator[Problem]]") -> Rule:
        summary = (function.__doc__ or "").strip().partition("\n")[0]
        return Rule(function.__name__.replace("_", "-"), summary, source, function)

    return named
