"""A choice of environments from outside: `python main.py --environment NAME --features FILE`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from examx_constructs.checks import check, load
from examx_constructs.environments import select
from tests.conftest import FIXED_IMAGE
from tests.support import read_documents
from tests.unit.settings.support import refusal

PROJECT = Path(__file__).parents[3]
LOGIN = """\
- branch: feature/login
  image: registry.example.com/app:v1
  owner: ada@example.com
  expires: 2030-01-31T18:00:00Z
"""
ODD = """\
- branch: "on"
  image: registry.example.com/app:v1
  owner: "123"
  expires: 2030-01-31T18:00:00Z
- branch: 1e5
  image: registry.example.com/app:v1
  owner: "null"
  expires: 2030-01-31T18:00:00Z
- branch: "#$(HOME)/日本-'\\"🚀"
  image: registry.example.com/app:v1
  owner: '- Ada: {Lovelace} # "yes"'
  expires: 2030-01-31T18:00:00Z
  env_secret: "0123"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the project's images.yaml and a file in dist/."""
    (tmp_path / "images.yaml").write_bytes((PROJECT / "images.yaml").read_bytes())
    (tmp_path / "features.yaml").write_text(LOGIN)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "stg.k8s.yaml").write_text("of an earlier synth\n")
    return tmp_path


def synth(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the app in a folder."""
    return subprocess.run(
        [sys.executable, "-O", str(PROJECT / "main.py"), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_a_choice_of_names_is_rendered_as_dist_has_it(project: Path) -> None:
    done = synth(project, "--environment", "prod", "--environment", "dev", CDK8S_OUTDIR="out")
    assert (done.returncode, done.stderr) == (0, "")
    assert files(project / "out") == {
        name: (PROJECT / "dist" / name).read_bytes() for name in ("dev.k8s.yaml", "prod.k8s.yaml")
    }


def test_one_name_leaves_the_other_files_alone(project: Path) -> None:
    (project / "dist" / "dev.k8s.yaml").write_text("changed by hand\n")
    done = synth(project, "--environment", "dev", "--publish", "dist", CDK8S_OUTDIR="out")
    assert (done.returncode, done.stderr) == (0, "dist: dev.k8s.yaml changed\n")
    assert files(project / "dist") == {
        "dev.k8s.yaml": (PROJECT / "dist" / "dev.k8s.yaml").read_bytes(),
        "stg.k8s.yaml": b"of an earlier synth\n",
    }


def test_features_go_to_a_folder_of_their_own(project: Path) -> None:
    before = files(project / "dist")
    done = synth(project, "--features", "features.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(files(project / "build" / "chosen")) == ["feat-feature-logi-h29f2w2.k8s.yaml"]
    assert files(project / "dist") == before
    assert check(load(project / "build" / "chosen")) == []


def test_a_feature_that_is_no_longer_declared_goes_and_nothing_else(project: Path) -> None:
    out = project / "out"
    out.mkdir()
    for name in ("feat-gone.k8s.yaml", "dev.k8s.yaml", "feat-notes.md"):
        (out / name).write_text("earlier\n")
    done = synth(project, "--features", "features.yaml", "--publish", "out", CDK8S_OUTDIR="other")
    assert (done.returncode, done.stderr) == (
        0,
        "out: feat-feature-logi-h29f2w2.k8s.yaml, feat-gone.k8s.yaml changed\n",
    )
    assert list(files(out)) == ["dev.k8s.yaml", "feat-feature-logi-h29f2w2.k8s.yaml", "feat-notes.md"]


def test_dist_takes_no_features(project: Path) -> None:
    before = files(project / "dist")
    for arguments, environment in ((["--publish", "./dist"], {}), ([], {"CDK8S_OUTDIR": str(project / "dist")})):
        done = synth(project, "--features", "features.yaml", *arguments, **environment)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == ("error: dist holds the fixed environments: feature environments go to another folder\n")
    assert files(project / "dist") == before


def test_names_and_features_in_one_go(project: Path) -> None:
    done = synth(project, "--environment", "dev", "--features", "features.yaml", CDK8S_OUTDIR="out")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(files(project / "out")) == ["dev.k8s.yaml", "feat-feature-logi-h29f2w2.k8s.yaml"]


def test_features_need_no_images_file(project: Path) -> None:
    (project / "images.yaml").unlink()
    assert synth(project, "--features", "features.yaml").returncode == 0


def test_texts_that_yaml_would_read_as_something_else_stay_texts(project: Path) -> None:
    (project / "features.yaml").write_text(ODD)
    done = synth(project, "--features", "features.yaml", CDK8S_OUTDIR="out")
    assert done.stderr == ""
    wanted = {each["branch"]: each["owner"] for each in yaml.load(ODD, yaml.BaseLoader)}
    assert len(wanted) == 3
    for file in (project / "out").iterdir():
        namespace, *others = read_documents(file.read_text(encoding="utf-8"))
        annotations = namespace["metadata"]["annotations"]
        assert wanted.pop(annotations["examx.ai/branch"]) == annotations["examx.ai/owner"]
        for each in others:
            assert all(isinstance(text, str) for text in each["metadata"]["labels"].values())
    assert wanted == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--environment", "nowhere"], "environment nowhere: there is no such environment; known are dev, stg, prod"),
        (["--features", "none.yaml"], "none.yaml cannot be read as YAML: "),
        (["--features", "images.yaml"], "images.yaml must be a list of features"),
    ],
)
def test_a_mistake_is_one_line(project: Path, arguments: list[str], message: str) -> None:
    done = synth(project, *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.count("\n") == 1


def test_a_choice_is_in_the_order_of_the_table_and_needs_its_own_images_only() -> None:
    images = {"dev": FIXED_IMAGE, "prod": FIXED_IMAGE, "stg": "no image"}
    assert [each.name for each in select(["prod", "dev"], images)] == ["dev", "prod"]
    assert refusal(lambda: select(["dev", "nowhere"], images)) == (
        "environment nowhere: there is no such environment; known are dev, stg, prod"
    )
