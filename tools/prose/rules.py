"""The rules of prose: how long a sentence is, its words, the verb of a docstring, and docstrings that add nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tools.prose.passages import Passage, Subject

MOST_WORDS = 25

_CODE = re.compile(r"``.+?``|`[^`]+`|(?<=\])\([^)\s]*\)|\bhttps?://[^\s)>]+|</?\w[^<>]*>", re.DOTALL)
_HIDDEN = re.compile(r"<!--.*?-->|^\s*>>> .*$", re.DOTALL | re.MULTILINE)
_END = re.compile(r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)(?<!\bvs\.)(?<=[.!?])[\"'*_)\]]*\s+|:\s*\n|\n\s*\n")
_CLAUSE = re.compile(r"[;:]\s+|\n")
_ASIDE = re.compile(r"\([^()]*\)")
_ITEM = re.compile(r"\n(?=\s*(?:[-*|]|\d+\.)\s)")
_NO_VERB = re.compile(
    r"""
    an? | all | another | any | as | at | because | behind | beside | between | both | by | each | either | every
    | everything | few | for | from | he | how | if | in | into | its? | many | no | none | nothing | of | on | one
    | only | others? | our | ours | she | so | some | somebody | someone | that | the | their | there | they | this
    | those | through | to | two | under | until | we | what | when | where | whether | which | who | whose
    | why | with | without
    """,
    re.VERBOSE,
)
_ADDS_NOTHING = re.compile(r"an?|are|be|for|gets?|in|is|its|makes?|of|returns?|that|the|this|to|yield")


@dataclass(frozen=True)
class Sentence:
    """A sentence, and where it begins: the line of the file, and the place in the text of its passage."""

    line: int
    start: int
    text: str

    @cached_property
    def words(self) -> list[str]:
        """The words that count: code is one, and what is in parentheses, such as a source, is none."""
        return [word for word in _ASIDE.sub(" ", blanked(self.text)).split() if re.search(r"\w", word)]


@dataclass(frozen=True)
class Finding:
    """What breaks a rule, in which line of the file, and what to write instead."""

    line: int
    rule: str
    text: str


def findings(passage: Passage, words: Mapping[str, str], statements: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield what breaks the rules in a passage.

    `words`: patterns with what to write instead. `statements`: decorators of functions whose docstrings state
    something, as a rule of checks does, and order nothing.
    """
    told = sentences(passage)
    for sentence in told:
        if (length := len(sentence.words)) > MOST_WORDS:
            beginning = " ".join(sentence.text.split()[:6])
            yield Finding(sentence.line, "sentence-length", f"{length} words, at most {MOST_WORDS}: {beginning} ...")
    text = blanked(passage.text)
    for pattern, instead in words.items():
        for found in re.finditer(pattern, text, re.IGNORECASE):
            yield Finding(passage.line_at(found.start()), "word", f"'{' '.join(found[0].split())}': {instead}")
    if told and (subject := passage.subject):
        yield from _of_docstring(told, subject, statements)


def sentences(passage: Passage) -> list[Sentence]:
    """Return the sentences. An empty line, an item of a list, and a colon at the end of a line end one too.

    A message is one line, in which semicolons and colons part what is wrong from why and what to do.
    """
    text = blanked(passage.text)
    patterns = (_END, _ITEM, *((_CLAUSE,) if passage.kind == "message" else ()))
    ends = sorted({end.end() for pattern in patterns for end in pattern.finditer(text)} | {len(text)})
    starts = [0, *ends[:-1]]
    parts = [(start + len(part) - len(part.lstrip()), part.strip()) for start, part in _cut(passage.text, starts, ends)]
    return [Sentence(passage.line_at(start), start, part) for start, part in parts if part]


def _cut(text: str, starts: list[int], ends: list[int]) -> Iterator[tuple[int, str]]:
    for start, end in zip(starts, ends, strict=True):
        yield start, text[start:end]


def blanked(text: str) -> str:
    """Return a text of the same length in which code is one word, and what no reader sees is blank."""
    shown = _HIDDEN.sub(lambda hidden: re.sub(r"\S", " ", hidden[0]), text)
    return _CODE.sub(lambda code: "x" * len(code[0]), shown)


def _of_docstring(told: list[Sentence], subject: Subject, statements: frozenset[str]) -> Iterator[Finding]:
    first = told[0].words[0].lower().strip(",:") if told[0].words else ""
    if subject.acts and _NO_VERB.fullmatch(first) and statements.isdisjoint(subject.decorators):
        yield Finding(told[0].line, "verb-first", f"begin the docstring of {subject.name} with a verb, not '{first}'")
    said = [word for sentence in told for word in re.findall(r"\w{2,}", sentence.text.lower())]
    name = {_stem(word.lower()) for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", subject.name)}
    if name and name.issuperset(_stem(word) for word in said if not _ADDS_NOTHING.fullmatch(word)):
        yield Finding(told[0].line, "name-again", f"the docstring says only what the name {subject.name} says")


def _stem(word: str) -> str:
    return re.sub(r"(?:es|s|ed|ing)$", "", word)
