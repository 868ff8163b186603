import pytest

from examx_constructs import _templates


def test_every_field_is_filled() -> None:
    text = _templates.render("redis/replication.conf", minimum_synced_replicas=2)
    assert "min-replicas-to-write 2\n" in text
    assert "@" not in text


def test_a_field_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="minimum_synced_replicas"):
        _templates.render("redis/replication.conf")


def test_a_value_without_a_field_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"redis/replication\.conf has no field lag"):
        _templates.render("redis/replication.conf", minimum_synced_replicas=2, lag=10)
