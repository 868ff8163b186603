"""Programs that play `aws` and `gh`, as processes of their own."""

import json
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.process.cli.doctor.outside import program

Answers = dict[str, Any]


@dataclass(frozen=True)
class Outside:
    """A program that answers what is recorded."""

    file: Path

    def record(self, answers: Answers) -> None:
        self.file.write_text(json.dumps(answers), encoding="utf-8")

    @property
    def calls(self) -> list[list[str]]:
        """What it was asked, each call as its words."""
        calls = self.file.with_suffix(".calls")
        return [json.loads(line) for line in calls.read_text(encoding="utf-8").splitlines()] if calls.exists() else []


def play(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Be `aws` and `gh` from then on."""
    binary = folder / "outside"
    binary.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program.__file__}" "$@"\n', encoding="utf-8")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    played = Outside(folder / "answers.json")
    for variable in ("EXAMX_AWS", "EXAMX_GH"):
        monkeypatch.setenv(variable, str(binary))
    monkeypatch.setenv("EXAMX_TEST_OUTSIDE", str(played.file))
    return played


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], Outside]:
    """Record answers, and be `aws` and `gh` from then on."""
    played = play(tmp_path, monkeypatch)

    def recorded(answers: Answers) -> Outside:
        played.record(answers)
        return played

    return recorded
