"""`examx feature down` and `examx feature reap`: what goes, what stays, and what is said about it."""

import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from examx_cli import kubectl
from examx_cli.errors import CommandError
from examx_cli.features.registry import Registry
from examx_cli.features.removal import remove
from examx_cli.features.volumes import Volume
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError
from examx_constructs.features import Feature
from examx_constructs.features.feature import rfc3339
from examx_constructs.settings import Duration
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.features.conftest import Features, at_a_terminal, interrupted
from tests.support import Manifest
from tests.unit.cli.features.conftest import feature

EXPIRES = "examx.ai/expires"
OVER = -timedelta(hours=1)
UNCLEAR = "it does not say when it expires: `examx feature extend` sets that"


def _said(wanted: Feature) -> str:
    return f"{wanted.slug.name} (branch {wanted.branch}, of {wanted.owner})"


def _volume(
    name: str,
    namespace: str,
    phase: str,
    storage_class: str = "examxv2-features",
    since: timedelta = timedelta(hours=2),
) -> Manifest:
    claim = {"namespace": namespace, "name": "examxv2-backend-pvc"}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "storageClassName": storage_class,
            "claimRef": claim,
            "persistentVolumeReclaimPolicy": "Delete" if storage_class else "Retain",
        },
        "status": {"phase": phase, "lastPhaseTransitionTime": rfc3339(datetime.now(UTC) - since)},
    }


def _without_a_time(item: Manifest) -> Manifest:
    """As before Kubernetes 1.29."""
    return {**item, "status": {"phase": item["status"]["phase"]}}


def _with_a_finalizer(item: Manifest) -> Manifest:
    """As the driver makes them."""
    finalizers = ["kubernetes.io/pv-protection", "external-provisioner.volume.kubernetes.io/finalizer"]
    return {**item, "metadata": {**item["metadata"], "finalizers": finalizers}}


def _going(item: Manifest) -> Manifest:
    return {**item, "metadata": {**item["metadata"], "deletionTimestamp": "2030-01-31T18:00:00Z"}}


class TestDownInAnyCluster:
    def test_it_goes_with_all_that_is_in_it(self, features: Features) -> None:
        wanted, other = features.add("feature/login"), features.add("other")
        features.add_backend(wanted)
        done = feature("down", wanted.branch, "--yes", "--owner", "ada")
        assert done.stdout.startswith(f"removed: {_said(wanted)}\n")
        assert done.stdout.endswith("\n1 environments removed\n")
        assert f"{_said(wanted)}: is being removed\n" in done.stderr
        assert features.namespace(wanted) is None
        assert features.get(wanted, "Deployment", "examxv2-backend") is None
        assert features.namespace(other)
        assert "there is no feature environment" in feature("down", wanted.branch, "--yes", status=2).stderr

    def test_several_by_branch_and_by_slug(self, features: Features) -> None:
        one, two, kept = (features.add(name) for name in ("feature/one", "feature/two", "kept"))
        done = feature("down", str(one.slug), two.branch, one.branch, "--yes", "--owner", "ada")
        assert done.stdout.splitlines()[:2] == [f"removed: {_said(one)}", f"removed: {_said(two)}"]
        assert [bool(features.namespace(each)) for each in (one, two, kept)] == [False, False, True]

    def test_one_that_is_not_there_keeps_the_others(self, features: Features) -> None:
        one, other = features.add("one"), features.wanted("other")
        assert f'"{other.branch}"' in feature("down", one.branch, other.branch, "--yes", status=2).stderr
        assert features.namespace(one)

    def test_somebody_elses_needs_to_be_told_so(self, features: Features) -> None:
        mine, theirs = features.add("mine"), features.add("theirs", owner="grace")
        for who, said in ((("--owner", "ada"), "ada"), ((), "nothing says who you are")):
            refused = feature("down", theirs.branch, "--yes", *who, status=1)
            assert refused.stderr.endswith(f"error: {_said(theirs)} is not yours ({said}): say --force to remove it\n")
        feature("down", mine.branch, theirs.branch, "--yes", "--owner", "ada", status=1)
        assert features.namespace(mine)
        assert features.namespace(theirs)
        feature("down", theirs.branch, "--yes", "--owner", "ada", "--force")
        assert features.namespace(theirs) is None

    def test_what_holds_it_up_is_told_and_the_same_again_goes_on(self, features: Features) -> None:
        wanted = features.add("feature/login")
        features.hold(wanted)
        for _ in range(2):
            done = feature("down", wanted.branch, "--yes", "--owner", "ada", "--timeout", "10s", "--json", status=1)
            said = json.loads(done.stdout)
            assert [*said["going"]] == [_said(wanted)]
            assert "in 1 resource instances" in said["going"][_said(wanted)]
            assert said["removed"] == []
        features.release(wanted)
        assert feature("down", wanted.branch, "--yes", "--owner", "ada").stdout.startswith(f"removed: {_said(wanted)}")
        assert features.namespace(wanted) is None

    def test_without_a_terminal_there_is_nobody_to_ask(self, features: Features) -> None:
        wanted = features.add("login")
        done = feature("down", wanted.branch, "--owner", "ada", status=2)
        assert done.stderr.endswith(
            f"{_said(wanted)}, https://{wanted.slug.host}\nerror: there is nobody to ask: say --yes to remove them\n"
        )
        assert features.namespace(wanted)

    def test_another_one_of_that_name_is_left_alone(self, features: Features) -> None:
        wanted = features.add("login")
        seen = features.registry.at(wanted.slug.namespace)
        assert seen is not None
        feature("down", wanted.branch, "--yes", "--force")
        features.add("login")
        removed = remove(features.registry, [seen], timeout=Duration("5s"), doomed=lambda _: True)
        assert removed.gone == [seen]
        assert features.namespace(wanted)


class Played:
    """On a cluster where nobody else has environments."""

    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played


class TestDown(Played):
    @pytest.mark.parametrize("arguments", [(), ("login", "--mine")])
    def test_either_branches_or_ones_own(self, features: Features, arguments: tuple[str, ...]) -> None:
        assert feature("down", *arguments, status=2).stderr == "error: name the branches, or say --mine\n"
        assert features.cluster.calls == []

    def test_ones_own(self, features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
        mine, too, theirs = features.add("login"), features.add("logout"), features.add("main", owner="grace")
        assert "nothing says who you are" in feature("down", "--mine", "--yes", status=2).stderr
        monkeypatch.setenv("EXAMX_OWNER", "ada")
        assert json.loads(feature("down", "--mine", "--yes", "--json").stdout) == {
            "removed": [mine.slug.name, too.slug.name],
            "volumes": [],
            "going": {},
            "kept": {},
            "failed": {},
            "soon": [],
        }
        assert features.namespace(theirs)
        done = feature("down", "--mine")
        assert (done.stdout, done.stderr) == ("0 environments removed\n", "there is none to remove\n")

    def test_it_waits_for_as_long_as_it_is_told(self, features: Features) -> None:
        """For all of them together."""
        features.add("a")
        features.add("b")
        features.cluster.wish("slow", {"feat-a-examxv2": 2})
        feature("down", "a", "b", "--yes", "--owner", "ada", "--timeout", "2m")
        waits = [call for call in features.cluster.calls if call[0] == "wait"]
        assert [call[1:3] for call in waits] == [
            ["--for=delete", f"namespace/feat-{name}-examxv2"] for name in ("a", "b")
        ]
        first, second = (int(call[3].removeprefix("--timeout=").removesuffix("s")) for call in waits)
        assert 60 < second <= first - 2 < 119

    def test_at_a_terminal_it_asks(self, features: Features, capsys: pytest.CaptureFixture[str]) -> None:
        wanted = features.add("login")
        assert at_a_terminal("down", "login", "--owner", "ada", typed="n\n") == 1
        said = capsys.readouterr()
        assert f"{_said(wanted)}, https://login.examx.cloud\nRemove it for ever? [y/N]:" in said.err
        assert said.err.endswith("error: nothing was removed\n")
        assert features.namespace(wanted)
        features.add("logout")
        assert at_a_terminal("down", "--mine", "--owner", "ada", typed="y\n") == 0
        said = capsys.readouterr()
        assert "Remove these 2 for ever? [y/N]:" in said.err
        assert said.out.endswith("2 environments removed\n")
        assert features.objects() == {}

    def test_one_that_can_not_be_removed_keeps_no_other(self, features: Features) -> None:
        changed, gone = features.add("a"), features.add("b")
        change = {"object": {"metadata": {"annotations": {"examx.ai/branch": "another"}}}}
        features.cluster.wish("quicker", {changed.slug.namespace: [change]})
        done = feature("down", "a", "b", "--yes", "--owner", "ada", status=1)
        said = done.stdout.splitlines()
        assert said[0] == f"removed: {_said(gone)}"
        assert said[1].startswith(f"not removed: {_said(changed)}: the namespace feat-a-examxv2 says that it is of the")
        assert said[2] == "1 environments removed"
        assert [*features.objects()] == ["|Namespace||feat-a-examxv2"]

    def test_what_this_identity_may_not_remove(self, features: Features) -> None:
        one, two = features.add("a"), features.add("b")
        features.cluster.wish("forbidden", [["delete", "Namespace"]])
        said = json.loads(feature("down", "a", "b", "--yes", "--owner", "ada", "--json", status=1).stdout)
        assert [*said["failed"]] == [_said(one), _said(two)]
        assert all("(Forbidden)" in why for why in said["failed"].values())

    def test_whoever_is_quicker_is_looked_at_again(self, features: Features) -> None:
        wanted = features.add("login")
        change = {"object": {"metadata": {"annotations": {"note": "harmless"}}}}
        features.cluster.wish("quicker", {wanted.slug.namespace: [change, change]})
        feature("down", "login", "--yes", "--owner", "ada")
        assert features.namespace(wanted) is None

    def test_but_not_for_ever(self, features: Features) -> None:
        wanted = features.add("login")
        changes = [{"object": {"metadata": {"annotations": {"note": str(number)}}}} for number in range(3)]
        features.cluster.wish("quicker", {wanted.slug.namespace: changes})
        done = feature("down", "login", "--yes", "--owner", "ada", status=1)
        assert f"not removed: {_said(wanted)}: it changed again and again while it was to be removed" in done.stdout
        assert features.namespace(wanted)

    @pytest.mark.parametrize("change", [None, {"uid": "another"}], ids=["removed", "and made anew"])
    def test_somebody_else_removed_it(self, features: Features, change: object) -> None:
        wanted = features.add("login")
        features.cluster.wish("quicker", {wanted.slug.namespace: [change]})
        assert feature("down", "login", "--yes", "--owner", "ada").stdout.startswith(f"removed: {_said(wanted)}\n")
        assert bool(features.namespace(wanted)) == bool(change)

    def test_interrupted_while_it_waits(self, features: Features) -> None:
        wanted = features.add("login")
        features.hold(wanted)
        features.cluster.wish("slow", {wanted.slug.namespace: 60})
        said = interrupted(features, "down", "login", "--yes", "--force", stop=signal.SIGTERM, after="wait")
        assert "error: interrupted: the cluster goes on removing what it was told to" in said
        assert json.loads(feature("list", "--json").stdout)[0]["state"] == "being removed"


class TestReap(Played):
    def test_what_has_expired_and_nothing_else(self, features: Features) -> None:
        over, other, soon = (
            features.add("over", left=OVER),
            features.add("other", left=timedelta(days=3)),
            features.add("soon", left=timedelta(hours=5, minutes=30)),
        )
        fixed = {"name": "dev-examxv2", "labels": {"environment": "dev"}, "annotations": {EXPIRES: "2020-01-01T00:00Z"}}
        features.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": fixed}, "examx")
        before = features.objects()
        done = feature("reap")
        assert done.stdout.splitlines() == [
            f"removed: {_said(over)}",
            f"expires in 5h: {_said(soon)}",
            "1 environments removed",
        ]
        gone = f"|Namespace||{over.slug.namespace}"
        assert features.objects() == {key: each for key, each in before.items() if key != gone}
        assert features.namespace(other)
        assert feature("reap").stdout.splitlines()[-1] == "0 environments removed"

    def test_nobody_writes_down_a_longer_life_than_there_is(self, features: Features) -> None:
        eternal = features.add("eternal", left=timedelta(days=9999))
        month = features.add("month", left=timedelta(days=29))
        done = feature("reap")
        assert f"{_said(eternal)}: it said {rfc3339(eternal.expires)}, and expires " in done.stderr
        bounded = datetime.fromisoformat(features.annotations(eternal)["examx.ai/expires"])
        assert timedelta(days=29) < bounded - datetime.now(UTC) <= timedelta(days=30)
        assert features.annotations(month)["examx.ai/expires"] == rfc3339(month.expires)
        assert feature("reap").stdout.splitlines()[-1] == "0 environments removed"
        assert datetime.fromisoformat(features.annotations(eternal)["examx.ai/expires"]) == bounded, "it comes nearer"

    def test_what_goes_at_the_last_moment_is_gone(self, features: Features) -> None:
        """After kubectl stopped to wait for it, and before it is asked what holds it up."""
        over = features.add("over", left=OVER)
        features.hold(over)
        features.cluster.wish("late", [over.slug.namespace])
        assert feature("reap").stdout == f"removed: {_said(over)}\n1 environments removed\n"

    def test_for_machines(self, features: Features, workflow: Callable[[], dict[str, str]]) -> None:
        over, soon = features.add("over", left=OVER), features.add("soon", left=timedelta(hours=5, minutes=30))
        unclear = features.add("unclear", annotations={EXPIRES: "never"})
        done = feature("reap", "--json", status=1)
        assert json.loads(done.stdout) == {
            "removed": [over.slug.name],
            "volumes": [],
            "going": {},
            "kept": {},
            "failed": {_said(unclear): UNCLEAR},
            "soon": [soon.slug.name],
        }
        assert workflow() == {
            "report": f"removed: {_said(over)}\nnot removed: {_said(unclear)}: {UNCLEAR}\nexpires in 5h: {_said(soon)}",
            "removed": "1",
        }

    @pytest.mark.parametrize("expires", ["", "soon", "2020-01-01T00:00:00", "0001-01-01T00:00:00+14:00"])
    def test_what_does_not_say_when_it_expires_is_told_of(self, features: Features, expires: str) -> None:
        wanted = features.add("login", annotations={EXPIRES: expires})
        assert f"not removed: {_said(wanted)}: {UNCLEAR}\n" in feature("reap", status=1).stdout
        assert features.namespace(wanted)

    @pytest.mark.parametrize("expires", ["never", "2100-01-01T00:00:00Z"])
    def test_one_that_goes_already_is_told_of_until_it_is_gone(self, features: Features, expires: str) -> None:
        """Those who removed it early may have stopped to look."""
        wanted = features.add("login", annotations={EXPIRES: expires})
        features.hold(wanted)
        feature("down", "login", "--yes", "--force", "--timeout", "1s", status=1)
        assert feature("reap", "--dry-run").stdout.startswith(
            f"would be removed: {_said(wanted)}, being removed already"
        )
        assert feature("reap", status=1).stdout.splitlines() == [
            f"still being removed: {_said(wanted)}: in 1 resource instances",
            "0 environments removed",
        ]
        features.release(wanted)
        assert feature("reap").stdout.splitlines()[0] == f"removed: {_said(wanted)}"

    def test_what_only_looks_like_one_is_told_of(self, features: Features) -> None:
        """It runs, it costs, and nobody else looks after it."""
        metadata = {"name": "look-alike", "labels": {"environment": "feature"}}
        features.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, "somebody")
        done = feature("reap", status=1)
        assert done.stdout.startswith("not removed: namespace look-alike: the namespace look-alike does not carry the")
        assert [*features.objects()] == ["|Namespace||look-alike"]

    def test_extended_at_the_last_moment_is_kept(self, features: Features) -> None:
        wanted, over = features.add("login", left=OVER), features.add("over", left=OVER)
        theirs = rfc3339(datetime.now(UTC) + timedelta(days=1))
        change = {"object": {"metadata": {"annotations": {EXPIRES: theirs}}}}
        features.cluster.wish("quicker", {wanted.slug.namespace: [change]})
        assert feature("reap").stdout.splitlines() == [
            f"removed: {_said(over)}",
            f"kept: {_said(wanted)}: somebody wanted it for longer in the meantime",
            "1 environments removed",
        ]
        assert features.annotations(wanted)[EXPIRES] == theirs

    def test_a_dry_run_says_what_would_go(self, features: Features) -> None:
        over, _ = features.add("over", left=OVER), features.add("other")
        forgotten = _with_a_finalizer(_volume("pvc-1", "feat-gone-examxv2", "Released"))
        features.cluster.apply(forgotten, "driver")
        features.cluster.apply(_volume("pvc-2", "feat-gone-examxv2", "Released"), "driver")
        before = features.objects()
        assert feature("reap", "--dry-run", "--yes").stdout.splitlines() == [
            f"would be removed: {_said(over)}, expired {rfc3339(over.expires)}",
            "would be removed: PersistentVolume pvc-1",
            "1 environments and 1 volumes would be removed; --yes does it",
        ]
        said = {"would_remove": [over.slug.name], "volumes": ["pvc-1"]}
        assert json.loads(feature("reap", "--dry-run", "--json").stdout) == said
        assert features.objects() == before

    def test_a_terminal_gets_a_dry_run(self, features: Features, capsys: pytest.CaptureFixture[str]) -> None:
        over = features.add("over", left=OVER)
        assert at_a_terminal("reap") == 0
        assert "1 environments and 0 volumes would be removed; --yes does it\n" in capsys.readouterr().out
        assert features.namespace(over)
        assert at_a_terminal("reap", "--yes") == 0
        assert capsys.readouterr().out.endswith("1 environments removed\n")
        assert features.namespace(over) is None


class TestVolumes(Played):
    FORGOTTEN = (
        _with_a_finalizer(_volume("pvc-1", "feat-gone-examxv2", "Released")),
        _with_a_finalizer(_without_a_time(_volume("pvc-2", "feat-gone-too-examxv2", "Released"))),
    )
    OTHERS = (
        _volume("pvc-4", "feat-other-examxv2", "Bound"),
        _volume("pvc-5", "feat-gone-examxv2", "Available"),
        _volume("pvc-6", "feat-gone-examxv2", "Released", since=timedelta(minutes=1)),
        _volume("pvc-7", "feat-gone-examxv2", "Released", "gp2"),
        _volume("pvc-8", "dev-examxv2", "Released"),
        _volume("pvc-9", "examxv2-production", "Released"),
        _volume("pvc-10", "feat-gone", "Failed"),
        _volume("dev-examxv2-media", "dev-examxv2", "Released", ""),
        _going(_volume("pvc-11", "feat-gone-examxv2", "Released")),
    )

    @pytest.fixture(autouse=True)
    def _volumes(self, features: Features) -> None:
        everything = [*self.FORGOTTEN, *self.OTHERS]
        features.cluster.apply({"apiVersion": "v1", "kind": "List", "items": everything}, "driver")

    def test_have_an_hour_to_go_by_themselves(self) -> None:
        now = datetime(2030, 1, 31, 18, tzinfo=UTC)
        item = self.FORGOTTEN[0]
        for minutes, forgotten in ((59, False), (60, True)):
            since = rfc3339(now - timedelta(minutes=minutes))
            volume = Volume.of({**item, "status": {"phase": "Released", "lastPhaseTransitionTime": since}})
            assert volume is not None
            assert volume.is_forgotten(now) == forgotten

    @staticmethod
    def _names(features: Features) -> set[str]:
        return {each["metadata"]["name"] for each in features.objects().values() if each["kind"] == "PersistentVolume"}

    def test_that_were_left_behind_are_reaped_and_no_others(self, features: Features) -> None:
        assert feature("reap").stdout.splitlines() == [
            *(f"removed: PersistentVolume pvc-{number}, left behind" for number in (1, 2)),
            "0 environments removed",
        ]
        assert self._names(features) == {each["metadata"]["name"] for each in self.OTHERS}

    @pytest.mark.parametrize("command", [("reap",), ("down", "login", "--yes", "--force")], ids=lambda each: each[0])
    def test_of_an_environment_are_gone_with_it(self, features: Features, command: tuple[str, ...]) -> None:
        login = features.add("login", left=OVER)
        features.cluster.apply(_volume("pvc-login", login.slug.namespace, "Bound"), "driver")
        assert feature(*command).stdout.splitlines()[0] == f"removed: {_said(login)}"
        waits = [call[2] for call in features.cluster.calls if call[0] == "wait"]
        assert waits == [f"namespace/{login.slug.namespace}", "persistentvolume/pvc-login"]
        assert "pvc-login" not in self._names(features)

    @pytest.mark.parametrize(
        ("volume", "problem"),
        [
            (_volume("pvc-12", "feat-gone-examxv2", "Released"), "the driver does not look after it"),
            (
                _with_a_finalizer(_volume("pvc-12", "feat-gone-examxv2", "Failed")),
                "the driver failed: it does not say why",
            ),
        ],
    )
    def test_whose_access_point_would_stay_are_left_to_a_person(
        self, features: Features, volume: Manifest, problem: str
    ) -> None:
        features.cluster.apply(volume, "driver")
        said = feature("reap", status=1).stdout
        assert f"not removed: PersistentVolume pvc-12: {problem}; remove its access point in EFS and it" in said
        assert "pvc-12" in self._names(features)

    def test_of_others_are_no_business_of_down(self, features: Features) -> None:
        features.add("login")
        feature("down", "login", "--yes", "--force")
        assert self._names(features) == {each["metadata"]["name"] for each in (*self.FORGOTTEN, *self.OTHERS)}

    def test_that_the_driver_does_not_remove_are_told_of(self, features: Features) -> None:
        login = features.add("login")
        stuck = _volume("pvc-login", login.slug.namespace, "Failed")
        stuck["status"]["message"] = "rpc error: access denied"
        features.cluster.apply(stuck, "driver")
        features.cluster.wish("no_driver", "of EFS")
        assert feature("down", "login", "--yes", "--force", status=1).stdout.splitlines() == [
            f"removed: {_said(login)}",
            "still being removed: PersistentVolume pvc-login: rpc error: access denied",
            "1 environments removed",
        ]

    def test_are_not_known_of_where_they_may_not_be_seen(self, features: Features) -> None:
        over = features.add("over", left=OVER)
        features.cluster.wish("forbidden", [["get", "PersistentVolume"]])
        done = feature("reap")
        assert done.stdout == f"removed: {_said(over)}\n1 environments removed\n"
        assert "whether volumes are left behind is not known: this identity may not see them\n" in done.stderr

    def test_that_can_not_be_removed_are_told_of(self, features: Features) -> None:
        features.cluster.wish("forbidden", [["delete", "PersistentVolume"]])
        said = json.loads(feature("reap", "--json", status=1).stdout)
        assert [*said["failed"]] == [f"PersistentVolume pvc-{number}" for number in (1, 2)]
        assert "(Forbidden)" in said["failed"]["PersistentVolume pvc-1"]
        assert said["volumes"] == []

    def test_another_answer_is_passed_on(self, features: Features, tmp_path: Path) -> None:
        (broken := tmp_path / "broken").write_text("#!/bin/sh\necho 'Unable to connect' >&2\nexit 1\n", "utf-8")
        broken.chmod(0o755)
        with pytest.raises(ProcessError, match="Unable to connect"):
            Registry(Kubectl(binary=str(broken))).volumes()


def test_kubectl_may_wait_for_as_long_as_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubectl, "_TIMEOUT_SECONDS", 0.1)
    (slow := tmp_path / "slow").write_text("#!/bin/sh\nexec sleep 0.5\n", "utf-8")
    slow.chmod(0o755)
    Kubectl(binary=str(slow)).run("wait", patience=60)
    with pytest.raises(CommandError, match=r"did not end within 0\.1 s"):
        Kubectl(binary=str(slow)).run("wait")
