"""What is applied together, and what instead of each other; kustomizations."""
# ruff: noqa: E501 - YAML is quoted whole

from pathlib import Path

import pytest

from examx_constructs.checks import check, load
from examx_constructs.manifests import Manifests

WEB = """apiVersion: apps/v1
kind: Deployment
metadata: {name: %s%s}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example/web:1.0.0"}]}
"""
SCALER = """apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: %s%s}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 3}
"""
SECRET = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared, namespace: shop}\ndata: {a: b}\n"
SHOP = ", namespace: shop"
VOLUME = """apiVersion: v1
kind: PersistentVolume
metadata: {name: media}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteMany], nfs: {server: example.com, path: /a}}
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def rules(manifests: Manifests) -> list[str]:
    """The rules that an error breaks, about objects that are there twice, and autoscalers."""
    about = (
        "object-exists-once",
        "one-autoscaler-per-target",
        "selector-matches-no-other-pods",
        "environments-do-not-collide",
    )
    return [found.rule for found in check(manifests) if found.rule in about]


@pytest.mark.parametrize("namespace", ["", SHOP])
@pytest.mark.parametrize("folders", [("overlays/dev", "overlays/prod"), ("a", "a/b"), (".", "more"), ("x/y", "z")])
def test_folders_that_define_the_same_workload_are_alternatives(
    tmp_path: Path, namespace: str, folders: tuple[str, str]
) -> None:
    one, other = folders
    write(tmp_path, {
        f"{one}/web.yaml": WEB % ("web", namespace),
        f"{one}/scaler.yaml": SCALER % ("one", namespace),
        f"{other}/web.yaml": WEB % ("web", namespace),
        f"{other}/scaler.yaml": SCALER % ("other", namespace),
        f"{other}/more.yaml": WEB.replace("app: web", "app: more") % ("more", namespace),
    })  # fmt: skip
    assert rules(load(tmp_path)) == []
    assert "object-exists-once" in rules(load(tmp_path, together=True))
    assert "one-autoscaler-per-target" in rules(load(tmp_path, together=True))
    assert rules(load(tmp_path / one, tmp_path / other)) == []


def test_one_folder_is_applied_together(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.yaml": WEB % ("web", SHOP),
            "b.yaml": WEB % ("web", SHOP),
            "c.yaml": SCALER % ("a", SHOP),
            "d.yaml": SCALER % ("b", SHOP),
        },
    )
    assert sorted(set(rules(load(tmp_path)))) == ["object-exists-once", "one-autoscaler-per-target"]


def test_one_stream_is_applied_together(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": f"{WEB % ('web', SHOP)}---\n{WEB % ('web', SHOP)}"})
    assert rules(load(tmp_path / "a.yaml")) == ["object-exists-once"]


def test_folders_without_a_workload_of_the_same_name_meet_in_their_namespace(tmp_path: Path) -> None:
    write(tmp_path, {
        "web/web.yaml": WEB % ("web", SHOP),
        "web/shared.yaml": SECRET,
        "scaling/one.yaml": SCALER % ("one", SHOP),
        "scaling/shared.yaml": SECRET,
        "more/two.yaml": SCALER % ("two", SHOP),
    })  # fmt: skip
    manifests = load(tmp_path)
    assert rules(manifests) == ["one-autoscaler-per-target"]
    (web,) = manifests.kind("Deployment")
    assert len(manifests.in_scope("HorizontalPodAutoscaler", web.scope)) == 2


def test_an_alternative_sees_what_is_common_and_not_the_other(tmp_path: Path) -> None:
    write(tmp_path, {
        "base/config.yaml": SECRET,
        "dev/web.yaml": WEB % ("web", SHOP),
        "prod/web.yaml": WEB % ("web", SHOP),
        "prod/canary.yaml": WEB % ("canary", SHOP),
    })  # fmt: skip
    manifests = load(tmp_path)
    dev, prod = (next(each for each in manifests if each.unit.endswith(name)) for name in ("dev", "prod"))
    assert {pod.workload.name for pod in manifests.pods_in(dev.scope)} == {"web"}
    assert {pod.workload.name for pod in manifests.pods_in(prod.scope)} == {"web", "canary"}
    assert manifests.find("ConfigMap", "shared", dev.scope)
    assert manifests.find("Deployment", "canary", dev.scope) is None
    found = manifests.find("Deployment", "web", prod.scope)
    assert found
    assert found.unit.endswith("prod")
    config = next(manifests.kind("ConfigMap"))
    assert {pod.workload.name for pod in manifests.pods_in(config.scope)} == {"web", "canary"}


def test_cluster_scoped_objects_of_alternatives_do_not_collide(tmp_path: Path) -> None:
    write(tmp_path, {"dev/volume.yaml": VOLUME, "prod/volume.yaml": VOLUME})
    assert rules(load(tmp_path)) == []
    assert rules(load(tmp_path, together=True)) == ["environments-do-not-collide"]
    write(tmp_path, {"dev/again.yaml": VOLUME})
    assert rules(load(tmp_path)) == ["environments-do-not-collide"]


class TestAKustomization:
    def test_names_files_in_folders_below_it(self, tmp_path: Path) -> None:
        write(tmp_path, {
            "base/kustomization.yaml": "resources: [web/web.yaml, ./web/scaler.yaml]\n",
            "base/web/web.yaml": WEB % ("web", ""),
            "base/web/scaler.yaml": SCALER % ("web", ""),
        })  # fmt: skip
        manifests = load(tmp_path)
        assert {each.unit for each in manifests} == {str(tmp_path / "base")}

    @pytest.mark.parametrize(
        ("base", "overlay", "complete"),
        [
            pytest.param("resources: [web.yaml]", "", True, id="files alone"),
            pytest.param("resources: [web.yaml]", "resources: [../base]", True, id="and an overlay of nothing else"),
            pytest.param("{resources: [web.yaml], namePrefix: a-}", "", False, id="a transformer"),
            pytest.param("{resources: [web.yaml], configMapGenerator: [{name: a}]}", "", False, id="a generator"),
            pytest.param("resources: [web.yaml, gone.yaml]", "", False, id="a file that is not there"),
            pytest.param("resources: [web.yaml, 'https://example.com/a?ref=v1']", "", False, id="what is fetched"),
            pytest.param("resources: []", "", False, id="a file that it does not name"),
            pytest.param("resources: [web.yaml", "", False, id="one that cannot be read"),
            pytest.param(
                "resources: [web.yaml]", "{resources: [../base], patches: [{path: p.yaml}]}", False, id="patched"
            ),
        ],
    )
    def test_that_lists_files_alone_is_as_good_as_a_folder(
        self, tmp_path: Path, base: str, overlay: str, *, complete: bool
    ) -> None:
        given = {"base/kustomization.yaml": base, "base/web.yaml": WEB % ("web", "")}
        write(tmp_path, given | ({"overlay/kustomization.yaml": overlay} if overlay else {}))
        assert [each.complete for each in load(tmp_path)] == [complete]

    @pytest.mark.parametrize("entry", [
        "patches: [{path: web/patch.yaml}]",
        "patches:\n- path: ./web/../web/patch.yaml\n  target: {kind: Deployment}",
        "patchesStrategicMerge: [web/patch.yaml]",
        "patchesJson6902: [{path: web/patch.yaml, target: {version: v1, kind: ConfigMap, name: a}}]",
        "replacements: [{path: web/patch.yaml}]",
        "transformers: [web/patch.yaml]",
        "configMapGenerator: [{name: a, files: [web/patch.yaml]}]",
        "configMapGenerator: [{name: a, files: [config=web/patch.yaml]}]",
        "secretGenerator: [{name: a, files: [web/patch.yaml]}]",
        "configurations: [web/patch.yaml]",
        "crds: [web/patch.yaml]",
        "openapi: {path: web/patch.yaml}",
        "helmCharts: [{name: a, valuesFile: web/patch.yaml}]",
        "components: [../part]\npatches: [{path: web/patch.yaml}]",
    ])  # fmt: skip
    @pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
    def test_names_files_that_are_no_objects(self, tmp_path: Path, name: str, entry: str) -> None:
        write(tmp_path, {
            f"overlay/{name}": f"resources: [../base]\n{entry}\n",
            "overlay/web/patch.yaml": WEB % ("web", ""),
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": WEB % ("web", ""),
        })  # fmt: skip
        assert [each.root.file for each in load(tmp_path)] == [str(tmp_path / "base" / "web.yaml")]

    def test_writes_patches_in_place(self, tmp_path: Path) -> None:
        write(tmp_path, {
            "kustomization.yaml": "resources: [web.yaml]\npatchesStrategicMerge:\n- |-\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n"
            "patches:\n- patch: |-\n    - {op: remove, path: /spec}\n  target: {kind: Deployment}\n",
            "web.yaml": WEB % ("web", ""),
        })  # fmt: skip
        assert [each.name for each in load(tmp_path)] == ["web"]

    def test_is_one_place_with_what_it_is_made_of(self, tmp_path: Path) -> None:
        write(tmp_path, {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": WEB % ("web", ""),
            "parts/scaling/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [scaler.yaml]\n",
            "parts/scaling/scaler.yaml": SCALER % ("part", ""),
            "dev/kustomization.yaml": "resources: [../base]\n",
            "prod/kustomization.yaml": "resources: [../base, scaler.yaml]\ncomponents: [../parts/scaling]\n",
            "prod/scaler.yaml": SCALER % ("own", ""),
            "other/web.yaml": WEB % ("other", ""),
        })  # fmt: skip
        manifests = load(tmp_path)
        web = manifests.find("Deployment", "web", next(each.scope for each in manifests if each.name == "web"))
        assert web
        assert len(manifests.in_scope("HorizontalPodAutoscaler", web.scope)) == 2
        assert [each.name for each in manifests.in_scope("Deployment", web.scope)] == ["web"]

    def test_that_cannot_be_read_is_told(self, tmp_path: Path) -> None:
        write(tmp_path, {"kustomization.yaml": "resources: [\n", "web.yaml": WEB % ("web", "")})
        manifests = load(tmp_path)
        assert [each.file for each in manifests.unread] == [str(tmp_path / "kustomization.yaml")]
        assert [(each.name, each.complete) for each in manifests] == [("web", False)]

    def test_leads_in_circles(self, tmp_path: Path) -> None:
        write(tmp_path, {
            "a/kustomization.yaml": "resources: [../b, ., gone, https://example.com/x]\n",
            "b/kustomization.yaml": "resources: [../a, web.yaml, 7, {a: b}]\npatches: 5\n",
            "b/web.yaml": WEB % ("web", ""),
        })  # fmt: skip
        assert [each.name for each in load(tmp_path)] == ["web"]

    def test_is_not_accused_of_what_it_may_still_bring(self, tmp_path: Path) -> None:
        utilization = (
            "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"
        )
        scaler = SCALER.replace("maxReplicas: 3", f"maxReplicas: 3, {utilization}") % ("web", "")
        web = WEB.replace("example/web:1.0.0", "example/web") % ("web", "")
        write(tmp_path, {"web.yaml": f"{web}---\n{scaler}"})
        assert {"utilization-needs-requests", "image-names-one-build"} <= {each.rule for each in check(load(tmp_path))}
        write(tmp_path, {"kustomization.yaml": "resources: [web.yaml]\nimages: [{name: example/web, newTag: 1.0.0}]\n"})
        assert check(load(tmp_path)) == []

    def test_is_accused_of_what_stands_there(self, tmp_path: Path) -> None:
        write(tmp_path, {
            "kustomization.yaml": "resources: [scaler.yaml]\n",
            "scaler.yaml": SCALER.replace("maxReplicas: 3", "maxReplicas: 1") % ("web", ""),
        })  # fmt: skip
        assert [each.rule for each in check(load(tmp_path))] == ["replica-range-is-possible"]
