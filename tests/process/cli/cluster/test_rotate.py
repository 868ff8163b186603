"""`examx rotate`: new passwords of Redis' users, while everybody can log in at any moment."""

import itertools
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from examx_cli import processes
from examx_cli.credentials import servers
from examx_constructs.settings.redis import ALL_REDIS_USERS, REDIS_USERS
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.killing import Killed, killed_at
from tests.process.cli.cluster.passwords import SECRET, VALUE, passwords, put, running, with_redis

EVERYBODY = ", ".join(REDIS_USERS)
CHANGED = "2026-06-01T00:"


@pytest.fixture
def cluster(played: TestCluster, monkeypatch: pytest.MonkeyPatch) -> TestCluster:
    monkeypatch.setattr(servers, "PAUSE", 0)
    return played


@pytest.fixture
def shop(checkout: Checkout, examx: Examx) -> Checkout:
    with_redis(checkout, replicas=2)
    assert examx("apply", "dev").exit_code == 0
    running(checkout.cluster, checkout, lag=2)
    return checkout


def test_everybody_gets_another_password_and_the_old_one_is_kept(
    shop: Checkout, cluster: TestCluster, examx: Examx
) -> None:
    before = passwords(cluster)
    done = examx("rotate", "dev")
    assert (done.exit_code, done.stdout) == (0, f"rotated: {EVERYBODY}\n"), done.output
    after = passwords(cluster)
    assert sorted(after) == sorted([*REDIS_USERS, *(f"{each}.previous" for each in REDIS_USERS)])
    for user in REDIS_USERS:
        assert after[f"{user}.previous"] == before[user]
        assert after[user] != before[user]
        assert re.fullmatch(VALUE, after[user])
    assert "`examx restart dev`, then `examx rotate dev --forget`" in done.stderr


def test_no_value_is_read_or_told(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    before = passwords(cluster)
    done = examx("rotate", "dev")
    told = done.output + done.stderr + json.dumps(cluster.calls)
    for value in (*before.values(), *passwords(cluster).values()):
        assert value not in told
    reads = [each for each in cluster.calls if each[0] == "get" and f"secret/{SECRET}" in each]
    assert all("--no-headers" in each or any(word.startswith("go-template=") for word in each) for each in reads)


def test_every_change_is_seen_by_every_server_before_the_next(
    shop: Checkout, cluster: TestCluster, examx: Examx
) -> None:
    examx("rotate", "dev")
    steps: list[list[str]] = [[]]
    for each in (each for each in cluster.calls if each[0] in ("exec", "patch")):
        if each[0] == "patch":
            steps.append([])
        else:
            steps[-1].append(each[1])
    # Written, then looked at by three looks of each server, as their files lag by two; so too what is in use then.
    assert steps[0] == []
    for looks in steps[1:3]:
        assert looks.count("redis-0") == looks.count("redis-1") == 3
    assert steps[3] == []
    assert len(steps) == 4


def test_only_one_user(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    before = passwords(cluster)
    done = examx("rotate", "dev", "--user", "keda")
    assert done.stdout == "rotated: keda\n"
    after = passwords(cluster)
    assert {each for each in REDIS_USERS if after[each] != before[each]} == {"keda"}
    assert "restart" not in done.stderr, "no pod of ours holds KEDA's password"


def test_again_is_refused_until_the_old_one_is_forgotten(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    examx("rotate", "dev")
    before = passwords(cluster)
    done = examx("rotate", "dev")
    assert done.exit_code == 1
    assert f"nothing was rotated: {EVERYBODY} got a new password on {CHANGED[:10]}" in done.stderr
    assert "`examx restart dev`, then `examx rotate dev --forget`, then again" in done.stderr
    assert passwords(cluster) == before


def test_what_pods_may_hold_is_not_forgotten(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    examx("rotate", "dev")
    before = passwords(cluster)
    done = examx("rotate", "dev", "--forget")
    assert done.exit_code == 1
    assert (
        "nothing was forgotten: 1 pods started with the previous password of application and hold it as a variable "
        "(web-0): `examx restart dev` first" in done.stderr
    )
    assert passwords(cluster) == before
    assert examx("rotate", "dev", "--forget", "--user", "keda").exit_code == 0
    assert set(before) - set(passwords(cluster)) == {"keda.previous"}


def test_after_a_restart_it_is_forgotten(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    examx("rotate", "dev")
    rotated = passwords(cluster)
    running(cluster, shop, started="2026-06-02T00:00:00Z", lag=1)
    assert "would forget the previous password" in examx("rotate", "dev", "--forget", "--dry-run").stdout
    assert passwords(cluster) == rotated
    done = examx("rotate", "dev", "--forget")
    assert (done.exit_code, done.stdout) == (0, f"forgotten: the previous password of {EVERYBODY}\n"), done.output
    assert passwords(cluster) == {each: rotated[each] for each in REDIS_USERS}
    again = examx("rotate", "dev", "--forget")
    assert (again.exit_code, again.stdout) == (0, "there was none to forget\n")
    assert examx("rotate", "dev").exit_code == 0, "and then the next one goes"


def test_a_restart_of_what_takes_it_leaves_the_servers(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    for arguments in (("restart", "dev"), ("restart", "dev", "--secret", SECRET)):
        told = json.loads(examx(*arguments, "--dry-run", "--json").stdout)
        assert told["steps"] == [["Deployment web"]]
        assert [each["workload"] for each in told["left"]] == ["StatefulSet redis"]
    assert told["left"][0]["reason"] == f"it takes another value of {SECRET} while it runs"
    named = json.loads(examx("restart", "dev", "statefulset/redis", "--dry-run", "--json").stdout)
    assert named["steps"] == [["StatefulSet redis"]]


def test_a_dry_run_does_nothing(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    before = passwords(cluster)
    assert examx("rotate", "dev", "--dry-run").stdout == f"would rotate: {EVERYBODY}\n"
    assert examx("rotate", "dev", "--forget", "--dry-run").stdout == (
        "nothing would be done: no previous password is taken\n"
    )
    assert passwords(cluster) == before


def test_the_exporter_is_one_of_them_where_the_servers_say_so(
    checkout: Checkout, cluster: TestCluster, examx: Examx
) -> None:
    with_redis(checkout, exporter=True)
    assert examx("apply", "dev").exit_code == 0
    put(cluster)
    assert "redis-auth has 4 keys, and the users are application, keda, replication, operator, exporter" in (
        examx("apply", "dev").stderr
    )
    running(cluster, checkout)
    first = examx("rotate", "dev", "--user", "exporter")
    assert (first.exit_code, first.stdout) == (0, "rotated: exporter\n"), first.output
    assert "`examx restart dev redis`, then `examx rotate dev --forget`" in first.stderr, "it reads it at its start"
    assert examx("rotate", "dev").stdout == f"rotated: {', '.join(ALL_REDIS_USERS)}\n"
    assert passwords(cluster)["exporter.previous"]
    kept = examx("rotate", "dev", "--forget", "--user", "exporter")
    assert kept.exit_code == 1
    assert (
        "1 pods started with the previous password of exporter and hold it as a variable (redis-0): "
        "`examx restart dev redis` first" in kept.stderr
    )
    running(cluster, checkout, started="2026-06-02T00:00:00Z")
    assert examx("rotate", "dev", "--forget", "--user", "exporter").exit_code == 0
    assert "exporter.previous" not in passwords(cluster)


def test_a_key_of_an_exporter_that_is_gone_is_in_nobody_s_way(
    shop: Checkout, cluster: TestCluster, examx: Examx
) -> None:
    put(cluster, exporter="of-a-time-with-monitoring")
    unknown = examx("rotate", "dev", "--user", "exporter")
    assert unknown.exit_code == 2
    assert (
        '--user is "exporter"; the users of Redis are application, keda, replication, operator; '
        "exporter is one where its Monitoring has a RedisExporter" in unknown.stderr
    )
    assert examx("rotate", "dev").stdout == f"rotated: {EVERYBODY}\n"
    assert passwords(cluster)["exporter"] == "of-a-time-with-monitoring"


def test_a_user_that_is_new_gets_its_password(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    put(cluster, keda=None)
    assert examx("rotate", "dev", "--dry-run", "--user", "keda").stdout == (
        "would give keda a password for the first time\n"
    )
    done = examx("rotate", "dev", "--user", "keda")
    assert (done.exit_code, done.stdout) == (0, "rotated: keda\n"), done.output
    after = passwords(cluster)
    assert re.fullmatch(VALUE, after["keda"])
    assert sorted(after) == sorted(REDIS_USERS)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ({"lag": 10_000}, "redis-0 has not got the files of the Secret as it is now"),
        ({"refuses": True}, "redis-1 does not take the passwords of application yet"),
        ({"silent": True}, "redis-0 cannot be asked: error: Internal error occurred: unable to upgrade connection"),
    ],
    ids=["files", "refuses", "silent"],
)
def test_a_server_that_does_not_follow_stops_it_and_locks_nobody_out(
    shop: Checkout, cluster: TestCluster, examx: Examx, server: dict[str, Any], said: str
) -> None:
    before = passwords(cluster)
    running(cluster, shop, **server)
    done = examx("rotate", "dev", "--timeout", "1s")
    assert done.exit_code == 1
    assert said in done.stderr
    assert "not every server goes by the passwords in time" in done.stderr
    assert "nobody is locked out, and the same command goes on" in done.stderr
    after = passwords(cluster)
    assert {each: after[each] for each in REDIS_USERS} == before, "clients go on with what they have"
    running(cluster, shop)
    again = examx("rotate", "dev", "--user", "keda")
    assert (again.exit_code, again.stdout) == (0, f"rotated: {EVERYBODY}\n"), again.output
    assert f"goes on with the rotation of {EVERYBODY}" not in again.stderr
    assert passwords(cluster)["keda"] == after["keda.next"]


def test_a_pod_that_is_away_is_waited_for(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    before = passwords(cluster)
    content = json.loads(cluster.state.read_text(encoding="utf-8")) if cluster.state else {}
    cluster.wish("pods", [each for each in content["pods"] if each["metadata"]["name"] != "redis-1"])
    done = examx("rotate", "dev", "--timeout", "1s")
    assert done.exit_code == 1
    assert "StatefulSet redis has 1 of 2 pods" in done.stderr
    assert passwords(cluster)["application"] == before["application"]


def test_servers_of_an_older_release_are_told_of(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    running(cluster, shop, old=True)
    done = examx("rotate", "dev")
    assert done.exit_code == 1
    assert "redis-0 has no /etc/redis/accepts.sh" in done.stderr
    assert "`examx apply` first" in done.stderr


@pytest.mark.parametrize(
    ("forbidden", "said"),
    [
        (["get", "Secret"], f"this identity may not read Secret {SECRET} of shop"),
        (["patch", "Secret"], 'cannot patch resource "secrets"'),
        (["create", "pods/exec"], "this identity may not ask redis-0 (create pods/exec)"),
    ],
    ids=["read", "change", "ask"],
)
def test_who_may_not_is_told_who_does(
    shop: Checkout, cluster: TestCluster, examx: Examx, forbidden: list[str], said: str
) -> None:
    before = passwords(cluster)
    cluster.wish("forbidden", [forbidden])
    done = examx("rotate", "dev")
    assert done.exit_code == 1
    assert said in done.stderr
    assert "an administrator of the namespace" in done.stderr
    cluster.wish("forbidden", [])
    assert {each: passwords(cluster)[each] for each in REDIS_USERS} == before


def test_a_webhook_that_shows_the_object_shows_no_password(shop: Checkout, cluster: TestCluster, examx: Examx) -> None:
    before = passwords(cluster)
    cluster.wish("talkative", ["Secret"])
    done = examx("rotate", "dev")
    assert done.exit_code == 1
    assert "could not be changed: BadRequest; what else it said is not shown" in done.stderr
    assert "application.next" not in done.stderr
    assert passwords(cluster) == before


def test_nothing_to_rotate(checkout: Checkout, cluster: TestCluster, examx: Examx) -> None:
    done = examx("rotate", "dev")
    assert done.exit_code == 1
    assert "dev has no Secret of Redis' users that `examx apply` makes" in done.stderr
    with_redis(checkout)
    assert "no server that takes Secret redis-auth runs: `examx apply` starts them" in examx("rotate", "dev").stderr
    unknown = examx("rotate", "dev", "--user", "admin")
    assert (unknown.exit_code, '--user is "admin"; the users of Redis are application' in unknown.stderr) == (2, True)


def _is_gone_on_with(cluster: TestCluster, shop: Checkout, examx: Examx, verb: str, moment: str) -> int:
    """Kill a rotation at each of its calls, and run it again; returns how often it was killed."""
    assert cluster.state is not None
    running(cluster, shop)
    begin = cluster.state.read_text(encoding="utf-8")
    old, real = passwords(cluster), processes.run
    for number in itertools.count(1):
        cluster.state.write_text(begin, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(processes, "run", killed_at(number, verb, real, after=moment == "after"))
            try:
                done = examx("rotate", "dev")
            except Killed:
                pass
            else:
                assert done.exit_code == 0, done.output
                return number - 1
        between = passwords(cluster)
        for user in REDIS_USERS:
            # What clients are given is what they had, or servers take what they had as well.
            assert old[user] in (between[user], between.get(f"{user}.previous"))
        again = examx("rotate", "dev")
        # Killed behind the last change: all is done, and only nobody was told.
        assert again.exit_code == 0 or "the one from before is taken still" in again.stderr, again.output
        after = passwords(cluster)
        assert sorted(after) == sorted([*REDIS_USERS, *(f"{each}.previous" for each in REDIS_USERS)])
        for user in REDIS_USERS:
            assert after[f"{user}.previous"] == old[user]
            assert between.get(f"{user}.next") in (None, after[user]), "what servers have learnt is what comes"
    raise AssertionError


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_each_change_it_is_gone_on_with(
    shop: Checkout, cluster: TestCluster, examx: Examx, moment: str
) -> None:
    """Whatever moment it is, clients can log in, and the next run ends it."""
    assert _is_gone_on_with(cluster, shop, examx, "patch", moment) == 3


@pytest.mark.long
@pytest.mark.longest
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_each_call_it_is_gone_on_with(
    shop: Checkout, cluster: TestCluster, examx: Examx, moment: str
) -> None:
    assert _is_gone_on_with(cluster, shop, examx, "", moment) > 15


def test_two_at_once_do_it_together(shop: Checkout, cluster: TestCluster) -> None:
    before = passwords(cluster)
    command = [sys.executable, "-m", "examx_cli", "rotate", "dev", "--user", "application", "--timeout", "60s"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [each.communicate(timeout=120) for each in runs]
    late = [err for _, err in said if "the one from before is taken still" in err]
    assert [each.returncode for each in runs].count(0) == 2 - len(late), said
    assert len(late) < 2
    after = passwords(cluster)
    assert after["application.previous"] == before["application"], "it was rotated once"
    assert sorted(after) == sorted([*REDIS_USERS, "application.previous"])
