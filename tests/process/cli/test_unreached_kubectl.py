"""A cluster that a real kubectl does not reach."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{name: dev-stg-cluster, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: none}}]
contexts: [{name: x, context: {cluster: dev-stg-cluster, user: u}}]
current-context: x
"""


@pytest.mark.skipif(not shutil.which("kubectl"), reason="no kubectl on the PATH")
@pytest.mark.parametrize(
    ("config", "message"),
    [("", "kubectl has no kubeconfig with a current context"), (KUBECONFIG, "does not answer (dial tcp 127.0.0.1:1: ")],
)
def test_a_real_kubectl_that_gets_nowhere(tmp_path: Path, config: str, message: str) -> None:
    (tmp_path / "config").write_text(config)
    environment = {**os.environ, "KUBECONFIG": str(tmp_path / "config"), "EXAMX_KUBECTL": "", "GITHUB_ACTIONS": ""}
    command = [sys.executable, "-m", "examx_cli", "drift", "dev"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line != "asking the cluster of dev"]
    assert (done.returncode, len(errors)) == (2, 1)
    assert message in errors[0]
