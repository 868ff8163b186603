"""Container image references, parsed, so that `latest`, a missing tag or a typo never reaches a cluster."""

import re
from typing import Self

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.refusal import SettingError, pattern

# The grammar of distribution/reference, with the registry and the tag made mandatory.
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REGISTRY = rf"(?:localhost|{_LABEL}(?:\.{_LABEL})+)(?::\d{{1,5}})?|{_LABEL}:\d{{1,5}}"
_REFERENCE = re.compile(
    rf"(?P<registry>{_REGISTRY})/(?P<repository>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>[^@]+))?",
    re.ASCII,
)
_NAME_LIMIT = 255


image_repository = pattern(
    rf"(?:{_REGISTRY})/{_COMPONENT}(?:/{_COMPONENT})*",
    "it must be a repository with its registry, without a tag, such as registry.example.com/frontend",
)
"""A check of a repository: any build of it may be meant."""


def _not_latest(tag: object) -> str | None:
    return "it must name one build: `latest` changes under running pods" if tag == "latest" else None


@value
class ImageReference:
    """One build of an image: `registry/repository:tag`, optionally pinned further by `@sha256:...`.

    Raises SettingError for a missing registry or tag, for `latest` and for a digest that is not sha256.
    """

    registry: str = setting(pattern(_REGISTRY, "it must be a host name, such as registry.example.com"))
    """The host, with its port where that is not 443."""
    repository: str = setting(pattern(rf"{_COMPONENT}(?:/{_COMPONENT})*", "it must be a lower-case repository path"))
    """The path in the registry."""
    tag: str = setting(pattern(r"[\w][\w.-]{0,127}", "it must be a tag of at most 128 characters"), _not_latest)
    """The name of the build. `latest` is refused: it is another build tomorrow."""
    digest: str | None = setting(pattern(r"sha256:[0-9a-f]{64}", "it must be sha256: and 64 hex digits"), default=None)
    """`sha256:` and 64 hexadecimal digits. It counts before the tag, and cannot be moved to other content."""

    def __attrs_post_init__(self) -> None:
        if len(name := f"{self.registry}/{self.repository}") > _NAME_LIMIT:
            raise SettingError(
                "image", name, f"it has {len(name)} characters, the most is {_NAME_LIMIT} without the tag"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference as people write it."""
        parts = _REFERENCE.fullmatch(text) if isinstance(text, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if parts is None:
            raise SettingError("image", text, "it must be registry/repository:tag, with the registry's host name")
        if parts["tag"] is None:
            raise SettingError(
                "image", text, "a tag is missing: it names the build, and without one Kubernetes would pull `latest`"
            )
        return cls(**parts.groupdict())

    @property
    def source(self) -> str:
        """Registry and repository: where all builds of it are."""
        return f"{self.registry}/{self.repository}"

    def __str__(self) -> str:
        return f"{self.source}:{self.tag}" + (f"@{self.digest}" if self.digest else "")
