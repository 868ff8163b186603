"""Find the prose of a file: each docstring, comment, message and paragraph, line by line."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Literal

from markdown_it import MarkdownIt

Kind = Literal["docstring", "comment", "message", "document"]
Numbered = tuple[int, str]
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

COMMENTED = {".yaml", ".yml", ".toml", ".sh", ".conf", ".template", ""}
"""Endings of the files whose comments begin with `#`."""

_WORDS_OF_A_MESSAGE = 3
_EXAMPLE = 4
_PROPERTIES = {"property", "cached_property", "setter"}
_DIRECTIVE = re.compile(
    r"#(?:!|\s*(?:noqa|type:|pyright:|pragma:|fmt:|yaml-language-server|syntax=|shellcheck |zizmor:))"
)


@dataclass(frozen=True)
class Subject:
    """What a docstring describes. `acts`: a function, whose docstring begins with a verb; a property is a thing."""

    name: str
    decorators: tuple[str, ...] = ()
    acts: bool = False


@dataclass(frozen=True)
class Passage:
    """A piece of prose: its lines with their numbers in the file, and for a docstring what it describes."""

    kind: Kind
    lines: tuple[Numbered, ...]
    subject: Subject | None = None

    @cached_property
    def text(self) -> str:
        """Its lines as one text."""
        return "\n".join(line for _, line in self.lines)

    def line_at(self, place: int) -> int:
        """Return the line of the file that a place in the text is in."""
        return self.lines[self.text.count("\n", 0, place)][0]


def passages(path: Path, *, messages: bool = True) -> Iterator[Passage]:
    """Yield the prose of a file. `messages`: with the texts in code too, which tests only quote."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _of_python(text, messages=messages)
    elif path.suffix == ".md":
        yield from _of_markdown(text)
    elif path.suffix in COMMENTED:
        yield from _of_comments((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))


def _of_python(text: str, *, messages: bool) -> Iterator[Passage]:
    tree = ast.parse(text)
    told = {id(node.value): subject for node, subject in _docstrings(tree)}
    for node in _outermost_texts(tree):
        if id(node) in told and isinstance(node, ast.Constant):
            yield Passage(
                "docstring", tuple(_without_examples(_lines(node, str(node.value)), node.col_offset)), told[id(node)]
            )
        elif messages and len((written := _written(node)).split()) >= _WORDS_OF_A_MESSAGE:
            yield Passage("message", tuple(_lines(node, written)))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    yield from _of_comments((each.start[0], each.string) for each in comments if each.line.lstrip().startswith("#"))
    for behind_code in (each for each in comments if not each.line.lstrip().startswith("#")):
        yield from _of_comments([(behind_code.start[0], behind_code.string)])


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.Expr, Subject]]:
    """Yield what Python keeps as docstrings, and the texts behind assignments, which documents read as such."""
    for node in ast.walk(tree):
        if not isinstance(node, Documented):
            continue
        before: ast.stmt | None = None
        for statement in node.body:
            match statement:
                case ast.Expr(value=ast.Constant(value=str())) if subject := _subject(node, before):
                    yield statement, subject
                case _:
                    pass
            before = statement


def _subject(node: Documented, before: ast.stmt | None) -> Subject | None:
    match before, node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)), _:
            return Subject(name)
        case None, ast.ClassDef(name=name):
            return Subject(name)
        case None, ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            decorators = tuple(_decorator(each) for each in node.decorator_list)
            return Subject(name, decorators, acts=not _PROPERTIES & {*decorators})
        case None, ast.Module():
            return Subject("")
        case _:
            return None


def _decorator(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)


def _outermost_texts(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and isinstance(child.value, str)):
            yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _outermost_texts(child)
        else:
            for value in child.values:
                yield from _outermost_texts(value) if isinstance(value, ast.FormattedValue) else ()


def _written(node: ast.Constant | ast.JoinedStr) -> str:
    """Return a text with a word for each value that is put into it."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(each.value) if isinstance(each, ast.Constant) else "X" for each in node.values)


def _lines(node: ast.expr, text: str) -> Iterator[Numbered]:
    last = node.end_lineno or node.lineno
    for number, line in enumerate(text.splitlines(), node.lineno):
        yield min(number, last), line


def _without_examples(lines: Iterable[Numbered], margin: int) -> Iterator[Numbered]:
    """Yield the lines of a docstring; those that are indented further than its margin are code, and empty here."""
    for number, line in lines:
        yield number, "" if line.startswith(" " * (margin + _EXAMPLE)) else line


def _of_comments(lines: Iterable[Numbered]) -> Iterator[Passage]:
    """Yield comments: neighbouring lines are one."""
    comments = [(number, line) for number, line in lines if line.startswith("#") and not _DIRECTIVE.match(line)]
    for _, block in groupby(enumerate(comments), lambda each: each[1][0] - each[0]):
        yield Passage("comment", tuple((number, line.lstrip("#").strip()) for _, (number, line) in block))


def _of_markdown(text: str) -> Iterator[Passage]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "inline" and token.map:
            yield Passage("document", tuple(enumerate(token.content.splitlines(), token.map[0] + 1)))
