"""What `examx diff` says of a change of scaling figures: waits and pod hours, at the standard workloads."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from examx_cli.comparison import compare
from examx_cli.comparison.forecast import Forecast, concerns_scaling
from examx_cli.diff import document, markdown, text
from examx_cli.diff.charts import chart
from examx_cli.diff.sources import Comparison
from examx_cli.scale import forecasting
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests import Manifests
from examx_constructs.scaling import Run, scalings, simulate, workloads_of
from examx_constructs.settings import ImageReference
from tests.blocks import blocks as blocks_of
from tests.unit.cli.diff.support import Edit, Manifest, difference, drop, find, manifests, put, release, remove

PROJECT = Path(__file__).parents[4]
SCALER = "ScaledObject celery-bulk-upload-worker-scaler"
WORKER = "Deployment celery-bulk-upload-worker"
CONTAINER = "spec.template.spec.containers[celery-worker]"
FEWER = put(SCALER, "spec.maxReplicaCount", 2)


def changed(environment: str, *edits: Edit) -> list[Manifest]:
    items = manifests(environment)
    for edit in edits:
        edit(items)
    return items


def foretold(environment: str, *edits: Edit) -> Forecast:
    return forecasting.forecast(environment, manifests(environment), changed(environment, *edits))


def runs(environment: str, items: Sequence[Manifest], queue: str, **more: float) -> list[Run]:
    """The standard workloads of a queue, simulated by other ways than those of the command."""
    level = ENVIRONMENTS[environment](ImageReference.parse("registry.example.com/a:b")).service_levels[queue]
    (scaling,) = [each for each in scalings(Manifests.of(items)) if each.queue == queue]
    return [simulate(scaling, each, **more) for each in workloads_of(level)]  # pyright: ignore[reportArgumentType]


def list_length(length: str) -> Edit:
    def edit(items: list[Manifest]) -> None:
        find(items, SCALER)["spec"]["triggers"][0]["metadata"]["listLength"] = length

    return edit


def concurrency(slots: int) -> Edit:
    def edit(items: list[Manifest]) -> None:
        command = find(items, WORKER)["spec"]["template"]["spec"]["containers"][0]["command"]
        command[command.index("--concurrency") + 1] = str(slots)

    return edit


def test_fewer_pods_are_told_in_words() -> None:
    (outcome,) = foretold("prod", FEWER).outcomes
    sides = manifests("prod"), changed("prod", FEWER)
    end = max(run.until for side in sides for run in runs("prod", side, "bulk_upload"))
    before, after = (runs("prod", side, "bulk_upload", until=end)[0] for side in sides)
    waits = f"p95 wait {before.wait(0.95):.0f} s -> {after.wait(0.95):.0f} s"
    hours = f"{before.pod_hours:.2f} -> {after.pod_hours:.2f} pod hours over {end / 60:.1f} min"
    most = f"at most {before.most_replicas} -> 2 pods"
    assert str(outcome) == f"bulk_upload, burst of 30: {waits}, {hours}, {most}; over its service level, 90 s"
    assert not outcome.keeps_level


def test_what_was_too_slow_and_is_not_any_more_is_told() -> None:
    (outcome,) = forecasting.forecast("prod", changed("prod", FEWER), manifests("prod")).outcomes
    assert outcome.said.endswith("; within its service level, 90 s, again")
    assert outcome.keeps_level


@pytest.mark.parametrize(
    "edit",
    [
        list_length("30"),
        concurrency(1),
        put(SCALER, "spec.minReplicaCount", 4),
        put(SCALER, "spec.pollingInterval", 60),
        put(SCALER, "spec.cooldownPeriod", 900),
        put(SCALER, "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies[1].value", 1),
        put(SCALER, "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds", 30),
        put(WORKER, f"{CONTAINER}.resources.requests.cpu", "2"),
        put(WORKER, "spec.template.spec.terminationGracePeriodSeconds", 5),
        put(SCALER, 'metadata.annotations["autoscaling.keda.sh/paused-replicas"]', "1"),
    ],
)
def test_every_figure_that_counts_is_noticed(edit: Edit) -> None:
    assert concerns_scaling(compare(manifests("prod"), changed("prod", edit)))
    found = foretold("prod", edit)
    assert {each.queue for each in found.outcomes} == {"bulk_upload"}
    assert found.not_foretold == ()


def test_a_pod_that_asks_for_more_is_told_though_waits_are_the_same() -> None:
    (outcome,) = foretold("prod", put(WORKER, f"{CONTAINER}.resources.requests.cpu", "2")).outcomes
    found = re.fullmatch(
        r"p95 wait 60 s, ([0-9.]+) pod hours over [0-9.]+ min, ([0-9.]+) -> ([0-9.]+) CPU hours, ([0-9.]+) GiB hours",
        outcome.said,
    )
    assert found, outcome.said
    hours, before, after, _ = map(float, found.groups())
    assert (before, after) == pytest.approx((hours, 2 * hours), abs=0.02)


@pytest.mark.parametrize(
    "edits",
    [
        release(),
        (put(SCALER, "metadata.labels.team", "a"),),
        (put(WORKER, f"{CONTAINER}.imagePullPolicy", "Never"),),
        (put(WORKER, "spec.replicas", 3),),
        (put("Deployment celery-beat", "metadata.labels.team", "a"),),
    ],
)
def test_other_changes_need_no_simulator(edits: Sequence[Edit]) -> None:
    assert not concerns_scaling(difference("prod", *edits))


def test_what_is_wholly_new_or_goes_has_no_two_sides() -> None:
    assert not concerns_scaling(compare([], manifests("prod")))
    assert not concerns_scaling(compare(manifests("prod"), []))
    assert not concerns_scaling(compare(manifests("prod"), manifests("prod")))


def test_a_queue_that_is_not_scaled_any_more() -> None:
    (outcome,) = foretold("prod", remove(SCALER)).outcomes
    assert outcome.said.startswith("not scaled any more; p95 wait 60 s, ")
    assert outcome.curves == ()


def test_what_is_not_modelled_is_one_line_and_others_are_told() -> None:
    other = "ScaledObject celery-enrichment-worker-scaler"
    found = foretold("prod", FEWER, put(other, "spec.advanced.scalingModifiers", {"formula": "default", "target": "1"}))
    assert [each.queue for each in found.outcomes] == ["bulk_upload"]
    (line,) = found.not_foretold
    assert line.startswith("question_enrichment is not simulated: ")
    assert "spec.advanced.scalingModifiers" in line
    assert "not modelled" in line


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (put(SCALER, "spec.maxReplicaCount", 2**31 - 1), "maxReplicaCount is 2147483647; allowed: at most 1000"),
        (concurrency(20_000), "celery-bulk-upload-worker: concurrency is 20000; allowed: at most 10000"),
        (concurrency(10**9), 'command is "1000000000"'),
        (
            put(WORKER, "spec.template.spec.terminationGracePeriodSeconds", 10**400),
            "terminationGracePeriodSeconds is 1000",
        ),
        (drop(SCALER, "spec.triggers"), ""),
        (put(SCALER, "spec.pollingInterval", -1), "pollingInterval is -1"),
        (put(SCALER, "spec.scaleTargetRef.name", "nothing"), "allowed: a workload beside it"),
        (put(SCALER, "spec.advanced", "text"), ""),
        (put(SCALER, "spec", None), ""),
    ],
)
def test_manifests_of_anybody_are_refused_in_a_line(edit: Edit, said: str) -> None:
    found = foretold("prod", edit)
    assert all("\n" not in line and said in line for line in found.not_foretold)
    assert [*found.outcomes, *found.not_foretold], "something is told in any case"


# ---- The comment


def comparison(forecast: Forecast, *edits: Edit) -> Comparison:
    return Comparison("prod", "main (0123456789)", difference("prod", *edits), forecast)


def test_the_picture_shows_what_was_simulated() -> None:
    waiting, pods = foretold("prod", FEWER).outcomes[0].curves
    (before,), (after,) = (
        runs("prod", manifests("prod"), "bulk_upload"),
        runs("prod", changed("prod", FEWER), "bulk_upload"),
    )
    assert (max(pods.before), max(pods.after)) == (before.most_replicas, after.most_replicas)
    # As many as came and found no free slot: 2 pods of 3.
    assert max(waiting.before) == max(waiting.after) == 30
    assert sum(waiting.after) > 2 * sum(waiting.before)
    (first, second) = (
        line for line in chart(foretold("prod", FEWER).outcomes[0], pods).splitlines() if "line [" in line
    )
    assert [first, second] == [f"  line [{', '.join(map(str, each))}]" for each in (pods.before, pods.after)]


def test_what_becomes_no_other_has_no_picture() -> None:
    (outcome,) = foretold("prod", put(SCALER, "spec.cooldownPeriod", 900)).outcomes
    assert outcome.said.startswith("the same: ")
    assert outcome.curves == ()


def test_pictures_are_the_first_to_be_left_out() -> None:
    found = foretold("prod", FEWER)
    report = markdown.report([comparison(found, FEWER)], limit=2400)
    assert len(report) <= 2400
    assert "maxReplicaCount" in report
    assert "parts do not fit" in report
    assert report.count("```mermaid") < 2


def test_the_document_shows_a_real_one() -> None:
    (outcome,) = foretold("prod", put(SCALER, "spec.maxReplicaCount", 4)).outcomes
    shown = [each for each in blocks_of(PROJECT / "docs" / "deployment.md") if each.marker == "forecast"]
    words, picture = shown
    assert words.text == f"{outcome}\n"
    assert f"```mermaid\n{picture.text}```" == chart(outcome, outcome.curves[0])


def test_a_report_without_a_forecast_is_as_it_was() -> None:
    plain = Comparison("prod", "main", difference("prod", FEWER))
    assert "simulated" not in markdown.report([plain])
    assert "simulated" not in text.report([plain]).plain
    assert document.report([plain])["environments"][0]["forecast"] == []  # pyright: ignore[reportIndexIssue, reportUnknownVariableType, reportArgumentType, reportOptionalSubscript]
