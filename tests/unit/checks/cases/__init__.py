"""What each rule says, one small file for each topic: how to add one is told in tests/unit/checks/support.py."""

from importlib import import_module
from pkgutil import iter_modules

from tests.unit.checks.support import Case

TOPICS = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
CASES: list[Case] = [case for topic in TOPICS for case in topic.CASES]
"""All of them, by the names of their files."""
