"""imports/ is what the importer makes of the CRDs, and nothing more than the constructs use."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.import_crds import KINDS

PROJECT = Path(__file__).parent.parent
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
    assert generated(tmp_path) == generated(PROJECT)


@pytest.mark.skipif(not CRDS.is_dir(), reason="the CRDs are not at hand: ../shared/crds")
def test_a_missing_definition_leaves_the_imports_alone(tmp_path: Path) -> None:
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports" / "kept.py").write_text("")
    command = [sys.executable, str(PROJECT / "tools" / "import_crds.py"), str(CRDS / BUNDLES[0])]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "define no SecretProviderClass: imports/ stays as it is" in done.stderr
    assert (tmp_path / "imports" / "kept.py").exists()


def test_only_the_kinds_that_are_used_are_imported() -> None:
    code = "".join(generated(PROJECT).values())
    assert {kind for kind in KINDS if f"class {kind}(" in code} == KINDS
    assert "class ScaledJob(" not in code


def test_the_sources_are_recorded() -> None:
    sources = yaml.safe_load((PROJECT / "cdk8s.yaml").read_text())["imports"]
    assert ["keda-2.17.2" in source or "v1.5.6" in source for source in sources] == [True, True]
