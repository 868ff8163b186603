"""imports/ is what the importer makes of the CRDs, and nothing more than the constructs use."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.import_crds import KINDS

PROJECT = Path(__file__).parents[2]
CRDS = PROJECT.parent / "shared" / "crds"
BUNDLES = ("keda-2.17.2.yaml", "secrets-store-csi-1.5.6.yaml")


def generated(folder: Path) -> dict[str, str]:
    """The generated code. The archives beside it hold the time of their making."""
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.glob("imports/**/*.py"))}


@pytest.mark.skipif(not CRDS.is_dir(), reason="the CRDs are not at hand: ../shared/crds")
def test_importing_again_makes_the_same_code(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "cdk8s.yaml", tmp_path)
    path = f"{Path(sys.executable).parent}:{PROJECT / 'node_modules' / '.bin'}:{os.environ['PATH']}"
    subprocess.run(
        [sys.executable, str(PROJECT / "tools" / "import_crds.py"), *(str(CRDS / bundle) for bundle in BUNDLES)],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "CDK8S_CHECK_UPGRADE": "false"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    groups = ("imports/io/", "imports/sh/")
    assert generated(tmp_path) == {name: code for name, code in generated(PROJECT).items() if name.startswith(groups)}


@pytest.mark.parametrize(
    ("group", "kind", "told"),
    [
        pytest.param("keda.sh", "ScaledObject", "define no TriggerAuthentication: imports/ stays", id="a kind"),
        pytest.param("example.com", "Thing", "define no kind that is used: imports/ stays", id="all"),
    ],
)
def test_a_missing_definition_leaves_the_imports_alone(tmp_path: Path, group: str, kind: str, told: str) -> None:
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports" / "kept.py").write_text("")
    (tmp_path / "crds.yaml").write_text(yaml.safe_dump({"spec": {"group": group, "names": {"kind": kind}}}))
    command = [sys.executable, str(PROJECT / "tools" / "import_crds.py"), "crds.yaml"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert told in done.stderr
    assert (tmp_path / "imports" / "kept.py").exists()


def test_only_the_kinds_that_are_used_are_imported() -> None:
    code = "".join(generated(PROJECT).values())
    used = {kind for kinds in KINDS.values() for kind in kinds}
    assert {kind for kind in used if f"class {kind}(" in code} == used
    assert "class ScaledJob(" not in code
    assert "class Prometheus(" not in code


def test_the_sources_are_recorded() -> None:
    sources = yaml.safe_load((PROJECT / "cdk8s.yaml").read_text())["imports"]
    releases = ("keda-2.17.2", "v1.5.6", *["/v0.93.0/example/"] * 3)
    assert [release in source for release, source in zip(releases, sources, strict=True)] == [True] * 5
