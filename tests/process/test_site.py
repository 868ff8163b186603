"""The site: every document and every public name is in it, its links lead somewhere, and it needs no network."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from typer.core import TyperGroup
from typer.main import get_command

import examx_constructs
from examx_cli.app import app
from examx_constructs import checks, environments, settings
from tests.blocks import DOCUMENTS, PROJECT
from tests.shared import once
from tools import site
from tools.parameters import described

BUILD = "import sys; from pathlib import Path; from tools.site import build; sys.exit(build(*map(Path, sys.argv[1:])))"


class Page(HTMLParser):
    """What a page offers to link to, what it links to, and what a browser loads for it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and "stylesheet" in given["rel"]:
            self.loaded.append(given["href"])
        elif "src" in given:
            self.loaded.append(given["src"])


def built(source: Path, folder: Path, *, status: int = 0) -> str:
    """Build a site; returns what is said of it."""
    library = folder / "mermaid.tiny.js"
    library.write_text("// draws diagrams\n", encoding="utf-8")
    command = [sys.executable, "-c", BUILD, str(source), str(folder / "site"), str(library)]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this project."""
    return site_once(tmp_path_factory)


def site_once(factory: pytest.TempPathFactory) -> Path:
    """The site of this project, with a library that draws nothing: to read."""

    def make(folder: Path) -> None:
        site.write_source(PROJECT, folder / "source")
        assert built(folder / "source", folder) == ""

    return once(factory, "project-site", make) / "site"


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[Path, Page]:
    return {file: Page(file) for file in folder.rglob("*.html")}


def test_every_document_is_in_the_navigation(folder: Path, pages: dict[Path, Page]) -> None:
    names = {site.page_of(each.relative_to(PROJECT).as_posix()).replace(".md", ".html") for each in DOCUMENTS}
    assert len(names) == len(DOCUMENTS)
    links = {urlsplit(link).path for link in pages[folder / "index.html"].links}
    assert names - {"index.html"} <= links
    assert (folder / "index.html").exists()


def test_links_lead_to_pages_and_to_places_on_them(folder: Path, pages: dict[Path, Page]) -> None:
    wrong = [
        f"{file.relative_to(folder)}: {link}"
        for file, page in pages.items()
        for link in page.links
        if not urlsplit(link).scheme and not _leads_somewhere(file, link, pages)
    ]
    assert wrong == []


def _leads_somewhere(file: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    return target in pages and (not parts.fragment or unquote(parts.fragment) in pages[target].anchors)


def test_nothing_is_loaded_from_elsewhere(folder: Path, pages: dict[Path, Page]) -> None:
    for file, page in pages.items():
        assert page.loaded
        for address in page.loaded:
            assert (file.parent / urlsplit(address).path).exists(), f"{file}: {address}"
    for style in folder.rglob("*.css"):
        assert not re.findall(r"(?:@import|url\(\s*['\"]?(?:https?:)?//)", style.read_text(encoding="utf-8")), style


def test_only_pages_with_a_diagram_load_what_draws_it(pages: dict[Path, Page]) -> None:
    drawing = {file.name for file, page in pages.items() if any("mermaid" in each for each in page.loaded)}
    assert drawing == {
        site.page_of(each.relative_to(PROJECT).as_posix()).replace(".md", ".html")
        for each in DOCUMENTS
        if "```mermaid" in each.read_text(encoding="utf-8")
    }


def test_every_public_name_is_in_the_reference(pages: dict[Path, Page]) -> None:
    described = {anchor for page in pages.values() for anchor in page.anchors}
    for package in (examx_constructs, settings, environments):
        assert [name for name in package.__all__ if f"{package.__name__}.{name}" not in described] == []
    assert {f"{checks.__name__}.{name}" for name in checks.__all__} <= described


def test_a_construct_shows_what_its_constructor_takes(folder: Path) -> None:
    text = _text(folder / "reference" / "celery.html")
    assert "class CeleryWorker ( scope : Construct , id : str , * , app : DjangoApp , queue : Queue ," in text
    assert "Exposes labels , selector , deployment , autoscaler , disruption_budget ." in text


def test_a_setting_shows_its_fields(folder: Path) -> None:
    text = _text(folder / "reference" / "settings.html")
    assert "labels : Mapping [ str , str ] ," in text
    assert "nginx : NginxSettings = NginxSettings() ," in text


def test_each_parameter_is_told_of_once(folder: Path) -> None:
    worker = _text(folder / "reference" / "celery.html").partition("class CeleryWorker")[2]
    assert "Parameters :" in worker
    assert "One queue, the Redis list of the same name, and the Deployment that drains it." in worker
    pages = {package.__name__: _text(folder / "reference" / f"{page}.html") for page, package in PAGES.items()}
    for package in PAGES.values():
        for name in package.__all__:
            for parameter, means in described(getattr(package, name)).parameters.items():
                words = re.sub(r"[^\w]+", " ", f"{parameter} {means}")[:60]
                assert words in re.sub(r"[^\w]+", " ", pages[package.__name__]), f"{name}: {words}"
    assert pages[settings.__name__].count("How fast replicas follow.") == 1


PAGES = {"settings": settings, "environments": environments, "checks": checks}


def _text(file: Path) -> str:
    """What is read on a page, with one space between the parts."""
    return " ".join(re.sub(r"<[^>]+>", " ", file.read_text(encoding="utf-8")).split())


def test_every_rule_is_in_the_reference(folder: Path) -> None:
    text = (folder / "reference" / "checks.html").read_text(encoding="utf-8").replace("<wbr>", "")
    assert [rule.id for rule in checks.RULES if f">{rule.id}<" not in text] == []


def test_every_command_is_in_the_reference(folder: Path) -> None:
    text = (folder / "reference" / "command.html").read_text(encoding="utf-8")
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        below = command.commands if isinstance(command, TyperGroup) else {}
        for path in [name, *(f"{name} {each}" for each in below)]:
            assert f"examx {path}<" in text, path


def test_the_search_knows_the_guides_and_the_reference(folder: Path) -> None:
    index = (folder / "searchindex.js").read_text(encoding="utf-8")
    assert index.startswith("Search.setIndex(")
    assert "cooldown" in index
    assert "QueueAutoscaler" in index


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Home\n\n[nowhere](nowhere.md)\n", "nowhere"),
        ("# Home\n\n[a heading](#none)\n", "none"),
        ("# Home\n\n```python\nthis is $ no python\n```\n", "python"),
    ],
)
def test_what_is_wrong_with_a_page_fails_the_build(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "index.md").write_text(text, encoding="utf-8")
    assert message in built(tmp_path / "source", tmp_path, status=1)


LINKS = {"README.md": "index.md", "docs/a.md": "a.md", "KEDA_B.md": "keda-b.md"}


@pytest.mark.parametrize(
    ("document", "text", "linked"),
    [
        ("README.md", "[the guide](docs/a.md#some-place)", "[the guide](a.md#some-place)"),
        ("docs/a.md", "[back](../README.md)", "[back](index.md)"),
        ("docs/a.md", "[KEDA](../KEDA_B.md#x)", "[KEDA](keda-b.md#x)"),
        ("docs/a.md", "[here](#x), [there](https://example.com/a.md)", "[here](#x), [there](https://example.com/a.md)"),
        ("docs/a.md", "[dev.py](../examx/dev.py)", "`examx/dev.py`"),
        ("docs/a.md", "[`dev.py`](../examx/dev.py#L3)", "`examx/dev.py`"),
        ("README.md", r"[examx/\_\_init\_\_.py](examx/__init__.py)", "`examx/__init__.py`"),
        ("README.md", "![a plot](docs/plot.svg)", "![a plot](plot.svg)"),
        ("README.md", "the [licence](LICENSE)", "the licence (`LICENSE`)"),
        ("README.md", "```text\n[a](docs/a.md)\n```\n[a](docs/a.md)", "```text\n[a](docs/a.md)\n```\n[a](a.md)"),
    ],
)
def test_links_of_documents_become_links_of_pages(document: str, text: str, linked: str) -> None:
    assert site.linked(text, document, LINKS) == linked


def test_the_navigation_shows_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shown = [site.HOME, *(name for names in site.GROUPS.values() for name in names)]
    for name in shown:
        (tmp_path / name).touch()
    assert site.documents(tmp_path) == shown
    (tmp_path / "docs" / "forgotten.md").touch()
    with pytest.raises(site.SiteError, match=r"docs/forgotten\.md is in no group"):
        site.documents(tmp_path)
    (tmp_path / "docs" / "forgotten.md").rename(tmp_path / "notes.txt")
    (tmp_path / "docs" / "cluster.md").unlink()
    with pytest.raises(site.SiteError, match=r"docs/cluster\.md is in its navigation, but not there"):
        site.documents(tmp_path)


def test_a_missing_library_is_said(tmp_path: Path) -> None:
    with pytest.raises(site.SiteError, match="is not there: `make docs` installs it"):
        site.build(tmp_path, tmp_path / "site", tmp_path / "missing.js")
