"""docs/scaling.md says what the model says today: answers of commands, and how far it is off the recordings."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.guides import Guide
from tests.unit.cli.scale.support import refusal, scaled_object, worker, written
from tools import scaling_guide

TEXT = Guide("docs/scaling.md").text
needs_recordings = pytest.mark.skipif(
    not scaling_guide.TRACES.is_dir(), reason="the recordings of real controllers are not beside the project: ../shared"
)


def test_answers_and_table_are_those_of_today():
    damaged = re.sub(
        r"^(\$ examx scale simulate [^\n]*\n).*?(?=^```$)", r"\1stale\n", TEXT, flags=re.DOTALL | re.MULTILINE
    )
    assert damaged.count("\nstale\n") == 2
    if scaling_guide.TRACES.is_dir():
        damaged = re.sub(r"(<!-- fidelity -->\n).*?(?=<!-- /fidelity -->)", r"\1stale\n", damaged, flags=re.DOTALL)
    assert scaling_guide.filled(damaged) == TEXT, "run python -m tools.scaling_guide"


@needs_recordings
def test_no_recording_is_further_off_than_is_promised():
    found = scaling_guide.replays()
    assert len(found) >= 22
    for each in found:
        assert each.mean <= (0.5 if each.recording.has_outages else 0.25), each.recording.name


@needs_recordings
def test_the_worst_stand_first():
    means = [float(row) for row in re.findall(r"^\| `[\w-]+` \| \d+ \| ([\d.]+) \|", TEXT, re.MULTILINE)]
    assert len(means) == len(scaling_guide.replays())
    assert means == sorted(means, reverse=True)


def hpa(metric: str) -> dict[str, Any]:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "worker"}, "maxReplicas": 3, "metrics": [{"type": metric}]}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": NAME, "spec": spec}


NAME = {"name": "worker", "namespace": "team"}
MODIFIERS = {"scalingModifiers": {"formula": "a"}}
CPU = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70", "containerName": "proxy"}}
LIST = scaled_object()["spec"]["triggers"][0]
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "triggers of another type": (scaled_object(triggers=[{"type": "kafka", "metadata": {}}]), "triggers[0].type"),
    "`advanced.scalingModifiers`": (scaled_object(advanced=MODIFIERS), "scalingModifiers"),
    "Pods, Object and External": (hpa("Pods"), "metrics[0].type"),
    "metrics of a container": (scaled_object(triggers=[LIST, CPU]), "containerName"),
    "a fallback, or a pause": (scaled_object(fallback={"failureThreshold": 3, "replicas": 2}), "fallback"),
}


@pytest.mark.parametrize("named", REFUSED)
def test_each_refusal_that_is_named_is_one(named: str, tmp_path: Path):
    assert f"\n| {named}" in TEXT.partition("## What it does not do")[2]
    item, field = REFUSED[named]
    version = ("--keda-version", "2.20.2") if "fallback" in named else ()
    file = written(tmp_path, item, worker())
    assert f"{field} is " in refusal("simulate", file, "--queue", "worker", "--burst", "5", "--task", "8s", *version)
