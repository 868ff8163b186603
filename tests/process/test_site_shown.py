"""The site as a browser shows it, on a desk and on a phone: nothing is wider than its column, no diagram is cut."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.blocks import PROJECT
from tests.process.cli.scale import browser
from tests.process.test_site import site_once
from tools import site

WIDTHS = (1440, 390)

WIDER = """(() => {
  const OUTDENT = 9;  // A heading's own, on both sides: half a rem, in the theme.
  const page = document.documentElement.clientWidth;
  const column = document.querySelector("article").getBoundingClientRect();
  const hidden = (each) => each.closest("dialog, .mobile-header, aside, .sidebar-drawer, .toc-drawer");
  const scrolls = (each) => each.closest("pre, .highlight, .table-wrapper, .sig-signature, dt.sig");
  return [...document.querySelectorAll("article *")]
    .filter((each) => !hidden(each) && !(scrolls(each) && scrolls(each) !== each))
    .map((each) => [each.getBoundingClientRect(), each])
    .filter(([box]) => box.width)
    .filter(([box]) => box.right > Math.min(page, column.right + OUTDENT) || box.left < column.left - OUTDENT)
    .map(([box, each]) => `${each.tagName} ${Math.round(box.width)}: ${each.textContent.slice(0, 40)}`)
    .slice(0, 5)
})()"""
CUT_TABLES = """[...document.querySelectorAll(".table-wrapper")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => `${each.scrollWidth} of ${each.clientWidth}: ${each.textContent.trim().slice(0, 40)}`)"""
# A short name in the first cell that has more lines than it has signs to break at.
BROKEN_NAMES = """[...document.querySelectorAll("td:first-child code")]
  .filter((each) => !each.textContent.includes(' '))
  .filter((each) => each.getClientRects().length > 1 + each.querySelectorAll('wbr').length)
  .map((each) => each.textContent)"""
DIAGRAMS = """[...document.querySelectorAll("pre.mermaid")].map((each) => {
  const picture = each.querySelector("svg"), box = picture && picture.getBoundingClientRect();
  const around = each.getBoundingClientRect();
  return picture ? box.width > 50 && box.left >= around.left - 1 && box.right <= around.right + 1 : false;
})"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with the library that draws."""
    if not browser.found():
        pytest.skip(f"no Chromium is here: {', '.join(browser.NAMES)}, or what {browser.VARIABLE} names")
    library = PROJECT / site.MERMAID
    if not library.exists():
        pytest.skip(f"{site.MERMAID} is not there: `make docs` installs it")
    folder = shutil.copytree(site_once(tmp_path_factory), tmp_path_factory.mktemp("site") / "site")
    [there] = folder.rglob(library.name)
    shutil.copyfile(library, there)
    return folder


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def page(request: pytest.FixtureRequest, built: Path, tmp_path: Path) -> Iterator[browser.Page]:
    """A browser of one width, with the home page open."""
    program = browser.found()
    assert program
    with browser.opened(program, built / "index.html", tmp_path / "profile") as found:
        width: int = request.param
        found.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )
        yield found


def test_every_page_fits_its_column(page: browser.Page, built: Path) -> None:
    wrong: dict[str, object] = {}
    for file in sorted(built.rglob("*.html")):
        if file.is_relative_to(built / "_modules"):
            continue
        page.ask("Page.navigate", url=file.as_uri())
        page.until(f"document.readyState === 'complete' && location.pathname.endsWith({json.dumps(file.name)})")
        page.until("[...document.querySelectorAll('pre.mermaid')].every((each) => each.querySelector('svg'))")
        found = {
            "wider": page.value(WIDER),
            "cut tables": page.value(CUT_TABLES),
            "broken names": page.value(BROKEN_NAMES),
            "diagrams": [each for each in page.value(DIAGRAMS) if not each],
            "scrolls": page.value("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"),
        }
        if any(found.values()):
            wrong[file.relative_to(built).as_posix()] = {what: each for what, each in found.items() if each}
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.parametrize("word", ["eksctl", "deregister", "kombu"])
def test_the_search_finds_more_than_titles(page: browser.Page, built: Path, word: str) -> None:
    page.ask("Page.navigate", url=f"{(built / 'search.html').as_uri()}?q={word}")
    page.until("document.querySelectorAll('#search-results li a').length > 0")
    found = page.value(
        "[...document.querySelectorAll('#search-results li a')].map((each) => [each.text, each.pathname])"
    )
    assert [title for title, _ in found if word not in title.lower()]
    for _, path in found:
        assert word in Path(path).read_text(encoding="utf-8").lower(), path


def test_a_click_shows_a_diagram_at_its_own_size(page: browser.Page) -> None:
    page.until("!!document.querySelector('pre.mermaid svg')")
    page.value("document.querySelector('pre.mermaid').click()")
    sizes = """(() => [...document.querySelectorAll("dialog.diagram svg, pre.mermaid svg")]
      .map((each) => each.getBoundingClientRect().width))()"""
    inside, enlarged = page.value(sizes)
    assert enlarged > inside
    page.value("document.querySelector('dialog.diagram').click()")
    page.until("!document.querySelector('dialog.diagram')")
