"""The checkout that a command works on: where its files are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from examx_cli.errors import CommandError
from examx_constructs.environments import ENVIRONMENTS, IMAGES_FILE
from examx_constructs.publishing import refuse_half


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout of this project."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Self:
        """Return the checkout that a folder is in. Raises CommandError where there is none."""
        for candidate in (folder, *folder.parents):
            if (candidate / "cdk8s.yaml").is_file() and (candidate / IMAGES_FILE).is_file():
                return cls(candidate)
        raise CommandError(f"{folder} is not in a checkout of this project: no cdk8s.yaml and {IMAGES_FILE} above it")

    @property
    def images(self) -> Path:
        """The image of each environment."""
        return self.root / IMAGES_FILE

    @property
    def dist(self) -> Path:
        """The committed manifests."""
        return self.root / "dist"

    def manifests(self, environment: str) -> Path:
        """Return the committed manifests of one environment.

        Raises PublishingError where dist/ is half new, half old.
        """
        refuse_half(self.dist)
        return self.root / manifests_path(environment)


def manifests_path(environment: str) -> str:
    """Return where an environment's manifests are in the repository."""
    return f"dist/{environment}.k8s.yaml"


def known_environment(name: str) -> str:
    """Return the same name. Raises CommandError for one that is no environment."""
    if name not in ENVIRONMENTS:
        raise CommandError(f'there is no environment "{name}"; known are {", ".join(ENVIRONMENTS)}')
    return name
