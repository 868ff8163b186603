"""What would change between two sets of objects, and what that does to a running system. Pure: nothing is read here."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from examx_cli.comparison import rules
from examx_cli.comparison.fields import ABSENT, Field, Path, differences
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.noise import without_noise
from examx_cli.comparison.rules.case import Case
from examx_cli.comparison.surroundings import Surroundings
from examx_constructs.manifests import Object, ObjectId

HIDDEN = "(hidden)"
"""What is shown in the place of a Secret's values."""

_MOST_NAMED = 6


class Action(StrEnum):
    """What happens to an object."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REPLACED = "replaced"
    """A ConfigMap whose name holds the hash of its content comes under a new name."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that changes, its two values, and what that does. ABSENT is the value of a field that is not there."""

    path: Path
    before: object
    after: object
    effect: Effect


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object that changes: its fields, and what that does, the heaviest first."""

    key: ObjectId
    action: Action
    effects: tuple[Effect, ...]
    fields: tuple[FieldChange, ...] = ()
    replaces: ObjectId | None = None

    @property
    def impact(self) -> Impact:
        """The heaviest of what it does."""
        return max((each.impact for each in self.effects), default=Impact.NONE)


@dataclass(frozen=True, slots=True)
class NotCompared:
    """What could not be looked at, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotOurs:
    """A field of a live object that is not rendered: where it is, and whose. It stays, because of `why`, or goes."""

    key: ObjectId
    path: str
    manager: str
    stays: bool
    why: str = ""


_PHRASES: Final[Mapping[Impact, str]] = {
    Impact.DATA: "deletes data or cuts pods off from it:",
    Impact.REFUSED: "would be refused:",
    Impact.STOP: "stops or cuts off",
    Impact.RESTART: "restarts",
    Impact.SCALING: "changes scaling of",
    Impact.LIVE: "without a restart:",
}
_NOT_MERELY_CHANGED: Final[Mapping[Action, str]] = {Action.ADDED: "new", Action.REMOVED: "removed"}


@dataclass(frozen=True, slots=True)
class Difference:
    """All that would change, what could not be compared, and what others wrote into objects that run."""

    changes: tuple[ObjectChange, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    not_ours: tuple[NotOurs, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def impact(self) -> Impact:
        """The heaviest of what it does."""
        return max((each.impact for each in self.changes), default=Impact.NONE)

    def effects(self, impact: Impact) -> list[Effect]:
        """Return what it does of one class, each once."""
        found = (effect for change in self.changes for effect in change.effects if effect.impact is impact)
        return list(dict.fromkeys(found))

    def subjects(self, impact: Impact) -> list[str]:
        """Return the names of what it does that to: of workloads that restart, for one."""
        return list(dict.fromkeys(effect.subject for effect in self.effects(impact)))

    def phrases(self) -> Iterator[tuple[str, list[str]]]:
        """Yield what it does, heaviest first, as words and the names that they are about, which may be long lists."""
        for impact, words in _PHRASES.items():
            if subjects := self.subjects(impact):
                yield words, subjects

    def summary(self) -> str:
        """Return all of it in one line.

        An example: `7 objects change: restarts examxv2-backend, celery-beat; changes scaling of ...`.
        """
        said = "; ".join(f"{words} {some(names)}" for words, names in self.phrases())
        stays = some([f"{each.key}: {each.path}" for each in self.staying])
        also = f"; not ours, and stays: {stays}" if stays else ""
        return f"{self.count()}: {said or 'nothing that runs notices'}{also}" if self else f"{self.count()}{also}"

    @property
    def has_drifted(self) -> bool:
        """Whether an apply would change anything, or take something from others."""
        return bool(self.changes) or any(not each.stays for each in self.not_ours)

    @property
    def staying(self) -> tuple[NotOurs, ...]:
        """What is not ours and stays."""
        return tuple(each for each in self.not_ours if each.stays)

    def count(self) -> str:
        """Return how many objects change, in words: `7 objects change, 2 new`, `35 objects are new`."""
        number = len(self.changes)
        actions = Counter(each.action for each in self.changes)
        if not number:
            return "no change"
        for action, word in _NOT_MERELY_CHANGED.items():
            if actions[action] == number:
                return f"1 object is {word}" if number == 1 else f"{number} objects are {word}"
        of_them = "".join(
            f", {actions[action]} {word}" for action, word in _NOT_MERELY_CHANGED.items() if actions[action]
        )
        return f"{number} objects change{of_them}" if number > 1 else "1 object changes"


def some(names: Sequence[str]) -> str:
    """Return the first of these names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names) if more <= 1 else f"{', '.join(names[:_MOST_NAMED])} and {more} more"


def compare(
    before: Iterable[Object],
    after: Iterable[Object],
    *,
    refused: Mapping[ObjectId, str] | None = None,
    not_compared: Iterable[NotCompared] = (),
    not_ours: Iterable[NotOurs] = (),
) -> Difference:
    """Return what changes when the objects that were there give way to others.

    `refused`: what an API server is known to have said to some of them. What a cluster writes into objects by itself
    is left out on both sides.
    """
    comparison = _Comparison(before, after, refused or {})
    return Difference(tuple(comparison.changes()), tuple(not_compared), tuple(not_ours))


class _Comparison:
    def __init__(self, before: Iterable[Object], after: Iterable[Object], refused: Mapping[ObjectId, str]) -> None:
        self._before = {ObjectId.of(each): without_noise(each) for each in before}
        self._after = {ObjectId.of(each): without_noise(each) for each in after}
        self._was, self._will_be = Surroundings(self._before.values()), Surroundings(self._after.values())
        self._refused = refused

    def changes(self) -> Iterator[ObjectChange]:
        """Yield changes in the order of the new objects, then what is removed."""
        replaced = _replaced(self._before.keys() - self._after.keys(), self._after.keys() - self._before.keys())
        for key in self._after:
            if key in self._before:
                yield from self._changed(key)
            elif key in replaced:
                yield self._replaced(key, replaced[key])
            else:
                yield ObjectChange(key, Action.ADDED, (rules.of_addition(self._case(key)),))
        for key in self._before:
            if key not in self._after and key not in replaced.values():
                yield ObjectChange(key, Action.REMOVED, (rules.of_removal(self._case(key)),))

    def _case(self, key: ObjectId, replaces: ObjectId | None = None) -> Case:
        return Case(
            key, self._before.get(replaces or key, {}), self._after.get(key, {}), was=self._was, will_be=self._will_be
        )

    def _changed(self, key: ObjectId) -> Iterator[ObjectChange]:
        case = self._case(key)
        fields = tuple(_change(case, field) for field in differences(case.before, case.after))
        effects = [each.effect for each in fields] + (rules.of_object(case) if fields else [])
        # The server's own words are given only where it refuses what is not known to be refused.
        if key in self._refused and not any(each.impact is Impact.REFUSED for each in effects):
            effects.append(case.effect(Impact.REFUSED, " ".join(self._refused[key].split())))
        if effects:
            yield ObjectChange(key, Action.CHANGED, _heaviest_first(effects), fields)

    def _replaced(self, key: ObjectId, replaces: ObjectId) -> ObjectChange:
        case = self._case(key, replaces)
        effects = [rules.of_addition(case)]
        removal = rules.of_removal(replace(case, key=replaces))
        if removal.impact is not Impact.NONE:
            effects.append(removal)
        fields = tuple(
            FieldChange(each.path, each.before, each.after, effects[0])
            for each in differences(case.before, case.after)
            if each.path != ("metadata", "name")
        )
        return ObjectChange(key, Action.REPLACED, _heaviest_first(effects), fields, replaces)


def _heaviest_first(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(dict.fromkeys(effects), key=lambda each: -each.impact))


def _change(case: Case, field: Field) -> FieldChange:
    effect = rules.of_field(case, field)
    if case.key.kind == "Secret" and field.path[0] in ("data", "stringData"):
        before, after = (value if value is ABSENT else HIDDEN for value in (field.before, field.after))
        return FieldChange(field.path, before, after, effect)
    return FieldChange(field.path, field.before, field.after, effect)


_HASHED_NAME = re.compile(r"(?P<name>.+)-[0-9a-f]{10}")


def _replaced(gone: Iterable[ObjectId], new: Iterable[ObjectId]) -> dict[ObjectId, ObjectId]:
    """Return the ConfigMaps that come under a new name, by it, and the one that each replaces."""
    by_name: defaultdict[tuple[str, str], tuple[list[ObjectId], list[ObjectId]]] = defaultdict(lambda: ([], []))
    for side, keys in enumerate((gone, new)):
        for key in keys:
            found = _HASHED_NAME.fullmatch(key.name)
            if key.kind == "ConfigMap" and found:
                by_name[key.namespace, found["name"]][side].append(key)
    return {after[0]: before[0] for before, after in by_name.values() if len(before) == len(after) == 1}
