"""What is taken for a feature environment, and what never is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from examx_cli.errors import CommandError
from examx_cli.features.existing import Existing, NotAFeature, chosen
from examx_constructs.features import Feature, Slug
from tests.support import Manifest
from tests.unit.cli.features.conftest import DEV_IMAGE

EXPIRES = datetime(2030, 1, 31, 18, tzinfo=UTC)


def namespace(branch: str = "feature/login", **metadata: Any) -> Manifest:
    """The Namespace of a branch, with other metadata where they are given."""
    made = Feature(branch=branch, image=DEV_IMAGE, owner="ada", expires=EXPIRES)
    known = {
        "name": made.slug.namespace,
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
        slug=Slug(text="feature-logi-h29f2w2"),
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
