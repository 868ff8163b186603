"""`examx diff` as it is typed, in real checkouts."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from examx_cli.app import app
from examx_cli.diff import sources
from examx_constructs.environments import ENVIRONMENTS
from tests.own import dist
from tests.process.cli.diff.conftest import RECORDED, StandIn
from tests.unit.cli.diff.support import Edit, manifests, put

MEMORY = put("Deployment celery-beat", "spec.template.spec.containers[celery-beat].resources.limits.memory", "7Gi")


class Checkout:
    """A checkout of the project, as far as the command needs one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        dist(root / "dist")
        (root / "cdk8s.yaml").touch()
        (root / "images.yaml").touch()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("first")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com")
        command = ["git", "-C", str(self.root), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def change(self, environment: str, edit: Edit) -> None:
        items = manifests(environment)
        edit(items)
        (self.root / "dist" / f"{environment}.k8s.yaml").write_text(yaml.safe_dump_all(items), encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    (tmp_path / "checkout").mkdir()
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(tmp_path / "checkout")
    return Checkout(tmp_path / "checkout")


def examx(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments])


def test_nothing_has_changed(checkout: Checkout) -> None:
    done = examx("dev", "--exit-code")

    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"dev, against HEAD ({checkout.git('rev-parse', 'HEAD')[:10]})\nno change\n"


def test_the_working_tree_is_compared_with_the_last_commit(checkout: Checkout) -> None:
    checkout.change("dev", MEMORY)
    done = examx("dev")

    assert done.exit_code == 0
    assert "1 object changes: restarts celery-beat" in done.stdout
    assert "    - spec.template.spec.containers[celery-beat].resources.limits.memory: 6Gi\n" in done.stdout
    assert examx("dev", "--exit-code").exit_code == 1
    assert examx("stg", "--exit-code").exit_code == 0


def test_another_commit_can_be_named(checkout: Checkout) -> None:
    first = checkout.git("rev-parse", "HEAD")
    checkout.change("dev", MEMORY)
    checkout.commit("second")
    checkout.git("tag", "v1")

    assert "no change" in examx("dev", "--against", "v1").stdout
    for revision in ("HEAD~1", first):
        assert f"dev, against {revision} ({first[:10]})\n1 object changes" in examx("dev", "--against", revision).stdout


def test_the_manifests_of_a_commit_are_read_out_of_git(checkout: Checkout) -> None:
    base = checkout.git("rev-parse", "HEAD")
    checkout.change("dev", MEMORY)
    theirs = checkout.commit("a change of somebody")
    checkout.git("checkout", "--quiet", "--detach", base)
    done = examx("dev", "--of", theirs, "--against", base)
    assert done.exit_code == 0, done.output
    assert "1 object changes: restarts celery-beat" in done.stdout
    assert checkout.git("status", "--porcelain") == ""


def test_of_a_commit_without_manifests_all_goes(checkout: Checkout) -> None:
    base = checkout.git("rev-parse", "HEAD")
    checkout.git("rm", "--quiet", "dist/dev.k8s.yaml")
    checkout.commit("gone")
    assert "removed" in examx("dev", "--of", "HEAD", "--against", base).stdout


@pytest.mark.parametrize("what", ["link", "folder", "large"])
def test_what_is_no_file_of_ours_is_not_compared(checkout: Checkout, what: str) -> None:
    file = checkout.root / "dist/dev.k8s.yaml"
    file.unlink()
    if what == "link":
        file.symlink_to("/etc/hostname")
    elif what == "folder":
        file.mkdir()
        (file / "dev.k8s.yaml").write_text("a: b\n")
    else:
        file.write_text("a: b\n" * (sources.MOST_BYTES // 5 + 1))
    checkout.commit(what)
    done = examx("dev", "--of", "HEAD", "--against", "HEAD^")
    assert done.exit_code == 2
    assert "dist/dev.k8s.yaml of HEAD is not compared: it must be a file of at most 4 MiB" in done.stderr


def test_a_commit_is_not_compared_with_a_cluster(checkout: Checkout) -> None:
    assert "--of is of a commit" in examx("dev", "--of", "HEAD", "--against", "cluster").stderr


def test_all_is_new_where_a_commit_has_no_manifests(checkout: Checkout) -> None:
    file = checkout.root / "dist" / "stg.k8s.yaml"
    content = file.read_bytes()
    file.unlink()
    commit = checkout.commit("without stg")
    file.write_bytes(content)
    done = examx("stg")

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(f"stg, new: HEAD ({commit[:10]}) has nothing of it\n")
    assert f"{len(manifests('stg'))} objects are new" in done.stdout


def test_several_environments_are_one_answer(checkout: Checkout) -> None:
    checkout.change("prod", MEMORY)

    assert examx("dev", "stg", "dev").stdout.count(", against HEAD") == 2
    every = json.loads(examx("--all", "--json").stdout)
    assert [each["environment"] for each in every["environments"]] == list(ENVIRONMENTS)
    assert (every["changed"], every["impact"]) == (True, "restart")
    assert json.loads(examx("prod", "--format", "json").stdout)["environments"] == [every["environments"][2]]


def test_markdown_can_be_written_into_a_file(checkout: Checkout) -> None:
    checkout.change("dev", MEMORY)
    file = checkout.root / "comment.md"
    done = examx("--all", "--format", "markdown", "--output", str(file), "--exit-code")

    assert (done.exit_code, done.stdout) == (1, "")
    written = file.read_text(encoding="utf-8")
    assert written.startswith("<!-- examx diff -->\n")
    assert written == examx("--all", "--format", "markdown").stdout
    assert "| dev | **restarts pods** | 1 object changes: restarts `celery-beat` |" in written


def test_text_in_a_file_is_what_a_pipe_gets(checkout: Checkout) -> None:
    checkout.change("dev", MEMORY)
    file = checkout.root / "answer.txt"

    assert examx("dev", "--output", str(file)).exit_code == 0
    assert file.read_text(encoding="utf-8").strip() == examx("dev").stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name the environments, or say --all; known are dev, stg, prod"),
        (("dev", "--all"), "name the environments, or say --all"),
        (("nowhere",), 'there is no environment "nowhere"; known are dev, stg, prod'),
        (("dev", "--against", "nowhere"), 'git knows no commit "nowhere"; is it fetched?'),
        (("dev", "--context", "a"), "--context is of a cluster, and --against is HEAD: say --against cluster"),
        (("dev", "--output", "no/such/file"), "no/such/file cannot be written: No such file or directory"),
    ],
)
def test_what_can_not_be_done_is_said(checkout: Checkout, arguments: tuple[str, ...], message: str) -> None:
    done = examx(*arguments)

    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_manifests_that_are_missing_are_said(checkout: Checkout) -> None:
    (checkout.root / "dist" / "dev.k8s.yaml").unlink()
    done = examx("dev")

    assert done.exit_code == 2
    assert "dev.k8s.yaml cannot be read" in done.stderr


def test_a_commit_with_broken_manifests_is_said(checkout: Checkout) -> None:
    (checkout.root / "dist" / "dev.k8s.yaml").write_text("a: [", encoding="utf-8")
    checkout.commit("broken")
    checkout.change("dev", MEMORY)
    done = examx("dev")

    assert done.exit_code == 2
    assert "dist/dev.k8s.yaml of HEAD:" in done.stderr


def test_the_cluster_is_asked(checkout: Checkout, cluster: StandIn) -> None:
    file = checkout.root / "dist" / "dev.k8s.yaml"
    file.write_text(yaml.safe_dump_all(RECORDED["manifests"]), encoding="utf-8")
    cluster.compare()
    done = examx("dev", "--against", "cluster", "--context", "dev-admin")

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("dev, against what runs in dev-examxv2 of dev-stg-cluster\nno change\n")


def test_another_cluster_is_not_compared(checkout: Checkout, cluster: StandIn) -> None:
    cluster.answers["cluster"] = "arn:aws:eks:ap-south-1:123456789012:cluster/other"
    cluster.compare()
    done = examx("dev", "--against", "cluster")

    assert done.exit_code == 1
    assert "this environment is of dev-stg-cluster: choose its context with --context" in done.stderr


def test_help_shows_examples() -> None:
    assert "examx diff --all --against main --format markdown --output comment.md" in " ".join(
        examx("--help").stdout.split()
    )
