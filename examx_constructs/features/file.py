"""A file of feature declarations: a YAML list with an entry for each branch.

- branch: feature/login
  image: registry.example.com/examxv2-backend:feat-login-1
  owner: ada
  expires: 2030-01-31T18:00:00Z
  env_secret: login-env           # only where the branch has a .env of its own
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from examx_constructs.environments.declared import compose
from examx_constructs.features.feature import MOMENT, Feature
from examx_constructs.settings import ConfigurationError, ImageReference, KubernetesSecret, SettingError

_NULL = "tag:yaml.org,2002:null"


def read_features(file: Path) -> list[Feature]:
    """Return the declarations of a file, in its order.

    Raises ConfigurationError: the file, the line, and what is wrong.
    """
    content = compose(file)
    if not isinstance(content, yaml.SequenceNode):
        raise ConfigurationError(f"{file} must be a list of features; `[]` is the empty one")
    return [_feature(file, node) for node in content.value]


def _feature(file: Path, node: yaml.Node) -> Feature:
    if not isinstance(node, yaml.MappingNode):
        raise _mistake(file, node, "a feature must be a mapping, with a branch, an image, an owner and when it expires")
    values: dict[str, Any] = {}
    for key, given in node.value:
        name = str(key.value)
        if name in values:
            raise _mistake(file, key, f"Feature.{name} is there twice; it may be given once")
        if not isinstance(given, yaml.ScalarNode) or given.tag == _NULL:
            raise _mistake(file, key, f"Feature.{name} has no text; give one, or leave it out")
        try:
            values[name] = _READ.get(name, str)(given.value)
        except SettingError as mistake:
            raise _mistake(file, given, str(mistake)) from mistake
    try:
        return Feature(**values)
    except ConfigurationError as mistake:
        raise _mistake(file, node, str(mistake)) from mistake


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise SettingError("Feature.expires", text, MOMENT) from None


# What is not listed stays the text that it was written as, whatever YAML would make of it: a branch may be called 1e5.
_READ: Mapping[str, Callable[[str], object]] = {
    "image": ImageReference.parse,
    "expires": _moment,
    "env_secret": lambda name: KubernetesSecret(name=name),
}


def _mistake(file: Path, node: yaml.Node, mistake: str) -> ConfigurationError:
    return ConfigurationError(f"{file}, line {node.start_mark.line + 1}: {mistake}")
