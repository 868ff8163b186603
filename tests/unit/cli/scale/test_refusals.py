"""Bad input of `examx scale`: one line that names what, the value, what is allowed and why."""

from pathlib import Path

import pytest

from tests.unit.cli.scale.support import BURST, PROD, refusal, scale, scaled_object, worker, written


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "nothing comes to the queue; give --burst, --ramp, --daily, --exam-day or --arrivals"),
        (["--burst", "5"], "--task is missing; allowed: how long a task takes, such as 8s, or 8s..40s: median..p95"),
        (["--burst", "5", "--task", "8"], '--task is "8"; allowed: a time with its unit'),
        (["--burst", "5", "--task", "-8s"], '--task is "-8s"; allowed: a time with its unit'),
        (["--burst", "5", "--task", "0s"], '--task is "0s"; allowed: a time with its unit, such as 0.5s, 8s, 5m or 1h'),
        (["--burst", "5", "--task", "nan"], '--task is "nan"; allowed: a time with its unit'),
        (["--burst", "5", "--task", "9s..8s"], '--task is "9s..8s"; allowed: MEDIAN..P95, the second one longer'),
        (["--burst", "1000001", "--task", "8s"], "--burst is 1000001; allowed: at most 1000000; more do not fit"),
        (["--ramp", "1-10", "--task", "8s"], '--ramp is "1-10"; allowed: FIRST..LAST/TIME, such as 1..10/5m'),
        (["--ramp", "1..10/0s", "--task", "8s"], '--ramp is "0s"; allowed: a time with its unit'),
        (["--ramp", "1..900000/9h", "--task", "8s"], "--ramp, in tasks, is 29160000000; allowed: at most 1000000"),
        (["--ramp", "0..0/5m", "--task", "8s"], "no task comes of it, so there is nothing to simulate"),
        (["--exam-day", "9", "--zones", "0,x", "--task", "8s"], '--zones is "0,x"; allowed: hours between commas'),
        (["--exam-day", "9", "--zones", "0,99", "--task", "8s"], '--zones is "0,99"; allowed: hours between commas'),
        ([*BURST, "--at", "soon"], '--at is "soon"; allowed: a time with its unit'),
        ([*BURST, "--pod-start", "20"], '--pod-start is "20"; allowed: a time with its unit'),
        ([*BURST, "--node-delay", "5m"], "--node-delay is of --room: without it there is always room; leave it out"),
        (
            [*BURST, "--start", "2026-11-30T09:00+05:30"],
            "--start is of cron triggers, and no autoscaler that is looked",
        ),
        ([*BURST, "--zones", "0,5"], "--zones is of --exam-day, which is not given; leave it out"),
        (
            ["--daily", "9", "--task", "8s", "--at", "5m"],
            "--at is of --burst or --ramp, and neither is given; leave it",
        ),
        (
            ["--ramp", "1..2/5m", "--task", "8s", "--over", "5m"],
            "--over is of --burst, which is not given; leave it out",
        ),
        (["--seed", "0"], "--seed is of a workload: --burst, --ramp, --daily, --exam-day or --arrivals, and none is"),
        ([*BURST, "--start", "09:00"], '--start is "09:00"; allowed: a moment with its time zone'),
        ([*BURST, "--start", "2026-11-30T09:00"], "cron triggers go by the time of the day"),
        ([*BURST, "--queue", "other"], 'scales no queue "other"; known are '),
        ([*BURST, "--keda-version", "1"], "version of KEDA"),
        ([*BURST, "--prices", "/nowhere/prices.yaml"], "/nowhere/prices.yaml: cannot be read as prices"),
        (["--arrivals", "/nowhere/a.csv"], "/nowhere/a.csv: cannot be read: No such file or directory"),
        ([*BURST, "--svg", "/nowhere/a.svg"], "/nowhere/a.svg cannot be written: No such file or directory"),
        ([*BURST, "--html", "/nowhere/a.html"], "/nowhere/a.html cannot be written: No such file or directory"),
    ],
)
def test_options(arguments: list[str], line: str) -> None:
    assert line in refusal("simulate", PROD, *arguments)


def test_a_time_for_tasks_that_have_theirs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("arrival,duration\n1,5\n")
    of = ("simulate", PROD, "--arrivals", str(tmp_path / "a.csv"))
    assert "--task is of tasks without a duration, and " in refusal(*of, "--task", "8s")
    assert "--seed is of tasks without a duration, and " in refusal(*of, "--seed", "1")


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("arrival\n1\n", "has no column duration; give a distribution of task times"),
        ("arrival,duration\n1,-5\n", 'a.csv:2: duration is "-5"; allowed: a number, 0 or more'),
        ("t,arrivals\n0,1\n1,2\n9,1\n", "a.csv:4: t is 9"),
        ("a,b\n1,2\n", "has no column duration"),
        ("", "has no rows below a header"),
    ],
)
def test_a_trace(tmp_path: Path, rows: str, line: str) -> None:
    (tmp_path / "a.csv").write_text(rows)
    more = ["--task", "8s"] if rows.startswith("t") else []
    assert line in refusal("simulate", PROD, "--arrivals", str(tmp_path / "a.csv"), *more)


def test_manifests_without_a_target(tmp_path: Path) -> None:
    line = refusal("simulate", written(tmp_path, scaled_object()), *BURST)
    assert "all.yaml: ScaledObject team/worker: spec.scaleTargetRef.name is" in line
    assert "a workload beside it" in line


def test_a_trigger_that_is_not_modelled(tmp_path: Path) -> None:
    other = scaled_object(triggers=[{"type": "kafka", "metadata": {"topic": "a"}}])
    line = refusal("simulate", written(tmp_path, other, worker()), *BURST)
    assert 'all.yaml: ScaledObject team/worker: spec.triggers[0].type is "kafka"' in line


def test_a_job_for_each_task_is_named(tmp_path: Path) -> None:
    """Alone it is refused; beside what can be looked at, it is said that it is not."""
    job = {**scaled_object("jobs", "sheets"), "kind": "ScaledJob"}
    line = refusal("simulate", written(tmp_path, job), *BURST)
    assert 'all.yaml: ScaledJob team/jobs: kind is "ScaledJob"; allowed: a ScaledObject, or a Horizontal' in line
    both = written(tmp_path, job, scaled_object(), worker())
    done = scale("simulate", both, *BURST)
    assert "all.yaml: ScaledJob team/jobs is not looked at: a Job for each task is not modelled" in done.stderr
    assert "not modelled" in refusal("simulate", both, "--queue", "sheets", *BURST)


def test_a_cron_trigger_needs_a_moment(tmp_path: Path) -> None:
    window = {"timezone": "UTC", "start": "0 9 * * *", "end": "0 10 * * *", "desiredReplicas": "6"}
    both = [*scaled_object()["spec"]["triggers"], {"type": "cron", "metadata": window}]
    line = refusal("simulate", written(tmp_path, scaled_object(triggers=both), worker()), *BURST)
    assert "start is" in line
    assert "a moment with a time zone" in line


def test_a_path_that_is_not_there() -> None:
    assert "nowhere.yaml: cannot be read: No such file or directory" in refusal("simulate", "nowhere.yaml", *BURST)


def test_manifests_without_an_autoscaler(tmp_path: Path) -> None:
    assert "has no autoscaler that counts tasks" in refusal("simulate", written(tmp_path, worker()), *BURST)
    named = refusal("simulate", written(tmp_path, worker()), "--queue", "default", *BURST)
    assert named.endswith('scales no queue "default"; it has no autoscaler')


def test_an_environment_beside_files() -> None:
    assert "name one environment, or files and folders" in refusal("simulate", "prod", PROD, *BURST)


def test_nothing_on_standard_input() -> None:
    assert refusal("simulate", "-", *BURST, given=b"") == "error: - has no autoscaler that counts tasks"
    assert refusal("simulate", "-", *BURST, given=b"{").startswith("error: -:")
