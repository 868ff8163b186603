"""A feature environment like any other: what the environments of branches need of their cluster, its manifests say."""

from datetime import UTC, datetime, timedelta

from examx_cli.errors import CommandError
from examx_cli.features.up import manifests
from examx_cli.project import Project
from examx_constructs.environments import read_images
from examx_constructs.features import Feature
from examx_constructs.manifests import Object
from examx_constructs.settings import ImageReference

_BRANCH = "examx-doctor"


def sample(project: Project) -> list[Object]:
    """Return the manifests of a branch that there is not, with dev's image. Raises SynthError."""
    image = read_images(project.images).get("dev")
    if image is None:
        raise CommandError(f"{project.images} names no image of dev, which feature environments are made from")
    expires = datetime.now(UTC) + timedelta(days=1)
    wanted = Feature(branch=_BRANCH, image=ImageReference.parse(image), owner="examx doctor", expires=expires)
    return manifests(project, wanted)
