"""`examx scale replay`: the model beside recordings."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.scale.support import refusal, said, scale, scaled_object

TRACES = Path(__file__).parents[5] / "shared" / "traces"


def recorded(folder: Path, name: str = "step", *, off: int = 0) -> tuple[str, str]:
    """A recording of a list that goes from 0 to 40 at 30 s, whose replicas are those of the model, or so many off."""
    spec = scaled_object()["spec"]
    about = {"spec": spec, "usage_cpu_mem_pct": [[0, 10, 9]], "actions": []}
    (folder / f"{name}.json").write_text(json.dumps(about))
    lengths = [0 if second < 30 else 40 for second in range(200)]
    replicas = [1 + off if second < 31 else 4 + off for second in range(200)]
    rows = "".join(f"{t},{length},{size}\n" for t, (length, size) in enumerate(zip(lengths, replicas, strict=True)))
    (folder / f"{name}.csv").write_text(f"t,list_len,deploy_spec\n{rows}")
    return str(folder / f"{name}.json"), str(folder / f"{name}.csv")


def test_one_is_told_with_its_steps(tmp_path: Path) -> None:
    lines = scale("replay", *recorded(tmp_path)).stdout.splitlines()
    assert lines[0] == "step: 200 seconds"
    assert lines[2].startswith("mean absolute error  0.0")
    assert lines[5].split() == ["step", "recorded", "model"]
    assert lines[6].split() == ["0", "s", "1", "1"]
    (found,) = said("replay", *recorded(tmp_path))["recordings"]
    assert found["recorded_steps"] == [[0, 1], [31, 4]]
    assert found["model_steps"][-1][1] == 4
    assert found["mean_absolute_error_pods"] < 0.05


def test_a_deviation_is_told(tmp_path: Path) -> None:
    recorded(tmp_path)
    _, rows = recorded(tmp_path, "off", off=1)
    text = Path(rows).read_text().replace("\n100,40,5\n", "\n100,40,9\n")
    Path(rows).write_text(text)
    found = {each["name"]: each for each in said("replay", str(tmp_path))["recordings"]}
    assert found["off"]["largest_deviation_pods"] == 5
    assert found["off"]["largest_deviation_second"] == 100
    assert found["off"]["mean_absolute_error_pods"] > 10 * found["step"]["mean_absolute_error_pods"]


def test_what_is_not_modelled_is_told(tmp_path: Path) -> None:
    about, rows = recorded(tmp_path)
    told = json.loads(Path(about).read_text())
    told["actions"] = [[90, "node drained"], [100, "redis-prod kill"], [10, "metrics down"], [20, "metrics up"]]
    Path(about).write_text(json.dumps(told))
    done = scale("replay", about, rows)
    warnings = [line for line in done.stderr.splitlines() if "warning" in line]
    assert warnings == ['warning: step: "node drained" at 90 s is not modelled; what follows may be off']


def test_several_are_a_table_with_the_worst_first(tmp_path: Path) -> None:
    for name, off in (("good", 0), ("bad", 2), ("fair", 1)):
        recorded(tmp_path, name, off=off)
    lines = scale("replay", str(tmp_path)).stdout.splitlines()
    assert [line.split()[0] for line in lines[3:6]] == ["bad", "fair", "good"]
    assert lines[-1].startswith("3 recordings, ")
    assert max(map(len, lines)) <= 80


def test_files_are_paired_by_name_in_any_order(tmp_path: Path) -> None:
    first, second = recorded(tmp_path, "a"), recorded(tmp_path, "b", off=1)
    names = [each["name"] for each in said("replay", second[1], first[0], second[0], first[1])["recordings"]]
    assert sorted(names) == ["a", "b"]


def test_two_files_belong_together_whatever_their_names(tmp_path: Path) -> None:
    about, rows = recorded(tmp_path)
    other = Path(rows).rename(tmp_path / "rows.csv")
    assert said("replay", about, str(other))["recordings"][0]["name"] == "step"


@pytest.mark.skipif(not TRACES.is_dir(), reason="the recordings are not here")
def test_the_recordings_of_real_controllers() -> None:
    found = said("replay", str(TRACES))["recordings"]
    assert len(found) == len(list(TRACES.glob("*.csv")))
    means = [each["mean_absolute_error_pods"] for each in found]
    assert means == sorted(means, reverse=True)
    assert means[0] <= 0.5


def test_what_is_wrong_is_told_in_a_line(tmp_path: Path) -> None:
    about, rows = recorded(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "has no recording, which is a NAME.json beside a NAME.csv" in refusal("replay", str(empty))
    assert "a.txt: is no file of a recording" in refusal("replay", "a.txt")
    assert f"{about}: has no {rows}, which says what happened" in refusal("replay", about)
    assert f"{rows}: has no {about}, which says what was scaled" in refusal("replay", rows)
    assert "nowhere.json: cannot be read" in refusal("replay", "nowhere.json", rows)
    Path(rows).write_text("t,list_len\n0,1\n")
    assert "has no column deploy_spec" in refusal("replay", about, rows)
    Path(about).write_text("{")
    assert "is no valid JSON" in refusal("replay", about, rows)


def test_a_recording_of_the_model_itself_has_no_deviation(tmp_path: Path) -> None:
    """Whatever the controllers' first look was: one of those that are tried."""
    about, rows = recorded(tmp_path)
    model = said("replay", about, rows)["recordings"][0]["model_steps"]
    sizes = [next(size for at, size in reversed(model) if at <= second) for second in range(200)]
    lengths = [0 if second < 30 else 40 for second in range(200)]
    text = "".join(f"{t},{length},{size}\n" for t, (length, size) in enumerate(zip(lengths, sizes, strict=True)))
    Path(rows).write_text(f"t,list_len,deploy_spec\n{text}")
    (found,) = said("replay", about, rows)["recordings"]
    assert (found["mean_absolute_error_pods"], found["largest_deviation_second"]) == (0, None)
