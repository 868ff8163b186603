"""Files that constructs render, kept as files in templates/ in their own syntax."""

import string
from functools import cache
from importlib import resources


class _AtTemplate(string.Template):
    # Neither nginx nor shell use `@name`, while both use `$name`.
    delimiter = "@"
    idpattern = "[a-z][a-z_]*"


def render(path: str, **values: object) -> str:
    """Return a file of templates/ with its `@name` fields filled. Raises KeyError for a field or a value too many."""
    template = _template(path)
    unused = values.keys() - template.get_identifiers()
    if unused:
        raise KeyError(f"{path} has no field {', '.join(sorted(unused))}")
    return template.substitute({name: str(value) for name, value in values.items()})


@cache
def _template(path: str) -> _AtTemplate:
    return _AtTemplate(resources.files("examx_constructs").joinpath("templates", path).read_text(encoding="utf-8"))
