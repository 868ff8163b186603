"""The rules of prose as a program."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.prose.__main__ import main


def test_ends_with_1_where_it_finds_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("It stands.\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("It is.\n", encoding="utf-8")
    assert main([str(tmp_path / "b.md")]) == 0
    assert main([str(tmp_path / "a.md"), str(tmp_path / "b.md")]) == 1
    assert "a.md:1: word: 'stands'" in capsys.readouterr().out


def test_reads_what_git_has_when_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "kept.md").write_text("It stands.\n", encoding="utf-8")
    (tmp_path / "other.md").write_text("It stands too.\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "kept.md"], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "tools.prose"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(Path.cwd())}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (
        1,
        ["kept.md:1: word: 'stands': say what it is: 'is', 'is in', 'means'"],
        "",
    )
