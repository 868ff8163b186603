"""`--svg` and `--html`: pictures that need nothing else."""

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.process.cli.scale import browser
from tests.unit.cli.scale.support import BURST, PROD, refusal, scale, scaled_object, worker, written

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
    assert [panel["layer"][0]["params"][0]["bind"] for panel in shown["vconcat"]] == ["scales", "scales"]
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


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[browser.Page]:
    """A page in a browser that reaches no network, once it is drawn."""
    program = browser.found()
    if program is None:
        pytest.skip(
            f"no Chromium is here to open the page in: {', '.join(browser.NAMES)}, or what {browser.VARIABLE} names"
        )
    page(tmp_path, "default")
    with browser.opened(program, tmp_path / "a.html", tmp_path / "profile") as found:
        found.until("document.querySelectorAll('.mark-line path').length >= 3")
        yield found


def area(opened: browser.Page, panel: int) -> tuple[float, float, float, float]:
    """Where a panel draws: left, top, width and height."""
    place = f"document.querySelector('.concat_{panel}_group path.background').getBoundingClientRect()"
    left, top, width, height = opened.value(f"(p => [p.left, p.top, p.width, p.height])({place})")
    return left, top, width, height


def axis(panel: int) -> str:
    """The axis of time of a panel, in the page."""
    return f"document.querySelector('.concat_{panel}_group [aria-label^=\"X-axis\"]')"


def moments(opened: browser.Page, panel: int) -> tuple[float, float]:
    """The first and the last moment below it."""
    said: list[str] = opened.value(
        f"[...{axis(panel)}.querySelectorAll('.role-axis-label text')].map(each => each.textContent)"
    )
    # Vega writes the sign that print has (U+2212).
    numbers = [float(each.replace("\u2212", "-")) for each in said]
    return min(numbers), max(numbers)


def changed(opened: browser.Page, before: str) -> str:
    """What the axis of the first panel says of itself, once that is another thing."""
    return opened.until(f"(said => said !== {json.dumps(before)} && said)({axis(0)}.getAttribute('aria-label'))")


def told(opened: browser.Page, x: float, y: float) -> dict[str, float]:
    """What the page tells of the place under the mouse."""
    opened.move(x, y)
    rows = "[...document.querySelectorAll('#vg-tooltip-element.visible tr')]"
    opened.until(f"{rows}.length > 0")
    cells = opened.value(f"{rows}.map(row => [...row.cells].map(each => each.textContent))")
    return {name: float(value.replace(",", "")) for name, value in cells}


def test_a_browser_draws_it_with_what_is_under_the_mouse(opened: browser.Page) -> None:
    titles = opened.value("[...document.querySelectorAll('.role-title-text text')].map(each => each.textContent)")
    assert {"default: tasks that wait", "default: pods"} < set(titles)
    left, top, width, height = area(opened, 0)
    # The most wait right after the burst, near the left; all over the panel something is told, not on the line alone.
    early = told(opened, left + width * 0.15, top + height * 0.9)
    late = told(opened, left + width * 0.96, top + height * 0.1)
    assert early["waiting"] > 300
    assert late["waiting"] == 0
    assert early["seconds"] < late["seconds"]
    left, top, width, height = area(opened, 1)
    pods = told(opened, left + width * 0.3, top + height / 2)
    assert set(pods) == {"seconds", "pods that take tasks", "replicas"}
    assert 1 < pods["replicas"] <= 8


def test_a_wheel_zooms_and_a_drag_moves_one_panel(opened: browser.Page) -> None:
    left, top, width, height = area(opened, 0)
    middle = left + width / 2, top + height / 2
    said = changed(opened, "")
    before, other = moments(opened, 0), moments(opened, 1)
    opened.roll(*middle, -200)
    said = changed(opened, said)
    near = moments(opened, 0)
    assert before[0] < near[0] < near[1] < before[1]
    opened.drag(*middle, width / 4)
    changed(opened, said)
    moved = moments(opened, 0)
    assert moved[0] < near[0], "what is dragged to the right shows what was before"
    assert moments(opened, 1) == other


def test_a_page_tells_no_server_of_itself(opened: browser.Page) -> None:
    assert opened.value("performance.getEntriesByType('resource').map(each => each.name)") == []
    assert opened.value("document.querySelectorAll('svg.marks').length") == 1
