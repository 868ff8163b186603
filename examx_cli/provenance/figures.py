"""A setting taken apart into figures, each with the place where it was written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ParamSpec, cast, get_args

import attrs

import examx_constructs
from examx_cli.images import current_image, image_line
from examx_constructs._written.entrance import entrance
from examx_constructs._written.expression import Written
from examx_constructs._written.making import Made, choices, literal, making, plain
from examx_constructs._written.meaning import UNKNOWN
from examx_constructs._written.series import entry, items
from examx_constructs.environments import ENVIRONMENTS, select
from examx_constructs.settings import ImageReference

P = ParamSpec("P")
_ROOT = Path(examx_constructs.__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Source:
    """A line of a file. `default`: nobody gave the figure; the line is the one of the settings that has it."""

    file: str
    line: int
    default: bool = False

    def __str__(self) -> str:
        """Return it as editors open it: `examx_constructs/environments/dev.py:33`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a setting, at its path: `("backend", "replicas", "maximum")`.

    Where a setting is one of several kinds, the kind's name is a figure too, before those of the setting itself.
    """

    path: tuple[str, ...]
    value: object
    source: Source

    @property
    def name(self) -> str:
        """The path as people write it: `backend.replicas.maximum`."""
        return ".".join(self.path)


def environment_figures(name: str, images: Path) -> list[Figure]:
    """Return every figure of an environment with the image that images.yaml gives it. Raises ConfigurationError.

    The other environments are not made: a mistake in one of them does not stop a look at this one.
    """
    image = current_image(images, name)
    select([name], {name: str(image)})  # says what is wrong, and with which environment
    given = Source(images.name, image_line(images, name))
    return [
        replace(figure, source=given) if figure.path == ("image",) and figure.value == image else figure
        for figure in figures(ENVIRONMENTS[name], image)
    ]


def figures(make: Callable[P, object], *arguments: P.args, **named: P.kwargs) -> list[Figure]:
    """Return every figure of the setting that a function makes, in the order of the settings' fields."""
    written = entrance(make)
    return list(_figures((), make(*arguments, **named), written, written))


def _figures(
    path: tuple[str, ...], value: object, written: Written, around: Written, *, choice: bool = False
) -> Iterator[Figure]:
    """Yield the figures of a value that is written there.

    `around` is what to show where the text proves to be of another.
    """
    if _is_setting(value):
        made = _made(value, written, around)
        if choice:
            yield Figure(path, type(value).__name__, _source(made.call))
        for field in _fields(value):
            several = sum(map(attrs.has, get_args(field.type))) > 1
            given = made.field(field.name)
            yield from _figures((*path, field.name), getattr(value, field.name), given, made.call, choice=several)
    elif parts := _parts(value, written):
        for name, part, place in parts:
            yield from _figures((*path, name), part, place, written)
    else:
        yield Figure(path, value, _source(_of_plain(value, written, around)))


def _made(setting: object, written: Written, around: Written) -> Made:
    """Return how a setting was made.

    Where the text makes another kind it was not understood, and what is around it is all.
    """
    made = making(written, type(setting))
    if made.kind is type(setting):
        return made
    return Made(around, type(setting))


def _of_plain(value: object, written: Written, around: Written) -> Written:
    """Return where a plain value is written: behind names, and by the one choice that has it."""
    found = plain(written)
    known = [(each, literal(each)) for each in choices(found)]
    same = [each for each, text in known if text is not UNKNOWN and text == value]
    if len(same) == 1 and all(text is not UNKNOWN for _, text in known):
        return plain(same[0])
    text = literal(found)
    # A number or a text that is another one than was made of it. A name was given anew in a way that is not seen.
    is_other = text is not UNKNOWN and type(text) is type(value) and text != value
    return around if is_other else found


def _is_setting(value: object) -> bool:
    """Return whether a value has figures of its own. An image is one figure: people know it as one text."""
    return attrs.has(type(value)) and not isinstance(value, ImageReference)


def _fields(setting: object) -> "tuple[attrs.Attribute[object], ...]":
    return attrs.fields(cast("type[attrs.AttrsInstance]", type(setting)))


def _parts(value: object, written: Written) -> list[tuple[str, object, Written]]:
    """Return the entries of a mapping and the settings of a tuple; a tuple of plain values is one figure."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return [(str(key), each, entry(written, key) or plain(written)) for key, each in pairs]
    if isinstance(value, tuple) and any(map(_is_setting, parts := cast("tuple[object, ...]", value))):
        places = items(written, len(parts))
        return [(str(getattr(each, "name", position)), each, places[position]) for position, each in enumerate(parts)]
    return []


def _source(written: Written) -> Source:
    file = Path(written.file)
    shown = file.relative_to(_ROOT) if file.is_relative_to(_ROOT) else file
    return Source(str(shown), written.line, written.default)
