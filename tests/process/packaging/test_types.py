"""A chart of another team passes strict type checkers with the types that the wheel ships."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process.packaging.conftest import Installed
from tests.process.packaging.projects import TEAM

OWN = """
from cdk8s import Chart


def add(chart: Chart) -> None: ...
"""

MISTAKES = """
from typing import reveal_type

from cdk8s import App, Chart
from examx_constructs import AwsSecrets, DefaultDeny, Nothing
from examx_constructs.settings import Replicas

chart = Chart(App(), "c")
reveal_type(AwsSecrets(chart, "s", name="s", files={}).secret_provider_class.api_version)
DefaultDeny(chart, "d", name=1)
Replicas.between("1", 2)
"""


def _found(folder: Path, installed: Installed) -> list[tuple[str, int, str, str]]:
    """The file, line, severity and rule or message of all that basedpyright, which is stricter than pyright, finds."""
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "venvPath": str(installed.root.parent)}
    (folder / "pyrightconfig.json").write_text(json.dumps({**settings, "venv": installed.root.name}))
    done = subprocess.run(
        [Path(sys.executable).parent / "basedpyright", "--outputjson", "--project", folder],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return [
        (
            Path(each["file"]).name,
            each["range"]["start"]["line"],
            each["severity"],
            each.get("rule") or each["message"],
        )
        for each in json.loads(done.stdout)["generalDiagnostics"]
    ]


def _write(folder: Path) -> None:
    (folder / "chart.py").write_text((TEAM / "chart.py").read_text())
    (folder / "own.py").write_text(OWN)
    (folder / "mistakes.py").write_text(MISTAKES.lstrip())


def test_a_chart_passes_and_mistakes_do_not(installed: Installed, tmp_path: Path) -> None:
    _write(tmp_path)
    found = _found(tmp_path, installed)
    assert [each for each in found if each[0] != "mistakes.py"] == []
    assert {line for file, line, severity, _ in found if severity == "error"} == {3, 8, 9}
    (revealed,) = [message for _, line, severity, message in found if severity == "information"]
    assert revealed.endswith('secret_provider_class.api_version" is "str"')


@pytest.mark.long
def test_mypy_agrees(installed: Installed, tmp_path: Path) -> None:
    _write(tmp_path)
    done = subprocess.run(
        [Path(sys.executable).parent / "mypy", "--strict", "--python-executable", installed.python, "."],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = [line.partition(" ")[0] for line in done.stdout.splitlines() if ": error:" in line]
    assert lines == ["mistakes.py:4:", "mistakes.py:9:", "mistakes.py:10:"], done.stdout
    assert 'mistakes.py:8: note: Revealed type is "str"' in done.stdout.replace("builtins.", "")
