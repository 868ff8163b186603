"""`--svg` and `--html`: pictures that need nothing else."""

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.scale.support import BURST, PROD, refusal, scale, scaled_object, worker, written

pytest.importorskip("vl_convert", reason="vl-convert-python draws the pictures, and is not installed")


def test_a_picture_is_an_svg_of_its_own_with_two_panels_for_each_queue(tmp_path: Path) -> None:
    scale("simulate", PROD, *BURST, "--svg", str(tmp_path / "a.svg"))
    text = (tmp_path / "a.svg").read_text()
    texts = {each.text for each in ElementTree.fromstring(text).iter() if each.tag.endswith("text")}
    for queue in ("default", "bulk_upload", "question_enrichment", "question_generator_ai"):
        assert {f"{queue}: tasks that wait", f"{queue}: pods"} <= texts
    assert not re.findall(r'(?:href|src)="(?!#|data:)', text)


def test_the_same_call_draws_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        scale("simulate", PROD, "--queue", "default", *BURST, "--svg", str(tmp_path / name))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


class Addresses(HTMLParser):
    """What the elements of a page lead to; what a script says is no element."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in {"src", "href", "data", "action"}]


def page(tmp_path: Path, queue: str) -> str:
    file = written(tmp_path, scaled_object(queue=queue), worker())
    scale("simulate", file, *BURST, "--html", str(tmp_path / "a.html"))
    return (tmp_path / "a.html").read_text()


def test_a_page_fetches_nothing_and_is_zoomed_into(tmp_path: Path) -> None:
    text = page(tmp_path, "default")
    parser = Addresses()
    parser.feed(text)
    assert parser.tags >= {"script", "style", "div"}
    assert parser.found == []
    shown = json.loads(re.findall(r"const spec = (.*);\n", text)[-1])
    assert [panel["params"][0]["bind"] for panel in shown["vconcat"]] == ["scales", "scales"]
    assert all(panel["mark"]["tooltip"] for panel in shown["vconcat"])
    assert max(row["waiting"] for row in shown["data"]["values"]) == 500


def test_names_of_others_stay_texts(tmp_path: Path) -> None:
    text = page(tmp_path, '</script><b id="x">')
    assert "</script><b id" not in text
    assert "\\u003c/script>" in text
    assert json.loads(re.findall(r"const spec = (.*);\n", text)[-1])["data"]["values"][0]["queue"].startswith("</scr")


def test_without_what_draws_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    line = refusal("simulate", PROD, *BURST, "--svg", str(tmp_path / "a.svg"))
    assert line.endswith("vl-convert-python is not installed, which draws pictures; install examx-constructs[scale]")
    assert "pod hours" in scale("simulate", PROD, *BURST).stdout, "all else goes without"


def test_a_browser_draws_the_page(tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium is installed, which would draw the page")
    page(tmp_path, "default")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=5000"]
    done = subprocess.run([*command, (tmp_path / "a.html").as_uri()], check=True, capture_output=True, text=True)
    assert "default: tasks that wait" in done.stdout.partition("<body>")[2]
    assert "<svg" in done.stdout
