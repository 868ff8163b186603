"""`examx feature extend`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from examx_cli.features.registry import Changed
from examx_constructs.features.feature import rfc3339
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.features.conftest import Features
from tests.unit.cli.features.conftest import feature

EXPIRES = "examx.ai/expires"
CHANGED = "it was changed or removed in the meantime: look at it again"


def _left(written: str) -> timedelta:
    return datetime.fromisoformat(written) - datetime.now(UTC)


def test_from_now_on(features: Features) -> None:
    wanted = features.add("feature/login", left=timedelta(days=1))
    done = feature("extend", wanted.branch, "--for", "14d")
    written = features.annotations(wanted)[EXPIRES]
    assert timedelta(days=13, hours=23) < _left(written) <= timedelta(days=14)
    assert done.stdout == f"{wanted.slug.name} (branch {wanted.branch}, of ada): until {written} (13d 23h)\n" or (
        done.stdout.endswith(f"until {written} (14d 0h)\n")
    )


def test_a_week_unless_told_otherwise_and_by_its_slug(features: Features) -> None:
    wanted = features.add("feature/login", left=-timedelta(days=1))
    feature("extend", str(wanted.slug))
    assert timedelta(days=6, hours=23) < _left(features.annotations(wanted)[EXPIRES]) <= timedelta(days=7)


def test_never_shorter(features: Features) -> None:
    wanted = features.add("login", left=timedelta(days=20))
    before = features.namespace(wanted)
    done = feature("extend", wanted.branch, "--for", "1h")
    assert f"until {rfc3339(wanted.expires)} (" in done.stdout
    assert features.namespace(wanted) == before


def test_what_is_not_legible_becomes_so(features: Features) -> None:
    wanted = features.add("login", annotations={EXPIRES: "next week"})
    feature("extend", wanted.branch, "--for", "12h")
    assert timedelta(hours=11) < _left(features.annotations(wanted)[EXPIRES]) <= timedelta(hours=12)


def test_it_changes_nothing_else(features: Features) -> None:
    wanted = features.add("feature/login")
    before = features.namespace(wanted)
    feature("extend", wanted.branch, "--for", "30d")
    after = features.namespace(wanted)
    assert before is not None
    assert after is not None
    assert before["metadata"]["labels"] == after["metadata"]["labels"]
    changed = dict(before["metadata"]["annotations"].items() ^ after["metadata"]["annotations"].items())
    assert [*changed] == [EXPIRES]


def test_for_machines(features: Features, workflow: Callable[[], dict[str, str]]) -> None:
    wanted = features.add("feature/login")
    said = json.loads(feature("extend", wanted.branch, "--json").stdout)
    values = {"name": wanted.slug.name, "branch": wanted.branch, "expires": features.annotations(wanted)[EXPIRES]}
    assert said == values
    assert workflow() == values


@pytest.mark.parametrize("time", ["31d", "0h", "a week"])
def test_no_other_time(features: Features, time: str) -> None:
    wanted = features.add("login")
    assert f'--for is "{time}"' in feature("extend", wanted.branch, "--for", time, status=2).stderr


def test_what_is_not_there(features: Features) -> None:
    wanted = features.wanted("login")
    assert "there is no feature environment of the branch" in feature("extend", wanted.branch, status=2).stderr


def test_what_is_being_removed(features: Features) -> None:
    wanted = features.add("login")
    features.hold(wanted)
    feature("down", wanted.branch, "--yes", "--force", "--timeout", "1s", status=1)
    before = features.annotations(wanted)
    said = feature("extend", wanted.branch, status=1).stderr
    assert said.endswith(
        f"error: {wanted.slug.name} (branch {wanted.branch}, of ada) is being removed: that cannot be stopped; when it "
        "is gone, `up` makes it anew\n"
    )
    assert features.annotations(wanted) == before
    features.release(wanted)


def test_what_somebody_changed_is_not_written_over(features: Features) -> None:
    wanted = features.add("login", left=timedelta(days=1))
    seen = features.registry.at(wanted.slug.namespace)
    assert seen is not None
    feature("extend", wanted.branch, "--for", "20d")
    before = features.annotations(wanted)
    for attempt in (
        lambda: features.registry.set_expiry(seen, wanted.expires + timedelta(days=2)),
        lambda: features.registry.remove(seen),
    ):
        with pytest.raises(Changed, match=CHANGED):
            attempt()
    found = features.namespace(wanted)
    assert found is not None
    assert features.annotations(wanted) == before
    assert "deletionTimestamp" not in found["metadata"]


def test_what_somebody_removed_is_not_made_anew(features: Features) -> None:
    wanted = features.add("login")
    seen = features.registry.at(wanted.slug.namespace)
    assert seen is not None
    feature("down", wanted.branch, "--yes", "--force")
    with pytest.raises(Changed, match=CHANGED):
        features.registry.set_expiry(seen, wanted.expires + timedelta(days=2))
    assert features.namespace(wanted) is None


class TestSomebodyQuicker:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    def test_wins(self, features: Features) -> None:
        wanted = features.add("login", left=timedelta(days=1))
        theirs = rfc3339(wanted.expires + timedelta(days=20))
        change = {"object": {"metadata": {"annotations": {EXPIRES: theirs}}}}
        features.cluster.wish("quicker", {wanted.slug.namespace: [change]})
        assert feature("extend", wanted.branch, status=2).stderr == f"error: {CHANGED}\n"
        assert features.annotations(wanted)[EXPIRES] == theirs

    def test_another_answer_is_passed_on(self, features: Features) -> None:
        wanted = features.add("login")
        seen = features.registry.at(wanted.slug.namespace)
        assert seen is not None
        features.cluster.wish("forbidden", [["delete", "Namespace"]])
        with pytest.raises(Exception, match=r"\(Forbidden\)") as refused:
            features.registry.remove(seen)
        assert not isinstance(refused.value, Changed)
