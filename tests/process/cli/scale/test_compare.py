"""`examx scale compare`: before and after, in words."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from examx_cli.reading import read
from examx_cli.scale import words
from examx_cli.scale.comparing import Change, sentence
from examx_cli.scale.figures import Figures
from examx_cli.scale.forecasting import forecast
from examx_cli.scale.standard import levels
from examx_constructs.scaling import burst, fixed, simulate
from tests.unit.cli.scale.support import BURST, refusal, said, scale, scaled_object, worker, written
from tests.unit.scaling.support import keda, scaling

FILE = "prod.k8s.yaml"
CALL = ("compare", "prod", "--burst", "400", "--task", "8s")


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose prod scales one queue, from 2 to 20 pods."""
    for name in ("cdk8s.yaml", "images.yaml"):
        (tmp_path / name).write_text("")
    written(tmp_path / "dist", scaled_object(minReplicaCount=2, maxReplicaCount=20), worker(), name=FILE)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def change(checkout: Path, **spec: object) -> None:
    written(checkout / "dist", scaled_object(**spec), worker(), name=FILE)


def test_nothing_changes() -> None:
    line = scale(*CALL).stdout.splitlines()[-1]
    assert line.startswith("default  the same: p95 wait ")
    assert line.endswith(" pod hours over 11.0 min")


def test_a_change_is_told_in_words(checkout: Path) -> None:
    change(checkout, minReplicaCount=1, maxReplicaCount=5)
    first, _, line = scale(*CALL).stdout.splitlines()
    assert first == "prod against HEAD: a burst of 400, 8 s each"
    (found,) = said(*CALL)["queues"]
    before, after = found["before"], found["after"]
    assert before["wait_seconds"]["p95"] < after["wait_seconds"]["p95"]
    assert line == (
        f"default  p95 wait {before['wait_seconds']['p95']:.0f} s -> {after['wait_seconds']['p95']:.0f} s, "
        f"{before['pod_hours']:.2f} -> {after['pod_hours']:.2f} pod hours over {words.time(after['span_seconds'])}, "
        f"at most {before['most_pods']} -> 5 pods"
    )


def test_hours_are_of_the_same_time(checkout: Path) -> None:
    change(checkout, minReplicaCount=1, maxReplicaCount=1)
    (found,) = said(*CALL)["queues"]
    assert found["before"]["span_seconds"] == found["after"]["span_seconds"]
    run = simulate(scaling(keda(1, 1)), burst(400, fixed(8)))
    assert found["after"]["span_seconds"] >= run.until, "the slow side sets how long it goes on"


def test_a_commit_of_long_ago(checkout: Path) -> None:
    change(checkout, maxReplicaCount=5)
    git(checkout, "commit", "--quiet", "--all", "--message=second")
    assert "the same" in scale(*CALL).stdout
    assert "-> " in scale(*CALL, "--against", "HEAD~1").stdout


def test_a_queue_that_comes_and_one_that_goes(checkout: Path) -> None:
    change(checkout, triggers=scaled_object(queue="other")["spec"]["triggers"])
    lines = scale(*CALL).stdout.splitlines()[2:]
    assert [line.split(";")[0] for line in lines] == ["other    not scaled before", "default  not scaled any more"]
    new, gone = said(*CALL)["queues"]
    assert new["before"] is None
    assert gone["after"] is None


def test_an_environment_that_is_new(checkout: Path) -> None:
    git(checkout, "rm", "--quiet", "--cached", f"dist/{FILE}")
    git(checkout, "commit", "--quiet", "--message=without")
    assert "not scaled before" in scale(*CALL).stdout


def test_what_is_wrong_is_told_in_a_line(checkout: Path) -> None:
    assert 'git knows no commit "nowhere"; is it fetched?' in refusal(*CALL, "--against", "nowhere")
    assert 'neither prod of HEAD nor prod of the checkout has a queue "x"' in refusal(*CALL, "--queue", "x")
    change(checkout, triggers=[{"type": "kafka", "metadata": {}}])
    assert 'spec.triggers[0].type is "kafka"' in refusal(*CALL)
    git(checkout, "commit", "--quiet", "--all", "--message=kafka")
    change(checkout)
    line = refusal(*CALL)
    assert line.startswith(f"error: dist/{FILE} of HEAD: ScaledObject team/worker: spec.triggers[0].type"), line


def test_there_are_no_other_environments() -> None:
    done = scale("compare", "nowhere", *BURST, status=2)
    assert "nowhere" in done.stderr


def test_cut_and_unfinished_tasks_are_told() -> None:
    run = simulate(scaling(), burst(400, fixed(8)))
    good = Figures.of(run)
    bad = Figures(**{**{name: getattr(good, name) for name in Figures.__slots__}, "cut": 3, "unfinished": 7})
    assert sentence(Change("a", "a burst", good, bad)).endswith("0 -> 3 tasks cut, 0 -> 7 tasks not done")


def test_without_a_workload_it_takes_those_that_the_environment_names(checkout: Path) -> None:
    """In the words of `examx diff`, and with its figures."""
    before = read(checkout / "dist" / FILE)
    change(checkout, minReplicaCount=1, maxReplicaCount=5)
    foretold = forecast("prod", before, read(checkout / "dist" / FILE)).outcomes
    level = levels("prod")["default"]
    assert len(foretold) == len(level.workloads) > 1
    found = said("compare", "prod")
    assert found["workload"] == "standard workloads"
    assert [(each["queue"], each["workload"], each["said"]) for each in found["queues"]] == [
        (each.queue, each.workload, each.said) for each in foretold
    ]
    assert "; over its service level, 60 s" in found["queues"][0]["said"]
    shown = scale("compare", "prod", "--queue", "default").stdout.splitlines()[2:]
    assert [" ".join(line.split()) for line in shown] == [
        f"{each.queue}, {each.workload} {each.said}" for each in foretold
    ]


def second(most: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Another queue, with a worker of its own."""
    scaler = scaled_object("other", "other", maxReplicaCount=most, scaleTargetRef={"name": "other"})
    other = worker()
    return scaler, {**other, "metadata": {**other["metadata"], "name": "other"}}


def test_what_a_queue_takes_does_not_depend_on_other_queues(checkout: Path) -> None:
    """Hours are of the queue's own time, though another one goes on for longer."""
    alone = said(*CALL)["queues"]
    written(checkout / "dist", scaled_object(minReplicaCount=2, maxReplicaCount=20), worker(), *second(1), name=FILE)
    both = {each["queue"]: each for each in said(*CALL)["queues"]}
    assert both["default"] == alone[0]
    assert both["other"]["after"]["span_seconds"] > both["default"]["after"]["span_seconds"]


def test_a_queue_without_a_standard_workload_is_named(checkout: Path) -> None:
    written(checkout / "dist", scaled_object(), worker(), *second(8), name=FILE)
    done = scale("compare", "prod")
    assert "other is not compared: prod names no standard workload for it; give --burst" in done.stderr
    assert "other" not in done.stdout
    *_, line = scale("compare", "prod", "--queue", "other", status=2).stderr.splitlines()
    assert line.startswith("error: prod names no standard workload for it; give --burst")
