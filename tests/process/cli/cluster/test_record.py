"""`examx scale record` of an environment: what its autoscaler does is beside the list, and is replayed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examx_cli.scale.record_redis import PASSWORD_VARIABLE
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.test_scale import apply, hpa
from tests.process.cli.scale.test_record_redis import PASSWORD, Redis
from tests.runtime.redis.network import loopback
from tests.unit.cli.scale.support import scaled_object
from tests.unit.scaling.support import deployment

CPU = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    pytest.importorskip("redis", reason="redis-py asks Redis, and is not installed")
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with loopback() as network:
        made = Redis(tmp_path, network.address("redis-0"))
        made.start()
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture
def scaled(played: TestCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """An environment with a ScaledObject, as it runs: three replicas, and an HPA that sees 40 % of the CPU."""
    checkout = Checkout(tmp_path / "checkout", played)
    monkeypatch.chdir(checkout.root)
    item = scaled_object()
    item["spec"]["triggers"].append(CPU)
    item["metadata"]["annotations"] = {"autoscaling.keda.sh/paused": "false", "team": "a"}
    made = {
        **hpa(8),
        "metadata": {"name": "keda-hpa-worker", "ownerReferences": [{"kind": "ScaledObject", "name": "worker"}]},
        "status": {
            "currentMetrics": [
                {"type": "External", "external": {"current": {"averageValue": "1"}}},
                {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 40}}},
            ]
        },
    }
    workload = deployment()
    workload["spec"]["replicas"] = 3
    checkout.manifests += [item, workload]
    checkout.write("recorded")
    apply(checkout, item, made, workload)
    return checkout


def recorded(examx: Examx, redis: Redis, out: Path, *more: str) -> Any:
    call = ("record", "dev", "--redis", redis.url, "--every", "1s", "--for", "2s", "--out", str(out))
    done = examx("scale", *call, *more)
    assert done.exit_code == 0, done.output
    return done


def test_a_recording_of_an_environment_is_replayed(scaled: Checkout, redis: Redis, examx: Examx, tmp_path: Path):
    redis.call("RPUSH", "default", *("task" for _ in range(30)))
    out = tmp_path / "a.csv"
    recorded(examx, redis, out)
    assert out.read_text() == "t,list_len,deploy_spec\n0,30,3\n1,30,3\n"
    about = json.loads(out.with_suffix(".json").read_text())
    assert about["spec"]["triggers"][1] == CPU
    assert about["annotations"] == {"autoscaling.keda.sh/paused": "false"}
    assert about["usage_cpu_mem_pct"] == [[0.0, 40.5, 0.0]]
    done = examx("scale", "replay", str(out), str(out.with_suffix(".json")))
    assert done.exit_code == 0, done.output
    assert "mean absolute error  0.00 pods" in done.stdout
    done = examx("scale", "simulate", "dev", "--arrivals", str(out), "--task", "8s")
    assert done.exit_code == 0, done.output


def test_who_may_not_look_at_the_workload_records_the_list(
    scaled: Checkout, redis: Redis, examx: Examx, tmp_path: Path
):
    scaled.cluster.wish("forbidden", [["list", "deployments.apps"]])
    out = tmp_path / "a.csv"
    done = recorded(examx, redis, out)
    assert "only the list is recorded, and a replay is not possible: this identity may not list deploy" in done.stderr
    assert out.read_text() == "t,list_len\n0,0\n1,0\n"
    assert not out.with_suffix(".json").exists()
