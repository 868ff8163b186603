"""`examx release`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import github, output, reading
from examx_cli.commands.arguments import EnvironmentName, Json
from examx_cli.comparison import compare
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.project import Project, manifests_path
from examx_cli.release import Branch, Order, Release
from examx_cli.release import release as make_release


def release(
    environment: EnvironmentName,
    *,
    image: Annotated[
        str | None, typer.Option(metavar="IMAGE", help="registry/repository:tag[@digest]; else the image stays.")
    ] = None,
    commit: Annotated[
        str | None, typer.Option(metavar="SHA", help="The application's commit, for the message; the tag must agree.")
    ] = None,
    remote: Annotated[str, typer.Option(help="The remote to push to.")] = "origin",
    branch: Annotated[str, typer.Option(help="The branch to push to.")] = "main",
    json: Json = False,
) -> None:
    """Write down which image an environment shall run: set it, render, commit and push.

    It happens in a checkout of its own, on top of what the branch holds by then. Your files are not touched, and when
    another deployment pushes first, all of it is done again on top. Nothing is applied; `examx apply` does that.

        examx release dev --image "$IMAGE"
        examx release stg
    """
    if image is not None and commit is not None:
        _check_commit(image, commit)
    repository = Repository(Project.around(Path.cwd()).root)
    order = Order(environment, image, _message(environment, image, commit))
    with output.waiting(f"Releasing {environment} ..."):
        made = make_release(repository, order, branch=Branch(remote, branch))
    summary = _summary(repository, environment, made)
    values = {"commit": made.commit, "image": made.image, "changed": str(made.changed).lower(), "summary": summary}
    output.publish(values)
    if json:
        output.say_json({**values, "changed": made.changed})
    else:
        what = "released as" if made.changed else "nothing to commit: it is so already, in"
        output.say(f"{environment}: {what} {made.commit[:10]}, image {made.image}\n{summary}")


def _check_commit(image: str, commit: str) -> None:
    """Refuse a commit beside an image that is not the one in the image's tag."""
    suffix = image.partition("@")[0].rpartition("-")[2]
    if not (commit.startswith(suffix) or suffix.startswith(commit)):
        raise CommandError(f'--commit is "{commit}"; the tag of the image ends in "{suffix}": they are not one build')


def _message(environment: str, image: str | None, commit: str | None) -> str:
    what = f": {image.rpartition('/')[2]}" if image else " as it renders now"
    run = github.Run.current(os.environ)
    trailers = {"Application-Commit": commit, "Deployed-By": run and run.actor, "Run": run and run.url}
    lines = [f"{name}: {value}" for name, value in trailers.items() if value]
    return "\n\n".join([f"Release {environment}{what}", "\n".join(lines)]).strip()


def _summary(repository: Repository, environment: str, made: Release) -> str:
    path = manifests_path(environment)
    before, after = (
        reading.parse(repository.show(commit, path) or "", f"{path} of {commit}")
        for commit in (made.parent, made.commit)
    )
    return compare(before, after).summary()
