"""`examx feature list` and `examx feature show`."""

import json
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from examx_constructs.features import Feature
from examx_constructs.features.feature import rfc3339
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.cluster.kubectl import CREATED
from tests.process.cli.features.conftest import Features
from tests.unit.cli.features.conftest import DEV_IMAGE, feature

SOON = timedelta(days=2, hours=3, minutes=30)
OVER = -timedelta(hours=1)


def _listed(wanted: Feature, *arguments: str) -> dict[str, Any] | None:
    """What the list says of one, if it is on it."""
    listed = json.loads(feature("list", "--json", *arguments).stdout)
    return next((each for each in listed if each["branch"] == wanted.branch), None)


def _state(wanted: Feature) -> str:
    listed = _listed(wanted)
    assert listed is not None
    return listed["state"]


class TestInAnyCluster:
    def test_list_for_machines(self, features: Features) -> None:
        wanted = features.add("feature/login", left=SOON)
        listed = _listed(wanted)
        assert listed is not None
        assert listed.pop("created").endswith("Z")
        assert listed == {
            "name": wanted.slug.name,
            "branch": wanted.branch,
            "owner": "ada",
            "url": f"https://{wanted.slug.host}",
            "namespace": wanted.slug.namespace,
            "expires": rfc3339(wanted.expires),
            "env": "default",
            "image": None,
            "state": "incomplete",
        }

    def test_list_for_people(self, features: Features) -> None:
        wanted = features.add("feature/login", left=SOON)
        heading, *rows = feature("list").stdout.splitlines()
        assert heading.split() == ["branch", "owner", "address", "expires", "in", "state", "image"]
        said = [wanted.branch, "ada", f"https://{wanted.slug.host}", "2d", "3h", "incomplete"]
        assert said in [row.split() for row in rows]

    def test_an_owner_with_brackets_is_shown_as_it_is(self, features: Features) -> None:
        features.add("login", owner="dependabot[bot]")
        features.add("logout", owner="odd[/bold]")
        said = feature("list").stdout
        assert "dependabot[bot]" in said
        assert "odd[/bold]" in said

    def test_those_whose_time_is_over(self, features: Features) -> None:
        over, other = features.add("over", left=OVER), features.add("other")
        unclear = features.add("unclear", annotations={"examx.ai/expires": "never"})
        found = _listed(unclear)
        assert found is not None
        assert found["expires"] is None
        assert _listed(over, "--expired")
        assert _listed(other, "--expired") is None
        assert _listed(unclear, "--expired") is None

    def test_an_image_goes_by_its_tag(self, features: Features) -> None:
        """Also one that the workflow built, which is named by its digest too."""
        image = evolve(DEV_IMAGE, digest=f"sha256:{'0' * 64}")
        features.add_backend(evolve(features.add("login"), image=image))
        said = feature("list").stdout
        assert DEV_IMAGE.tag in said
        assert "sha256" not in said

    def test_show(self, features: Features) -> None:
        wanted = features.add("feature/login", left=SOON, annotations={"examx.ai/foreign-secrets": "env-file-1"})
        features.add_backend(wanted)
        for given in (wanted.branch, str(wanted.slug)):
            said = json.loads(feature("show", given, "--json").stdout)
            workloads = said.pop("workloads")
            listed = _listed(wanted)
            assert listed is not None
            del said["state"], listed["state"]  # its pods may have become ready meanwhile
            assert said == listed
            assert said["env"] == "custom"
            assert said["image"] == str(DEV_IMAGE)
            assert workloads["examxv2-backend"]["wanted"] == 1

    def test_show_what_is_not_there(self, features: Features) -> None:
        wanted = features.wanted("login")
        assert "there is no feature environment" in feature("show", wanted.branch, status=2).stderr

    def test_being_removed(self, features: Features) -> None:
        wanted = features.add("login")
        features.hold(wanted)
        feature("down", wanted.branch, "--yes", "--force", "--timeout", "1s", status=1)
        assert _state(wanted) == "being removed"
        features.release(wanted)


class TestWhereThereAreNoOthers:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ((), "no feature environments\n"),
            (("--expired",), "no feature environments of that kind\n"),
            (("--mine", "--owner", "ada"), "no feature environments of that kind\n"),
        ],
    )
    def test_none(self, features: Features, arguments: tuple[str, ...], said: str) -> None:
        done = feature("list", *arguments)
        assert (done.stdout, done.stderr) == ("", said)
        assert feature("list", "--json", *arguments).stdout == "[]\n"

    def test_by_name(self, features: Features) -> None:
        for name in ("zebra", "main", "feature/login"):
            features.add(name)
        listed = json.loads(feature("list", "--json").stdout)
        assert [each["branch"] for each in listed] == ["feature/login", "main", "zebra"]
        assert {each["created"] for each in listed} == {CREATED}

    def test_ones_own(self, features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
        features.add("login")
        features.add("logout", owner="grace", left=OVER)
        features.add("main", owner="grace")

        def mine(*arguments: str) -> list[str]:
            return [each["branch"] for each in json.loads(feature("list", "--mine", "--json", *arguments).stdout)]

        assert mine("--owner", "grace") == ["logout", "main"]
        assert mine("--owner", "grace", "--expired") == ["logout"]
        assert mine("--owner", "Grace") == ["logout", "main"], "logins of GitHub have no case"
        assert mine("--owner", "graces") == []
        monkeypatch.setenv("EXAMX_OWNER", "ada")
        assert mine() == ["login"]

    def test_ones_own_needs_to_know_who_that_is(self, features: Features) -> None:
        assert "nothing says who you are: give --owner" in feature("list", "--mine", status=2).stderr

    def test_states(self, features: Features) -> None:
        wanted = features.add("login")
        assert _state(wanted) == "incomplete"
        features.add_backend(wanted)
        assert _state(wanted) == "not ready"
        features.add_backend(wanted, ready=1)
        assert _state(wanted) == "ready"

    def test_show_for_people(self, features: Features) -> None:
        wanted = features.add("feature/login", annotations={"examx.ai/expires": "never"})
        features.add_backend(wanted, ready=1)
        assert [line.rstrip() for line in feature("show", wanted.branch).stdout.splitlines()] == [
            "name       feat-feature-logi-h29f2w2",
            "branch     feature/login",
            "owner      ada",
            "url        https://feature-logi-h29f2w2.examx.cloud",
            "namespace  feat-feature-logi-h29f2w2-examxv2",
            f"created    {CREATED}",
            "expires",
            "env        default",
            f"image      {DEV_IMAGE}",
            "state      ready",
            "",
            "workload         ready  wanted",
            "examxv2-backend  1      1",
        ]

    def test_what_only_looks_like_one_is_told_of(self, features: Features) -> None:
        features.add("login")
        features.add("other", annotations={"examx.ai/branch": "another"})
        done = feature("list", "--json")
        assert [each["branch"] for each in json.loads(done.stdout)] == ["login"]
        assert done.stderr.startswith(
            'warning: the namespace feat-other-examxv2 says that it is of the branch "another", whose slug is another'
        )

    @pytest.mark.parametrize(
        "command", [("list",), ("show", "login"), ("up", "login"), ("extend", "login"), ("down", "login"), ("reap",)]
    )
    def test_another_cluster_is_refused(self, features: Features, command: tuple[str, ...]) -> None:
        features.add("login", left=OVER)
        before = features.objects()
        features.cluster.wish("name", "arn:aws:eks:ap-south-1:123456789012:cluster/greatify-production-cluster")
        features.cluster.wish("calls", [])
        done = feature(*command, "--context", "wrong", status=1)
        assert "leads to the cluster arn:aws:eks:ap-south-1:123456789012:cluster/greatify-production" in done.stderr
        assert features.cluster.calls == [["--context=wrong", "config", "view", "--minify", "-o", "json"]]
        assert features.objects() == before
