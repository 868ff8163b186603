"""`examx feature tag`."""

from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import Branch
from examx_cli.commands.image import Commit, Now, tell_tag
from examx_constructs.features import Slug


def tag(branch: Branch, *, commit: Commit, now: Now = None, json: Json = False) -> None:
    """Print the tag for an image of a branch that is built now: slug, time in UTC, commit.

    In a workflow the step has the outputs `tag` and `image`, which is the whole reference.

        examx feature tag feature/login --commit "$GITHUB_SHA"
    """
    tell_tag(Slug.of(branch).name, "dev", commit, now, json=json)
