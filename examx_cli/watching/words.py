"""What a watch found, for people, for a machine and for Slack."""

from collections.abc import Iterator
from dataclasses import dataclass

from examx_cli.deploy.history import Entry
from examx_cli.slack.outcome import WATCH, Outcome, Status
from examx_cli.watching.verdicts import Judged, Report, Verdict
from examx_constructs.settings import Duration

Json = dict[str, object]

STATUS = {Verdict.QUIET: Status.SUCCESS, Verdict.MOVED: Status.FAILURE, Verdict.UNKNOWN: Status.CANCELLED}
"""How a message about it is marked: what is not known is a warning."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a watch found of a release, whether that is to be taken back, and how long each window was."""

    release: Entry
    window: Duration
    report: Report
    goes_back: bool

    @property
    def title(self) -> str:
        """All of it in some words."""
        return title(self.report)

    @property
    def text(self) -> str:
        """What was compared, and what comes of it."""
        then = " It is to be taken back." if self.goes_back else ""
        return f"{self.window} before the deployment against {self.window} after it.{then}"

    def outcome(self) -> Outcome:
        """Return what Slack is told."""
        return Outcome(
            status=STATUS[self.report.verdict],
            kind=WATCH,
            title=self.title,
            text=self.text,
            image=self.release.image,
            commit=self.release.commit,
            summary="\n".join(lines(self.report)),
        )


def title(report: Report) -> str:
    """Name the figures that moved, or else those that are not known."""
    if moved := report.of(Verdict.MOVED):
        return f"{_names(moved)} rose after the deployment"
    if unknown := report.of(Verdict.UNKNOWN):
        return f"not known what the deployment did to {_names(unknown)}"
    return "quiet after the deployment"


def _names(judged: tuple[Judged, ...]) -> str:
    return ", ".join(dict.fromkeys(each.figure.kind.value for each in judged))


def lines(report: Report) -> Iterator[str]:
    """Yield a line for each figure, those that moved first, and under it the query of what is not quiet."""
    for verdict in (Verdict.MOVED, Verdict.UNKNOWN, Verdict.QUIET):
        for each in report.of(verdict):
            yield str(each)
            if verdict is not Verdict.QUIET:
                yield f"  {each.figure.query}"


def outputs(found: Found) -> dict[str, str]:
    """Return the same for the steps of a workflow that follow, and for the job that tells Slack."""
    return {
        "verdict": found.report.verdict.value,
        "title": found.title,
        "text": found.text,
        "summary": "\n".join(lines(found.report)),
        "goes_back": str(found.goes_back).lower(),
        "commit": found.release.commit,
        "image": found.release.image,
    }


def document(found: Found) -> Json:
    """Return the same for a machine."""
    return {
        "verdict": found.report.verdict,
        "release": {"commit": found.release.commit, "image": found.release.image, "time": found.release.time},
        "window": str(found.window),
        "goes_back": found.goes_back,
        "figures": [_figure(each) for each in found.report.judged],
    }


def _figure(each: Judged) -> Json:
    return {
        "name": each.figure.name,
        "kind": each.figure.kind,
        "verdict": each.verdict,
        "before": each.before,
        "after": each.after,
        "why": each.why,
        "query": each.figure.query,
    }
