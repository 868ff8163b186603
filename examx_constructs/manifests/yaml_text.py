"""YAML as Kubernetes reads it. A module apart, because PyYAML is a third of the time that the package takes to load."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

import yaml

from examx_constructs import _bounds

if TYPE_CHECKING:
    from yaml import SafeLoader as _FastestLoader
else:
    _FastestLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Kubernetes has no dates and no bare "=": both are texts there.
_NOT_IN_KUBERNETES = frozenset({"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"})
_RESOLVERS = cast("dict[str, list[tuple[str, Any]]]", yaml.SafeLoader.yaml_implicit_resolvers)


class YamlError(Exception):
    """Text that is no YAML; the message begins with `:line` where the line is known."""


class ForeignTagError(YamlError):
    """YAML with tags of another tool."""


class _Loader(_FastestLoader):
    yaml_implicit_resolvers: ClassVar = {  # pyright: ignore[reportIncompatibleVariableOverride] - is one there as well
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NOT_IN_KUBERNETES]
        for first, resolvers in _RESOLVERS.items()
    }


def documents(text: str) -> list[object]:
    """The documents in a text. Raises YamlError, also for more than any manifest is: see `_bounds`."""
    try:
        _bounds.check(text)
        return list(yaml.load_all(text, Loader=_Loader))
    except yaml.constructor.ConstructorError as error:
        raise ForeignTagError(_located(error)) from None
    except yaml.MarkedYAMLError as error:
        raise YamlError(_located(error)) from None
    except _bounds.ExcessError as error:
        raise YamlError(f":{error.line}: is no manifest: {error.problem}") from None
    except (KeyError, AttributeError, TypeError, OverflowError):  # as PyYAML meets `!!bool x` and `!!timestamp x`
        raise YamlError(": is not valid YAML: a value is not of the type that its tag says") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlError(f": is not valid YAML: {' '.join(str(error).split())}") from None


def _located(error: yaml.MarkedYAMLError) -> str:
    line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
    return f"{line}: is not valid YAML: {error.problem or error.context}"
