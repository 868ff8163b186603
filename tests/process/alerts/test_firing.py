"""Prometheus itself fires the alerts, and keeps silent, as the cases say."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from examx_constructs.settings import (
    Alerting,
)
from tests.unit.alerts.cases import CASES, NAMESPACE, Case
from tests.unit.alerts.test_alerts import rendered


def promtool(folder: Path, *arguments: str) -> str:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool is on the PATH (Debian's package prometheus has it)")
    done = subprocess.run([tool, *arguments], cwd=folder, check=False, capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def test_prometheus_fires_and_keeps_silent_as_the_cases_say(tmp_path: Path):
    spec = rendered(Alerting())["spec"]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec))
    tests = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [_test(each) for each in CASES]}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(tests))
    assert "SUCCESS" in promtool(tmp_path, "check", "rules", "rules.yaml")
    promtool(tmp_path, "test", "rules", "tests.yaml")


def _test(case: Case) -> dict[str, object]:
    firing = f'count(ALERTS{{alertname="{case.alert}",alertstate="firing",namespace="{NAMESPACE}"}}) > bool 0'
    return {
        "interval": "1m",
        "name": f"{case.alert} {'fires' if case.fires else 'is silent'}",
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "promql_expr_test": [
            {
                "expr": firing,
                "eval_time": f"{case.minute}m",
                "exp_samples": [{"labels": "{}", "value": 1}] if case.fires else [],
            }
        ],
    }
