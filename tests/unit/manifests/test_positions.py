"""Where fields are: what an editor jumps to."""

from pathlib import Path

import pytest

from examx_constructs.manifests import load, positions
from examx_constructs.manifests.lists import Steps
from examx_constructs.manifests.positions import position, written

TEXT = """# a comment
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/scheme: internal
    "two words": x
spec:
  ports:
    - name: http
      port: 80
    - {name: https, port: 443}
  selector: &own {app: web}
---

---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: a}
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: b
    data:
      <<: &more
        c: d
      ? e
      : f
      yes: g
      text: |
        a: b
"""
PLACES = [
    (0, (), "metadata.name", (5, 3)),
    (0, (), "metadata.annotations[alb.ingress.kubernetes.io/scheme]", (7, 5)),
    (0, (), "metadata.annotations[two words]", (8, 5)),
    (0, (), "metadata.annotations[alb.ingress.kubernetes.io/gone]", (6, 3)),
    (0, (), "metadata.labels", (4, 1)),
    (0, (), "spec.ports[0].port", (12, 7)),
    (0, (), "spec.ports[1]", (13, 7)),
    (0, (), "spec.ports[1].port", (13, 21)),
    (0, (), "spec.ports[2].port", (10, 3)),
    (0, (), "spec.selector.app", (14, 19)),
    (0, (), "status.phase", (2, 1)),
    (0, (), "", (2, 1)),
    (2, ("items", 0), "metadata.name", (23, 16)),
    (2, ("items", 1), "metadata.name", (27, 7)),
    (2, ("items", 1), "data.c", (30, 9)),
    (2, ("items", 1), "data.e", (31, 9)),
    (2, ("items", 1), "data.true", (33, 7)),
    (2, ("items", 1), "data.text", (34, 7)),
    (2, ("items", 1), "spec", (24, 5)),
]


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "web.yaml").write_text(TEXT)
    return str(tmp_path / "web.yaml")


@pytest.mark.parametrize(("document", "steps", "path", "place"), PLACES)
def test_of_a_field_or_of_what_is_nearest_around_it(
    file: str, document: int, steps: Steps, path: str, place: tuple[int, int]
) -> None:
    assert position(file, document, steps, path) == place


def test_as_objects_say_where_they_came_from(file: str) -> None:
    found = {each.name: position(file, *each.root.origin, "metadata.name") for each in load(file)}
    assert found == {"web": (5, 3), "a": (23, 16), "b": (27, 7)}


@pytest.mark.parametrize("before", ["", "\n", "\ufeff", "\r\n# a\r\n"])
def test_behind_marks_and_empty_lines(tmp_path: Path, before: str) -> None:
    (tmp_path / "a.yaml").write_text(f"{before}{TEXT}", newline="")
    assert position(str(tmp_path / "a.yaml"), 0, (), "spec.ports[0].port") == (12 + before.count("\n"), 7)


def test_in_json_of_several_values_and_in_lists(tmp_path: Path) -> None:
    one = '{\n\t"apiVersion": "v1", "kind": "ConfigMap",\n\t"metadata": {"name": "%s"}\n}\n'
    (tmp_path / "a.json").write_text(one % "a" + "---\n" + one % "b")
    found = {each.name: position(str(each.root.file), *each.root.origin, "metadata.name") for each in load(tmp_path)}
    assert found == {"a": (3, 15), "b": (8, 15)}
    (tmp_path / "a.json").write_text(one % "a" + one % "b" + one % "c")
    found = {each.name: position(str(each.root.file), *each.root.origin, "metadata.name") for each in load(tmp_path)}
    assert found == {"a": (3, 15), "b": (7, 15), "c": (11, 15)}
    (tmp_path / "a.json").write_text(f"[{one % 'a'},{one % 'b'}]")
    found = {each.name: position(str(each.root.file), *each.root.origin, "metadata.name") for each in load(tmp_path)}
    assert found == {"a": (3, 15), "b": (7, 15)}


def test_of_what_is_in_no_file_nobody_knows(file: str) -> None:
    assert position(None, 0, (), "spec") is None
    assert position("gone.yaml", 0, (), "spec") is None
    assert position(file, 7, (), "spec") is None


def test_what_cannot_be_read_again_is_kept() -> None:
    positions.keep("-", "a:\n  b: c\n")
    assert position("-", 0, (), "a.b") == (2, 3)
    positions.keep("-", "\na:\n  b: c\n")
    assert position("-", 0, (), "a.b") == (3, 3)


def test_a_file_that_changed_is_read_again(file: str) -> None:
    assert position(file, 0, (), "spec") == (9, 1)
    Path(file).write_text(f"\n{TEXT} ")
    assert position(file, 0, (), "spec") == (10, 1)


def test_how_a_scalar_is_written(file: str) -> None:
    assert written(file, (0, ()), "metadata.name") == "web"
    assert written(file, (2, ("items", 1)), "metadata.name") == "b"
    assert written(file, (0, ()), "metadata.gone.deeper") == ""
