"""Rules on the images that containers run."""

import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_DOMAIN = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\]"
)
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE = regex(
    rf"(?:(?:{_DOMAIN})(?::\d+)?/)?{_PART}(?:/{_PART})*"
    r"(?P<tag>:\w[\w.-]{0,127})?(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)


_BUILT_LATER = regex(r"(?:ko|nix|docker-archive)://.+|[A-Z][A-Z0-9_-]*(?::[A-Z][A-Z0-9_-]*)?")
"""What a tool puts the image of its build in the place of: ko, nixidy, or a word in capitals for sed."""


@rule("distribution/reference v0.6 (grammar of image references); Kubernetes documentation, Images")
def image_is_a_reference(manifests: Manifests) -> Iterator[Finding]:
    """An image is written as a reference: `registry/name:tag`, or with a digest. Others end as InvalidImageName.

    A container without an image is refused.
    """
    for image in _images(manifests):
        text = image.text
        if not text:
            yield finding(image, "an image", "the API server refuses a container without one")
        elif not _is_filled_in_later(text) and not _REFERENCE.fullmatch(text):
            allowed = "name:tag or name@sha256:…, after an optional registry/, names in lower case"
            yield finding(image, allowed, "no runtime can pull it, and the pod stays in InvalidImageName")


@rule("Kubernetes documentation, Images, Image names")
def image_names_one_build(manifests: Manifests) -> Iterator[Finding]:
    """An image has a digest, or a tag that is not `latest`.

    `latest`, which also means no tag, is another build tomorrow. Two replicas may run two of them, and there is nothing
    to roll back to. Outside of this project's namespaces it is a warning.
    """
    for image in _images(manifests):
        form = None if _is_filled_in_later(image.text) else _REFERENCE.fullmatch(image.text)
        if form and not form["digest"] and form["tag"] in (None, ":latest"):
            yield finding(
                image,
                "a digest, or a tag other than `latest`",
                "two pods of it may run two builds, and none can be rolled back to",
                severity=weight_of_advice(manifests, image),
            )


def _is_filled_in_later(text: str) -> bool:
    return is_placeholder(text) or _BUILT_LATER.fullmatch(text) is not None


def _images(manifests: Manifests) -> Iterator[Node]:
    """Yield the images of containers, where no overlay sets another one."""
    for pod in manifests.pods:
        if manifests.resource_of(pod.template).complete:
            for container in pod.all_containers:
                yield container["image"]
