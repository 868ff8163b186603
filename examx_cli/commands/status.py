"""`examx status`."""

import json as json_format
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.commands.arguments import Context, EnvironmentName, Json
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.doctor.needs import Needs
from examx_cli.errors import CommandError
from examx_cli.project import Project
from examx_cli.status import Status, look, screen, words
from examx_cli.status.document import document
from examx_cli.status.words import Line, Tone
from examx_cli.unreached import UnreachedError
from examx_constructs.settings import Duration

_LEAST_SECONDS = 2


def status(
    environment: EnvironmentName,
    *,
    context: Context = None,
    watch: Annotated[bool, typer.Option("--watch", help="Look again and again, until Ctrl-C.")] = False,
    every: Annotated[str, typer.Option(metavar="DURATION", help="How often to look: 10s, 1m.")] = "10s",
    over: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION", help="Look twice, so long apart, to tell how fast queues grow.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Show what an environment does now: one screen for the person on duty. It changes nothing.

    It shows which release runs and who deployed it. Of each workload how many pods are ready and wanted, between which
    bounds, and why that many, by what each metric asks for. Queues, Redis and the load balancer; when certificates end
    and how old secrets are; and what the cluster warned of in the last hour.

    What this identity may not read, or what is not there, is said in its place, and keeps nothing else from being
    shown. DutyAccess is the Role for it. Who leads Redis, only who may run a program in its pods is told.

        examx status prod
        examx status prod --watch
        examx status prod --over 30s
        examx status prod --json
    """
    seconds, apart = _seconds("--every", every), None if over is None else _seconds("--over", over)
    version = working_tree(Project.around(Path.cwd()), environment)
    cluster = cluster_of(version, context)
    looks = _Looks(environment, cluster, Needs.of(environment, version.manifests))
    if watch:
        if json:
            _watched_json(looks, seconds)
        else:
            screen.watch(looks.lines, seconds, f"see `examx status {environment}`")
        return
    with output.waiting(f"Asking the cluster what {environment} does ..."):
        found = looks.next()
        if apart is not None:
            time.sleep(apart)
            found = looks.next()
    if json:
        output.say_json(document(found))
    else:
        screen.show(words.lines(found))


def _seconds(option: str, given: str) -> int:
    seconds = Duration(given).seconds
    if seconds < _LEAST_SECONDS:
        raise CommandError(f"{option} is {given}; allowed: {_LEAST_SECONDS}s or more; a look takes that long itself")
    return seconds


class _Looks:
    """Looks at an environment, each with the one before: only so is it known how fast queues grow."""

    def __init__(self, environment: str, cluster: Cluster, needs: Needs) -> None:
        self._asked = (environment, cluster, needs)
        self._last: Status | None = None

    def next(self) -> Status:
        """Look now. Raises UnreachedError where the cluster does not answer."""
        self._last = look(*self._asked, self._last)
        return self._last

    def lines(self) -> Iterator[Line]:
        """Look now. A cluster that has answered once may be away for a while: then the last look is shown again."""
        try:
            yield from words.lines(self.next())
        except UnreachedError as error:
            if self._last is None:
                raise
            yield Line(f"{datetime.now(UTC):%H:%M:%S} UTC: {error}", Tone.TROUBLE, 0)
            yield from words.lines(self._last)


def _watched_json(looks: _Looks, seconds: float) -> None:
    """Print a look in each line."""
    try:
        while True:
            output.say(json_format.dumps(document(looks.next()), ensure_ascii=False))
            time.sleep(seconds)
    except KeyboardInterrupt:
        return
