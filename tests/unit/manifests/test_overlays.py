"""Overlays of one base never meet; what is built together does."""

from pathlib import Path

import pytest

from examx_constructs.checks import check, load
from examx_constructs.checks.__main__ import main
from examx_constructs.checks.finding import Severity
from tests.unit.manifests.test_together import SCALER, WEB, write

BUDGET = """apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: %s}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
"""
BASE = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": WEB % ("web", "")}
ABOUT = ("disruption-budget-is-the-only-one", "one-autoscaler-per-target")


def overlay(name: str, resources: str = "../../base", more: str = "") -> dict[str, str]:
    return {
        f"overlays/{name}/kustomization.yaml": f"resources: [{resources}, budget.yaml, scaler.yaml]\n{more}",
        f"overlays/{name}/budget.yaml": BUDGET % f"{name}-budget",
        f"overlays/{name}/scaler.yaml": SCALER % (f"{name}-scaler", ""),
    }


def told(folder: Path, *, together: bool = False) -> list[str]:
    return sorted({found.rule for found in check(load(folder, together=together)) if found.rule in ABOUT})


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**BASE, **overlay("dev"), **overlay("prod")}, id="two of one base"),
        pytest.param({**BASE, **overlay("dev"), **overlay("stg"), **overlay("prod")}, id="three"),
        pytest.param(
            {
                **BASE,
                **overlay("dev", "../common"),
                **overlay("prod", "../common"),
                "overlays/common/kustomization.yaml": "resources: [../../base]\n",
            },
            id="of a base in between",
        ),
        pytest.param(
            {
                **BASE,
                **overlay("dev", "../../base", "components: [../../part]\n"),
                **overlay("prod"),
                "part/kustomization.yaml": "kind: Component\nresources: [more.yaml]\n",
                "part/more.yaml": WEB.replace("app: web", "app: more") % ("more", ""),
            },
            id="one with a Component",
        ),
        pytest.param(
            {
                "web.yaml": WEB % ("web", ""),
                **overlay("dev", "../../web.yaml"),
                **overlay("prod", "../../web.yaml"),
            },
            id="of one file",
        ),
    ],
)
def test_overlays_of_one_base_never_meet(tmp_path: Path, files: dict[str, str]) -> None:
    assert told(write(tmp_path, files)) == []
    assert told(tmp_path, together=True) == sorted(ABOUT)


def test_a_base_meets_each_of_its_overlays(tmp_path: Path) -> None:
    base = {"base/kustomization.yaml": "resources: [web.yaml, a.yaml]\n", "base/a.yaml": BUDGET % "base-budget"}
    write(tmp_path, {**BASE, **base, **overlay("dev"), **overlay("prod")})
    found = [each for each in check(load(tmp_path)) if each.rule == ABOUT[0]]
    assert [(each.object.name, "base-budget" in each.allowed) for each in found] == [
        ("dev-budget", True),
        ("prod-budget", True),
    ]


def test_files_of_one_folder_of_which_one_is_applied_are_a_warning(tmp_path: Path) -> None:
    for name in ("small", "large"):
        text = f"{WEB % ('web', '')}---\n{BUDGET % f'{name}-budget'}"
        write(tmp_path, {f"{name}.yaml": text})
    assert [each.severity for each in check(load(tmp_path)) if each.rule == ABOUT[0]] == [Severity.WARNING]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**BASE, **overlay("dev"), "base/kustomization.yaml": "resources: [web.yaml, a.yaml, b.yaml]\n",
                      "base/a.yaml": BUDGET % "base-budget", "base/b.yaml": SCALER % ("base-scaler", "")},
                     id="a base and its overlay"),
        pytest.param({**BASE, **overlay("dev"), **overlay("prod"),
                      "kustomization.yaml": "resources: [overlays/dev, overlays/prod]\n"}, id="two built in one"),
        pytest.param({**overlay("dev", "web.yaml"), "overlays/dev/web.yaml": WEB % ("web", ""),
                      **overlay("prod", "../../part"), "part/kustomization.yaml": "kind: Component\n",
                      "overlays/dev/more.yaml": BUDGET % "more", "overlays/dev/again.yaml": SCALER % ("again", "")},
                     id="one folder"),
    ],
)  # fmt: skip
def test_what_is_built_together_meets(tmp_path: Path, files: dict[str, str]) -> None:
    assert told(write(tmp_path, files)) == sorted(ABOUT)


@pytest.mark.parametrize("of", ["kind: Component\npatches: [{path: patch.yaml}]\n", "patches: [{path: patch.yaml}]\n"])
def test_a_folder_of_patches_holds_nothing_to_check(
    tmp_path: Path, of: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {"kustomization.yaml": of, "patch.yaml": WEB % ("web", "")})
    assert main([str(tmp_path)]) == 0
    said = "2 files are no manifests and were passed over\n0 objects, 0 findings\n"
    assert capsys.readouterr() == (said, "")
    write(tmp_path, {"empty/notes.txt": "nothing"})
    assert main([str(tmp_path / "empty")]) == 2


def test_they_lead_in_circles(tmp_path: Path) -> None:
    files = {**BASE, **overlay("dev", "../../base, ../prod, ."), **overlay("prod", "../../base, ../dev")}
    assert told(write(tmp_path, files)) == sorted(ABOUT)


@pytest.mark.parametrize(("left_out", "accused"), [("", False), ("selector", True), ("image", True)])
def test_a_workload_with_neither_selector_nor_image_is_a_patch(tmp_path: Path, left_out: str, accused: bool) -> None:  # noqa: FBT001
    selector = "selector: {matchLabels: {app: db}}, " if left_out == "image" else ""
    image = ', image: "example/db:1"' if left_out == "selector" else ""
    spec = f"{{{selector}template: {{metadata: {{labels: {{app: db}}}}, spec: {{containers: [{{name: a{image}}}]}}}}}}"
    write(tmp_path, {"a.yaml": f"apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: db}}\nspec: {spec}\n"})
    missing = {each.rule for each in check(load(tmp_path)) if each.value == "missing"}
    assert bool(missing & {"rollout-is-possible", "image-is-a-reference"}) == accused
