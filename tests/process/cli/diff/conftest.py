"""A cluster that answers as it was recorded: from an API server of version 1.34, after an apply of the manifests."""

import copy
import json
import stat
import sys
from pathlib import Path

import pytest

from examx_cli.cluster import Cluster, Target
from examx_cli.comparison import Difference
from examx_cli.diff.live import compare_with_cluster
from examx_cli.kubectl import Kubectl
from tests.unit.cli.diff.support import Manifest, put

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))


class StandIn:
    """A cluster that answers what a test wants."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "answers.json"
        self.manifests: list[Manifest] = copy.deepcopy(RECORDED["manifests"])
        live = RECORDED["live"]
        self.answers: Manifest = {
            "cluster": "arn:aws:eks:ap-south-1:123456789012:cluster/dev-stg-cluster",
            "live": copy.deepcopy(live),
            "tried": copy.deepcopy(live),
            "owned": [copy.deepcopy(each) for each in live if each["kind"] in ("Deployment", "Service")],
        }

    def change(self, target: str, path: str, value: object) -> None:
        """Change the manifests, and what the server makes of them."""
        put(target, path, value)(self.manifests)
        put(target, path, value)(self.answers["tried"])

    def compare(self) -> Difference:
        self._file.write_text(json.dumps(self.answers), encoding="utf-8")
        return compare_with_cluster(Cluster(Kubectl(), Target.of(self.manifests)), self.manifests)

    @property
    def asked(self) -> list[str]:
        return Path(f"{self._file}.asked").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    binary = tmp_path / "kubectl"
    program = Path(__file__).with_name("kubectl.py")
    binary.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {program} "$@"\n', encoding="utf-8")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EXAMX_KUBECTL", str(binary))
    monkeypatch.setenv("EXAMX_TEST_ANSWERS", str(tmp_path / "answers.json"))
    return StandIn(tmp_path)
