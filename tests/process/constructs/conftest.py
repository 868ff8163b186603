"""The apps that tests/unit/constructs builds."""

from tests.unit.constructs import conftest as parts

minimal_app = parts.minimal_app
