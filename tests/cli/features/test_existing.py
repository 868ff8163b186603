"""What is taken for a feature environment, and what never is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from examx_cli.errors import CommandError
from examx_cli.features.existing import Existing, NotAFeature, checked_slug, chosen
from examx_constructs.environments import Feature
from examx_constructs.settings import SettingError
from tests.cli.cluster.conftest import TestCluster
from tests.cli.features.conftest import DEV_IMAGE, Features, feature
from tests.support import Manifest

EXPIRES = datetime(2030, 1, 31, 18, tzinfo=UTC)


def namespace(branch: str = "feature/login", **metadata: Any) -> Manifest:
    """The Namespace of a branch, with other metadata where they are given."""
    made = Feature(branch=branch, image=DEV_IMAGE, owner="ada", expires=EXPIRES)
    known = {
        "name": made.namespace,
        "labels": made.labels,
        "annotations": made.annotations,
        "uid": "u-1",
        "resourceVersion": "7",
        "creationTimestamp": "2030-01-24T18:00:00Z",
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {**known, **metadata}}


def annotated(**annotations: str) -> Manifest:
    found = namespace()
    written = {f"examx.ai/{name}": value for name, value in annotations.items()}
    found["metadata"]["annotations"] = {**found["metadata"]["annotations"], **written}
    return found


def labelled(labels: Mapping[str, str]) -> Manifest:
    return namespace(labels={**namespace()["metadata"]["labels"], **labels})


def test_what_its_namespace_says() -> None:
    found = Existing.of(namespace())
    assert found == Existing(
        branch="feature/login",
        slug="feature-logi-h29f2w2",
        owner="ada",
        created=datetime(2030, 1, 24, 18, tzinfo=UTC),
        expires=EXPIRES,
        ending=False,
        env_secret="",
        uid="u-1",
        version="7",
    )
    assert found.name == "feat-feature-logi-h29f2w2"
    assert found.namespace == "feat-feature-logi-h29f2w2-examxv2"
    assert found.url == "https://feature-logi-h29f2w2.examx.cloud"
    assert str(found) == "feat-feature-logi-h29f2w2 (branch feature/login, of ada)"


def test_what_it_may_say_besides() -> None:
    assert Existing.of(annotated(**{"foreign-secrets": "env-file-1"})).env_secret == "env-file-1"
    assert Existing.of(namespace(deletionTimestamp="2030-01-31T18:00:00Z")).ending
    assert str(Existing.of(annotated(owner=""))).endswith("of nobody)")
    assert Existing.of(namespace(creationTimestamp=None)).created.year == 1


@pytest.mark.parametrize("written", ["", "soon", "2030-01-31", "2030-01-31T18:00:00", "0001-01-01T00:00:00+14:00"])
def test_one_that_does_not_say_when_it_expires_never_does(written: str) -> None:
    found = Existing.of(annotated(expires=written))
    assert found.expires is None
    assert not found.has_expired(datetime.max.replace(tzinfo=UTC))


def test_when_it_expires() -> None:
    found = Existing.of(annotated(expires="2030-01-31T23:30:00+05:30"))
    assert found.expires == EXPIRES
    assert not found.has_expired(EXPIRES - timedelta(seconds=1))
    assert found.has_expired(EXPIRES)
    assert found.has_expired(EXPIRES.astimezone(timezone(timedelta(hours=14))))


@pytest.mark.parametrize(
    "other",
    [
        namespace(labels={}),
        namespace(labels=None),
        labelled({"environment": "dev"}),
        labelled({"tier": "prod"}),
        labelled({"examx.ai/slug": ""}),
        labelled({"examx.ai/slug": "another"}),
        namespace(name="dev-examxv2"),
        namespace(name="examxv2-production"),
        namespace(name="feat-examxv2"),
        namespace(name="feat-feature-logi-h29f2w2"),
        {**namespace(), "metadata": {**labelled({"examx.ai/slug": "dev"})["metadata"], "name": "dev-examxv2"}},
    ],
)
def test_without_the_labels_under_the_name_it_is_none(other: Manifest) -> None:
    with pytest.raises(NotAFeature) as refused:
        Existing.of(other)
    name = other["metadata"]["name"]
    assert str(refused.value) == f"the namespace {name} does not carry the labels of a feature environment: left alone"
    assert refused.value.status == 1


@pytest.mark.parametrize("branch", ["feature-login", "Feature/login", "", "feature/login "])
def test_of_a_branch_with_another_slug_it_is_none(branch: str) -> None:
    with pytest.raises(NotAFeature) as refused:
        Existing.of(annotated(branch=branch))
    assert str(refused.value) == (
        f'the namespace feat-feature-logi-h29f2w2-examxv2 says that it is of the branch "{branch}", whose slug is '
        "another: left alone; set the annotation examx.ai/branch right, or remove it by hand"
    )


class TestChoosing:
    # The second is a branch that is called as the first one's slug is.
    LOGIN = Existing.of(namespace())
    AS_SLUG = Existing.of(namespace("feature-logi-h29f2w2"))
    MAIN = Existing.of(namespace("main"))

    def test_by_branch_or_by_slug(self) -> None:
        known = [self.MAIN, self.LOGIN]
        assert chosen("feature/login", known) is self.LOGIN
        assert chosen("feature-logi-h29f2w2", known) is self.LOGIN
        assert chosen("main", known) is self.MAIN

    def test_a_branch_before_a_slug(self) -> None:
        assert self.AS_SLUG.slug != self.LOGIN.slug
        assert chosen("feature-logi-h29f2w2", [self.LOGIN, self.AS_SLUG]) is self.AS_SLUG

    @pytest.mark.parametrize(
        "name", ["", "log", "feat-main", "feat-main-examxv2", "MAIN", "dev", "stg", "prod", "dev-examxv2"]
    )
    def test_nothing_else(self, name: str) -> None:
        with pytest.raises(CommandError) as refused:
            chosen(name, [self.LOGIN, self.MAIN])
        assert str(refused.value) == (
            f'there is no feature environment of the branch "{name}"; `examx feature list` shows which are'
        )


def test_the_slug_of_what_can_be_no_branch() -> None:
    assert checked_slug("feature/login") == "feature-logi-h29f2w2"
    with pytest.raises(SettingError, match=r'branch is "a\.\.b"; git allows neither'):
        checked_slug("a..b")


NAMES = {"dev": "dev-examxv2", "stg": "stg-examxv2", "prod": "examxv2-production"}


def _fixed(features: Features, labels: Mapping[str, str] | None = None) -> None:
    """The three, with something in them."""
    everything: list[Manifest] = []
    for name, each in NAMES.items():
        metadata = {"name": each, "labels": {"environment": name, "tier": name, **(labels or {})}}
        data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "data", "namespace": each}}
        everything += [{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, data]
    features.cluster.apply({"apiVersion": "v1", "kind": "List", "items": everything}, "examx")


class TestTheFixedEnvironments:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    @pytest.mark.parametrize(
        "command", [("down", "--yes", "--force"), ("extend",), ("show",)], ids=lambda command: command[0]
    )
    def test_can_not_be_named(self, features: Features, command: tuple[str, ...]) -> None:
        _fixed(features)
        features.add("login")
        before = features.objects()
        for name in [*NAMES, *NAMES.values()]:
            done = feature(command[0], name, *command[1:], status=2)
            assert f'there is no feature environment of the branch "{name}"' in done.stderr
        assert features.objects() == before

    def test_are_left_alone_even_if_they_carry_the_labels(self, features: Features) -> None:
        """Somebody labels and annotates all namespaces, say."""
        stolen = features.wanted("dev", left=-timedelta(days=1))
        _fixed(features, stolen.labels)
        for each in NAMES.values():
            metadata = {"name": each, "annotations": stolen.annotations}
            features.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, "somebody")
        before = features.objects()
        for command, status in (
            (("down", "dev", "--yes", "--force"), 2),
            (("down", "--mine", "--yes", "--owner", "ada"), 0),
            (("reap", "--yes"), 1),
        ):
            said = feature(*command, status=status).output
            for each in NAMES.values():
                assert f": the namespace {each} does not carry the labels of a feature environment: left alone\n" in (
                    said.replace("warning: ", ": ")
                )
        assert features.objects() == before

    def test_a_branch_of_that_name_is_another_environment(self, features: Features) -> None:
        _fixed(features)
        before = features.objects()
        wanted = features.add("dev")
        assert wanted.namespace == "feat-dev-kbcmt7s-examxv2"
        feature("down", "dev", "--yes", "--owner", "ada")
        assert features.objects() == before


def test_a_namespace_that_is_none_is_not_brought_up_over(features: Features) -> None:
    wanted = features.add("login", labels={"tier": "other"})
    done = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", "ada", status=1)
    assert f"the namespace {wanted.namespace} does not carry the labels of a feature environment" in done.stderr
    assert not features.get(wanted, "ConfigMap", "redis-config")
