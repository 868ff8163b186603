"""What a rollback does not go back to: what was never main, and what an apply would refuse. With real git."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.process.cli.cluster.conftest import IMAGE, Checkout, Examx, TestCluster

PRIVILEGED = ("spec", "template", "spec", "containers", 0, "securityContext", "privileged")


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


def _colour(cluster: TestCluster) -> str:
    settings = cluster.get("ConfigMap", "settings")
    assert settings is not None
    return settings["data"]["colour"]


def _commit(checkout: Checkout, colour: str) -> str:
    checkout.one("ConfigMap")["data"]["colour"] = colour
    return checkout.commit(colour)


@pytest.fixture
def released(checkout: Checkout, examx: Examx) -> list[str]:
    """Two releases that ran, green and blue."""
    commits: list[str] = []
    for colour in ("green", "blue"):
        commits.append(_commit(checkout, colour))
        assert examx("apply", "dev").exit_code == 0
    return commits


def _aside(checkout: Checkout, colour: str) -> str:
    """A commit of a branch that was pushed and never merged."""
    checkout.git("checkout", "--quiet", "-b", f"aside-{colour}")
    checkout.one("ConfigMap")["data"]["colour"] = colour
    checkout.write(colour)
    checkout.git("commit", "--quiet", "--all", "--message", colour)
    commit = checkout.git("rev-parse", "HEAD")
    checkout.git("update-ref", f"refs/remotes/origin/aside-{colour}", "HEAD")
    checkout.git("checkout", "--quiet", "main")
    return commit


def _refused(cluster: TestCluster, examx: Examx, *arguments: str, status: int = 1) -> str:
    """A rollback that is refused, in one message, with nothing applied."""
    before, tried = _colour(cluster), len(cluster.calls)
    done = examx("rollback", "dev", *arguments)
    assert done.exit_code == status, done.output
    assert "Traceback" not in done.output
    assert _colour(cluster) == before
    assert not [call for call in cluster.calls[tried:] if {"apply", "patch", "delete"} & set(call)]
    return done.stderr


@pytest.mark.parametrize(
    ("how", "option"),
    [("commit", "--json"), ("commit", "--dry-run"), ("commit", "--show"), ("branch", "--json"), ("remote", "--json")],
)
def test_a_commit_of_a_side_branch(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str], *, how: str, option: str
):
    commit = _aside(checkout, "black")
    named = {"commit": commit, "branch": "aside-black", "remote": "origin/aside-black"}
    said = _refused(cluster, examx, "--to", named[how], option)
    assert f"what --to names is {commit[:10]}, which origin's main branch never was" in said
    assert "git log --first-parent origin/main" in said


def test_a_commit_that_only_this_checkout_calls_main(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str]
):
    checkout.one("ConfigMap")["data"]["colour"] = "black"
    checkout.write("black")
    checkout.git("commit", "--quiet", "--all", "--message", "never pushed")
    assert "which origin's main branch never was" in _refused(cluster, examx, "--to", "main")


def test_a_commit_inside_of_a_merge_but_not_before_or_after_it(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str]
):
    inside = _aside(checkout, "black")
    checkout.git("merge", "--quiet", "--no-ff", "--message", "merged", "aside-black")
    checkout.merged()
    assert "which origin's main branch never was" in _refused(cluster, examx, "--to", inside)
    assert examx("rollback", "dev", "--to", "HEAD").exit_code == 0
    assert _colour(cluster) == "black"
    assert examx("rollback", "dev", "--to", released[0]).exit_code == 0
    assert _colour(cluster) == "green"


def _forge(cluster: TestCluster, **entry: str) -> None:
    """Let those who may deploy write the record of what ran."""
    kept = cluster.get("ConfigMap", "examx-releases")
    assert kept is not None
    good = json.loads(kept["data"]["good"])
    good[1] |= entry
    metadata = {"name": "examx-releases", "namespace": cluster.namespace}
    data = {"good": json.dumps(good)}
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}, "kubectl")


def test_a_record_of_releases_that_somebody_wrote(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str]
):
    _forge(cluster, commit=_aside(checkout, "black"), by="nobody\n::error::forged\r\n\x1b[2J")
    said = _refused(cluster, examx)
    assert "the last release that worked, as the ConfigMap examx-releases says, is" in said
    assert "which origin's main branch never was" in said
    assert not re.search(r"^::error::forged", said, re.MULTILINE)


@pytest.mark.parametrize("commit", ["--all", "HEAD^{/x}", "", "0" * 40])
def test_a_record_that_names_no_commit(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str], commit: str
):
    _forge(cluster, commit=commit)
    assert "git knows no commit" in _refused(cluster, examx, status=2)


def test_manifests_that_an_apply_refuses(checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str]):
    context: Any = checkout.one("Deployment")
    for step in PRIVILEGED[:-1]:
        context = context[step]
    context["privileged"] = True
    bad = _commit(checkout, "black")
    del context["privileged"]
    _commit(checkout, "white")

    said = _refused(cluster, examx, "--to", bad)
    assert "nothing was applied; these manifests would break" in said
    assert "securityContext.privileged is true" in said
    assert "[pod-meets-restricted-standard" in said
    assert "securityContext.privileged" in _refused(cluster, examx, "--to", bad, "--despite", "beat-is-single")
    assert 'names "privileged", which is no rule' in _refused(
        cluster, examx, "--to", bad, "--despite=privileged", status=2
    )

    done = examx("rollback", "dev", "--to", bad, "--despite=beat-is-single pod-meets-restricted-standard", "--show")
    assert done.exit_code == 0, done.output
    assert "- breaks, and may: `Deployment" in done.stdout
    assert "may break this time" in done.stderr


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (f"{IMAGE}:stg-black", 'it must start with "dev-"'),
        ("registry.example.net/examxv2-backend:dev-black", "runs images of that repository only"),
    ],
)
def test_an_image_of_somewhere_else(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str], *, image: str, said: str
):
    images = checkout.root / "images.yaml"
    images.write_text(images.read_text(encoding="utf-8").replace(f"{IMAGE}:dev-blue", image), encoding="utf-8")
    checkout.git("commit", "--quiet", "--all", "--message", "black")
    _commit(checkout, "white")
    assert said in _refused(cluster, examx, "--to", "HEAD^")


def test_manifests_that_run_another_image_than_was_released(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str]
):
    container = checkout.one("Deployment")["spec"]["template"]["spec"]["containers"][0]
    before, container["image"] = container["image"], f"{IMAGE}:dev-of-somebody"
    bad = _commit(checkout, "black")
    container["image"] = before
    _commit(checkout, "white")
    assert f"run {IMAGE}:dev-of-somebody, and its images.yaml names {IMAGE}:dev-black" in _refused(
        cluster, examx, "--to", bad
    )


def test_a_shallow_checkout_says_so(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str], *, tmp_path: Path, monkeypatch: Any
):
    clone = tmp_path / "clone"
    checkout.git("clone", "--quiet", "--depth=1", checkout.root.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    said = _refused(cluster, examx, "--to", released[0], status=2)
    assert "git knows no commit" in said
    assert "This checkout is shallow: `git fetch --unshallow origin main`" in said


def test_a_checkout_that_does_not_know_main(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str]
):
    checkout.git("update-ref", "-d", "refs/remotes/origin/main")
    said = _refused(cluster, examx, status=2)
    assert "this checkout has no refs/remotes/origin/main" in said
    assert "`git fetch origin main`" in said


def test_shown_for_approval_and_nothing_done(
    checkout: Checkout, cluster: TestCluster, examx: Examx, released: list[str], *, tmp_path: Path, monkeypatch: Any
):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    calls = len(cluster.calls)
    done = examx("rollback", "dev", "--show")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"Back to `{released[0]}`, image `{IMAGE}:dev-green`\n")
    assert re.search(r"^- .*blue$", done.stdout, re.MULTILINE)
    assert re.search(r"^\+ .*green$", done.stdout, re.MULTILINE)
    assert "### What this would change" in done.stdout
    assert _colour(cluster) == "blue"
    assert not [call for call in cluster.calls[calls:] if "apply" in call and "--dry-run=server" not in call]
    outputs = (tmp_path / "outputs").read_text(encoding="utf-8")
    assert released[0] in outputs
    assert f"{IMAGE}:dev-green" in outputs


def test_what_is_not_rendered_by_digest_is_not_applied_to_prod(checkout: Checkout, cluster: TestCluster, examx: Examx):
    container = checkout.one("Deployment")["spec"]["template"]["spec"]["containers"][0]
    for tag, status in (("prod-20261201-101500-abcdef0", 1), ("prod-20261123-000000-0000000", 0)):
        container["image"] = f"{IMAGE}:{tag}"
        checkout.write("green")
        images = checkout.root / "images.yaml"
        images.write_text(f"{images.read_text(encoding='utf-8').partition('prod:')[0]}prod: {IMAGE}:{tag}\n", "utf-8")
        manifests = yaml.safe_dump_all(checkout.manifests)
        (checkout.root / "dist/prod.k8s.yaml").write_text(manifests, encoding="utf-8")
        done = examx("apply", "prod")
        assert done.exit_code == status, done.output
        assert ("it must end in @sha256:DIGEST" in done.stderr) == bool(status)
