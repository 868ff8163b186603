"""These build constructs, so jsii checks the types of what they get."""

from tests.argument_types import argument_types  # noqa: F401 - a fixture
