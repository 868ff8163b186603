"""`examx scale tune`: what it proposes, what it says of the search, and what it refuses."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import evolve

from examx_cli.images import current_image
from examx_cli.provenance import figures
from examx_cli.scale.tunable import NAMES, Tunable, path
from examx_cli.scale.tuning_rules import Rules
from examx_constructs.checks import check
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import Manifests
from examx_constructs.scaling.levels import workloads_of
from tests.process.cli.scale.test_tuning import OTHER, queue_of
from tests.support import read_documents
from tests.unit.cli.scale.support import PROD, PROJECT, refusal, said, scale

CALL = ("tune", "prod", "--queue", "bulk_upload", "--p95", "60s", "--burst", "100", "--task", "20s")


QUEUE = "bulk_upload"


@pytest.fixture(autouse=True)
def _checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


@cache
def standard() -> Any:
    """What the call says, for all who only look at it."""
    return said(*CALL)


def test_what_is_proposed_holds_when_it_is_written(tmp_path: Path):
    found = standard()
    assert found["holds"]
    proposed, today = found["proposed"], found["today"]
    assert today["p95_seconds"][0] > 60 >= proposed["p95_seconds"][0]
    settings = proposed["settings"]
    objects = read_documents(Path(PROD).read_text(encoding="utf-8"))
    (scaler,) = [each for each in objects if _counts(each, QUEUE)]
    scaler["spec"] |= {
        "minReplicaCount": int(settings["replicas.minimum"]),
        "maxReplicaCount": int(settings["replicas.maximum"]),
    }
    scaler["spec"]["triggers"][0]["metadata"]["listLength"] = settings["list_length"]
    behavior = scaler["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    behavior["scaleDown"]["stabilizationWindowSeconds"] = int(settings["behavior.scale_down_window"][:-1])
    up = behavior["scaleUp"]
    up["stabilizationWindowSeconds"] = int(settings["behavior.scale_up_window"][:-1])
    for each in up["policies"]:
        percent = each["type"] == "Percent"
        each["value"] = int(settings["behavior.scale_up_percent" if percent else "behavior.scale_up_pods"])
    (tmp_path / "tuned.yaml").write_text(yaml.safe_dump_all(objects))
    call = ("--queue", QUEUE, "--burst", "100", "--task", "20s")
    (run,) = said("simulate", str(tmp_path / "tuned.yaml"), *call)["runs"]
    assert run["wait_seconds"]["p95"] == pytest.approx(proposed["p95_seconds"][0], abs=0.001)
    assert run["most_pods"] == proposed["most_pods"]


def _counts(item: dict[str, Any], queue: str) -> bool:
    return item["kind"] == "ScaledObject" and item["spec"]["triggers"][0]["metadata"]["listName"] == queue


def test_it_says_what_to_write_and_where():
    found = standard()
    changes = {each["setting"]: each for each in found["changes"]}
    minimum = changes["queues.bulk_upload.replicas.minimum"]
    file, line = minimum["written"].split(":")
    assert "bulk_upload=Replicas.between(" in (PROJECT / file).read_text().splitlines()[int(line) - 1]
    queue = queue_of()
    for name in NAMES:
        setting = ".".join(path(name, queue))
        if setting in changes:
            assert changes[setting]["now"] == Tunable.of(queue).value(name)
            assert changes[setting]["proposed"] == found["proposed"]["settings"][setting.split(".", 2)[2]]
    lines = scale(*CALL).stdout.splitlines()
    assert lines[0] == "prod: bulk_upload, a burst of 100, 20 s each; p95 wait of at most 60 s"
    assert lines[2].startswith(f"tried      {found['tried']} settings, up to 20 pods")
    for setting, each in changes.items():
        assert any(setting in line and f"{each['now']} -> {each['proposed']}" in line for line in lines)
    assert "  shared.py has figures of other environments too: see what becomes of those" in lines
    assert any("bound by " in line and "it would be" in line for line in lines)


def test_nothing_is_written():
    before = {each: each.stat().st_mtime_ns for each in (PROJECT / "examx_constructs/environments").glob("*.py")}
    scale(*CALL, "--tries", "1", status=1)
    assert before == {each: each.stat().st_mtime_ns for each in before}


def test_room_for_a_larger_workload_is_not_taken_away():
    found = said(*CALL[:5], "2h", *CALL[6:], "--tries", "300")
    assert int(found["proposed"]["settings"]["replicas.maximum"]) >= queue_of().replicas.maximum
    fewer = said(*CALL[:5], "2h", *CALL[6:], "--tries", "300", "--most", "4")
    assert fewer["proposed"]["settings"]["replicas.maximum"] == "4"


def test_settings_that_are_refused_are_never_proposed():
    queue = queue_of()
    assert queue.cooldown <= queue.longest_task, "else no worker at all would be allowed"
    assert not replace(OTHER, minimum=0).is_allowed(queue)
    every = said(*CALL[:5], "2h", *CALL[6:])
    assert every["holds"]
    assert int(every["proposed"]["settings"]["replicas.minimum"]) == 1


def test_a_proposal_that_breaks_a_rule_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    free = standard()
    broken = Rules.broken
    finding = next(iter(_findings()))

    def strict(self: Rules, settings: Tunable) -> Any:
        return finding if settings.minimum == 1 else broken(self, settings)

    monkeypatch.setattr(Rules, "broken", strict)
    found = said(*CALL)
    assert free["proposed"]["settings"]["replicas.minimum"] == "1"
    assert found["proposed"]["settings"]["replicas.minimum"] != "1"
    assert found["refused"][0]["finding"] == str(finding)
    assert found["proposed"]["pod_hours"] >= free["proposed"]["pod_hours"]


def _findings() -> Any:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "a"}, "spec": {}}
    quota["spec"] = {"hard": {"cpu": "1"}}
    pod = {"containers": [{"name": "a", "image": "a:1", "resources": {"requests": {"cpu": "2"}}}]}
    return check(
        Manifests.of(
            [quota, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "a"}, "spec": pod}]
        )
    )


def test_what_no_setting_holds_is_said_with_the_nearest():
    call = (*CALL[:5], "1s", *CALL[6:], "--tries", "60")
    line = refusal_of(call)
    assert line.startswith("error: no setting of prod's bulk_upload holds a p95 wait of 1.0 s; nearest is p95 wait ")
    assert "replicas.minimum" in line
    assert "60 settings tried, up to 20 pods" in line
    done = scale(*call, "--json", status=1)
    assert '"nearest"' in done.stdout
    assert '"holds": false' in done.stdout


def refusal_of(call: tuple[str, ...]) -> str:
    done = scale(*call, status=1)
    assert done.stdout == ""
    return done.stderr.splitlines()[-1]


def test_each_workload_has_to_hold():
    both = said(*CALL, "--ramp", "0..1/5m", "--tries", "300")
    assert len(both["workloads"]) == len(both["proposed"]["p95_seconds"]) == 2
    assert max(both["proposed"]["p95_seconds"]) <= 60
    assert both["today"]["pod_hours"] > standard()["today"]["pod_hours"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--p95", "60"], '--p95 is "60"; allowed: a time with its unit'),
        (["--p95", "0s"], "--p95 is"),
        (["--queue", "other"], 'prod scales no queue "other"; known are '),
        (["--queue", "examxv2-backend"], "allowed: one that starts a Celery worker"),
        (["--burst", "100", "--task", "8"], '--task is "8"'),
        (["--keda-version", "1"], "version of KEDA"),
    ],
)
def test_bad_input_is_a_line(arguments: list[str], line: str):
    assert line in refusal(*CALL, *arguments)


def test_what_is_not_given_is_what_the_environment_promises():
    prod = ENVIRONMENTS["prod"](image("prod"))
    promised = prod.service_levels[QUEUE]
    both, wait, tasks = CALL[:4], CALL[:6], (*CALL[:4], *CALL[6:])
    found = said(*both, "--tries", "200")
    assert found["p95_seconds"] == promised.wait_p95.seconds
    assert found["workloads"] == [each.said for each in workloads_of(promised)]
    assert said(*wait, "--tries", "200")["workloads"] == found["workloads"]
    given = said(*tasks, "--tries", "200")
    assert (given["p95_seconds"], given["workloads"]) == (promised.wait_p95.seconds, standard()["workloads"])


def test_a_queue_of_which_nothing_is_promised(monkeypatch: pytest.MonkeyPatch):
    prod = ENVIRONMENTS["prod"]
    monkeypatch.setitem(ENVIRONMENTS, "prod", lambda image: evolve(prod(image), service_levels={}))
    monkeypatch.setattr("examx_cli.scale.tuned.environment_figures", lambda name, images: figures(prod, image(name)))
    line = "is missing: prod has no service level for bulk_upload"
    assert f"--p95 {line}" in refusal(*CALL[:4], *CALL[6:])
    assert f"--burst or another workload {line}" in refusal(*CALL[:6])


def image(name: str) -> Any:
    return current_image(PROJECT / "images.yaml", name)


def test_figures_of_another_day_are_not_tuned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("cdk8s.yaml", "images.yaml"):
        (tmp_path / name).write_text((PROJECT / name).read_text())
    (tmp_path / "dist").mkdir()
    text = Path(PROD).read_text(encoding="utf-8")
    (tmp_path / "dist" / "prod.k8s.yaml").write_text(text.replace('listLength: "3"', 'listLength: "4"'))
    monkeypatch.chdir(tmp_path)
    assert "dist/prod.k8s.yaml has other figures for bulk_upload than prod has; run make synth" in refusal(*CALL)
