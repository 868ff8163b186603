"""The list of time zones that is shipped is that of the database, as its Python package has it."""

from importlib.resources import files

from examx_constructs._timezones import _shipped  # pyright: ignore[reportPrivateUsage]


def test_every_zone_of_the_database_is_shipped():
    assert set(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()) <= _shipped()
