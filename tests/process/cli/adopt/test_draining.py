"""The Job that looks at the old queues, and its program against a real Redis."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from examx_cli.adopt.drain_program import BOOT, PROGRAM
from examx_cli.adopt.draining import Looks, job
from examx_constructs.manifests import ObjectId, at, items, mapping
from tests.runtime.redis import programs, wire
from tests.runtime.waiting import eventually
from tests.unit.cli.adopt.support import changed, worker

KEY = ObjectId("batch", "Job", "shop", "examx-adoption-drain-slow")
OLD = changed(
    worker("slow", "slow,fast", redis="redis://redis.example.com:6379/0"),
    {"spec": {"template": {"metadata": {"labels": {"app": "slow", "pod-template-hash": "123"}}}}},
)


def test_the_job_has_the_image_the_environment_and_the_files_of_the_old_pods() -> None:
    old = changed(OLD, {})
    container = old["spec"]["template"]["spec"]["containers"][0]
    container |= {
        "lifecycle": {"postStart": {"exec": {"command": ["cp"]}}, "preStop": {"exec": {"command": ["sleep"]}}},
        "volumeMounts": [{"name": "env", "mountPath": "/mnt"}],
        "livenessProbe": {"exec": {"command": ["true"]}},
        "resources": {"requests": {"memory": "16Gi"}, "limits": {"memory": "32Gi"}},
    }
    old["spec"]["template"]["spec"]["volumes"] = [{"name": "env", "emptyDir": {}}]
    made = job(KEY, old, Looks(3, 1.5), keep_labels=False)
    pod = mapping(made, "spec", "template", "spec")
    (looking,) = items(pod, "containers")
    assert at(looking, "image") == container["image"]
    assert at(looking, "command") == ["python", "-c", BOOT, "shop", "3", "1.5", "slow", "fast"]
    assert items(looking, "env")[:-1] == container["env"]
    assert at(looking, "lifecycle") == {"postStart": {"exec": {"command": ["cp"]}}}
    assert at(looking, "volumeMounts") == container["volumeMounts"]
    assert at(looking, "livenessProbe") is None
    assert at(looking, "resources", "requests", "memory") == "256Mi"
    assert at(pod, "volumes") == [{"name": "env", "emptyDir": {}}]
    assert at(pod, "restartPolicy") == "Never"


def test_its_pods_have_the_labels_of_the_old_ones_only_where_policies_go_by_them() -> None:
    def labels(*, kept: bool) -> set[str]:
        return set(mapping(job(KEY, OLD, Looks(), keep_labels=kept), "spec", "template", "metadata", "labels"))

    assert "app" not in labels(kept=False)
    assert "app" in labels(kept=True)
    assert "pod-template-hash" not in labels(kept=True)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    chosen = 20000 + os.getpid() % 10000
    command = [str(programs.binary()), "--port", str(chosen), "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        eventually(
            lambda: wire.call("127.0.0.1", chosen, "PING"), because=lambda: "no Redis answers", ignoring=(OSError,)
        )
        yield chosen
        process.kill()


def test_the_program_waits_for_queues_and_for_what_workers_hold(tmp_path: Path, port: int) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    app = f'from celery import Celery\napp = Celery("shop", broker="redis://127.0.0.1:{port}/0")\n'
    producer = Celery(broker=f"redis://127.0.0.1:{port}/0")
    producer.send_task("work", queue="slow", priority=6, ignore_result=True)
    wire.call("127.0.0.1", port, "HSET", "unacked", "tag", "[]")
    command = [sys.executable, "-c", BOOT, "shop", "2", "0.1", "slow", "fast"]
    variables = {**os.environ, "EXAMX_DRAIN": PROGRAM}
    with subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # The settings of today's pods come a moment after their start.
        assert process.stdout.readline().startswith("not yet: AttributeError")
        (package / "celery.py").write_text(app, encoding="utf-8")
        lines = iter(process.stdout)
        assert next(line for line in lines if not line.startswith("not yet")) == "left: begun or reserved: 1, slow: 1\n"
        wire.call("127.0.0.1", port, "DEL", "slow\x06\x166")
        assert next(lines) == "left: begun or reserved: 1\n"
        wire.call("127.0.0.1", port, "DEL", "unacked")
        assert list(lines) == ["nothing left\n", "drained\n"]
    assert process.returncode == 0
