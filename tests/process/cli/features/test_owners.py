"""Two owners bring the same new branch up: one wins, and the other is told whose it is."""

import json
import threading
from typing import Any

import pytest
from attrs import evolve

from examx_cli.errors import CommandError, Refusal
from examx_cli.features import up
from examx_cli.features.up import bring_up, manifests
from examx_cli.project import Project
from examx_constructs.features import Feature
from examx_constructs.manifests import text
from examx_constructs.settings import Duration
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.features.conftest import Features
from tests.unit.cli.features.conftest import DEV_IMAGE, ME, PROJECT, feature

OTHER = "grace"


def _namespace(wanted: Feature) -> Any:
    return next(each for each in manifests(Project(PROJECT), wanted) if text(each, "kind") == "Namespace")


def test_the_namespace_is_made_by_one(features: Features) -> None:
    """Of eight at the same time, each for another owner."""
    wanted = features.wanted("login")
    namespace = _namespace(wanted)
    owners = [f"owner-{number}" for number in range(8)]
    start, won = threading.Barrier(len(owners)), list[str]()

    def create(owner: str) -> None:
        annotations = {**namespace["metadata"]["annotations"], "examx.ai/owner": owner}
        start.wait()
        if features.registry.create({**namespace, "metadata": {**namespace["metadata"], "annotations": annotations}}):
            won.append(owner)

    racing = [threading.Thread(target=create, args=(owner,)) for owner in owners]
    for each in racing:
        each.start()
    for each in racing:
        each.join(timeout=60)
    assert len(won) == 1
    assert features.annotations(wanted)["examx.ai/owner"] == won[0]


def test_one_wins_and_the_other_is_told_the_truth(features: Features) -> None:
    mine = features.wanted("login")
    theirs = evolve(mine, owner=OTHER)
    start = threading.Barrier(2)
    outcomes: dict[str, object] = {}

    def bring(wanted: Feature) -> None:
        start.wait()
        try:
            outcomes[wanted.owner] = bring_up(
                features.registry, Project(PROJECT), wanted, None, env_file=None, timeout=Duration("120s")
            )
        except CommandError as error:
            outcomes[wanted.owner] = error

    racing = [threading.Thread(target=bring, args=(each,)) for each in (mine, theirs)]
    for each in racing:
        each.start()
    for each in racing:
        each.join(timeout=180)
    lost = {owner: each for owner, each in outcomes.items() if isinstance(each, CommandError)}
    assert len(lost) == 1, outcomes
    ((loser, why),) = lost.items()
    winner = ME if loser == OTHER else OTHER
    assert isinstance(why, Refusal)
    assert str(why).startswith(
        f"{winner} was quicker: {mine.slug.name} (branch {mine.branch}, of {winner}) was made while"
    )
    assert f"is not {loser}'s; nothing was applied" in str(why)
    assert features.annotations(mine)["examx.ai/owner"] == winner
    assert features.image(mine) == str(DEV_IMAGE)


def test_what_is_made_is_ones_own_afterwards(features: Features, running: Feature) -> None:
    """The apply that follows takes all fields over: what is no longer rendered goes later."""
    namespace = features.namespace(running)
    assert namespace is not None
    managers = {each["manager"] for each in namespace["metadata"]["managedFields"]}
    assert "examx" in managers
    assert "kubectl-create" not in managers


class TestWhileTheManifestsAreRendered:
    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    @pytest.fixture
    def meanwhile(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        def happens(what: Any) -> None:
            render = up.manifests

            def slowly(*arguments: Any) -> Any:
                rendered = render(*arguments)
                what()
                return rendered

            monkeypatch.setattr(up, "manifests", slowly)

        return happens

    def test_somebody_else_makes_it(self, features: Features, meanwhile: Any) -> None:
        wanted = features.wanted("login")
        meanwhile(lambda: features.add("login", owner=OTHER))
        said = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, status=1).stderr
        assert f"error: {OTHER} was quicker: {wanted.slug.name} (branch {wanted.branch}, of {OTHER})" in said
        assert features.get(wanted, "Deployment", "examxv2-backend") is None
        assert features.get(wanted, "ConfigMap", "examx-releases") is None

    def test_i_make_it_elsewhere(self, features: Features, meanwhile: Any) -> None:
        wanted = features.wanted("login")
        meanwhile(lambda: features.add("login"))
        said = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, status=2).stderr
        assert "you brought it up in the meantime, somewhere else" in said

    def test_then_the_same_again_brings_it_up(self, features: Features) -> None:
        wanted = features.wanted("login")
        features.add("login", owner=OTHER)
        done = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, "--json")
        assert json.loads(done.stdout)["owner"] == features.annotations(wanted)["examx.ai/owner"] == OTHER

    def test_it_is_being_removed(self, features: Features, cluster: TestCluster, meanwhile: Any) -> None:
        wanted = features.wanted("login")

        def made_and_ending() -> None:
            features.add("login", owner=OTHER)
            features.hold(wanted)
            features.registry.remove(features.registry.at(wanted.slug.namespace))  # pyright: ignore[reportArgumentType]

        meanwhile(made_and_ending)
        said = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, status=1).stderr
        assert "is being removed; when it is gone, it can be made anew" in said

    def test_what_the_cluster_refuses_is_told(self, features: Features, cluster: TestCluster) -> None:
        wanted = features.wanted("login")
        cluster.wish("forbidden", [["patch", "Namespace"]])
        said = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, status=2).stderr
        assert "(Forbidden)" in said
        assert "Traceback" not in said
