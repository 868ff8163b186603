"""What a rule is given, and what it is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from examx_cli.comparison.fields import Field
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.surroundings import Surroundings
from examx_constructs.manifests import Object, ObjectId


@dataclass(frozen=True, slots=True)
class Case:
    """One object that changes, and all that is around it before and after. An absent object is an empty one."""

    key: ObjectId
    before: Object
    after: Object
    was: Surroundings
    will_be: Surroundings

    def effect(self, impact: Impact, reason: str, subject: str = "") -> Effect:
        """Return an effect on this object, or on what is named as its subject."""
        return Effect(impact, subject or str(self.key), reason)


Judge = Callable[[Case], Effect]
JudgeField = Callable[[Case, Field], Effect]


def nothing_more(_: Case) -> Iterator[Effect]:
    """Yield nothing, for kinds whose fields say all."""
    return iter(())


def unnoticed(case: Case, _: Field) -> Effect:
    """Return that nobody notices, for labels and annotations, and for the version that an object is written in."""
    return case.effect(
        Impact.NONE, "labels, annotations and version of the object itself: nothing that runs reads them"
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """How the changes of a kind are judged."""

    changed: JudgeField
    removed: Judge
    added: Judge
    annotated: JudgeField = unnoticed
    """For its labels and annotations, where somebody acts on them."""
    also: Callable[[Case], Iterator[Effect]] = nothing_more
    """What a change of the object does as a whole."""


def always(impact: Impact, reason: str) -> Judge:
    """Return the same for every object of a kind."""
    return lambda case: case.effect(impact, reason)


def any_field(impact: Impact, reason: str) -> JudgeField:
    """Return the same for every field of a kind."""
    return lambda case, _: case.effect(impact, reason)
