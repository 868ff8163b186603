"""The example of another application: synthesised anew, checked, and without a trace of ExamX."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from examx_cli.schemas.kubernetes import VERSIONS, findings, is_built_in
from examx_constructs import checks
from tests.support import Manifest, one, pod_templates, read_documents, variables

PROJECT = Path(__file__).parents[2]
SHOP = PROJECT / "examples" / "shop"
FILES = ("live-search.k8s.yaml", "live.k8s.yaml", "test-search.k8s.yaml", "test.k8s.yaml")

OF_THE_LIBRARY = {
    r"^\s*examx\.ai/[a-z-]+: ": "an annotation that the checks and the command read",
    r"^ *application ~\[\^e\]\* .*": "the keys by which the servers of a Redis agree who leads, kept from clients",
    r"examx_(?:celery_)?queue_\w+": "the metrics of queues",
    r'^ *(?:runbook_url:|"url":) "?https://github\.com/examx/examx-constructs/blob/.*': "the library's own runbooks",
}


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Python in the folder of the example, as its users run it."""
    environment = {**os.environ, "CDK8S_OUTDIR": str(folder), "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=SHOP, env=environment, check=True, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def rendered() -> Mapping[str, list[Manifest]]:
    """What the example shows, by file."""
    return {name: read_documents((SHOP / "dist" / name).read_text(encoding="utf-8")) for name in FILES}


def test_its_manifests_are_what_it_renders_now_without_a_warning(tmp_path: Path) -> None:
    done = run("import runpy; runpy.run_path('main.py', run_name='__main__')", tmp_path)
    assert (done.stdout, done.stderr) == ("", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    for name in FILES:
        shown = (SHOP / "dist" / name).read_text(encoding="utf-8")
        assert (tmp_path / name).read_text(encoding="utf-8") == shown, "run `python main.py` in examples/shop"


def test_no_rule_complains_of_them_and_the_api_server_knows_their_fields(
    rendered: Mapping[str, list[Manifest]],
) -> None:
    loaded = checks.load(SHOP / "dist")
    assert [str(each) for each in checks.check(loaded)] == []
    built_in = [each for objects in rendered.values() for each in objects if is_built_in(each)]
    assert len(built_in) > 60
    assert [problem for each in built_in for version in VERSIONS for problem in findings(each, version)] == []


def test_nothing_in_them_is_of_examx() -> None:
    def lines() -> Iterator[str]:
        for name in FILES:
            for line in (SHOP / "dist" / name).read_text(encoding="utf-8").splitlines():
                rest = line
                for pattern in OF_THE_LIBRARY:
                    rest = re.sub(pattern, "", rest)
                if re.search("examx|10001|/app/", rest, re.IGNORECASE):
                    yield f"{name}: {line.strip()}"

    assert list(lines()) == []


def test_each_process_is_the_shop_with_its_pooler_beside_it(rendered: Mapping[str, list[Manifest]]) -> None:
    pods = pod_templates(rendered["live.k8s.yaml"])
    # It needs no database.
    assert "initContainers" not in pods.pop("celery-queue-metrics")["spec"]
    assert sorted(pods) == ["celery-beat", "shop-backend", "shop-mails-worker", "shop-orders-worker"]
    for pod in pods.values():
        spec = pod["spec"]
        (pooler,) = spec["initContainers"]
        assert (pooler["name"], pooler["restartPolicy"]) == ("pooler", "Always")
        assert spec["securityContext"]["runAsUser"] == 20001
        assert spec["imagePullSecrets"] == [{"name": "registry"}]
        assert variables(spec["containers"][0])["DATABASE_HOST"] == "127.0.0.1"
    worker = pods["shop-orders-worker"]["spec"]
    assert worker["containers"][0]["command"][:6] == ["celery", "-A", "shop", "worker", "-l", "info"]
    assert worker["priorityClassName"] == "takes-orders"
    assert "priorityClassName" not in pods["shop-mails-worker"]["spec"]
    gunicorn = pods["shop-backend"]["spec"]["containers"][0]
    assert gunicorn["command"][1] == "shop.wsgi:application"
    assert gunicorn["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_its_quota_has_room_for_what_it_adds(rendered: Mapping[str, list[Manifest]]) -> None:
    quota = one(rendered["test.k8s.yaml"], "ResourceQuota", "shop")["spec"]["hard"]
    # Three backends and surges of one, twice; three workers of orders and mails the same; beat; Redis; what counts
    # the queues; two spare pods.
    assert int(quota["pods"]) == 4 + 4 + 3 + 1 + 1 + 1 + 2


def test_prometheus_finds_all_of_it(rendered: Mapping[str, list[Manifest]]) -> None:
    def monitored(name: str) -> list[tuple[str, str]]:
        found = [each for each in rendered[name] if each["apiVersion"] == "monitoring.coreos.com/v1"]
        assert {each["metadata"]["labels"]["release"] for each in found} == {"kube-prometheus-stack"}
        return sorted((each["kind"], each["metadata"]["name"]) for each in found)

    application = [
        ("PodMonitor", "shop-backend"),
        ("PrometheusRule", "shop-backend"),
        ("ServiceMonitor", "celery-queue-metrics"),
    ]
    assert monitored("test.k8s.yaml") == sorted([("PodMonitor", "redis"), *application])
    # What runs its Redis tells of it elsewhere.
    assert monitored("live.k8s.yaml") == application


def test_its_celery_module_is_named_and_made_for_it(tmp_path: Path) -> None:
    source = run("import shop; print(shop.celery_settings())", tmp_path).stdout
    module = ast.parse(source)
    told = ast.get_docstring(module) or ""
    assert told.startswith("What The Shop's Celery app must be")
    assert 'Celery("shop")' in told
    assert "python -m shop_celery aside" in told
    (queues,) = [
        node.value
        for node in module.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "QUEUES"
    ]
    assert queues is not None
    assert ast.literal_eval(queues) == {"orders": 300, "mails": 60}
    assert "examx" not in source.lower()
