"""`examx rollback`: back to what worked."""

import json

import pytest

from examx_cli.deploy.history import KEPT, Entry, History
from tests.process.cli.cluster.conftest import IMAGE, Checkout, Examx, TestCluster


def _colour(cluster: TestCluster) -> str:
    settings = cluster.get("ConfigMap", "settings")
    assert settings is not None
    return settings["data"]["colour"]


def _release(checkout: Checkout, examx: Examx, colour: str, *, works: int = 0) -> str:
    checkout.one("ConfigMap")["data"]["colour"] = colour
    commit = checkout.commit(colour)
    assert examx("apply", "dev").exit_code == works
    return commit


def test_back_from_a_release_that_runs(checkout: Checkout, cluster: TestCluster, examx: Examx):
    first = _release(checkout, examx, "green")
    _release(checkout, examx, "blue")
    done = examx("rollback", "dev")
    assert done.exit_code == 0, done.output
    assert f"dev goes back to {first[:10]}, image {IMAGE}:dev-green" in done.stderr
    assert f"`examx release dev --image {IMAGE}:dev-green`" in done.stderr
    assert _colour(cluster) == "green"


def test_back_from_one_and_then_further_back(checkout: Checkout, cluster: TestCluster, examx: Examx):
    for colour in ("green", "blue", "black"):
        _release(checkout, examx, colour)
    examx("rollback", "dev")
    assert _colour(cluster) == "blue"
    examx("rollback", "dev")
    assert _colour(cluster) == "green", "what was taken back is not gone back to"


class TestWhenARolloutFails:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    def test_back_from_a_release_that_never_ran(self, checkout: Checkout, cluster: TestCluster, examx: Examx):
        _release(checkout, examx, "green")
        _release(checkout, examx, "blue")
        cluster.wish("stuck", {"web": True})
        _release(checkout, examx, "black", works=1)
        cluster.wish("stuck", {})
        assert examx("rollback", "dev").exit_code == 0
        assert _colour(cluster) == "blue", "the last that worked, not the one before"


def test_to_a_given_commit(checkout: Checkout, cluster: TestCluster, examx: Examx):
    first = _release(checkout, examx, "green")
    for colour in ("blue", "black"):
        _release(checkout, examx, colour)
    assert examx("rollback", "dev", "--to", first[:8]).exit_code == 0
    assert _colour(cluster) == "green"


def test_what_the_newer_release_brought_is_removed(checkout: Checkout, cluster: TestCluster, examx: Examx):
    _release(checkout, examx, "green")
    metadata = {"name": "new", "namespace": cluster.namespace}
    # An API server records no owner of an object without a field.
    checkout.manifests.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}})
    _release(checkout, examx, "blue")
    assert cluster.get("ConfigMap", "new")
    assert "removed: ConfigMap new" in examx("rollback", "dev").stdout
    assert cluster.get("ConfigMap", "new") is None


def test_without_a_history_git_knows(checkout: Checkout, cluster: TestCluster, examx: Examx):
    checkout.one("ConfigMap")["data"]["colour"] = "green"
    checkout.commit("green")
    checkout.one("ConfigMap")["data"]["colour"] = "blue"
    checkout.commit("blue")
    assert examx("rollback", "dev").exit_code == 0
    assert _colour(cluster) == "green"


def test_without_anything_earlier(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    done = examx("rollback", "dev")
    assert done.exit_code == 2
    assert "no earlier release of dev is known" in done.stderr
    assert "name one with --to" in done.stderr


def test_a_dry_run(checkout: Checkout, cluster: TestCluster, examx: Examx):
    _release(checkout, examx, "green")
    _release(checkout, examx, "blue")
    done = examx("rollback", "dev", "--dry-run")
    assert done.stdout.splitlines()[0] == "would be changed: ConfigMap settings"
    assert _colour(cluster) == "blue"


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("0123456", 'git knows no commit "0123456"; is it fetched?'),
        ("--all", "git knows no commit"),
        ("empty", "has no dist/dev"),
    ],
)
def test_revisions_that_can_not_be_gone_back_to(
    checkout: Checkout, cluster: TestCluster, examx: Examx, revision: str, message: str
):
    checkout.git("checkout", "--quiet", "--orphan", "empty")
    checkout.git("rm", "--quiet", "-r", "--cached", ".")
    checkout.git("commit", "--quiet", "--allow-empty", "--message", "nothing")
    checkout.git("checkout", "--quiet", "--force", "main")
    done = examx("rollback", "dev", f"--to={revision}")
    assert done.exit_code == 2
    assert message in done.stderr


def _entry(commit: str) -> Entry:
    return Entry(commit, f"{IMAGE}:dev-{commit}", "2026-01-01T00:00:00+00:00", "a tester")


class TestHistory:
    def test_newest_first_and_not_for_ever(self):
        history = History()
        for number in range(KEPT + 5):
            history = history.begin(_entry(str(number))).succeed(_entry(str(number)))
        assert [each.commit for each in history.good] == [str(number) for number in range(KEPT + 4, 4, -1)]

    def test_the_same_release_again_stands_once(self):
        history = History().succeed(_entry("a")).succeed(_entry("b")).succeed(_entry("b"))
        assert [each.commit for each in history.good] == ["b", "a"]

    def test_the_same_release_again_that_fails(self):
        history = History().succeed(_entry("a")).succeed(_entry("b")).begin(_entry("b"))
        assert history.previous() == _entry("a")

    def test_the_first_release_that_fails(self):
        assert History().begin(_entry("a")).previous() is None

    def test_it_is_kept_in_the_cluster(self, checkout: Checkout, cluster: TestCluster, examx: Examx):
        examx("apply", "dev")
        kept = cluster.get("ConfigMap", "examx-releases")
        assert kept is not None
        (entry,) = json.loads(kept["data"]["good"])
        assert entry["commit"] == checkout.git("rev-parse", "HEAD")
        assert entry["image"] == f"{IMAGE}:dev-first"
        assert "begun" not in kept["data"]
