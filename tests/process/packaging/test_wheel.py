"""The wheel beside a project that has imported KEDA for itself."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml
from constructs import Construct

import examx_constructs
from tests.process.packaging.conftest import PROJECT, Installed
from tests.process.packaging.projects import TEAM, initialise, project
from tests.support import read_documents

CRDS = Path(__file__).parents[4] / "shared" / "crds"
CONSTRUCTS = {
    name
    for name in examx_constructs.__all__
    if isinstance(each := getattr(examx_constructs, name), type) and issubclass(each, Construct)
}
OURS_FIRST = "import examx_constructs.autoscaling, runpy; runpy.run_path('chart.py', run_name='__main__')"


def assert_both_are_rendered(installed: Installed, team: Path, own: Mapping[str, Any], *arguments: str) -> None:
    done = installed.run(*arguments, cwd=team, JSII_NODE=os.environ["JSII_NODE"])
    assert done.returncode == 0, done.stderr
    missing = CONSTRUCTS - set(done.stdout.split())
    assert not missing, "tests/process/packaging/team/chart.py makes every public construct; these are new"
    objects = [
        each for file in (team / "dist").glob("*.yaml") for each in read_documents(file.read_text(encoding="utf-8"))
    ]
    scaled = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "ScaledObject"}
    assert scaled["own"] == {"scaleTargetRef": {"name": "app"}, **own}
    assert scaled["reports-worker-scaler"]["triggers"][0]["metadata"]["listName"] == "reports"
    assert {"SecretProviderClass", "TriggerAuthentication", "Deployment"} <= {each["kind"] for each in objects}


def test_a_project_with_its_own_import_of_another_keda(installed: Installed, tmp_path: Path) -> None:
    """Every import of KEDA is an assembly of one name and version: what is loaded first is not taken for the other."""
    own = {"ofAnotherVersion": "yes"}
    team = project(tmp_path / "team", TEAM / "keda.yaml", '"of_another_version": "yes"', initialised=True)
    assert_both_are_rendered(installed, team, own, "chart.py")
    initialise(team, wanted=False)
    assert_both_are_rendered(installed, team, own, "-c", OURS_FIRST)


@pytest.mark.long
@pytest.mark.skipif(not CRDS.is_dir(), reason="the CRDs are not at hand: ../shared/crds")
@pytest.mark.parametrize("version", ["2.17.2", "2.20.2"])
@pytest.mark.parametrize("prefix", ["", "Acme"])
def test_a_fresh_environment_and_each_way_to_import_keda(
    fresh: Installed, tmp_path: Path, version: str, prefix: str
) -> None:
    """With the newest packages that the wheel allows."""
    bundle = tmp_path / "keda.yaml"
    definitions = read_documents((CRDS / f"keda-{version}.yaml").read_text(encoding="utf-8"))
    bundle.write_text(
        yaml.safe_dump_all(each for each in definitions if each and each["spec"]["names"]["kind"] == "ScaledObject")
    )
    own = {"triggers": [{"type": "cpu", "metadata": {"value": "70"}}]}
    team = project(
        tmp_path / "team", bundle, '"triggers": [{"type": "cpu", "metadata": {"value": "70"}}]', prefix=prefix
    )
    assert_both_are_rendered(fresh, team, own, "chart.py")
    initialise(team, wanted=True)
    assert_both_are_rendered(fresh, team, own, "-c", OURS_FIRST)


def test_only_our_packages_are_in_it(shipped: list[str]) -> None:
    assert {name.split("/")[0] for name in shipped if ".dist-info/" not in name} == {"examx_cli", "examx_constructs"}
    for package in ("examx_cli", "examx_constructs"):
        assert f"{package}/py.typed" in shipped


def test_every_import_of_the_checkout_is_in_it(shipped: list[str]) -> None:
    """hatchling follows the links that `make import` makes."""
    here = Path(examx_constructs.__file__).parent
    expected = {
        file.relative_to(here.parent).as_posix()
        for group in (here / "imports").iterdir()
        if group.is_symlink()
        for file in group.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert len(expected) >= 8
    assert expected == {
        name
        for name in shipped
        if name.startswith("examx_constructs/imports/") and name != "examx_constructs/imports/__init__.py"
    }


def test_the_checkout_and_its_source_distribution_make_the_same_wheel(shipped: list[str], tmp_path: Path) -> None:
    """pip builds out of a checkout where it installs from git."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        files = [[name for name in names if ".dist-info/" not in name] for names in (archive.namelist(), shipped)]
    assert sorted(files[0]) == sorted(files[1])


def test_an_editable_install_is_the_checkout(tmp_path: Path) -> None:
    """No second copy of what is in imports/, which would be found before it."""
    program = f"import hatchling.build; hatchling.build.build_editable({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        (only,) = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert {*archive.read(only).decode().splitlines()} == {str(PROJECT)}
