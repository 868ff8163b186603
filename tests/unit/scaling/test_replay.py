"""The model against what a real controller and real KEDA did, second by second.

The recordings are of Kubernetes 1.34.4 with KEDA 2.17.2. Nothing in the model is chosen by one of them but the moment
of the first look, which no recording tells.
"""

from functools import cache
from pathlib import Path

import pytest

from examx_constructs.scaling import Replay, read_recording, replay
from tests.guides import PROJECT

TRACES = PROJECT.parent / "shared" / "traces"
NAMES = sorted(each.stem for each in TRACES.glob("*.json"))

pytestmark = pytest.mark.skipif(not NAMES, reason="the recordings of a real controller are not beside the project")

ORDINARY, WITH_OUTAGES = 0.25, 0.5
"""The most pods by which the model may be off, on average over the seconds of a recording."""

# KEDA's operator was taken away at some time after second 1030, which no file says: then every HPA stood still.
UNTOLD = 1030


@cache
def replayed(name: str) -> Replay:
    return replay(read_recording(TRACES / f"{name}.json", TRACES / f"{name}.csv"))


@pytest.mark.parametrize("name", NAMES)
def test_replicas_are_as_recorded(name: str):
    found = replayed(name)
    assert found.mean <= (WITH_OUTAGES if found.recording.has_outages else ORDINARY), (found.steps, found.recorded)


@pytest.mark.parametrize("name", NAMES)
def test_steps_are_those_of_the_recording(name: str):
    """Each to the same number of replicas, at most a look apart."""
    found = replayed(name)
    ours = [each for each in found.steps if each[0] < UNTOLD]
    theirs = [each for each in found.recorded if each[0] < UNTOLD]
    assert [size for _, size in ours] == [size for _, size in theirs]
    apart = [abs(ours_at - theirs_at) for (ours_at, _), (theirs_at, _) in zip(ours, theirs, strict=True)]
    assert max(apart) <= 16


def test_the_model_says_what_the_first_look_changes():
    """A wrong first look fits worse, so the fit means something."""
    name = "prod-default-a-step"
    if name not in NAMES:
        pytest.skip("this recording is not there")
    found = replayed(name)
    assert 0 <= found.offset < 15
    assert found.largest == max(
        abs(ours - theirs) for ours, theirs in zip(found.replicas, found.recording.replicas, strict=True)
    )
    assert found.replicas[found.at] != found.recording.replicas[found.at]


@pytest.mark.parametrize("name", NAMES)
def test_reading_is_the_same_each_time(name: str):
    paths = TRACES / f"{name}.json", TRACES / f"{name}.csv"
    assert read_recording(*paths) == read_recording(*paths)
    assert Path(paths[0]).stem == replayed(name).recording.name
