"""The images that the environments run: which one an environment may run, and the one line of images.yaml that says so.

A deployment changes its own line and no other byte. So two deployments merge, and the history of a line is the history
of an environment.
"""

import re
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import cast

import yaml

from examx_cli.errors import CommandError
from examx_constructs import _files
from examx_constructs.environments import ENVIRONMENTS, EnvironmentSettingError, placed, read_images
from examx_constructs.environments.images import image_of
from examx_constructs.settings import ImageReference, SettingError

_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.ASCII | re.IGNORECASE)
_SHORT = 7


def current_image(file: Path, environment: str) -> ImageReference:
    """Return the image that images.yaml gives to an environment.

    Raises ConfigurationError where it gives none that is one.
    """
    return image_of(environment, read_images(file))


def image_line(file: Path, environment: str) -> int:
    """Return the number of the line that names an environment's image.

    Raises ConfigurationError for a file without one.
    """
    current_image(file, environment)
    return _image_node(_text(file), environment).start_mark.line + 1


def check_image(environment: str, image: ImageReference, current: ImageReference) -> None:
    """Raise SettingError for an image that an environment may not run.

    It comes from where the current one comes from, and its tag names the environment that it was built for. An image of
    staging never reaches production by a slip. What follows the prefix is the builder's own: the tags of stg and prod
    are made by `image tag`, those of dev by a pipeline elsewhere.
    """
    source = f"{current.registry}/{current.repository}"
    if (image.registry, image.repository) != (current.registry, current.repository):
        raise SettingError(
            "image", str(image), f"it must be {source}:TAG: {environment} runs images of that repository only"
        )
    build = image.tag.removeprefix(f"{environment}-")
    if not build or build == image.tag:
        raise SettingError(
            "image tag",
            image.tag,
            f'it must start with "{environment}-": it names the environment that it is built for',
        )
    if build == "latest":
        raise SettingError("image tag", image.tag, "it must name one build: `latest` changes under running pods")


def by_digest(environment: str, image: ImageReference) -> bool:
    """Return whether an environment runs images by digest only, of its own repository's build."""
    return placed(environment, ENVIRONMENTS[environment], image).image_by_digest


def check_pinned(environment: str, image: ImageReference) -> None:
    """Raise SettingError for an image without a digest where the environment runs images by digest only.

    A tag says which build is meant, and those who may push to the registry say what that is. The tags that ran before
    digests were asked for may go on: `Environment.tags_without_digest` names them.
    """
    rules = placed(environment, ENVIRONMENTS[environment], image)
    if rules.image_by_digest and image.digest is None and image.tag not in rules.tags_without_digest:
        raise SettingError(
            "image",
            str(image),
            f"it must end in @sha256:DIGEST: {environment} runs what was built, whatever its tag leads to by now; "
            f"`aws ecr describe-images --image-ids imageTag={image.tag}` tells the digest",
        )


def set_image(file: Path, environment: str, image: str) -> bool:
    """Give an environment another image; returns whether that changed the file.

    Changes the one line only, byte for byte, and the file in one step: a reader finds the old one or the new one.
    Raises ConfigurationError for an image that the environment may not run and for a file that is no images.yaml.
    Raises CommandError where the file cannot be written.
    """
    target = file.resolve()
    try:
        # Nobody else's change comes between reading and writing.
        with _files.locked(target.parent):
            return _set_image(file, target, environment, image)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}; it is as it was") from error


def _set_image(file: Path, target: Path, environment: str, image: str) -> bool:
    wanted, current = ImageReference.parse(image), current_image(file, environment)
    check_image(environment, wanted, current)
    if wanted == current:
        return False
    check_pinned(environment, wanted)
    before = _text(file)
    after = _with_image(before, environment, current, wanted)
    # The result is compared, rather than told from all that YAML can do: anchors, aliases, texts over several lines.
    if _images(after) != read_images(file) | {environment: str(wanted)} or _changed_lines(before, after) != 1:
        raise EnvironmentSettingError(
            environment,
            f"its image must be plainly on one line of {file.name}, without anchors, aliases and escapes: "
            "no other line may change",
        )
    _files.replace(target, after.encode())
    return True


def tag_of(image: str) -> str:
    """Return what tells one build from another: registry and repository are the same for all, a digest tells nobody."""
    return image.rpartition("/")[2].partition("@")[0].rpartition(":")[2]


def build_tag(environment: str, commit: str, now: datetime) -> str:
    """Return the tag of an image that is built now: `stg-20261123-101500-abcdef0`, in UTC. Raises SettingError."""
    if not _COMMIT.fullmatch(commit):
        raise SettingError("commit", commit, "it must be 7 to 40 hexadecimal digits: see `git rev-parse HEAD`")
    return f"{environment}-{now.astimezone(UTC):%Y%m%d-%H%M%S}-{commit[:_SHORT].lower()}"


def _text(file: Path) -> str:
    """Return the content with the line ends that it has: reading as text would lose them."""
    return file.read_bytes().decode()


def _images(text: str) -> dict[str, str]:
    content = cast("yaml.MappingNode", yaml.compose(text, Loader=yaml.SafeLoader))
    return {str(name.value): str(image.value) for name, image in content.value}


def _image_node(text: str, environment: str) -> yaml.ScalarNode:
    content = cast("yaml.MappingNode", yaml.compose(text, Loader=yaml.SafeLoader))
    return next(image for name, image in content.value if name.value == environment)


def _with_image(text: str, environment: str, current: ImageReference, wanted: ImageReference) -> str:
    node = _image_node(text, environment)
    start, end = node.start_mark.index, node.end_mark.index
    return text[:start] + text[start:end].replace(str(current), str(wanted)) + text[end:]


def _changed_lines(before: str, after: str) -> int:
    pairs = zip_longest(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return sum(old != new for old, new in pairs)
