"""`examx feature up`."""

import os
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.apply import report
from examx_cli.commands.arguments import Json, Timeout
from examx_cli.commands.feature.arguments import Branch, Context, Lifetime, Owner
from examx_cli.errors import CommandError
from examx_cli.features import up as features
from examx_cli.features.clock import Clock
from examx_cli.features.env_file import EnvFile
from examx_cli.features.lifetime import DEFAULT, left, lifetime
from examx_cli.features.owner import whoever
from examx_cli.features.registry import Registry
from examx_cli.features.up import Wish
from examx_cli.features.viewers import entrance
from examx_cli.github import in_workflow
from examx_cli.images import current_image
from examx_cli.project import Project
from examx_constructs.features import Feature, Slug
from examx_constructs.features.feature import rfc3339
from examx_constructs.settings import Duration, ImageReference


def up(
    branch: Branch,
    *,
    image: Annotated[
        str | None, typer.Option(metavar="IMAGE", help="registry/repository:tag[@digest]; else the one that runs.")
    ] = None,
    life: Lifetime = DEFAULT,
    env_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A .env of the branch's own, instead of dev's; `-` for standard input."),
    ] = None,
    default_env: Annotated[bool, typer.Option("--default-env", help="Dev's .env again.")] = False,
    owner: Owner = None,
    context: Context = None,
    timeout: Timeout = "20m",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json: Json = False,
) -> None:
    """Give a branch its environment, or bring the one that it has up to date, and wait until it runs.

    Its address is https://SLUG.examx.cloud, which lets in who has its key. The address with it is told at a terminal.
    `examx feature show BRANCH --key` shows it to those who may run commands in its pods. It is dev with less of
    everything, and with dev's `.env` and database unless it gets a `.env` of its own. That file is checked, kept in a
    Secret, and never shown. The image must be one of the branch (`examx feature tag`) or of dev.

    It lives for a week, or for what `--for` says, from now on; then `examx feature reap` removes it. Another `up` never
    shortens that and never changes the owner; image and `.env` stay where it does not name others.

        examx feature up login --image "$IMAGE"
        examx feature up login --env-file login.env --for 3d
    """
    if env_file and default_env:
        raise CommandError("--env-file and --default-env exclude each other: there is one .env")
    slug = Slug.of(branch)
    project = Project.around(Path.cwd())
    wish = Wish(
        branch=branch,
        owner=whoever(owner),
        lifetime=lifetime(life),
        image=ImageReference.parse(image) if image is not None else None,
        env_file=EnvFile.read(env_file) if env_file is not None else None,
        default_env=default_env,
    )
    registry = Registry.of(context)
    clock = Clock.of(registry.kubectl)
    existing = registry.at(slug.namespace)
    running = features.running_image(registry, existing) if existing and not wish.image else None
    wanted = features.decided(wish, existing, running, clock.now())
    features.check_feature_image(wanted, current_image(project.images, "dev"))
    features.check_place(wanted, existing, [] if existing else registry.all())
    if dry_run:
        report(features.rehearse_up(registry, project, wanted), json=json, would="would be ")
        return
    done = features.bring_up(registry, project, wanted, existing, env_file=wish.env_file, timeout=Duration(timeout))
    if not json:
        report(done, json=False)
    _tell(wanted, clock.now(), json=json)
    if not json:
        _tell_key(registry, wanted)


def _tell_key(registry: Registry, wanted: Feature) -> None:
    """Tell how people get in. Its log is no place for a key: a workflow tells the command that shows it."""
    command = f"`examx feature show {quote(wanted.branch)} --key`"
    if in_workflow(os.environ):
        output.say(f"who opens it needs its key, once: {command} shows the address with it")
        return
    try:
        output.say(f"{entrance(registry.kubectl, wanted.slug)} lets all who open it in, and remembers them")
    except CommandError as error:
        output.warning(f"{error}; {command} asks again")


def _tell(wanted: Feature, moment: datetime, *, json: bool) -> None:
    values = {
        "name": wanted.slug.name,
        "branch": wanted.branch,
        "owner": wanted.owner,
        "url": f"https://{wanted.slug.host}",
        "namespace": wanted.slug.namespace,
        "image": str(wanted.image),
        "expires": rfc3339(wanted.expires),
    }
    output.publish(values)
    if json:
        output.say_json(values)
    else:
        output.say(
            f"{values['url']} runs {wanted.image.tag}, until {values['expires']} ({left(wanted.expires, moment)})"
        )
