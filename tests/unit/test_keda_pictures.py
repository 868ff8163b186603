"""The pictures of KEDA_CONFIGURATION.md are drawn of what the model says today."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from examx_constructs.environments import load, read_images
from tests.guides import PROJECT
from tools import keda_pictures

QUEUES = [queue.name for each in load(read_images()) if each.name == keda_pictures.ENVIRONMENT for queue in each.queues]


def lines(svg: Path) -> list[str]:
    """What was drawn of figures; where words are depends on the fonts of a machine."""
    marks = [each for each in ElementTree.parse(svg).iter() if "mark-line" in each.get("class", "")]
    return [path.get("d", "") for each in marks for path in each.iter() if path.tag.endswith("path")]


def test_there_is_a_picture_for_each_queue_and_no_other():
    assert [each.queue for each in keda_pictures.bursts()] == QUEUES
    assert {each.file for each in keda_pictures.bursts()} == {
        each.relative_to(PROJECT) for each in (PROJECT / keda_pictures.FOLDER).glob("burst-*.svg")
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_a_picture_shows_what_the_model_says(queue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("vl_convert", reason="vl-convert-python draws the pictures, and is not installed")
    burst = next(each for each in keda_pictures.bursts() if each.queue == queue)
    written = lines(PROJECT / burst.file)
    assert len(written) == 3, "tasks that wait, replicas, and pods that take tasks"
    assert all(re.match(r"M[\d.,-]+L", each) for each in written)
    monkeypatch.chdir(tmp_path)
    burst.write()
    assert lines(tmp_path / burst.file) == written, "run make docs"


def test_a_burst_is_worked_off_within_what_is_promised():
    level = next(each for each in load(read_images()) if each.name == keda_pictures.ENVIRONMENT).service_levels
    for each in keda_pictures.bursts():
        assert each.run.figures.waits[0.95] <= level[each.queue].wait_p95.seconds
        assert not each.run.figures.unfinished
        assert each.run.figures.most > 1
