"""Public names that load on first use (PEP 562), and the one list of them.

The stub of a package, `__init__.pyi`, lists its public names and the module that each comes from. Type checkers and
editors read it, and so does `lazy`: no second list can disagree with it.
"""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

_IMPORT = re.compile(r"^from ([\w.]+) import (\w+) as \2$", re.MULTILINE)


def lazy(package: str) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return `__getattr__`, `__dir__` and `__all__` of a package, by its stub."""
    homes = homes_of(package)
    names = sorted(homes)

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            return getattr(import_module(homes[name]), name)
        except AttributeError as error:
            # Of this error `from package import name` would tell nothing, only that there is no such name.
            raise ImportError(f"{package}.{name} cannot be loaded: {error}", name=homes[name]) from error

    return load, lambda: names, names


def homes_of(package: str) -> dict[str, str]:
    """Return the module that each public name of a package comes from, as its stub imports them."""
    # Read as text: Python's own parser of programs takes longer to load than all of the settings.
    init = import_module(package).__file__ or ""
    stub = Path(init).with_suffix(".pyi").read_text(encoding="utf-8") if init else ""
    return {name: module for module, name in _IMPORT.findall(stub)}
