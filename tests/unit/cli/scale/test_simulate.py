"""`examx scale simulate`: figures, plots, JSON, and where manifests come from."""

from pathlib import Path

import pytest
import yaml

from examx_constructs.manifests import load
from examx_constructs.scaling import burst, fixed, scalings
from examx_constructs.scaling import simulate as model
from tests.unit.cli.scale.support import BURST, PROD, PROJECT, refusal, said, scale, scaled_object, worker, written


def test_the_figures_are_those_of_the_model() -> None:
    found = {each["queue"]: each for each in said("simulate", PROD, *BURST)["runs"]}
    scaled = list(scalings(load(PROD)))
    assert [*found] == [each.queue for each in scaled]
    longest = max(each["span_seconds"] for each in found.values())
    for each in scaled:
        run = model(each, burst(500, fixed(8)), until=longest)
        figures = found[each.queue]
        assert figures["wait_seconds"]["p95"] == pytest.approx(float(run.wait(0.95)), abs=0.001)
        assert figures["pod_hours"] == pytest.approx(run.pod_hours, abs=0.001)
        assert figures["most_pods"] == run.most_replicas
        assert figures["steps"] == [[moment, size] for moment, size in run.steps]


def test_an_environment_is_read_from_dist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    of_environment, of_file = said("simulate", "prod", *BURST), said("simulate", PROD, *BURST)
    assert of_environment["target"] == "prod"
    assert of_environment["runs"] == of_file["runs"]


def test_one_queue_is_told_in_full_with_its_plots() -> None:
    lines = scale("simulate", PROD, "--queue", "bulk_upload", *BURST).stdout.splitlines()
    assert lines[0] == f"{PROD}: bulk_upload, a burst of 500, 8 s each"
    assert [line.split()[0] for line in lines[2:10]] == [
        *("autoscaler", "scales", "bounds", "wait", "drained", "most", "pod", "requested")
    ]
    assert lines[4] == "bounds       2..10 pods"
    assert {"tasks that wait", "pods that take tasks"} <= {*lines}
    assert any(line.startswith("500 ┤") for line in lines)
    assert max(map(len, lines[1:])) < 80


def test_several_queues_are_a_table_that_fits_into_80_columns() -> None:
    heading, *rows = scale("simulate", PROD, *BURST).stdout.splitlines()[2:]
    assert heading.split("  ")[0] == "queue"
    assert [row.split()[0] for row in rows] == [each.queue for each in scalings(load(PROD))]
    assert max(map(len, [heading, *rows])) <= 80
    assert len({len(row) for row in [heading, *rows]}) == 1, "figures stand below each other"


def test_the_same_call_prints_the_same() -> None:
    call = ("simulate", PROD, "--ramp", "1..10/5m", "--task", "4s..20s", "--seed", "7")
    assert scale(*call).stdout == scale(*call).stdout
    assert said(*call)["runs"] != said(*call[:-1], "8")["runs"]


@pytest.mark.parametrize("name", ["default", "worker-scaler", "worker"])
def test_a_queue_is_named_by_its_list_its_autoscaler_or_its_workload(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, scaled_object("worker-scaler"), worker())
    (run,) = said("simulate", file, "--queue", name, *BURST)["runs"]
    assert (run["queue"], run["autoscaler"], run["workload"]) == ("default", "worker-scaler", "worker")


def test_a_folder_with_overlays_has_a_run_for_each(tmp_path: Path) -> None:
    for overlay, most in (("dev", 2), ("prod", 8)):
        written(tmp_path / overlay, scaled_object(maxReplicaCount=most), worker())
    runs = said("simulate", str(tmp_path), "--queue", "default", *BURST)["runs"]
    assert [each["most_pods"] for each in runs] == [2, 8]
    labels = [each["label"] for each in runs]
    assert len({*labels}) == 2
    assert all(label.endswith("all.yaml: default") for label in labels)


def test_standard_input() -> None:
    given = yaml.safe_dump_all([scaled_object(), worker()]).encode()
    (run,) = said("simulate", "-", *BURST, given=given)["runs"]
    assert run["tasks"] == 500


def test_what_is_given_comes_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, scaled_object(), worker())
    (tmp_path / "friday.csv").write_text("arrival,duration\n10,3\n20,4\n")
    found = said("simulate", file, *BURST, "--arrivals", str(tmp_path / "friday.csv"))
    assert found["runs"][0]["tasks"] == 502
    assert found["workload"] == "a burst of 500 and friday.csv"


def test_a_workload_that_is_not_done_is_told(tmp_path: Path) -> None:
    file = written(tmp_path, scaled_object(maxReplicaCount=1), worker())
    done = scale("simulate", file, "--burst", "30000", "--task", "60s")
    assert "tasks not done after" in done.stdout
    assert "drained      never\n" in done.stdout
    (run,) = said("simulate", file, "--burst", "30000", "--task", "60s")["runs"]
    assert run["unfinished_tasks"] > 0
    assert run["wait_seconds"]["longest"] is None


def test_slow_pods_make_longer_waits(tmp_path: Path) -> None:
    file = written(tmp_path, scaled_object(), worker())
    waits = [
        said("simulate", file, *BURST, *more)["runs"][0]["wait_seconds"]["p95"]
        for more in ([], ["--pod-start", "3m"], ["--room", "1", "--node-delay", "10m"])
    ]
    assert waits == sorted(waits)
    assert len({*waits}) == 3


def test_money(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text("currency: EUR\ncpu_hour: 2\ngib_hour: 0\n")
    call = ("simulate", PROD, "--queue", "default", *BURST, "--prices", str(tmp_path / "prices.yaml"))
    (run,) = said(*call)["runs"]
    assert run["cost"] == pytest.approx(2 * run["cpu_hours"], abs=0.002)
    assert " EUR" in scale(*call).stdout


def test_a_worker_that_does_not_say_its_slots_is_given_them(tmp_path: Path) -> None:
    silent = worker()
    silent["spec"]["template"]["spec"]["containers"][0]["command"] = ["run-my-worker"]
    file = written(tmp_path, scaled_object(), silent)
    few, many = (said("simulate", file, *BURST, "--concurrency", slots)["runs"][0] for slots in ("1", "50"))
    assert many["wait_seconds"]["p95"] < few["wait_seconds"]["p95"]


def test_cron_goes_by_the_time_of_the_day(tmp_path: Path) -> None:
    window = {"timezone": "Asia/Kolkata", "start": "0 9 * * *", "end": "0 10 * * *", "desiredReplicas": "6"}
    both = [*scaled_object()["spec"]["triggers"], {"type": "cron", "metadata": window}]
    file = written(tmp_path, scaled_object(triggers=both), worker())
    early, late = (
        said("simulate", file, "--burst", "1", "--task", "1s", "--start", f"2026-11-30T{hour}:30+05:30")["runs"][0]
        for hour in ("06", "09")
    )
    assert (early["most_pods"], late["most_pods"]) == (1, 6)


def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    written(tmp_path, scaled_object(), worker())
    (tmp_path / "broken.yaml").write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: a\n")
    done = scale("simulate", str(tmp_path), *BURST)
    assert "broken.yaml:" in done.stderr
    assert "what it holds is not looked at" in done.stderr
    assert "pod hours" in done.stdout


def test_versions_are_those_of_the_cluster_unless_somebody_asks(tmp_path: Path) -> None:
    """KEDA 2.18 falls back otherwise, which is not modelled: what is asked of it is refused."""
    said_of = {"examx.ai/keda-version": "2.20"}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team", "annotations": said_of}}
    falls_back = scaled_object(fallback={"failureThreshold": 3, "replicas": 4})
    usual = written(tmp_path / "usual", falls_back, worker())
    later = written(tmp_path / "later", space, falls_back, worker())
    assert scale("simulate", usual, *BURST).stdout.startswith(usual)
    assert "as KEDA 2.17 has them" in refusal("simulate", later, *BURST)
    assert "as KEDA 2.17 has them" in refusal("simulate", usual, *BURST, "--keda-version", "2.20")
    assert scale("simulate", later, *BURST, "--keda-version", "2.17").stdout.startswith(later)
