"""Regular expressions that are compiled on first use are as good as those that are compiled at once."""

import importlib
import pkgutil
import re

import pytest

from examx_constructs import checks, manifests
from examx_constructs._regex import regex

MODULES = [
    each.name
    for package in (checks, manifests)
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not each.name.endswith("__main__")
]


def test_it_does_what_a_compiled_one_does() -> None:
    made = regex(r"(?P<name>[a-z]+)-\d", re.IGNORECASE)
    assert made.pattern == r"(?P<name>[a-z]+)-\d"
    for _ in range(2):  # what was asked before is answered as at first
        assert [found["name"] for found in made.finditer("Web-1 db-2")] == ["Web", "db"]
        assert made.fullmatch("web-x") is None
        assert made.sub("x", "a Web-1") == "a x"


def test_nothing_is_compiled_before_it_is_asked() -> None:
    made = regex("(")
    with pytest.raises(re.error):
        made.search("")


@pytest.mark.parametrize("name", MODULES)
def test_every_one_in_a_module_compiles(name: str) -> None:
    """A slip in one is found here, and not by those who have the manifest that needs it."""
    module = importlib.import_module(name)
    lazy = [each for each in vars(module).values() if type(each) is type(regex(""))]
    assert all(re.compile(each.pattern) for each in lazy)
