"""`examx drift`: what runs otherwise than it was deployed."""

import json

import pytest

from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.kubectl import MOUNTS
from tests.process.cli.cluster.secrets import mount, secret_class, there
from tests.unit.cli.rotation.pods import CLASS, NEW, minutes, pod, status


def _paint(cluster: TestCluster, colour: str) -> None:
    metadata = {"name": "settings", "namespace": cluster.namespace}
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"colour": colour}}, "person")


def test_what_runs_as_it_was_deployed_is_no_drift(checkout: Checkout, examx: Examx):
    examx("apply", "dev")
    done = examx("drift", "dev")
    assert done.exit_code == 0, done.output
    assert "no change" in done.stdout


def test_what_somebody_changed_is_named(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    _paint(cluster, "green")
    done = examx("drift", "dev")
    assert done.exit_code == 1
    assert "* ConfigMap settings\n    - data.colour: green\n    + data.colour: red" in done.stdout
    told = json.loads(examx("drift", "dev", "--format", "json").stdout)
    assert [each["object"]["name"] for each in told["environments"][0]["changes"]] == ["settings"]


def test_what_is_not_deployed_yet_is_no_drift(checkout: Checkout, cluster: TestCluster, examx: Examx):
    """A change on main that nobody has deployed is no difference of what runs."""
    examx("apply", "dev")
    first = checkout.git("rev-parse", "HEAD")
    checkout.one("ConfigMap")["data"]["colour"] = "blue"
    checkout.commit("second")
    done = examx("drift", "dev")
    assert done.exit_code == 0, done.output
    assert f"dev as of {first[:10]}" in done.stdout
    examx("apply", "dev")
    assert examx("drift", "dev").exit_code == 0


def test_a_checkout_without_the_commit_that_runs_says_so(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    checkout.one("ConfigMap")["data"]["colour"] = "blue"
    checkout.git("checkout", "--quiet", "--orphan", "other")
    checkout.commit("another-history")
    checkout.git("branch", "-D", "main")
    checkout.git("reflog", "expire", "--expire=now", "--all")
    checkout.git("gc", "--prune=now", "--quiet")
    done = examx("drift", "dev")
    assert done.exit_code == 1
    assert "this checkout lacks" in done.stderr
    assert "data.colour" in done.stdout


def test_the_workflow_hears_of_it(checkout: Checkout, cluster: TestCluster, examx: Examx, monkeypatch, tmp_path):
    examx("apply", "dev")
    file = tmp_path / "outputs"
    file.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    examx("drift", "dev")
    assert "settings" not in file.read_text(encoding="utf-8")
    _paint(cluster, "green")
    examx("drift", "dev")
    assert "1 object changes" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("cluster", ["played"], indirect=True)
def test_a_pod_with_an_older_value_of_a_secret_is_named(
    checkout: Checkout, cluster: TestCluster, examx: Examx, monkeypatch, tmp_path
):
    mount(checkout.one("Deployment"), CLASS)
    checkout.manifests.insert(1, secret_class(cluster.namespace, CLASS))
    checkout.commit("with-a-secret")
    examx("apply", "dev")
    there(cluster, (pod("web-1", "web", minutes(31)), status("web-1", NEW, minutes(31))))
    assert examx("drift", "dev").exit_code == 0
    there(cluster, (pod("web-1", "web", minutes(0)), status("web-1", NEW, minutes(0), minutes(30))))
    file = tmp_path / "outputs"
    file.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    done = examx("drift", "dev")
    assert done.exit_code == 1
    assert f"Deployment web: 1 pod holds an older value of {CLASS}; a newer one is known since" in done.stderr
    assert "`examx restart dev` gives it to them" in done.stderr
    assert "report" in file.read_text(encoding="utf-8")
    assert "older value" in file.read_text(encoding="utf-8")
    told = json.loads(examx("drift", "dev", "--format", "json").stdout)
    assert [each["pod"] for each in told["outdated"]] == ["web-1"]
    assert told["changed"] is False


@pytest.mark.parametrize("cluster", ["played"], indirect=True)
def test_what_an_observer_may_not_read_is_said_and_is_no_drift(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    for resource, what in (("pods", "pods"), (MOUNTS, "SecretProviderClassPodStatuses")):
        cluster.wish("forbidden", [["list", resource]])
        done = examx("drift", "dev")
        assert done.exit_code == 0, done.output
        assert f"is not known: this identity may not read {what}" in done.stderr
