"""The watch itself: measure, wait, measure again, compare; and go back where that is asked for."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.deploy.going_back import Wish, earlier, go_back
from examx_cli.errors import CommandError, Interruption
from examx_cli.project import Project
from examx_cli.prometheus import Prometheus
from examx_cli.slack import telling
from examx_cli.slack.outcome import WATCH, Outcome, Status
from examx_cli.watching import release
from examx_cli.watching.figures import Kind, figures_of
from examx_cli.watching.measuring import measure
from examx_cli.watching.verdicts import judge
from examx_cli.watching.words import Found
from examx_constructs.settings import Duration, Environment

_LAST_WORD_SECONDS = 5.0
"""For Slack, where somebody waits for this process to end."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch of the release that an environment runs. Where `slack`, each end that it comes to is told."""

    environment: Environment
    server: Prometheus
    slack: bool

    def found(self, cluster: Cluster, on: frozenset[Kind]) -> Found:
        """Find what the release did, and whether it is to be taken back for one of these kinds.

        The time before is measured first, so that a Prometheus that cannot be asked is told at once, and not after the
        wait. Raises CommandError where nothing can be compared, and Interruption when it is stopped.
        """
        try:
            return self._found(cluster, on)
        except KeyboardInterrupt as stop:
            raise Interruption("interrupted: nothing was compared, and nothing was changed") from stop

    def _found(self, cluster: Cluster, on: frozenset[Kind]) -> Found:
        name, bounds = self.environment.name, self.environment.deployment_bounds
        watched = release.running(cluster, name)
        before = measure(self.server, self.environment, bounds.window, release.began(watched, name))
        self._wait(release.named(watched), bounds.window)
        release.require_still(cluster, name, watched)
        after = measure(self.server, self.environment, bounds.window, time.time())
        report = judge([*figures_of(self.environment, str(bounds.window))], before, after, bounds)
        return Found(watched, bounds.window, report, goes_back=bool(report.moved & on))

    def _wait(self, named: str, window: Duration) -> None:
        end = datetime.fromtimestamp(time.time() + window.seconds, UTC)
        output.note(f"watching {self.environment.name} until {end:%H:%M:%S} UTC: release {named}")
        time.sleep(window.seconds)

    def go_back(self, found: Found, project: Project, context: str | None, timeout: Duration) -> None:
        """Take the release back, unless another one runs by now. Raises as a rollback does."""
        name = self.environment.name
        back = earlier(project, name, Wish(leaving=found.release.commit), context)
        done = go_back(back, timeout)
        image = back.version.image
        output.note(f"{name} runs {back.version.commit[:10]} again: {len(done.changed)} objects changed")
        output.note(f"say so on the main branch too: `examx release {name} --image {image}`")
        text = f"The rollout is complete. `main` still names the other image: `examx release {name} --image {image}`."
        self.tell(Outcome(status=Status.SUCCESS, kind="rollback", text=text, image=image, commit=back.version.commit))

    def tell(self, outcome: Outcome, **options: float) -> None:
        """Tell Slack, where it is to be told."""
        if self.slack and telling.tell(outcome, self.environment.name, **options):
            output.note(f"told Slack: {self.environment.name}: {outcome.title or outcome.kind}")

    @contextmanager
    def failures_told(self, kind: str) -> Generator[None]:
        """Tell Slack and the workflow of what keeps the watch, or the rollback, from its end."""
        try:
            yield
        except (CommandError, KeyboardInterrupt) as error:
            stopped = isinstance(error, Interruption | KeyboardInterrupt)
            said = str(error) or "interrupted"
            if kind == WATCH:
                output.publish(unknown(said))
                if not stopped:
                    self.tell(Outcome(status=Status.CANCELLED, kind=WATCH, title=NOT_KNOWN, text=said))
            else:
                half_way = Outcome(status=Status.FAILURE, kind=kind, text=said, half_way=True)
                self.tell(half_way, seconds=_LAST_WORD_SECONDS if stopped else telling.SECONDS)
            raise


NOT_KNOWN = "not known what the deployment did"


def unknown(why: str) -> dict[str, str]:
    """Return what a step gives to the workflow where nothing could be compared."""
    empty = dict.fromkeys(("summary", "commit", "image"), "")
    return {**empty, "verdict": "unknown", "title": NOT_KNOWN, "text": why, "goes_back": "false"}
