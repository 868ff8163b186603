import pytest

from examx_constructs import _templates


def test_every_field_is_filled() -> None:
    text = _templates.render("redis/sentinel.sh", election=10)
    assert "sleep 10\n" in text
    # What is written twice stays, once.
    assert 'sentinel.conf "$@"' in text


def test_a_field_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="election"):
        _templates.render("redis/sentinel.sh")


def test_a_value_without_a_field_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"redis/sentinel\.sh has no field lag"):
        _templates.render("redis/sentinel.sh", election=10, lag=10)
