"""The bench against a commit: on a small repository, whose set-up is a line."""

import subprocess
from pathlib import Path

import pytest

from tools import bench_against
from tools.bench_against import Measure

MAKEFILE = "setup:\n\t@touch ready\nwork:\n\t@test -f ready\n\t@echo '{\"seconds\": %s}'\n"
FILE = f"Before.\n<!-- {bench_against.MARK} -->\nold\n<!-- /{bench_against.MARK} -->\nAfter.\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two commits, where the second says that it takes half as long."""
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init", "--quiet")
    for seconds in ("4.0", "2.0"):
        (project / "Makefile").write_text(MAKEFILE % seconds, encoding="utf-8")
        commit(project)
    monkeypatch.setattr(bench_against, "ROOT", project)
    monkeypatch.setattr(bench_against, "FOLDER", project / "build" / "against")
    measures = (
        Measure("`work`", ("make", "--silent", "work"), "told", 0.75),
        Measure("what fails", ("make", "--silent", "none"), "user", 0.5),
    )
    monkeypatch.setattr(bench_against, "MEASURES", measures)
    return project


def git(project: Path, *arguments: str) -> str:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    return subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True, text=True).stdout


def commit(project: Path) -> None:
    git(project, "add", "Makefile")
    git(project, "commit", "--quiet", "--message", "Work")


def test_a_table_of_ratios_goes_between_the_markers(project: Path) -> None:
    file = project / "speed.md"
    file.write_text(FILE, encoding="utf-8")
    assert bench_against.main(["HEAD~1", "--pairs", "2", "--write", str(file)]) == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("Before.", "After.")
    assert "| `work` | told | 4.00 s | 2.00 s | 0.50 | 0.75 |" in lines
    assert [line for line in lines if line.startswith("| what fails | user | | | what fails fails in ")] != []
    assert git(project, "worktree", "list").count("\n") == 1
    assert not [*(project / "build" / "against").iterdir()]


def test_what_cannot_be_measured_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_against.main(["v9"]) == 2
    assert capsys.readouterr().err.startswith("error: v9 is no commit here: fatal: ")
    (project / "Makefile").write_text("setup:\n\t@echo no network >&2; false\n", encoding="utf-8")
    commit(project)
    assert bench_against.main(["HEAD", "--of", "HEAD~1"]) == 2
    said = capsys.readouterr().err
    assert said == f"error: {git(project, 'rev-parse', '--short=7', 'HEAD').strip()} cannot be set up: no network\n"
    assert git(project, "worktree", "list").count("\n") == 1


def test_a_checkout_that_is_kept_is_taken_again(project: Path) -> None:
    words = ["HEAD~1", "--pairs", "1", "--only", "work", "--keep"]
    assert bench_against.main(words) == 0
    kept = [each.stat().st_ino for each in sorted((project / "build" / "against").iterdir())]
    assert bench_against.main(words) == 0
    assert len(kept) == 2
    assert [each.stat().st_ino for each in sorted((project / "build" / "against").iterdir())] == kept


def test_set_up_has_the_certificates_of_the_machine_and_nothing_of_ours(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", "/etc/company.pem")
    monkeypatch.setenv("NODE_OPTIONS", "--max-old-space-size=1")
    script = "setup:\n\t@echo $$NODE_EXTRA_CA_CERTS and $$NODE_OPTIONS. >&2; false\n"
    (project / "Makefile").write_text(script, encoding="utf-8")
    commit(project)
    assert bench_against.main(["HEAD", "--of", "HEAD~1"]) == 2
    assert capsys.readouterr().err.endswith("cannot be set up: /etc/company.pem and .\n")
