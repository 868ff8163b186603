"""`examx shell`."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.commands.arguments import Context, EnvironmentName
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.doctor.seen import Cluster as Asked
from examx_cli.doctor.seen import Unseen
from examx_cli.errors import CommandError, Refusal
from examx_cli.project import Project
from examx_cli.status.choosing import Place, best
from examx_cli.status.parts import Parts

_ASKED_OF = "prod"
_EXEC = ("", "pods/exec", "create")


def shell(
    environment: EnvironmentName,
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- COMMAND...]", help="What to run in the place of a shell, behind --.", show_default=False
        ),
    ] = None,
    *,
    part: Annotated[
        str, typer.Option(metavar="PART", help="Where: as for `examx logs`, such as `worker default` or redis.")
    ] = "backend",
    context: Context = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, in prod.")] = False,
) -> None:
    """Open a shell in a pod, or run one of Django's commands there: in a ready one of the newest release.

    In prod it asks first: what is typed there is typed in front of everybody who sits an exam. The exit status is that
    of the command. It takes the right to run programs in pods (create pods/exec), with all that pods may read.

        examx shell dev
        examx shell dev -- python manage.py check
        examx shell stg --part "worker default"
        examx shell prod --yes -- python manage.py showmigrations
    """
    version = working_tree(Project.around(Path.cwd()), environment)
    parts = Parts.of(version.manifests).called(part.split())
    cluster = cluster_of(version, context)
    place = best(cluster, parts)
    _check_right(cluster, place)
    typed = list(command or ["/bin/sh"])
    if environment == _ASKED_OF and not yes:
        _ask(cluster, place, typed)
    output.note(f"{place} of {cluster.target.namespace}")
    raise typer.Exit(_run(cluster, place, typed))


def _check_right(cluster: Cluster, place: Place) -> None:
    """Raise CommandError where this identity may not. Ask before: kubectl says it in a different way each time."""
    try:
        allowed = Asked(cluster.kubectl, cluster.target.namespace).allowed([_EXEC])
    except Unseen:
        return
    if _EXEC not in allowed:
        raise CommandError(
            f"this identity may not run anything in {place.pod} of {cluster.target.namespace} (create pods/exec): "
            "DutyAccess with shell=True gives that"
        )


def _ask(cluster: Cluster, place: Place, command: list[str]) -> None:
    output.warning(
        f"this is {_ASKED_OF}: {' '.join(command)} runs in {place} of {cluster.target.namespace}, beside what serves "
        "people now, with its memory, its rights and its data"
    )
    if not sys.stdin.isatty():
        raise CommandError("there is nobody to ask: say --yes to run it")
    if not typer.confirm("Go on?", err=True):
        raise Refusal("nothing was run")


def _run(cluster: Cluster, place: Place, command: list[str]) -> int:
    """Run it with this terminal, whose keys are the command's: Ctrl-C too."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    where = (place.pod, f"--namespace={cluster.target.namespace}", f"--container={place.container}")
    options = ("-i", "-t") if terminal else ("-i",)
    whole = cluster.kubectl.command("exec", *options, *where, "--", *command)
    try:
        with subprocess.Popen(whole) as process:  # noqa: S603 - a list of arguments, no shell
            while True:
                try:
                    return process.wait()
                except KeyboardInterrupt:
                    # The terminal sent it to kubectl as well, which passes it on and ends when the command does.
                    continue
    except OSError as error:
        raise CommandError(f"`{whole[0]}` cannot be run: {error.strerror}") from None
