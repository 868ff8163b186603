"""The images that the environments run, as images.yaml has them: each with the line that it is written on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import yaml

from examx_constructs.environments.declared import compose
from examx_constructs.environments.errors import EnvironmentSettingError, PlacedError
from examx_constructs.settings import ConfigurationError, ImageReference, SettingError

IMAGES_FILE = Path("images.yaml")
"""Where deployments write the image of each environment."""
FORM = "registry/repository:tag"
_TEXT = "tag:yaml.org,2002:str"


class ImageText(str):
    """An image as somebody wrote it. `place` is its file and line, as editors open it: `images.yaml:3`."""

    __slots__ = ("place",)
    place: str

    @classmethod
    def of(cls, text: str, place: str) -> Self:
        """Return a text with its place."""
        image = cls(text)
        image.place = place
        return image


def read_images(file: Path = IMAGES_FILE) -> dict[str, str]:
    """Return the image of each environment, as deployments wrote them. Raises ConfigurationError for any other form.

    `file` is a YAML file of one mapping, from the names of environments to images.
    """
    content = compose(file)
    if not isinstance(content, yaml.MappingNode):
        raise ConfigurationError(f"{file} must be a mapping of environment to image, one line each")
    images: dict[str, str] = {}
    for key, image in content.value:
        name, place = str(key.value), f"{file.name}:{key.start_mark.line + 1}"
        if image.tag != _TEXT:
            raise PlacedError(f"{place}: {name}.image is no text; it must be {FORM}")
        if name in images:
            raise PlacedError(f"{place}: {name}.image is there twice, as a merge may leave it; keep one line")
        images[name] = ImageText.of(str(image.value), place)
    return images


def image_of(name: str, images: Mapping[str, str]) -> ImageReference:
    """Return the image of an environment. Raises EnvironmentSettingError where it has none of that form."""
    if name not in images:
        raise EnvironmentSettingError(name, f"images.yaml has no image for it; add a line `{name}: {FORM}`")
    text = images[name]
    try:
        return ImageReference.parse(text)
    except SettingError as mistake:
        field = mistake.setting.partition(".")[2]
        raise placed_image(name, text, f"image{field and f'.{field}'} {mistake.said}") from mistake


def placed_image(name: str, text: str, said: str) -> EnvironmentSettingError:
    """Return what is wrong with an environment's image, with its line where it was read from a file."""
    return (
        PlacedError(f"{text.place}: {name}.{said}")
        if isinstance(text, ImageText)
        else EnvironmentSettingError(name, said)
    )
