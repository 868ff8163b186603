"""Build the site of all guides, with a reference made from docstrings and from the command line: `build/site`.

Sphinx reads a folder that is written here: the documents, with links that lead somewhere in a site too, and the pages
of the reference. Its looks are in docs/site. Nothing is fetched, neither here nor by who reads the site.
"""

import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath

from sphinx.cmd.build import build_main

from tools import reference

SITE = Path("build/site")
SOURCE = Path("build/site-source")
SETTINGS = Path("docs/site")
MERMAID = Path("node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js")
HOME = "README.md"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Guides": (
        "FEATURE_ENVIRONMENTS.md",
        "docs/deployment.md",
        "docs/cluster.md",
        "docs/monitoring.md",
        "docs/alerts.md",
        "docs/cutover.md",
        "KEDA_CONFIGURATION.md",
        "docs/scaling.md",
        "docs/application.md",
        "docs/security.md",
        "docs/constructs.md",
        "docs/other-applications.md",
        "docs/checks.md",
        "docs/rules.md",
    ),
    "Development": ("CONTRIBUTING.md", "docs/architecture.md"),
    "Background": ("docs/decisions.md", "docs/features.md", "docs/reliability.md", "docs/speed.md", "CHANGELOG.md"),
}
"""The documents beside the home page, as the site's navigation shows them."""

_FENCED = re.compile(r"^(?P<fence>```+)[^\n]*\n.*?^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?P<picture>!?)\[(?P<label>[^][]*)\]\((?P<target>(?![a-z]+:)[^)\s#]*)(?P<anchor>#[^)\s]*)?\)")


class SiteError(Exception):
    """What keeps the site from being built, in words for those who write the documents."""


def main() -> int:
    try:
        write_source(Path(), SOURCE)
        return build(SOURCE, SITE)
    except SiteError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1


def documents(project: Path) -> list[str]:
    """Return every document of the project, the home page first. Raises SiteError where the navigation shows others."""
    found = {path.relative_to(project).as_posix() for path in [*project.glob("*.md"), *project.glob("docs/*.md")]}
    shown = [HOME, *(name for names in GROUPS.values() for name in names)]
    if wrong := sorted(found ^ {*shown}):
        where = "in no group of the site's navigation" if wrong[0] in found else "in its navigation, but not there"
        raise SiteError(f"{wrong[0]} is {where}: set GROUPS in tools/site.py right")
    return shown


def page_of(document: str) -> str:
    """Return the page that a document becomes: all are beside each other, with names as addresses have them."""
    return "index.md" if document == HOME else PurePosixPath(document).name.lower().replace("_", "-")


def write_source(project: Path, folder: Path) -> None:
    """Write what Sphinx reads."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = {document: page_of(document) for document in documents(project)}
    for document, page in pages.items():
        text = linked((project / document).read_text(encoding="utf-8"), document, pages)
        (folder / page).write_text(text + (navigation(pages) if document == HOME else ""), encoding="utf-8")
    for picture in (*(project / "docs").glob("*.svg"), *(project / "docs" / "pictures").glob("*.svg")):
        shutil.copy(picture, folder)
    for page, text in reference.pages().items():
        (folder / page).parent.mkdir(exist_ok=True)
        (folder / page).write_text(text, encoding="utf-8")


def linked(text: str, document: str, pages: Mapping[str, str]) -> str:
    """Return a document whose links lead to pages. What is no page, as a file of the source, is named as code."""
    parts: list[str] = []
    start = 0
    for fenced in _FENCED.finditer(text):
        parts += [_linked(text[start : fenced.start()], document, pages), fenced[0]]
        start = fenced.end()
    return "".join([*parts, _linked(text[start:], document, pages)])


def _linked(prose: str, document: str, pages: Mapping[str, str]) -> str:
    def replaced(link: re.Match[str]) -> str:
        if not link["target"]:
            return link[0]
        target = normpath(PurePosixPath(document).parent / link["target"])
        if link["picture"]:
            return f"![{link['label']}]({PurePosixPath(target).name})"
        if target in pages:
            return f"[{link['label']}]({pages[target]}{link['anchor'] or ''})"
        name = link["label"].strip("`").replace("\\", "")
        return f"`{target}`" if target.endswith(name) else f"{link['label']} (`{target}`)"

    return _LINK.sub(replaced, prose)


def navigation(pages: Mapping[str, str]) -> str:
    """Return the tables of contents of the home page, which make the navigation."""
    groups = {caption: [pages[each] for each in names if each in pages] for caption, names in GROUPS.items()}
    return "".join(_contents(caption, names) for caption, names in {**groups, "Reference": reference.TOP}.items())


def _contents(caption: str, names: Iterable[str]) -> str:
    return "\n".join(["\n```{toctree}", ":hidden:", f":caption: {caption}", "", *names, "```\n"])


def build(source: Path, site: Path, library: Path = MERMAID) -> int:
    """Make HTML of it, everything anew. A warning is an error. Returns the exit status.

    `library`: the script that draws diagrams.
    """
    if not library.exists():
        raise SiteError(f"{library} is not there: `make docs` installs it")
    shutil.rmtree(site, ignore_errors=True)
    status = build_main(
        [
            *("--builder", "html", "--conf-dir", str(SETTINGS), "--doctree-dir", str(source / ".doctrees")),
            *("--fail-on-warning", "--keep-going", "--quiet", "--fresh-env", "--write-all"),
            *("--define", f"html_static_path=static,{library.resolve()}"),
            *(str(source), str(site)),
        ]
    )
    if not status:
        print(site / "index.html")
    return status


if __name__ == "__main__":
    sys.exit(main())
