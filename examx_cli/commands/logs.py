"""`examx logs`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context, EnvironmentName
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.errors import CommandError, Refusal
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.project import Project
from examx_cli.status.choosing import places
from examx_cli.status.parts import Parts
from examx_cli.status.streaming import Streams, Wish
from examx_constructs.settings import Duration

_TAIL = 200
"""Lines of each pod where nothing is said: what fits in the memory of a person."""


def logs(
    environment: EnvironmentName,
    part: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PART]",
            help="backend, nginx, beat, redis, worker, `worker QUEUE`, a workload, or WORKLOAD/CONTAINER; "
            "without it the worker of the queue default.",
            show_default=False,
        ),
    ] = None,
    *,
    context: Context = None,
    since: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Only what is newer: 90s, 30m, 1h.", show_default=False)
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, of new pods too, until Ctrl-C.")
    ] = False,
    tail: Annotated[
        int | None,
        typer.Option(min=0, help=f"The last lines of each pod; {_TAIL} without --since.", show_default=False),
    ] = None,
) -> None:
    """Show the logs of a part of an environment: of all its pods, each line with its pod before it.

    Where a container ended and started anew, the log from before comes first: it says why. Pods that come while it
    follows are taken in.

    It takes the right to read logs (get pods/log), which DutyAccess gives.

        examx logs prod
        examx logs prod worker bulk_upload --follow
        examx logs dev nginx --since 10m
        examx logs stg redis/keeper
    """
    if since is not None:
        since = f"{Duration(since).seconds}s"
    version = working_tree(Project.around(Path.cwd()), environment)
    parts = Parts.of(version.manifests).called(part or ())
    cluster = cluster_of(version, context)
    wish = Wish(since, _TAIL if tail is None and since is None else tail, follow)
    found = places(cluster, parts)
    workloads = ", ".join(dict.fromkeys(str(each.workload) for each in parts))
    if not found and not follow:
        raise Refusal(f"no pod of {workloads} has a log in {cluster.target.namespace}: `examx status` says why")
    streams = Streams(cluster, wish, output.say, output.note, prefix=follow or len(found) > 1)
    try:
        if follow:
            streams.follow(lambda: places(cluster, parts))
        else:
            streams.show(found)
    except KeyboardInterrupt:
        return
    except ProcessError as error:
        if is_forbidden(error):
            raise CommandError(
                f"this identity may not read logs of {cluster.target.namespace} (get pods/log): DutyAccess gives that"
            ) from None
        raise
