"""A setting taken apart into figures, each with the place where it was written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import FunctionType
from typing import ParamSpec, cast, get_args

import attrs

import examx_constructs
from examx_cli.images import current_image, image_line
from examx_cli.provenance.watching import Made, watched
from examx_cli.provenance.written import Written, default_of
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
        """As editors open it: `examx_constructs/environments/dev.py:33`."""
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
    """Every figure of an environment with the image that images.yaml gives it. Raises ConfigurationError.

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
    """Every figure of the setting that a function makes, in the order of the settings' fields."""
    setting, made = watched(make, *arguments, **named)
    code = cast("FunctionType", make).__code__
    return list(_Reading(made).figures((), setting, Written(code.co_filename, code.co_firstlineno)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Takes a setting apart, knowing how those were made that were watched."""

    made: Mapping[int, Made]

    def figures(
        self, path: tuple[str, ...], value: object, written: Written, *, choice: bool = False
    ) -> Iterator[Figure]:
        written = written.origin()
        if _is_setting(value):
            how = self._how(value, written)
            if choice:
                yield Figure(path, type(value).__name__, _source(how.call))
            for field in _fields(value):
                place = self._field(field.name, how)
                several = sum(map(attrs.has, get_args(field.type))) > 1
                yield from self.figures((*path, field.name), getattr(value, field.name), place, choice=several)
        elif parts := _parts(value, written):
            for name, part, place in parts:
                yield from self.figures((*path, name), part, place)
        else:
            yield Figure(path, value, _source(written))

    def _how(self, setting: object, written: Written) -> Made:
        """How a setting was made. One that was not watched is a constant or a default: its text has to tell."""
        if id(setting) in self.made:
            return self.made[id(setting)]
        given = {field.name for field in _fields(setting) if written.unpacks or written.keyword(field.name)}
        return Made(setting, written, frozenset(given), direct=written.called == type(setting).__name__, base=None)

    def _field(self, name: str, how: Made) -> Written:
        """Where a field's value was written: by keyword, as a default, in what was copied, or by the call somehow."""
        if how.direct and (keyword := how.call.keyword(name)):
            return keyword
        if how.direct and name not in how.given:
            return default_of(type(how.setting), name)
        if how.base is not None and getattr(how.base, name) is getattr(how.setting, name):
            copied = how.call.argument(0) or how.call
            return self._field(name, self._how(how.base, copied.origin()))
        return how.call


def _is_setting(value: object) -> bool:
    """Whether a value has figures of its own. An image is one figure: people know it as one text."""
    return attrs.has(type(value)) and not isinstance(value, ImageReference)


def _fields(setting: object) -> "tuple[attrs.Attribute[object], ...]":
    return attrs.fields(cast("type[attrs.AttrsInstance]", type(setting)))


def _parts(value: object, written: Written) -> list[tuple[str, object, Written]]:
    """The entries of a mapping and the settings of a tuple; a tuple of plain values is one figure."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value).items()
        return [(str(key), item, written.entry(key) or written) for key, item in entries]
    if isinstance(value, tuple) and any(map(_is_setting, items := cast("tuple[object, ...]", value))):
        return [
            (str(getattr(item, "name", position)), item, written.item(position) or written)
            for position, item in enumerate(items)
        ]
    return []


def _source(written: Written) -> Source:
    file = Path(written.file)
    shown = file.relative_to(_ROOT) if file.is_relative_to(_ROOT) else file
    return Source(str(shown), written.line, written.default)
