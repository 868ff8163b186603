"""What a release must keep to before it is applied: the rules on manifests, and which image it may run."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from examx_cli.deploy.checkout import Version
from examx_cli.errors import CommandError, Refusal
from examx_cli.images import check_image, check_pinned
from examx_constructs.checks import RULES, Manifests, check
from examx_constructs.checks.finding import Severity
from examx_constructs.settings import ImageReference, SettingError


@dataclass(frozen=True, slots=True)
class Despite:
    """Rules that a release may break all the same, by their names."""

    rules: frozenset[str] = frozenset()

    @classmethod
    def read(cls, given: Collection[str]) -> "Despite":
        """Return the rules that are named, several in one text too. Raises CommandError for a name that is none."""
        names = frozenset(name for each in given for name in each.split())
        known = {rule.id for rule in RULES}
        if unknown := sorted(names - known):
            raise CommandError(
                f'--despite names "{unknown[0]}", which is no rule; see the end of the line of a finding'
            )
        return cls(names)


def refuse_broken(version: Version, file: str, despite: Despite = Despite()) -> list[str]:
    """Raise Refusal for manifests with a finding that is an error. Returns those that they may have all the same."""
    found = [each for each in check(Manifests.of(version.manifests, file)) if each.severity is Severity.ERROR]
    broken = [each for each in found if each.rule not in despite.rules]
    if broken:
        raise Refusal("nothing was applied; these manifests would break:\n" + "\n".join(f"  {each}" for each in broken))
    return [str(each) for each in found]


def refuse_unpinned(environment: str, version: Version) -> None:
    """Raise Refusal where an environment runs images by digest only, and one of the application has none."""
    if not version.image:
        return
    for image in sorted(_images(version, ImageReference.parse(version.image))):
        try:
            check_pinned(environment, ImageReference.parse(image))
        except SettingError as mistake:
            raise Refusal(f"nothing was applied: {mistake}") from mistake


def refuse_image(environment: str, version: Version, current: ImageReference) -> None:
    """Raise Refusal for an image that the environment may not run, and for manifests that run another one."""
    try:
        image = ImageReference.parse(version.image)
        check_image(environment, image, current)
        check_pinned(environment, image)
    except SettingError as mistake:
        raise Refusal(f"nothing was applied: of {version.commit[:10]}, {mistake}") from mistake
    for other in sorted(_images(version, image) - {version.image}):
        raise Refusal(
            f"nothing was applied: the manifests of {version.commit[:10]} run {other}, and its images.yaml names "
            f"{version.image}: it is not what was released"
        )


def _images(version: Version, like: ImageReference) -> set[str]:
    """Return the images of the application, as containers name them: all of its repository."""
    source = f"{like.registry}/{like.repository}"
    return {image for image in _all_images(version) if image.partition("@")[0].rpartition(":")[0] == source}


def _all_images(version: Version) -> Iterator[str]:
    for pod in Manifests.of(version.manifests, "").pods:
        for container in pod.all_containers:
            yield container["image"].text or ""
