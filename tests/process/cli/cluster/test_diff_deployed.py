"""`examx diff --against deployed`: what changes since the release that runs, whatever main got in between."""

from pathlib import Path

import pytest

from examx_cli.deploy.history import Entry, History
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the step gives to the workflow."""
    file = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    return file


def recolour(checkout: Checkout, colour: str) -> str:
    checkout.one("ConfigMap")["data"]["colour"] = colour
    return checkout.commit(colour)


def test_it_is_the_release_that_runs_and_not_what_main_got_since(
    checkout: Checkout, examx: Examx, outputs: Path
) -> None:
    ran = recolour(checkout, "green")
    assert examx("apply", "dev").exit_code == 0
    recolour(checkout, "blue")
    checkout.one("Deployment")["spec"]["replicas"] = 7
    checkout.commit("seven")
    done = examx("diff", "dev", "--against", "deployed")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"dev, against the release that runs ({ran[:10]})\n2 objects change")
    said = outputs.read_text(encoding="utf-8")
    assert f"2 objects change, against the release that runs ({ran[:10]})\n" in said
    assert "web: " in said
    assert "colour" not in said, "a message needs no fields"


def test_without_a_release_it_is_what_runs(checkout: Checkout, examx: Examx) -> None:
    recolour(checkout, "green")
    done = examx("diff", "dev", "--against", "deployed")
    assert done.exit_code == 0, done.output
    assert "the cluster remembers no release of dev: it is compared with what runs" in done.stderr
    assert "objects are new" in done.stdout


@pytest.mark.parametrize("commit", ["", "--upload-pack=x", "f" * 40, "HEAD"])
def test_a_release_that_the_checkout_does_not_have(
    checkout: Checkout, examx: Examx, commit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recolour(checkout, "green")
    examx("apply", "dev")
    forged = History((Entry(commit, "", "", ""),))
    monkeypatch.setattr(History, "of", lambda _cluster: forged)
    done = examx("diff", "dev", "--against", "deployed")
    assert done.exit_code == 0, done.output
    assert "dev runs a release that this checkout does not have: it is compared with what runs" in done.stderr
    assert done.stdout.startswith("dev, against what runs in shop of testing\nno change")


def test_another_cluster_is_refused(checkout: Checkout, examx: Examx, cluster: TestCluster) -> None:
    cluster.wish("name", "another")
    assert examx("diff", "dev", "--against", "deployed").exit_code == 1
