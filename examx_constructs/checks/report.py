"""What a run found: the findings that no waiver accepts, where they are, and how many things were looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examx_constructs.checks import check
from examx_constructs.checks.finding import Finding, Severity
from examx_constructs.checks.places import placed
from examx_constructs.checks.waivers import Waivers
from examx_constructs.manifests import Manifests


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run. `passed_over`: files that are clearly no manifests."""

    objects: int
    findings: Sequence[Finding]
    waived: int = 0
    passed_over: int = 0

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(found.severity is Severity.ERROR for found in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors

    def fails(self, fail_on: Severity = Severity.ERROR) -> bool:
        """Return whether there is a finding of that severity, or of more."""
        return bool(self.errors or (fail_on is Severity.WARNING and self.warnings))

    @property
    def summary(self) -> str:
        """All of it in a line: `137 objects, 3 findings: 2 errors, 1 warning`."""
        kinds = [
            counted(number, what) for number, what in ((self.errors, "error"), (self.warnings, "warning")) if number
        ]
        findings = counted(len(self.findings), "finding") + (f": {', '.join(kinds)}" if kinds else "")
        return f"{counted(self.objects, 'object')}, {findings}" + (f"; {self.waived} waived" if self.waived else "")


def examined(manifests: Manifests, waivers: Iterable[Waivers] = (), more: Iterable[Finding] = ()) -> Report:
    """Check manifests by all rules. `more`: what is wrong with them besides, which no waiver accepts."""
    left, number = check(manifests), 0
    files = {each.root.file for each in manifests}
    for each in waivers:
        waived = each.applied(left, files=files)
        left, number = waived.findings, number + waived.accepted
    found = placed([*more, *left])
    return Report(len(manifests), sorted(found, key=_order), number, manifests.passed_over)


def _order(found: Finding) -> tuple[str, int, int, str, str, str]:
    return found.file or "", found.line or 0, found.column or 0, found.object.qualified, found.field, found.rule


def counted(number: int, what: str) -> str:
    """Return a number of things: `1 object`, `2 objects`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
