"""A precondition: a pure function over what an environment needs and what its cluster answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from examx_cli.doctor.needs import Needs
from examx_cli.doctor.seen import Unseen
from examx_cli.doctor.verdict import Found, State, Verdict, unsure

Where = TypeVar("Where")
"""What is looked at: a cluster, an account of AWS, a repository of GitHub."""


@dataclass(frozen=True, slots=True)
class Precondition(Generic[Where]):
    """What must hold for an environment that calls for it.

    `look` finds None where, as things are, the environment does not call for it.

    `breaks`: what does not work without it. `mend`: the command, or the change; CLUSTER, NAMESPACE and ENVIRONMENT in
    it are replaced by what they are here.
    """

    topic: str
    what: str
    applies: Callable[[Needs], bool]
    breaks: str
    mend: str
    look: Callable[[Needs, Where], Found | None]

    def verdict(self, needs: Needs, seen: Where) -> Verdict | None:
        """Return what is said there; that it cannot be told, where it may not be looked at.

        None: it is not called for.
        """
        try:
            found = self.look(needs, seen)
        except Unseen as why:
            found = unsure(str(why))
        if found is None:
            return None
        holds = found.state is State.OK
        mend = (
            self.mend.replace("CLUSTER", needs.cluster)
            .replace("NAMESPACE", needs.namespace)
            .replace("ENVIRONMENT", needs.environment)
            .replace("REGION", needs.region)
        )
        return Verdict(
            topic=self.topic,
            what=self.what,
            state=found.state,
            said=_legible(found.said),
            breaks="" if holds else self.breaks,
            mend="" if holds else mend,
        )


def precondition(
    topic: str, what: str, *, breaks: str, mend: str, when: Callable[[Needs], bool] = lambda _: True
) -> Callable[[Callable[[Needs, Where], Found | None]], Precondition[Where]]:
    """Make a precondition of the function below. `when`: which environments need it."""

    def of(look: Callable[[Needs, Where], Found | None]) -> Precondition[Where]:
        return Precondition(topic, what, when, breaks, mend, look)

    return of


def _legible(said: str) -> str:
    """Return what a cluster said, on one line: a terminal would act on what is not printable."""
    return " ".join("".join(each if each.isprintable() else " " for each in said).split())
