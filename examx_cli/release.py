"""A release: the commit on the main branch that says which image an environment shall run, and what that renders."""

import random
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from examx_cli import output, synth
from examx_cli.errors import CommandError, Refusal
from examx_cli.git import Repository
from examx_cli.images import set_image
from examx_cli.processes import ProcessError
from examx_cli.project import manifests_path
from examx_constructs.environments import IMAGES_FILE, read_images

PAUSE_SECONDS = 0.5
"""How long to wait before the second attempt to push, at most; it doubles with each further one."""

_LONGEST_PAUSE_SECONDS = 10.0
# What git says when somebody else pushed in between: the first three on this side, the rest on the other.
_OVERTAKEN = (
    "[rejected]",
    "non-fast-forward",
    "fetch first",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
)


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch that releases are pushed to."""

    remote: str = "origin"
    name: str = "main"

    def __str__(self) -> str:
        return f"{self.remote}/{self.name}"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be released: an environment, and its image; None keeps the image and renders it again."""

    environment: str
    image: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release that is on the branch: its commit, the commit before, and the image that the environment shall run."""

    commit: str
    parent: str
    image: str

    @property
    def changed(self) -> bool:
        """Whether anything was committed."""
        return self.commit != self.parent


def release(repository: Repository, order: Order, *, branch: Branch = Branch(), attempts: int = 10) -> Release:
    """Set the image, render, commit and push, on top of whatever the branch holds by then.

    When another deployment pushed first, everything is done again on top of that. So what is committed is always what
    the code beside it renders. Nobody's files in the checkout are touched. Raises Refusal when the other one deployed
    the same environment: the later one must not win by accident. Raises CommandError.
    """
    _require_identity(repository)
    seen: str | None = None
    for attempt in range(1, attempts + 1):
        with repository.worktree_of_branch(branch.remote, branch.name) as checkout:
            parent = checkout.commit("HEAD")
            current = _image(checkout, order.environment)
            if seen not in (None, current):
                raise Refusal(
                    f"another deployment of {order.environment} came first: {branch} has the image {current} by now; "
                    "run this again if yours shall replace it"
                )
            seen = current
            made = _commit(checkout, order, parent)
            if not made.changed or _pushed(checkout, branch):
                return made
        output.note(f"{branch} has moved on; attempt {attempt} of {attempts} is done again on top of it")
        time.sleep(_pause(attempt))
    raise CommandError(f"{branch} moved on {attempts} times while this was pushed; nothing was released, try again")


def _require_identity(repository: Repository) -> None:
    """Raise CommandError where git does not know who commits: it would say so after all the work."""
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        try:
            repository.git("var", who)
        except ProcessError as error:
            set_one = f"git -C {shlex.quote(str(repository.root))} config"
            raise CommandError(
                f"git does not know who commits in {repository.root}: `{set_one} user.name NAME` and "
                f"`{set_one} user.email ADDRESS` tell it ({error.said.splitlines()[-1]})"
            ) from error


def _image(checkout: Repository, environment: str) -> str:
    images: Mapping[str, str] = read_images(checkout.root / IMAGES_FILE)
    if environment not in images:
        raise CommandError(f'{IMAGES_FILE} has no image for "{environment}"; known are {", ".join(images)}')
    return images[environment]


def _commit(checkout: Repository, order: Order, parent: str) -> Release:
    file, manifests = checkout.root / IMAGES_FILE, manifests_path(order.environment)
    if order.image is not None:
        set_image(file, order.environment, order.image)
    with synth.fresh(checkout.root) as rendered:
        _take(rendered, checkout.root / "dist", Path(manifests).name)
    checkout.git("add", "--", IMAGES_FILE.name, manifests)
    image = _image(checkout, order.environment)
    if not checkout.git("diff", "--cached", "--name-only"):
        return Release(commit=parent, parent=parent, image=image)
    checkout.git("commit", "--quiet", "--no-verify", "--message", order.message)
    return Release(commit=checkout.commit("HEAD"), parent=parent, image=image)


def _take(rendered: Path, dist: Path, own: str) -> None:
    """Bring an environment's manifests up to date. The other environments must be up to date already."""
    for file in sorted(rendered.iterdir()):
        committed = dist / file.name
        if file.name == own:
            committed.write_bytes(file.read_bytes())
        elif not committed.is_file() or committed.read_bytes() != file.read_bytes():
            raise Refusal(
                f"dist/{file.name} on the branch is not what its code renders; mend that first (`make synth`, commit): "
                "a deployment changes its own environment only"
            )


def _pushed(checkout: Repository, branch: Branch) -> bool:
    try:
        checkout.git("push", "--quiet", branch.remote, f"HEAD:refs/heads/{branch.name}")
    except ProcessError as error:
        if any(sign in error.said for sign in _OVERTAKEN) and "hook declined" not in error.said:
            return False
        raise CommandError(f"the push to {branch} was refused: {error.said}") from error
    return True


def _pause(attempt: int) -> float:
    longest = min(PAUSE_SECONDS * 2 ** (attempt - 1), _LONGEST_PAUSE_SECONDS)
    return random.uniform(longest / 2, longest)  # noqa: S311 - so that two do not meet again, not for secrecy
