"""The documents, and the code blocks in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
DOCUMENTS = [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]

_FENCED = re.compile(
    r"(?:^<!-- (?P<marker>[^\n]*?) -->\n)?^(?P<indent> *)```(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
_PATH = re.compile(r"(?:# |--- )(?P<path>[\w./-]+\.[a-z]+)\n")


@dataclass(frozen=True)
class Block:
    """A code block: where it is, its language, and the comment right before it, which no reader sees."""

    document: Path
    line: int
    language: str
    marker: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}:{self.language}"

    @property
    def path(self) -> str | None:
        """The file that the block is of, where its first line names one."""
        named = _PATH.match(self.text)
        return named["path"] if named else None

    @property
    def body(self) -> str:
        """The text without the line that names its file."""
        return self.text.partition("\n")[2] if self.path else self.text


def blocks(document: Path) -> Iterator[Block]:
    """The blocks of a document, in its order."""
    text = document.read_text(encoding="utf-8")
    for found in _FENCED.finditer(text):
        line = text.count("\n", 0, found.start("language")) + 1
        yield Block(document, line, found["language"].strip(), found["marker"] or "", found["text"])


def section(document: Path, title: str) -> list[Block]:
    """The blocks under a heading of the second level."""
    text = document.read_text(encoding="utf-8")
    start = text.index(f"\n## {title}\n") + 1
    end = text.find("\n## ", start)
    first, last = text.count("\n", 0, start), text.count("\n", 0, end) if end > 0 else text.count("\n")
    return [block for block in blocks(document) if first < block.line <= last + 1]


GUIDE = PROJECT / "docs" / "architecture.md"
HOW_TO = ("Add a queue", "Add an environment", "Add a construct", "Add a check")
CARRIED_OUT = [
    each for title in HOW_TO for each in section(GUIDE, title) if each.language in ("diff", "python", "yaml")
]
"""The blocks that test_architecture_guide.py carries out in a copy."""
