"""`examx rotate`."""

import time
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context, EnvironmentName
from examx_cli.credentials import redis
from examx_cli.credentials.random_secret import RandomSecret
from examx_cli.credentials.rotating import Rotation
from examx_cli.deploy.checkout import Version, cluster_of, working_tree
from examx_cli.errors import CommandError, Refusal
from examx_cli.project import Project
from examx_constructs.settings import Duration
from examx_constructs.settings.redis import EXPORTER_USER, REDIS_USERS


def rotate(
    environment: EnvironmentName,
    *,
    user: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help=f"Only this one: {', '.join(REDIS_USERS)}, or {EXPORTER_USER} where there is one; can be repeated.",
            show_default=False,
        ),
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take the previous passwords away: the end of a rotation.")
    ] = False,
    context: Context = None,
    timeout: Annotated[
        str, typer.Option(metavar="DURATION", help="How long to wait for all servers: 90s, 10m, 1h.")
    ] = "10m",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> None:
    """Give the users of Redis new passwords, without a restart and without locking anybody out.

    The new password is put beside the one in use. When every server takes it, it takes the other one's place, which
    servers go on taking until it is forgotten. No password is read, shown or typed by anybody.

    It can be stopped at any point; the same command goes on. Workers and beat log in with the new one from their next
    connection on, KEDA when the old one is refused. Django's cache holds the one that its pod started with: restart,
    then forget.

        examx rotate prod --context prod-admin
        examx restart prod --context prod-admin
        examx rotate prod --context prod-admin --forget
    """
    seconds = Duration(timeout).seconds
    version = working_tree(Project.around(Path.cwd()), environment)
    secret = _secret(environment, version)
    users = _known(user, secret)
    cluster = cluster_of(version, context)
    wanted = Rotation(environment, cluster, version.manifests, secret, users, time.monotonic() + seconds)
    if dry_run:
        lines = wanted.rehearse_forgetting() if forget else wanted.rehearse()
        output.say("\n".join(lines or ["nothing would be done: no previous password is taken"]))
        return
    if forget:
        gone = wanted.forget()
        output.say(f"forgotten: the previous password of {', '.join(gone)}" if gone else "there was none to forget")
        return
    done = wanted.run()
    output.say(f"rotated: {', '.join(done)}")
    output.note(_left(environment, wanted.restarts(done)))


def _known(names: list[str] | None, secret: RandomSecret) -> list[str]:
    for each in names or ():
        if each not in secret.keys:
            only = f"; {each} is one where its Monitoring has a RedisExporter" if each == EXPORTER_USER else ""
            raise CommandError(f'--user is "{each}"; the users of Redis are {", ".join(secret.keys)}{only}')
    return [each for each in secret.keys if not names or each in names]


def _secret(environment: str, version: Version) -> RandomSecret:
    found = redis.secrets_of(version.manifests)
    if not found:
        raise Refusal(
            f"{environment} has no Secret of Redis' users that `examx apply` makes: a Redis outside of the cluster has "
            "its password in Secrets Manager; a Secret that is given is changed where it comes from, which would "
            "take back what was changed here"
        )
    return found[0]


def _left(environment: str, restarts: list[str]) -> str:
    then = ", then ".join([*restarts, f"`examx rotate {environment} --forget`"])
    return f"servers take the previous passwords too, until they are forgotten: {then}"
