"""The picture in docs/monitoring.md is drawn of what the dashboard is today."""

import pytest

from tests.blocks import PROJECT
from tools import dashboard_picture
from tools.prometheus import installed


def test_it_is_what_the_queries_answer():
    if not installed():
        pytest.skip("no prometheus with its promtool is on the PATH (Debian's package prometheus has both)")
    drawn = (PROJECT / dashboard_picture.FILE).read_text(encoding="utf-8")
    assert drawn == dashboard_picture.svg(), "run `make docs`"


def test_each_panel_of_the_rows_that_it_shows_is_in_it():
    drawn = (PROJECT / dashboard_picture.FILE).read_text(encoding="utf-8")
    shown = False
    for each in dashboard_picture.dashboard()["panels"]:
        if each["type"] == "row":
            shown = each["title"].startswith(dashboard_picture.ROWS)
        if shown:
            assert f">{each['title']}</text>" in drawn
