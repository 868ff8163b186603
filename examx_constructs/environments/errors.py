"""Mistakes in environments, with the line that has them."""

from collections.abc import Callable
from typing import ParamSpec

from examx_constructs.settings import ConfigurationError, Environment, SettingError

P = ParamSpec("P")

_OF_PYTHON = (TypeError, AttributeError, LookupError, NameError, ArithmeticError)
"""What a slip in an environment's file raises. It is shown like a mistake in a setting."""


class EnvironmentSettingError(ConfigurationError):
    """A mistake in one environment: names the environment beside the setting.

    `environment` is its name, `mistake` what is said of the setting.
    """

    def __init__(self, environment: str, mistake: str) -> None:
        super().__init__(f"environment {environment}: {mistake}")


class PlacedError(EnvironmentSettingError):
    """The same, where the line that has the mistake is known: `FILE:LINE: prod.backend.workers is 0; ...`."""

    def __init__(self, placed: str) -> None:
        ConfigurationError.__init__(self, placed)


def placed(name: str, make: Callable[P, Environment], *arguments: P.args, **named: P.kwargs) -> Environment:
    """Return what a function makes.

    `name` is the environment's, for messages. `make` is the function, which gets `arguments` and `named`.

    Raises EnvironmentSettingError for a mistake in its source, with the line that has it.
    """
    try:
        return make(*arguments, **named)
    except (ConfigurationError, *_OF_PYTHON) as mistake:
        # Reads source files, which nobody needs who made no mistake.
        from examx_constructs._written.refused import refused  # noqa: PLC0415

        if found := refused(name, make, mistake):
            raise PlacedError(str(found)) from mistake
        raise EnvironmentSettingError(name, " ".join(str(mistake).split())) from mistake


def refusal(
    name: str, make: Callable[..., Environment], setting: str, value: object, allowed: str
) -> EnvironmentSettingError:
    """Return the refusal that a value of an environment which could be made does not go with those around it."""
    from examx_constructs._written.refused import setting_of  # noqa: PLC0415

    return PlacedError(str(SettingError(str(setting_of(name, make, setting, value)), value, allowed)))


def in_rendering(
    environment: Environment, make: Callable[..., Environment] | None, mistake: Exception
) -> EnvironmentSettingError:
    """Return what a construct refused, with the settings of the environment that have the value, and their first line.

    `make` made the environment; without it no line is told.
    """
    from examx_constructs._written.given import settings_of  # noqa: PLC0415
    from examx_constructs._written.refused import setting_of, shown  # noqa: PLC0415

    said = str(mistake).removeprefix("Error: ")
    found = settings_of(environment, mistake) if isinstance(mistake, SettingError) else []
    if not isinstance(mistake, SettingError) or not found:
        return EnvironmentSettingError(environment.name, said)
    if make is None:
        return EnvironmentSettingError(environment.name, f"{', '.join(found)} {mistake.said}")
    first = setting_of(environment.name, make, found[0], mistake.value).written
    paths = ", ".join(f"{environment.name}.{each}" for each in found)
    return PlacedError(f"{shown(first)}: {paths} {mistake.said}")


def placed_on_import(mistake: ConfigurationError) -> ConfigurationError:
    """Return the same for a constant of a file, which is made when Python reads it."""
    from examx_constructs._written.refused import refused_on_import  # noqa: PLC0415

    found = refused_on_import(mistake)
    return PlacedError(str(found)) if found else mistake
