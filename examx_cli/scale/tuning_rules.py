"""The rules of this project, over what a search proposes: before it is shown, it has to pass what a change has to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from examx_cli.scale.targets import Chosen, Source
from examx_cli.scale.tunable import Tunable
from examx_constructs.checks import Finding, check
from examx_constructs.checks.workloads.quotas import quota_holds_workloads
from examx_constructs.manifests import Manifests
from examx_constructs.settings import Queue


@dataclass(frozen=True, slots=True)
class Refused:
    """Settings that hold the level and break a rule."""

    settings: Tunable
    finding: Finding
    guilty: frozenset[tuple[str, int]]
    """The figures that each break it alone; none where it takes several."""

    def covers(self, settings: Tunable, now: Tunable) -> bool:
        """Return whether other settings break it too."""
        alike = any(getattr(settings, name) == value for name, value in self.guilty)
        return settings != now and (alike or settings == self.settings)


class Rules:
    """The manifests of an environment, and what the rules find in them with other figures."""

    def __init__(self, where: Source, chosen: Chosen, queue: Queue) -> None:
        self._where, self._mine = where, chosen.autoscaler.resource.root
        self._objects: list[Any] = [each.root.value for each in where.manifests]
        now = Tunable.of(queue)
        self._known = {_key(each) for each in check(where.manifests)}
        self._full = {_key(each) for each in self._at_most(now)}
        """The quotas that have no room for today's most pods either."""

    def refuses(self, settings: Tunable, now: Tunable) -> Refused | None:
        """Return what is wrong with a proposal; nothing is with the settings of today."""
        finding = self.broken(settings) if settings != now else None
        if finding is None:
            return None
        values = {name: getattr(settings, name) for name in settings.differs(now)}
        guilty = [each for each in values.items() if self.broken(replace(now, **{each[0]: each[1]}))]
        return Refused(settings, finding, frozenset(guilty))

    def broken(self, settings: Tunable) -> Finding | None:
        """Return the first finding that today's figures do not have."""
        new = (each for each in check(self._with(settings)) if _key(each) not in self._known)
        return next(new, None) or self._over_quota(settings)

    def most(self, now: Tunable, wanted: int) -> tuple[int, Finding | None]:
        """Return the most pods up to a number for which a quota has room, and the quota; none of fewer than today's."""
        full = self._over_quota(replace(now, maximum=wanted))
        if full is None or wanted <= now.maximum:
            return wanted, None
        low, high = now.maximum, wanted
        while high - low > 1:
            middle = (low + high) // 2
            found = self._over_quota(replace(now, maximum=middle))
            low, high, full = (middle, high, full) if found is None else (low, middle, found)
        return low, full

    def _over_quota(self, settings: Tunable) -> Finding | None:
        """Return what has no room for all of its pods beside the fewest of the others."""
        return next((each for each in self._at_most(settings) if _key(each) not in self._full), None)

    def _at_most(self, settings: Tunable) -> Iterator[Finding]:
        """Return the rule on quotas counts the fewest pods of each workload: here these are the most."""
        return quota_holds_workloads(self._with(replace(settings, minimum=settings.maximum)))

    def _with(self, settings: Tunable) -> Manifests:
        mine = self._mine.value
        objects = [settings.on_manifest(each) if each is mine else each for each in self._objects]
        return Manifests.of(objects, self._mine.file, self._where.manifests.asked)


def _key(finding: Finding) -> tuple[str, ...]:
    return (finding.rule, finding.object.qualified, finding.field, finding.why)
