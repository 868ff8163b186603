"""`examx validate` says the same as the checks about the same input; what it adds is of schemas alone."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from examx_cli.app import app
from examx_constructs.checks.__main__ import main
from tests.unit.checks.cases import CASES
from tests.unit.checks.support import Case

SHARED = Path(__file__).parents[4] / "shared" / "cases"
BESIDE_RULES = {"schema"}
PARTS = 20
"""Runs that share the cases. These are of one namespace, so each object of a run is looked at beside all others."""
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

Told = Counter[tuple[Any, ...]]


def write(case: Case, number: int, folder: Path) -> None:
    """The objects of a case, in a folder of their own."""
    files = case.objects if isinstance(case.objects, dict) else {"manifest.yaml": case.objects}
    for name, content in files.items():
        file = folder / f"{number:04}" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        written = content if isinstance(content, str) else yaml.dump_all(content, Dumper=_Dumper)
        file.write_text(written, encoding="utf-8")


def told(printed: str) -> Told:
    """The findings, without those that only schemas have."""
    names = ("rule", "severity", "file", "line", "column", "field", "value", "allowed", "why")
    found = json.loads(printed)["findings"]
    return Counter(tuple(each[name] for name in names) for each in found if each["rule"] not in BESIDE_RULES)


def both(path: str, capsys: pytest.CaptureFixture[str]) -> tuple[Told, Told, int, int]:
    status = main([path, "--json"])
    of_checks = told(capsys.readouterr().out)
    validated = CliRunner().invoke(app, ["validate", path, "--json"])
    return of_checks, told(validated.stdout), status, validated.exit_code


@pytest.mark.parametrize("part", range(PARTS))
def test_of_all_cases(
    part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    some = CASES[part::PARTS]
    for number, case in enumerate(some):
        write(case, number, tmp_path)
    checks, validate, status, exit_code = both(".", capsys)
    assert validate == checks
    assert (status, exit_code) == (1, 1)
    assert len(checks) > len(some) / 3, "they were read"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the folder of cases beside the checkout")
@pytest.mark.parametrize("folder", ["manifests", "situations"])
def test_of_inputs_from_elsewhere(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(SHARED)
    checks, validate, _, _ = both(folder, capsys)
    assert validate == checks


def test_a_clean_input_is_clean_to_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n", encoding="utf-8")
    assert both("a.yaml", capsys) == (Counter(), Counter(), 0, 0)
