"""How programs are built: once, whole or not at all. A module of one small program is enough for all."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cluster import programs
from tests.runtime.waiting import eventually

pytestmark = pytest.mark.e2e

NAME = "hello-1"
MODULE = "module example.com/hello\n\ngo 1.24\n\ntool example.com/hello/cmd/hello\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only set that there is, in a cache that is empty."""
    module = tmp_path / "modules" / NAME
    (module / "cmd" / "hello").mkdir(parents=True)
    (module / "go.mod").write_text(MODULE, encoding="utf-8")
    (module / "go.sum").touch()
    (module / "cmd" / "hello" / "main.go").write_text("package main\n\nfunc main() { println(1) }\n", encoding="utf-8")
    monkeypatch.setattr(programs, "MODULES", tmp_path / "modules")
    monkeypatch.setattr(programs, "CACHE", tmp_path / "cache")
    if reason := programs.refusal(NAME):
        pytest.skip(reason)
    return module


def test_a_set_is_built_once(module: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert programs.built(NAME) is None
    assert programs.main([NAME]) == 0
    folder = programs.built(NAME)
    assert folder
    assert subprocess.run([folder / "bin" / "hello"], check=True, capture_output=True).stderr == b"1\n"
    assert "was built in" in capfd.readouterr().err
    (module / "cmd" / "hello" / "main.go").write_text("no Go at all", encoding="utf-8")
    assert programs.main([NAME]) == 0
    assert capfd.readouterr().err == ""


def test_other_versions_are_another_build(module: Path) -> None:
    first = programs.build(NAME)
    (module / "go.mod").write_text(f"{MODULE}// another\n", encoding="utf-8")
    assert programs.built(NAME) is None
    assert programs.build(NAME) != first


def test_two_that_build_at_once_build_once(module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = tmp_path / "count"
    (tmp_path / "go").write_text(f'#!/bin/sh\n[ "$1" = build ] && echo >>{count}\nexec {real_go()} "$@"\n')
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    built: list[Path] = []
    threads = [threading.Thread(target=lambda: built.append(programs.build(NAME))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 3
    assert len(set(built)) == 1
    assert count.read_text() == "\n"


def test_a_build_that_fails_or_is_killed_leaves_nothing_half_made(module: Path, tmp_path: Path) -> None:
    source = module / "cmd" / "hello" / "main.go"
    good = source.read_text(encoding="utf-8")
    source.write_text("no Go at all", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        programs.build(NAME)
    assert programs.built(NAME) is None
    # Stopped while it has the lock and a folder that is not complete.
    code = f"""\
from pathlib import Path
from tests.cluster import programs
programs.MODULES, programs.CACHE = Path({str(tmp_path / "modules")!r}), Path({str(tmp_path / "cache")!r})
programs._build = lambda name, folder: ((folder / "bin").mkdir(), print("started", flush=True), input())
programs.build({NAME!r})
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"started\n"
        other.send_signal(signal.SIGKILL)
    source.write_text(good, encoding="utf-8")
    assert programs.built(NAME) is None
    folder = programs.build(NAME)
    assert (folder / "bin" / "hello").exists()
    eventually(lambda: not list((tmp_path / "cache").glob(".*")), because=lambda: "unfinished builds are left")


def test_without_go_it_says_what_is_needed(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert programs.refusal(NAME) == "Go 1.24 or newer is needed, and there is none"


def real_go() -> str:
    found = subprocess.run(["sh", "-c", "command -v go"], check=True, capture_output=True, text=True)
    return found.stdout.strip()
