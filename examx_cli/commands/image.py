"""`examx image`: the name of an image that is about to be built, the one that an environment runs, and who built it."""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import attestations, output
from examx_cli.attestations import Signer
from examx_cli.commands.arguments import EnvironmentName, Json
from examx_cli.errors import CommandError
from examx_cli.github import Run
from examx_cli.images import build_tag, by_digest, check_image, check_pinned, current_image, image_line, set_image
from examx_cli.project import Project
from examx_constructs.settings import ImageReference, SettingError

image = typer.Typer(no_args_is_help=True, help="Name the image of a build, and set the image that an environment runs.")


@image.command("set")
def set_command(
    environment: EnvironmentName,
    reference: Annotated[
        str, typer.Argument(help="registry/repository:tag, and @sha256:... to pin its content.", metavar="IMAGE")
    ],
    *,
    json: Json = False,
) -> None:
    """Write the image of an environment to images.yaml: its own line, and nothing else.

    The image must come from the registry and repository that the environment runs now, and its tag must start with
    the environment's name. An image that is there already is left alone. Nothing is rendered or deployed.

    Take a build of staging:

        examx image set stg "$IMAGE"
    """
    file = Project.around(Path.cwd()).images
    before = current_image(file, environment)
    changed = set_image(file, environment, reference)
    if json:
        output.say_json({"environment": environment, "image": reference, "before": str(before), "changed": changed})
    elif changed:
        output.say(f"{file.name}:{image_line(file, environment)}: {environment} was {before}, is {reference}")
    else:
        output.say(f"{file.name}: {environment} has {reference} already; nothing is written")


@image.command("verify")
def verify_command(
    environment: EnvironmentName,
    reference: Annotated[
        str | None,
        typer.Argument(
            help="registry/repository:tag@sha256:...; else the one in images.yaml.",
            metavar="[IMAGE]",
            show_default=False,
        ),
    ] = None,
    *,
    repository: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/NAME", help="This repository on GitHub. Default: $GITHUB_REPOSITORY.", show_default=False
        ),
    ] = None,
) -> None:
    """Refuse an image that this repository's own build did not make from main, with a bill of what is in it.

    Asked are GitHub's attestations, through `gh`, which must be logged in to GitHub and to the registry. Environments
    that do not run images by digest ask for none. A tag from before digests were asked for passes with a warning: of it
    nothing is attested.

        examx image verify prod --repository acme/examx-deployment
    """
    file = Project.around(Path.cwd()).images
    current = current_image(file, environment)
    wanted = ImageReference.parse(reference) if reference else current
    check_image(environment, wanted, current)
    if not by_digest(environment, wanted):
        output.note(f"{environment} asks for no attestation of its images")
        return
    check_pinned(environment, wanted)
    if wanted.digest is None:
        output.warning(f"{wanted} is from before digests were asked for: it goes on, and nothing is attested of it")
        return
    run = Run.current(os.environ)
    name = repository or (run.repository if run else "")
    if not name:
        raise CommandError("which repository on GitHub built it is not known: give --repository OWNER/NAME")
    attestations.verify(wanted, Signer(name, run.server) if run else Signer(name))
    output.say(f"{wanted}: built by {attestations.BUILD} of {name} from main, with its bill of materials")


Commit = Annotated[
    str, typer.Option("--commit", help="The commit that is built, 7 to 40 digits.", metavar="SHA", show_default=False)
]
Now = Annotated[
    str | None, typer.Option("--now", help="The time of the build, instead of now, in ISO 8601.", metavar="TIME")
]


@image.command("tag")
def tag_command(environment: EnvironmentName, *, commit: Commit, now: Now = None, json: Json = False) -> None:
    """Print the tag for an image that is built now: environment, time in UTC, commit.

    In a workflow the step has the outputs `tag` and `image`, which is the whole reference.

    Name a build of staging; with that commit at that time it is `stg-20261123-101500-abcdef0`:

        examx image tag stg --commit "$GITHUB_SHA"

        examx image tag stg --commit abcdef0123 --now 2026-11-23T10:15:00Z
    """
    tell_tag(environment, environment, commit, now, json=json)


def tell_tag(prefix: str, repository_of: str, commit: str, now: str | None, *, json: bool) -> None:
    """Print a tag with this prefix, for an image in the repository of an environment."""
    tag = build_tag(prefix, commit, datetime.now(UTC) if now is None else _time(now))
    current = current_image(Project.around(Path.cwd()).images, repository_of)
    values = {"tag": tag, "image": f"{current.registry}/{current.repository}:{tag}"}
    output.publish(values)
    if json:
        output.say_json(values)
    else:
        output.say(tag)


def _time(text: str) -> datetime:
    """Return a moment. Raises SettingError for one without a time zone: it would be another one on another machine."""
    with contextlib.suppress(ValueError, OverflowError):
        time = datetime.fromisoformat(text)
        if time.tzinfo:
            return time.astimezone(UTC)
    raise SettingError("--now", text, "it must be ISO 8601 with a time zone, such as 2026-11-23T10:15:00Z")
