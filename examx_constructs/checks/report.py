"""What a run found: the findings that no waiver accepts, where they are, and how many things were looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examx_constructs.checks.finding import Finding, Severity
from examx_constructs.checks.waivers import Waivers


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
        """Whether there is a finding of that severity, or of more."""
        return bool(self.errors or (fail_on is Severity.WARNING and self.warnings))

    @property
    def summary(self) -> str:
        """All of it in a line: `137 objects, 3 findings: 2 errors, 1 warning`."""
        kinds = [
            counted(number, what) for number, what in ((self.errors, "error"), (self.warnings, "warning")) if number
        ]
        findings = counted(len(self.findings), "finding") + (f": {', '.join(kinds)}" if kinds else "")
        return f"{counted(self.objects, 'object')}, {findings}" + (f"; {self.waived} waived" if self.waived else "")


def accepted(
    findings: Iterable[Finding], waivers: Iterable[Waivers], files: Sequence[str | None] = ()
) -> tuple[list[Finding], int]:
    """What is left of findings where waivers count, with what is wrong with these, and how many they accept."""
    left, number = list(findings), 0
    for each in waivers:
        waived = each.applied(left, files=files)
        left, number = waived.findings, number + waived.accepted
    return left, number


def counted(number: int, what: str) -> str:
    """A number of things: `1 object`, `2 objects`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
