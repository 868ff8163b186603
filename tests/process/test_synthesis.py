"""The main job from outside: `python main.py` and `cdk8s synth`, on good input and on bad."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from attrs import evolve

from examx_constructs.environments import ENVIRONMENTS, EnvironmentSettingError, load
from examx_constructs.features.slug import PREFIX
from examx_constructs.settings import Environment
from examx_constructs.synthesis import WORTH_SHARING, CheckError, heading, publish, render, synthesize
from tests.conftest import FIXED_IMAGE

PROJECT = Path(__file__).parents[2]
NAMES = sorted(f"{name}.k8s.yaml" for name in ENVIRONMENTS)


def run_main(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the app in a folder, as the cdk8s command line does."""
    return subprocess.run(
        [sys.executable, str(PROJECT / "main.py"), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the project's images.yaml and dist/."""
    shutil.copy(PROJECT / "images.yaml", tmp_path)
    shutil.copytree(PROJECT / "dist", tmp_path / "dist")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_dist_is_what_a_fresh_synth_renders(project: Path) -> None:
    done = run_main(project, CDK8S_OUTDIR="fresh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert files(project / "fresh") == files(PROJECT / "dist")
    assert list(files(project / "fresh")) == NAMES


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_file_says_what_made_it_and_from_what(name: str) -> None:
    heading = (PROJECT / "dist" / f"{name}.k8s.yaml").read_text(encoding="utf-8").split("apiVersion", 1)[0]
    sources = re.findall(r"[\w/]+\.(?:py|yaml)|examx_constructs/(?=\.\n)", heading)
    assert sources == [f"examx_constructs/environments/{name}.py", "images.yaml", "examx_constructs/"]
    assert all((PROJECT / source).exists() for source in sources)
    assert "`make update`" in heading


def test_a_feature_says_that_its_entry_is_the_source() -> None:
    assert "its entry among the features" in heading(f"{PREFIX}login")
    assert "its Environment" in heading("shop")


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Kolkata"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8", "PYTHONOPTIMIZE": "1", "TZ": "America/Lima"},
    ],
)
def test_the_same_bytes_under_any_seed_locale_and_folder(project: Path, environment: dict[str, str]) -> None:
    assert run_main(project, CDK8S_OUTDIR="fresh", **environment).returncode == 0
    assert files(project / "fresh") == files(PROJECT / "dist")


def test_the_command_line_publishes_to_dist(project: Path) -> None:
    shutil.copy(PROJECT / "cdk8s.yaml", project)
    (project / "main.py").write_text(
        f"import runpy\nrunpy.run_path({str(PROJECT / 'main.py')!r}, run_name='__main__')\n"
    )
    (project / "dist" / "dev.k8s.yaml").write_text("changed by hand\n")
    (project / "dist" / "old.k8s.yaml").write_text("of an environment that is gone\n")
    (project / "dist" / "README.md").write_text("not a manifest\n")
    done = subprocess.run(
        [shutil.which("cdk8s", path=f"{PROJECT}/node_modules/.bin") or "", "synth", "--no-check-upgrade"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "dist: dev.k8s.yaml, old.k8s.yaml changed\n"
    assert files(project / "dist") == {**files(PROJECT / "dist"), "README.md": b"not a manifest\n"}


def test_processes_that_share_features_write_the_same_files(project: Path) -> None:
    rest = "image: 'registry.example.com/a:1', owner: someone, expires: 2100-01-01T00:00Z"
    declared = "".join(f"- {{branch: feature/{number}, {rest}}}\n" for number in range(WORTH_SHARING))
    (project / "features.yaml").write_text(declared)
    options = ["--features", "features.yaml", "--processes"]
    for processes in ("1", "2"):
        done = run_main(project, *options, processes, CDK8S_OUTDIR=processes)
        assert (done.returncode, done.stderr) == (0, "")
    assert files(project / "1") == files(project / "2")
    assert len(files(project / "2")) == WORTH_SHARING


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("dev: 1\n", "images.yaml"),
        (
            "nowhere: registry.example.com/a:1\n",
            "images.yaml:1: nowhere.image is of no environment; known are dev, stg, prod",
        ),
        ("dev: registry.example.com/a:1\n", "environment stg: images.yaml has no image for it"),
        ("dev: registry.example.com/a:latest\n", 'images.yaml:1: dev.image.tag is "latest"'),
        ("dev: registry.example.com/a\n", 'images.yaml:1: dev.image is "registry.example.com/a"; a tag is missing'),
        ("dev: [\n", "images.yaml"),
    ],
)
def test_bad_images_stop_the_synth_with_one_line(project: Path, images: str, message: str) -> None:
    before = files(project / "dist")
    (project / "images.yaml").write_text(images)
    done = run_main(project)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert files(project / "dist") == before


def test_a_missing_images_file_is_said(project: Path) -> None:
    (project / "images.yaml").unlink()
    done = run_main(project)
    assert done.returncode == 1
    assert "images.yaml" in done.stderr
    assert "Traceback" not in done.stderr


Table = dict[str, Environment]


@pytest.fixture
def environments() -> Table:
    return {each.name: each for each in load(dict.fromkeys(ENVIRONMENTS, FIXED_IMAGE))}


def test_a_finding_names_the_construct_and_leaves_dist_alone(environments: Table, tmp_path: Path) -> None:
    leaky = evolve(environments["stg"], variables={"API_TOKEN": "an-invented-value"})
    with pytest.raises(CheckError) as caught:
        synthesize([environments["dev"], leaky], tmp_path / "dist")
    message = str(caught.value)
    assert "stg/celery-beat/deployment: Deployment stg-examxv2/celery-beat" in message
    assert "secret-is-not-literal" in message
    assert "an-invented-value" not in message
    assert not (tmp_path / "dist").exists()


def test_a_collision_of_two_environments_in_one_cluster_is_an_error(environments: Table, tmp_path: Path) -> None:
    stg, prod = environments["stg"], environments["prod"]
    collided = evolve(stg, media=evolve(prod.media, file_system="fs-00000000"), cluster=prod.cluster)
    with pytest.raises(CheckError, match=r"StorageClass examxv2-production-efs: .* prod defines it as well as stg"):
        render([prod, collided], tmp_path)


def test_the_same_name_in_another_cluster_is_none(environments: Table, tmp_path: Path) -> None:
    stg, prod = environments["stg"], environments["prod"]
    render([evolve(stg, media=evolve(prod.media, file_system="fs-00000000")), prod], tmp_path)
    assert list(files(tmp_path)) == ["prod.k8s.yaml", "stg.k8s.yaml"]


def test_a_mistake_met_while_building_names_its_environment(environments: Table, tmp_path: Path) -> None:
    dev = environments["dev"]
    nameless = evolve(dev, backend=evolve(dev.backend, replicas=evolve(dev.backend.replicas, minimum=1)))
    object.__setattr__(nameless.backend.replicas, "minimum", 0)
    with pytest.raises(EnvironmentSettingError, match=r"environment dev: ResourceAutoscaler\.replicas\.minimum is 0"):
        render([nameless], tmp_path)


def test_a_failed_command_line_can_not_empty_dist() -> None:
    # `cdk8s synth` empties its output folder before the app runs, so it must be another one.
    settings = yaml.safe_load((PROJECT / "cdk8s.yaml").read_text())
    assert settings["output"] != "dist"
    assert settings["app"].endswith("--publish dist")


def test_a_folder_that_can_not_be_written_is_said(project: Path) -> None:
    (project / "file").write_text("")
    done = run_main(project, CDK8S_OUTDIR="file")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_publishing_replaces_only_what_changed(tmp_path: Path) -> None:
    rendered, folder = tmp_path / "rendered", tmp_path / "dist"
    rendered.mkdir()
    (rendered / "a.k8s.yaml").write_text("a\n")
    (rendered / "b.k8s.yaml").write_text("b\n")
    assert [file.name for file in publish(rendered, folder)] == ["a.k8s.yaml", "b.k8s.yaml"]
    untouched = (folder / "a.k8s.yaml").stat().st_mtime_ns
    (rendered / "b.k8s.yaml").write_text("c\n")
    assert [file.name for file in publish(rendered, folder)] == ["b.k8s.yaml"]
    assert (folder / "a.k8s.yaml").stat().st_mtime_ns == untouched
    (rendered / "b.k8s.yaml").unlink()
    assert [file.name for file in publish(rendered, folder)] == ["b.k8s.yaml"]
    assert list(files(folder)) == ["a.k8s.yaml"]
