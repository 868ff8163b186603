"""The short text that takes a branch's place in names, and the names that it gives."""

from typing import Self

from examx_constructs.environments.shared import DEV_HOST
from examx_constructs.features.branches import branch_name, short_form
from examx_constructs.settings import SettingError
from examx_constructs.settings._value import value

PREFIX = "feat-"
"""What the names of feature environments and of their namespaces begin with, and the tags of images built for them."""

DOMAIN = f".{DEV_HOST}"
"""What follows the slug in a host: one wildcard certificate is valid for all of them."""

_SUFFIX = "-examxv2"


@value
class Slug:
    """What a feature environment is called by: `text` is at most 20 lower-case letters, digits and hyphens.

    `Slug.of` makes it of a branch. Only what the label of an existing object says is put into `text` directly.
    """

    text: str

    @classmethod
    def of(cls, branch: str) -> Self:
        """Return the slug of a branch, the same on every machine. Raises SettingError for what git refuses."""
        if allowed := branch_name(branch):
            raise SettingError("branch", branch, allowed)
        return cls(text=short_form(branch))

    @classmethod
    def of_namespace(cls, name: str) -> Self | None:
        """Return the slug in the name of a feature environment's namespace; None for any other namespace."""
        if not (name.startswith(PREFIX) and name.endswith(_SUFFIX)):
            return None
        return cls(text=name.removeprefix(PREFIX).removesuffix(_SUFFIX))

    @property
    def name(self) -> str:
        """The name of the environment, and the start of its images' tags."""
        return f"{PREFIX}{self.text}"

    @property
    def namespace(self) -> str:
        """The namespace that holds the environment, and nothing else."""
        return f"{self.name}{_SUFFIX}"

    @property
    def host(self) -> str:
        """The host that a browser opens."""
        return f"{self.text}{DOMAIN}"

    def __str__(self) -> str:
        return self.text
