"""`examx feature up`: what runs afterwards, what stays as it was, and what is refused before anything is touched."""

import json
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from examx_cli.deploy.checkout import clean_commit
from examx_cli.errors import CommandError, Refusal
from examx_cli.features import up
from examx_cli.features.env_file import EnvFile
from examx_cli.features.existing import Existing
from examx_cli.features.up import Wish, check_place, decided
from examx_cli.project import Project
from examx_constructs.features import Feature, Slug, slug
from examx_constructs.features.feature import rfc3339
from examx_constructs.features.load_balancers import ROOM
from examx_constructs.settings import ImageReference, KubernetesSecret, SettingError
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.features.conftest import Features, interrupted
from tests.support import Manifest
from tests.unit.cli.features.conftest import DEV_IMAGE, ME, SOURCE, feature

EXPIRES, SECRETS = "examx.ai/expires", "examx.ai/foreign-secrets"
NOW = datetime(2030, 1, 24, 18, tzinfo=UTC)
FIRST, SECOND = b"A=invented-one\n", b"A=invented-two\n"


def _expiry(features: Features, wanted: Feature) -> datetime:
    return datetime.fromisoformat(features.annotations(wanted)[EXPIRES])


def _first_letters(branch: str) -> str:
    return branch[:5]


def _listed(wanted: Feature) -> Manifest | None:
    listed = json.loads(feature("list", "--json").stdout)
    return next((each for each in listed if each["branch"] == wanted.branch), None)


class TestANewOne:
    def test_runs(self, features: Features, running: Feature) -> None:
        """With an image of dev."""
        listed = _listed(running)
        assert listed is not None
        assert (listed["owner"], listed["env"], listed["image"]) == (ME, "default", str(DEV_IMAGE))
        left = _expiry(features, running) - datetime.now(UTC)
        assert timedelta(days=2, hours=22) < left <= timedelta(days=3)
        for kind, name in (
            ("Deployment", "celery-beat"),
            ("ConfigMap", "redis-config"),
            ("PersistentVolumeClaim", "examxv2-backend-pvc"),
        ):
            found = features.get(running, kind, name)
            assert found is not None
            assert running.labels.items() <= found["metadata"]["labels"].items()
        history = features.get(running, "ConfigMap", "examx-releases")
        assert history is not None
        assert str(DEV_IMAGE) in history["data"]["good"]

    def test_again(self, features: Features, running: Feature, workflow: Callable[[], dict[str, str]]) -> None:
        """With nothing but the branch, by somebody else: image and owner stay, and the time is not shortened."""
        before = _expiry(features, running)
        said = json.loads(feature("up", running.branch, "--for", "1h", "--json").stdout)
        assert _expiry(features, running) == before
        assert (
            said
            == workflow()
            == {
                "name": running.slug.name,
                "branch": running.branch,
                "owner": ME,
                "url": f"https://{running.slug.host}",
                "namespace": running.slug.namespace,
                "image": str(DEV_IMAGE),
                "expires": rfc3339(before),
            }
        )

    def test_again_with_another_image_and_more_time(self, features: Features, running: Feature) -> None:
        tag = f"{running.slug.name}-20300102-101500-0123abc"
        done = feature("up", running.branch, "--image", f"{SOURCE}:{tag}", "--for", "30d", "--owner", "grace")
        assert features.image(running) == f"{SOURCE}:{tag}"
        assert features.annotations(running)["examx.ai/owner"] == ME
        left = _expiry(features, running) - datetime.now(UTC)
        assert timedelta(days=29, hours=23) < left <= timedelta(days=30)
        written = features.annotations(running)[EXPIRES]
        said = f"https://{running.slug.host} runs {tag}, until {written} ("
        assert any(line.startswith(said) for line in done.stdout.splitlines())
        assert "changed: Deployment examxv2-backend\n" in done.stdout

    def test_a_dry_run_changes_nothing(self, features: Features) -> None:
        wanted = features.wanted("login")
        done = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, "--dry-run")
        assert f"would be changed: Namespace {wanted.slug.namespace}\n" in done.stdout
        assert "would be changed: Deployment examxv2-backend\n" in done.stdout
        assert done.stdout.endswith(" objects would be changed, 0 would be removed\n")
        assert features.namespace(wanted) is None

    def test_a_dry_run_of_one_that_runs(self, features: Features, running: Feature) -> None:
        before = features.namespace(running)
        image = f"{SOURCE}:{running.slug.name}-1"
        done = feature("up", running.branch, "--image", image, "--dry-run", "--env-file", "-", "--json", stdin=FIRST)
        assert "Deployment examxv2-backend" in json.loads(done.stdout)["changed"]
        assert features.namespace(running) == before
        assert features.get(running, "Secret", EnvFile.of(FIRST, "x").secret_name) is None


class TestAnEnvFile:
    def test_is_kept_in_a_secret_until_there_is_another(
        self, features: Features, running: Feature, tmp_path: Path
    ) -> None:
        first, second = (EnvFile.of(each, "x").secret_name for each in (FIRST, SECOND))
        (file := tmp_path / "login.env").write_bytes(FIRST)
        done = feature("up", running.branch, "--env-file", str(file))
        assert f"the .env is kept in the Secret {first}\n" in done.stderr
        assert features.get(running, "Secret", first)
        assert features.annotations(running)[SECRETS] == f"{first},viewer-key"
        assert "changed: Deployment examxv2-backend\n" in done.stdout, "pods roll"
        feature("up", running.branch, "--env-file", "-", stdin=SECOND)
        assert features.get(running, "Secret", second)
        assert features.get(running, "Secret", first) is None
        feature("up", running.branch, "--default-env")
        assert features.get(running, "Secret", second) is None
        assert features.annotations(running)[SECRETS] == "viewer-key"
        listed = _listed(running)
        assert listed is not None
        assert listed["env"] == "default"


class TestSomebodyIsQuicker:
    """An expiry that was set while the manifests were rendered stays."""

    LATER = rfc3339(datetime.now(UTC) + timedelta(days=20))

    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    def test_and_gives_it_more_time(self, features: Features, running: Feature, cluster: TestCluster) -> None:
        change = {"object": {"metadata": {"annotations": {"examx.ai/expires": self.LATER}}}}
        cluster.wish("quicker", {running.slug.namespace: [change]})
        done = feature("up", running.branch, status=2)
        assert done.stderr.endswith("error: it was changed or removed in the meantime: bring it up again\n")
        assert features.annotations(running)["examx.ai/expires"] == self.LATER
        feature("up", running.branch)
        assert features.annotations(running)["examx.ai/expires"] == self.LATER

    def test_while_the_manifests_are_rendered(
        self, features: Features, running: Feature, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        render = up.manifests

        def slowly(*arguments: Any) -> Any:
            feature("extend", running.branch, "--for", "30d")
            return render(*arguments)

        monkeypatch.setattr(up, "manifests", slowly)
        before = features.annotations(running)["examx.ai/expires"]
        said = feature("up", running.branch, status=1).stderr
        assert "nothing was applied; the cluster refuses" in said
        assert said.endswith("Somebody changed it while this was prepared: run the command again.\n")
        assert features.annotations(running)["examx.ai/expires"] > before


class TestRefusedBeforeAnythingIsTouched:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("a b", "--image", str(DEV_IMAGE), "--owner", ME), 'branch is "a b"; git allows no space'),
            (("login", "--owner", ME), "which image the environment of login shall run is not known yet: give --image"),
            (("login", "--image", str(DEV_IMAGE)), "whose environment it shall be is not known: give --owner"),
            (("login", "--image", str(DEV_IMAGE), "--owner", " "), 'Feature.owner is " "; it must be a name'),
            (("login", "--image", str(DEV_IMAGE), "--owner", ME, "--for", "31d"), '--for is "31d"'),
            (("login", "--image", str(DEV_IMAGE), "--owner", ME, "--timeout", "ten"), 'duration is "ten"'),
            (("login", "--image", "login", "--owner", ME), 'image is "login"; it must be registry/repository:tag'),
            (
                ("login", "--image", "registry.example.com/examxv2-backend:feat-login-1", "--owner", ME),
                f"it must be {SOURCE}:TAG: feat-login runs images of that repository only",
            ),
            (
                ("login", "--image", f"{SOURCE}-2:dev-1", "--owner", ME),
                f"it must be {SOURCE}:TAG: dev runs images of that repository only",
            ),
            *(
                (
                    ("login", "--image", f"{SOURCE}:{tag}", "--owner", ME),
                    f'image tag is "{tag}"; it must start with "feat-login-"',
                )
                for tag in ("prod-1", "stg-1", "feat-logout-1", "feat-login", "feat-login-", "feat-loginx-1", "1")
            ),
            (("login", "--image", f"{SOURCE}:dev-latest", "--owner", ME), "it must name one build"),
        ],
    )
    def test_what_can_not_be(self, features: Features, arguments: tuple[str, ...], said: str) -> None:
        features.wanted("login")
        assert said in feature("up", *arguments, status=2).stderr
        assert features.objects() == {}
        assert not [call for call in features.cluster.calls if call[0] not in ("config", "get")]

    def test_outside_of_a_checkout(self, features: Features, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert "is not in a checkout of this project" in feature("up", "login", status=2).stderr
        assert features.cluster.calls == []

    def test_another_branch_with_the_same_slug(self, features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two such branches are one in billions, so here a slug is cut to its first letters."""
        features.add("login", owner="grace")
        monkeypatch.setattr(slug, "short_form", _first_letters)
        before = features.objects()
        done = feature("up", "login-2", "--image", f"{SOURCE}:feat-login-1", "--owner", ME, status=1)
        assert done.stderr == (
            'error: feat-login is the environment of the branch "login", of grace: both branches have the same slug; '
            'rename "login-2"\n'
        )
        assert features.objects() == before

    def test_one_that_is_being_removed(self, features: Features) -> None:
        wanted = features.add("login")
        features.hold(wanted)
        feature("down", wanted.branch, "--yes", "--force", "--timeout", "1s", status=1)
        before = features.objects()
        done = feature("up", wanted.branch, "--image", str(DEV_IMAGE), status=1)
        assert done.stderr == (
            "error: feat-login is being removed; when it is gone, it can be made anew: try again then\n"
        )
        assert features.objects() == before

    def test_a_load_balancer_that_is_full(self, features: Features) -> None:
        others = [Feature(branch=f"b{number}", image=DEV_IMAGE, owner=ME, expires=NOW) for number in range(ROOM)]
        metadata = [
            {"name": each.slug.namespace, "labels": each.labels, "annotations": each.annotations} for each in others
        ]
        everything = [{"apiVersion": "v1", "kind": "Namespace", "metadata": each} for each in metadata]
        features.cluster.apply({"apiVersion": "v1", "kind": "List", "items": everything}, "examx")
        arguments = ("--image", str(DEV_IMAGE), "--owner", ME)
        done = feature("up", "login", *arguments, status=1)
        assert done.stderr.startswith(
            f"error: the load balancer examx-cloud has room for {ROOM} feature environments, and there are {ROOM}: "
            "one more would stop it for all of them; remove one"
        )
        assert features.namespace(features.wanted("login")) is None

    def test_what_the_checks_of_the_manifests_find(self, features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
        """Here, that main.py of the checkout is broken."""
        monkeypatch.setenv("JSII_NODE", "/nonexistent/node")
        done = feature("up", "login", "--image", str(DEV_IMAGE), "--owner", ME, status=2)
        assert "error: " in done.stderr
        assert features.objects() == {}


class TestWhatIsDecided:
    IMAGE = ImageReference.parse(f"{SOURCE}:feat-login-2")
    WISH = Wish(branch="login", owner="grace", lifetime=timedelta(days=7))
    THERE = Existing(
        branch="login",
        slug=Slug(text="login"),
        owner=ME,
        created=NOW,
        expires=NOW + timedelta(days=9),
        ending=False,
        env_secret="env-file-1",
        uid="1",
        version="1",
    )

    def test_what_is_there_stays(self) -> None:
        assert decided(self.WISH, self.THERE, DEV_IMAGE, NOW) == Feature(
            branch="login",
            image=DEV_IMAGE,
            owner=ME,
            expires=NOW + timedelta(days=9),
            env_secret=KubernetesSecret(name="env-file-1"),
        )

    def test_what_is_wished_for_comes(self) -> None:
        file = EnvFile.of(FIRST, "x")
        wish = Wish("login", "grace", timedelta(days=10), image=self.IMAGE, env_file=file)
        assert decided(wish, self.THERE, DEV_IMAGE, NOW) == Feature(
            branch="login",
            image=self.IMAGE,
            owner=ME,
            expires=NOW + timedelta(days=10),
            env_secret=KubernetesSecret(name=file.secret_name),
        )

    def test_one_of_nobody_gets_an_owner(self) -> None:
        nobodys = Existing(
            "login", Slug(text="login"), "", NOW, expires=None, ending=False, env_secret="", uid="1", version="1"
        )
        made = decided(self.WISH, nobodys, DEV_IMAGE, NOW)
        assert (made.owner, made.expires, made.env_secret) == ("grace", NOW + timedelta(days=7), None)

    def test_without_an_image_or_an_owner_nothing(self) -> None:
        with pytest.raises(CommandError, match="give --image"):
            decided(self.WISH, self.THERE, None, NOW)
        with pytest.raises(CommandError, match="give --owner"):
            decided(Wish("login", None, timedelta(days=7), image=self.IMAGE), None, None, NOW)

    def test_its_wish_shows_nothing_of_the_file(self) -> None:
        assert "invented" not in repr(Wish("login", ME, timedelta(days=7), env_file=EnvFile.of(FIRST, "x")))

    @pytest.mark.parametrize("tag", ["feat-login-2", "dev-2", "dev-20261123-000000-0000000"])
    def test_images_of_the_branch_and_of_dev(self, tag: str) -> None:
        image = ImageReference.parse(f"{SOURCE}:{tag}")
        up.check_feature_image(Feature(branch="login", image=image, owner=ME, expires=NOW), DEV_IMAGE)
        other = ImageReference.parse(f"registry.example.com/examxv2-backend:{tag}")
        with pytest.raises(SettingError, match="images of that repository only"):
            up.check_feature_image(Feature(branch="login", image=other, owner=ME, expires=NOW), DEV_IMAGE)

    def test_the_last_place_of_a_load_balancer(self) -> None:
        wanted = Feature(branch="login", image=DEV_IMAGE, owner=ME, expires=NOW)
        check_place(wanted, None, [self.THERE] * (ROOM - 1))
        check_place(wanted, self.THERE, [])
        with pytest.raises(Refusal, match=f"has room for {ROOM} "):
            check_place(wanted, None, [self.THERE] * ROOM)


class TestStoppedHalfWay:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    def test_with_a_namespace_alone(self, features: Features) -> None:
        wanted = features.wanted("login")
        features.cluster.wish("forbidden", [["create", "Secret"]])
        arguments = ("--image", str(DEV_IMAGE), "--owner", ME, "--env-file", "-")
        done = feature("up", wanted.branch, *arguments, stdin=FIRST, status=2)
        assert "could not be made: Error from server (Forbidden): " in done.stderr
        listed = _listed(wanted)
        assert listed is not None
        assert listed["state"] == "incomplete"
        assert [*features.objects()] == [f"|Namespace||{wanted.slug.namespace}"], "no pod waits for the Secret in vain"
        feature("down", wanted.branch, "--yes", "--owner", ME)
        assert features.objects() == {}

    @pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
    def test_while_it_waits(self, features: Features, stop: signal.Signals) -> None:
        wanted = features.wanted("login")
        features.cluster.wish("slow", {"examxv2-backend": 60})
        arguments = ("--image", str(DEV_IMAGE), "--owner", ME, "--env-file", "-")
        said = interrupted(features, "up", wanted.branch, *arguments, stop=stop, after="rollout", stdin=FIRST)
        assert "interrupted while waiting: everything is applied and the rollouts go on" in said
        assert "Traceback" not in said
        features.cluster.wish("slow", {})
        listed = _listed(wanted)
        assert listed is not None
        assert (listed["state"], listed["env"]) == ("not ready", "custom")
        feature("down", wanted.branch, "--yes", "--owner", ME)
        assert features.objects() == {}

    def test_by_a_rollout_that_fails(self, features: Features, running: Feature) -> None:
        features.cluster.wish("stuck", {"examxv2-backend": True})
        done = feature("up", running.branch, status=1)
        assert done.stderr.splitlines()[-1] == (
            "error: everything is applied, but not ready: examxv2-backend; the pods from before go on serving where "
            "there are any; mend it and apply again, or remove it with `examx feature down`"
        )
        assert "https://" not in done.stdout

    @pytest.mark.parametrize("custom", [True, False])
    def test_shows_no_log_of_what_reads_a_branchs_own_env_file(
        self, features: Features, running: Feature, cluster: TestCluster, *, custom: bool
    ) -> None:
        status = {
            "name": "backend",
            "ready": False,
            "restartCount": 0,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"reason": "Error", "exitCode": 1}},
        }
        backend = features.get(running, "Deployment", "examxv2-backend")
        assert backend
        metadata = {"name": "examxv2-backend-1", "ownerReferences": [{"uid": backend["metadata"]["uid"]}]}
        cluster.wish("pods", [{"metadata": metadata, "status": {"containerStatuses": [status]}}])
        cluster.wish("logs", {"examxv2-backend-1": "ValueError: bad DATABASE_URL: an-invented-password"})
        cluster.wish("stuck", {"examxv2-backend": True})
        arguments, stdin = (("--env-file", "-"), FIRST) if custom else ((), None)
        said = feature("up", running.branch, *arguments, status=1, stdin=stdin).output
        assert ("an-invented-password" in said) != custom
        assert (
            f"kubectl logs examxv2-backend-1 --container=backend --namespace={running.slug.namespace}" in said
        ) == custom

    def test_a_secret_from_before_that_may_not_be_removed(self, features: Features, running: Feature) -> None:
        secret = EnvFile.of(FIRST, "x").secret(running.slug.namespace, running.labels)
        name = EnvFile.of(FIRST, "x").secret_name
        features.add("feature/login", annotations={SECRETS: name})
        features.cluster.apply(dict(secret), "examx")
        features.cluster.wish("forbidden", [["delete", "Secret"]])
        done = feature("up", running.branch, "--default-env")
        assert (
            f"warning: the Secret {name} of an earlier .env could not be removed: Error from server (For" in done.stderr
        )
        assert features.get(running, "Secret", name)

    def test_the_secrets_of_rollouts_that_failed_go_too(self, features: Features, running: Feature) -> None:
        """The Namespace names the last one only."""
        earlier = [EnvFile.of(f"A={number}".encode(), "x") for number in (1, 2)]
        for number, each in enumerate(earlier):
            features.cluster.apply(dict(each.secret(running.slug.namespace, running.labels)), "examx")
            volumes = [{"name": "env", "secret": {"secretName": name}} for name in (each.secret_name, "somebodys", "")]
            replica_set = {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "metadata": {"name": f"examxv2-backend-{number}", "namespace": running.slug.namespace},
                "spec": {"template": {"spec": {"volumes": [*volumes, {"name": "tmp", "emptyDir": {}}]}}},
            }
            features.cluster.apply(replica_set, "kube-controller-manager")
        done = feature("up", running.branch, "--env-file", "-", stdin=b"A=2")
        assert features.get(running, "Secret", earlier[0].secret_name) is None
        assert features.get(running, "Secret", earlier[1].secret_name), "it is the one that is wanted again"
        assert not [call for call in features.cluster.calls if "secret/somebodys" in call]
        assert "warning" not in done.stderr

    def test_a_secret_that_somebody_made_is_left(self, features: Features, running: Feature) -> None:
        metadata = {"name": "own", "namespace": running.slug.namespace}
        features.add("feature/login", annotations={SECRETS: "own"})
        features.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata}, "somebody")
        feature("up", running.branch, "--default-env")
        assert features.get(running, "Secret", "own")


def test_a_release_has_a_commit_where_all_of_the_checkout_is_committed(tmp_path: Path) -> None:
    """What a feature environment runs is rendered by all of it, not by one file of dist/."""

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com")
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    (tmp_path / "gitconfig").unlink()
    (tmp_path / "code.py").touch()
    assert clean_commit(Project(tmp_path)) == ""
    git("init", "--quiet")
    git("add", "code.py")
    git("commit", "--quiet", "--message", "first")
    assert len(clean_commit(Project(tmp_path))) == 40
    (tmp_path / "more.py").touch()
    assert clean_commit(Project(tmp_path)) == ""
    assert len(clean_commit(Project(tmp_path), "code.py")) == 40
