"""The Secret of Redis' users: made once, before what needs it, and neither read, shown nor written over by an apply."""

import json
import re
import subprocess
import sys

import pytest

from examx_constructs.settings.redis import REDIS_USERS
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.passwords import SECRET, VALUE, passwords, put, with_redis


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


@pytest.fixture
def shop(checkout: Checkout) -> Checkout:
    with_redis(checkout)
    return checkout


def _order(cluster: TestCluster) -> list[str]:
    """The calls that change something, in their order."""
    changing = [each for each in cluster.calls if not any(word.startswith("--dry-run") for word in each)]
    return [each[0] for each in changing if each[0] in ("create", "apply")]


def test_an_apply_makes_it_before_what_mounts_it(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == f"made: Secret {SECRET}"
    assert f"Secret {SECRET}: made, with random passwords of {', '.join(REDIS_USERS)}" in done.stderr
    made = passwords(cluster)
    assert sorted(made) == sorted(REDIS_USERS)
    assert all(re.fullmatch(VALUE, each) for each in made.values())
    assert len(set(made.values())) == len(REDIS_USERS)
    live = cluster.get("Secret", SECRET)
    assert live is not None
    assert live["type"] == "Opaque"
    # The namespace, the Secret, the history of releases, then all of it.
    assert _order(cluster)[:2] == ["apply", "create"]


def test_no_value_is_told_to_anybody(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    done = examx("apply", "dev")
    again = examx("apply", "dev", "--json")
    told = done.output + done.stderr + again.output + again.stderr + json.dumps(cluster.calls)
    for value in passwords(cluster).values():
        assert value not in told
    live = cluster.get("Secret", SECRET)
    assert live is not None
    for value in live["data"].values():
        assert value not in told


def test_another_apply_leaves_it_as_it_is(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    examx("apply", "dev")
    before = passwords(cluster)
    done = examx("apply", "dev")
    assert done.stdout == "0 objects changed, 0 removed\n"
    assert passwords(cluster) == before
    reads = [each for each in cluster.calls if each[0] == "get" and any("secret/" in word for word in each)]
    assert reads
    assert all("--no-headers" in each for each in reads), "only its table is read, which has no values"


def test_one_that_an_administrator_made_is_kept(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    cluster.apply(shop.one("Namespace"), "administrator")
    put(cluster)
    before = passwords(cluster)
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    assert "made:" not in done.stdout
    assert passwords(cluster) == before


def test_a_dry_run_says_that_it_would_be_made(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    done = examx("apply", "dev", "--dry-run")
    assert done.stdout.splitlines()[0] == f"would be made: Secret {SECRET}"
    assert passwords(cluster) == {}
    cluster.apply(shop.one("Namespace"), "administrator")
    told = json.loads(examx("apply", "dev", "--dry-run", "--json").stdout)
    assert told["made"] == [f"Secret {SECRET}"]
    assert passwords(cluster) == {}


def test_a_diff_against_the_cluster_says_that_it_would_be_made(
    shop: Checkout, cluster: TestCluster, examx: Examx
) -> None:
    cluster.apply(shop.one("Namespace"), "administrator")
    compare = ("diff", "dev", "--against", "cluster")
    assert f"Secret {SECRET}: no manifest holds it; `examx apply dev` would make it" in examx(*compare).stderr
    cluster.wish("forbidden", [["create", "Secret"]])
    done = examx(*compare)
    assert (done.exit_code, SECRET in done.stderr) == (0, False), "who only reads cannot tell"
    cluster.wish("forbidden", [])
    put(cluster)
    assert SECRET not in examx(*compare).stderr
    assert passwords(cluster)["keda"] == "keda-as-somebody-made-it"


def test_who_may_not_make_it_applies_nothing(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    cluster.apply(shop.one("Namespace"), "administrator")
    cluster.wish("forbidden", [["create", "Secret"], ["get", "Secret"]])
    done = examx("apply", "dev")
    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    line = next(each for each in lines if f"Secret {SECRET}" in each)
    assert f"this identity may not create it in {cluster.namespace}, nor see whether it is there" in line
    assert "an administrator of the namespace makes it with this same command" in line
    cluster.wish("forbidden", [])
    assert cluster.get("ConfigMap", "settings") is None


def test_who_may_not_make_it_and_sees_that_it_is_there_goes_on(
    shop: Checkout, cluster: TestCluster, examx: Examx
) -> None:
    cluster.apply(shop.one("Namespace"), "administrator")
    put(cluster)
    cluster.wish("forbidden", [["create", "Secret"]])
    assert examx("apply", "dev").exit_code == 0


def test_who_may_make_and_not_read_needs_no_more(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    """The deployer's rights."""
    cluster.wish("forbidden", [["get", "Secret"], ["patch", "Secret"]])
    done = examx("apply", "dev")
    assert done.exit_code == 0, done.output
    again = examx("apply", "dev")
    assert (again.exit_code, again.stdout) == (0, "0 objects changed, 0 removed\n")
    cluster.wish("forbidden", [])
    assert sorted(passwords(cluster)) == sorted(REDIS_USERS)


def test_a_refusal_that_shows_the_object_is_not_passed_on(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    cluster.apply(shop.one("Namespace"), "administrator")
    cluster.wish("talkative", ["Secret"])
    done = examx("apply", "dev")
    assert done.exit_code == 2
    assert f"the Secret {SECRET} of shop could not be made: BadRequest; what else it said is not shown" in done.stderr
    assert "application" not in done.stderr
    assert cluster.get("ConfigMap", "settings") is None


def test_a_user_that_is_new_is_told_of_to_who_may_see_it(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    cluster.apply(shop.one("Namespace"), "administrator")
    put(cluster, keda=None)
    done = examx("apply", "dev")
    assert done.exit_code == 0
    assert f"Secret {SECRET} has 3 keys, and the users are application, keda, replication, operator" in done.stderr


def test_it_is_no_part_of_drift_and_never_pruned(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    examx("apply", "dev")
    before = passwords(cluster)
    assert examx("drift", "dev").exit_code == 0
    told = examx("diff", "dev", "--against", "cluster", "--exit-code")
    assert (told.exit_code, SECRET in told.stdout) == (0, False)
    shop.manifests = [each for each in shop.manifests if each["kind"] != "StatefulSet"]
    shop.one("Deployment")["spec"]["template"]["spec"]["containers"][0]["env"].pop()
    shop.commit("without-redis")
    done = examx("apply", "dev", "--prune-storage")
    assert "removed: StatefulSet redis" in done.stdout
    assert passwords(cluster) == before


def test_a_rollback_to_before_it_keeps_it(checkout: Checkout, cluster: TestCluster, examx: Examx) -> None:
    examx("apply", "dev")
    with_redis(checkout)
    examx("apply", "dev")
    before = passwords(cluster)
    done = examx("rollback", "dev")
    assert done.exit_code == 0, done.output
    assert cluster.get("StatefulSet", "redis") is None
    assert passwords(cluster) == before
    assert len(before) == len(REDIS_USERS)


def test_of_many_applies_at_once_one_makes_it(shop: Checkout, cluster: TestCluster) -> None:
    command = [sys.executable, "-m", "examx_cli", "apply", "dev"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [each.communicate(timeout=120) for each in both]
    assert [each.returncode for each in both] == [0, 0, 0], said
    assert sum(f"made: Secret {SECRET}" in out for out, _ in said) == 1
    assert sorted(passwords(cluster)) == sorted(REDIS_USERS)
