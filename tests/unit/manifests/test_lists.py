"""Lists of objects, in lists too, are read as the objects in them, each with its place."""

from pathlib import Path

import pytest
import yaml

from examx_constructs.checks import load
from examx_constructs.checks.report import examined
from examx_constructs.manifests import LoadError, parse
from examx_constructs.manifests.lists import unpacked

NESTED = """apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: first, namespace: dev}
- apiVersion: v1
  kind: List
  items:
  - apiVersion: apps/v1
    kind: DeploymentList
    items:
    - metadata:
        name: web
        namespace: dev
        labels: {version: 2}
        labels: {version: 3}
      spec:
        template:
          spec: {containers: [{name: app, image: "example/app:1"}]}
  - apiVersion: v1
    kind: PodTemplate
    metadata: {name: task, namespace: dev}
    template:
      spec: {containers: [{name: app, image: example/task}]}
---
apiVersion: v1
kind: ConfigMapList
items:
- {metadata: {name: last, namespace: dev}, data: {a: b}}
- {apiVersion: v1, kind: Secret, metadata: {name: other, namespace: dev}}
"""


def test_lists_in_lists_hold_objects(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(NESTED)
    named = [
        "ConfigMap dev/first",
        "Deployment dev/web",
        "PodTemplate dev/task",
        "ConfigMap dev/last",
        "Secret dev/other",
    ]
    manifests = load(tmp_path)
    assert [each.id.qualified for each in manifests] == named
    assert {pod.workload.name: pod.containers[0]["image"].text for pod in manifests.pods} == {
        "web": "example/app:1",
        "task": "example/task",
    }
    assert [(each["apiVersion"], each["kind"]) for each in parse(NESTED, "a")][1:3] == [
        ("apps/v1", "Deployment"),
        ("v1", "PodTemplate"),
    ]


def test_findings_in_them_have_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(NESTED)
    places = {(each.rule, each.line, each.column) for each in examined(load(tmp_path)).findings}
    assert {("keys-are-unique", 17, 9), ("label-is-valid", 17, 18), ("image-names-one-build", 25, 39)} <= places


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("{kind: List, items: []}", 0),
        ("{kind: List, items: 5}", 1),
        ("{kind: List}", 1),
        ("{kind: AllowList, spec: {items: [1]}}", 1),
        ("{kind: List, items: [{kind: List, items: [1, null, {kind: PodList, items: [{}, {}]}]}]}", 4),
    ],
)
def test_what_lists_hold(written: str, holds: int) -> None:
    assert len(list(unpacked(yaml.safe_load(written)))) == holds


def test_deep_lists_end(tmp_path: Path) -> None:
    depth = 3000
    text = '{"kind": "List", "items": [' * depth + "]}" * depth
    (tmp_path / "a.json").write_text(text)
    assert len(load(tmp_path)) == 0


def test_an_item_with_half_a_kind_is_no_object_of_a_stream() -> None:
    with pytest.raises(LoadError, match="kind, apiVersion or name is missing"):
        parse("{apiVersion: v1, kind: PodList, items: [{kind: Pod, metadata: {name: a}}]}", "a")
