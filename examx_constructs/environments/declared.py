"""How the YAML files that people and deployments declare environments in are read: as nodes, with their lines."""

from pathlib import Path

import yaml

from examx_constructs import _bounds, _files
from examx_constructs.settings import ConfigurationError

MOST_BYTES = 256 * 1024
"""How large such a file may be: a line for each environment, some lines for each branch."""


def compose(file: Path) -> yaml.Node | None:
    """Return the node of a file's one document.

    Raises ConfigurationError for no such file, one too large or too deep.
    """
    try:
        text = _files.read_text(file, MOST_BYTES)
        _bounds.check(text)
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (_files.UnreadableError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{file} cannot be read as YAML: {' '.join(str(error).split())}") from error
