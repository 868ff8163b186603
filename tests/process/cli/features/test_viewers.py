"""The key that lets people into a feature environment: made once, told at a terminal, never to a workflow."""

import base64
from collections.abc import Callable

import pytest

from examx_constructs.features import Feature
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.features.conftest import Features
from tests.unit.cli.features.conftest import DEV_IMAGE, ME, feature


def _key(features: Features, wanted: Feature) -> str:
    secret = features.get(wanted, "Secret", "viewer-key")
    assert secret is not None
    assert secret["type"] == "Opaque"
    return base64.b64decode(secret["data"]["key"]).decode()


def _entrance(features: Features, wanted: Feature) -> str:
    return f"https://{wanted.slug.host}/_nginx/enter?key={_key(features, wanted)}"


class TestPlayed:
    """A control plane runs no pod that could be asked; tests/runtime/nginx/test_viewers.py asks a real nginx."""

    @pytest.fixture
    def cluster(self, played: TestCluster) -> TestCluster:
        return played

    def test_it_is_made_once_and_told_at_a_terminal(self, features: Features, running: Feature) -> None:
        key = _key(features, running)
        assert len(key) == 43
        done = feature("up", running.branch)
        assert f"{_entrance(features, running)} lets all who open it in" in done.stdout
        assert _key(features, running) == key
        assert key not in done.stderr

    def test_no_workflow_tells_it(
        self, features: Features, running: Feature, workflow: Callable[[], dict[str, str]]
    ) -> None:
        done = feature("up", running.branch, "--owner", ME)
        key = _key(features, running)
        assert f"`examx feature show {running.branch} --key` shows the address with it" in done.stdout
        assert key not in done.output + str(workflow())
        refused = feature("show", running.branch, "--key", status=1)
        assert "--key is for a terminal" in refused.stderr
        assert key not in refused.output

    def test_no_answer_for_machines_holds_it(self, features: Features, running: Feature) -> None:
        key = _key(features, running)
        for arguments in (("up", running.branch, "--json"), ("show", running.branch, "--json"), ("list", "--json")):
            assert key not in feature(*arguments).output

    def test_show_tells_it_to_whoever_may_run_commands_in_the_pods(self, features: Features, running: Feature) -> None:
        assert feature("show", running.branch, "--key").stdout == f"{_entrance(features, running)}\n"
        features.cluster.wish("forbidden", [["create", "pods/exec"]])
        done = feature("show", running.branch, "--key", status=2)
        assert "the key is read where nginx runs" in done.stderr
        done = feature("up", running.branch)
        assert "`examx feature show feature/login --key` asks again" in done.stderr

    def test_who_may_make_no_secret_is_told_before_any_pod_waits_for_it(self, features: Features) -> None:
        wanted = features.wanted("logout")
        features.cluster.wish("forbidden", [["create", "Secret"]])
        done = feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, status=2)
        assert "the key to the environment, Secret viewer-key, could not be made" in done.stderr
        assert features.get(wanted, "Deployment", "examxv2-backend") is None
