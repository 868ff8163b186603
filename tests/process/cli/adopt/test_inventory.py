"""What is in a namespace."""

from pathlib import Path

import pytest
import yaml

from examx_cli.adopt.inventory import api_resources, read_cluster, read_files
from examx_cli.cluster import Cluster, Target
from examx_cli.errors import CommandError
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError
from tests.unit.cli.adopt.support import NAMESPACE, deployment, item


def _names(path: Path) -> list[str]:
    return [str(key) for key in read_files(path, NAMESPACE).objects]


def test_files_hold_lists_and_objects_without_a_namespace(tmp_path: Path) -> None:
    listed = {"apiVersion": "v1", "kind": "List", "metadata": {"name": ""}, "items": [deployment("a"), deployment("b")]}
    plain = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "c"}}
    other = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "d", "namespace": "elsewhere"}}
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all([listed, plain, other]), encoding="utf-8")
    assert _names(tmp_path) == ["Deployment a", "Deployment b", "Service c"]


def test_what_the_cluster_makes_is_left_out(tmp_path: Path) -> None:
    made = {**item("Pod", "made", {}), "metadata": {"name": "made", "ownerReferences": [{"controller": True}]}}
    over = {**item("Job", "over", {}), "status": {"conditions": [{"type": "Complete", "status": "True"}]}}
    objects = [
        made,
        over,
        item("ConfigMap", "kube-root-ca.crt"),
        item("ServiceAccount", "default"),
        item("Pod", "bare", {}),
    ]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    assert _names(tmp_path) == ["Pod bare"]


def test_the_values_of_secrets_are_not_kept(tmp_path: Path) -> None:
    secret = {**item("Secret", "keys"), "data": {"key": "dmFsdWU="}, "stringData": {"other": "value"}}
    (tmp_path / "all.yaml").write_text(yaml.safe_dump(secret), encoding="utf-8")
    (kept,) = read_files(tmp_path, NAMESPACE).objects.values()
    assert "value" not in str(kept)
    assert "dmFsdWU=" not in str(kept)


def test_files_without_anything_of_the_namespace_are_told(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(yaml.safe_dump(deployment("a")), encoding="utf-8")
    with pytest.raises(CommandError, match="holds no object of the namespace other"):
        read_files(tmp_path, "other")


def _cluster(folder: Path, script: str) -> Cluster:
    binary = folder / "kubectl"
    binary.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    binary.chmod(0o755)
    return Cluster(Kubectl(binary=str(binary)), Target("testing", NAMESPACE))


def test_an_api_that_does_not_answer_hides_no_other(tmp_path: Path) -> None:
    said = "error: unable to retrieve the complete list of server APIs: external.metrics.k8s.io/v1beta1: stale"
    assert api_resources(_cluster(tmp_path, f"echo services; echo '{said}' >&2; exit 1")) == "services\n"
    with pytest.raises(ProcessError):
        api_resources(_cluster(tmp_path, "echo 'Unable to connect' >&2; exit 1"))


def test_kinds_that_may_not_be_read_are_named_and_the_others_read(tmp_path: Path) -> None:
    script = """
    case "$1 $2" in
    "api-resources "*) echo services; echo secrets; echo events;;
    "get services") echo '{"kind": "Service", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"}}';;
    *) echo 'Error from server (Forbidden): secrets is forbidden' >&2; exit 1;;
    esac
    """
    found = read_cluster(_cluster(tmp_path, script), [])
    assert [str(key) for key in found.objects] == ["Service web"]
    assert found.unread == ["secrets"]
