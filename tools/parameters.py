"""What each parameter of the public classes and functions is for, taken from where the source tells it."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from itertools import pairwise
from types import UnionType
from typing import Any, get_args

import attrs
from constructs import Construct

from examx_constructs import settings

COMMON: Mapping[str, str] = {
    "scope": "The chart, or the construct, that this one is built in.",
    "id": "What this construct is called within its `scope`. It is in no manifest.",
    "name": "What its object is called: no other of the kind has the same name there.",
    "namespace": "The namespace that it is for.",
    "group": "The group that is given these rights, as the API server knows it.",
    "claim_name": "What the claim is called; by default it is named after the application.",
    "scratch_size": "The size of `/tmp` in its pods. A pod that fills more of it is evicted.",
}
"""What is the same for all constructs that have it."""

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z`(])")
_DEFINED = re.compile(r"(?P<names>`\w+`(?:(?:, | and |, and )`\w+`)*)(?:(?P<ends>: | is | are )|(?=[ ,;]))")
_MEASURES = (settings.Duration, settings.Quantity, settings.Replicas)
"""What these are says nothing of what is measured."""


@dataclass(frozen=True)
class Described:
    """A docstring in two: what remains of its text, and what is told of each parameter."""

    text: str
    parameters: Mapping[str, str]


def names(thing: object) -> list[str]:
    """Return the parameters that a class, or a function, takes."""
    return list(_types(thing))


def described(thing: object) -> Described:
    """Return what is told of each parameter; one that nothing is told of is not among them.

    A text behind a field counts first, then sentences of the docstring that begin with the name. Then come those
    that only name it, what all constructs have, and what its type is.
    """
    types = _types(thing)
    is_construct = inspect.isclass(thing) and issubclass(thing, Construct)
    common: Mapping[str, str] = COMMON if is_construct else {}
    docstring = inspect.getdoc(thing) or ""
    text, told = _taken(docstring, types)
    behind = _behind_fields(thing) if inspect.isclass(thing) else {}
    found: dict[str, str] = {}
    for name, kind in types.items():
        means = behind.get(name) or told.get(name) or _naming(docstring, name) or common.get(name) or _summary(kind)
        if means:
            found[name] = means
    return Described(text, found)


def _types(thing: object) -> dict[str, Any]:
    if inspect.isclass(thing) and attrs.has(thing):
        return {field.alias: field.type for field in attrs.fields(thing)}
    own = vars(thing).get("__init__") if inspect.isclass(thing) else thing
    if own is None or not inspect.isroutine(own):
        return {}
    given = list(inspect.signature(own).parameters.values())
    return {each.name: each.annotation for each in given[inspect.isclass(thing) :]}


def _taken(docstring: str, parameters: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """Return a docstring without the paragraphs that only define parameters, and what is defined.

    A definition begins with the name of a parameter. It ends where a sentence names another, or with its paragraph.
    """
    left: list[str] = []
    told: dict[str, str] = {}
    for number, paragraph in enumerate(docstring.split("\n\n")):
        current: list[str] = []
        all_told = number > 0
        for sentence in _SENTENCE_ENDS.split(paragraph):
            means = " ".join(sentence.split())
            begins = _DEFINED.match(sentence) if number else None
            about = [each for each in _code(begins["names"]) if each in parameters] if begins else []
            if begins and about and not told.keys() & {*about}:
                current = about
                alone = len(about) == 1 and begins["ends"]
                told |= dict.fromkeys(about, _sentence(means[begins.end() :]) if alone else means)
            elif current and _goes_on(sentence, parameters, current):
                told |= {each: f"{told[each]} {means}" for each in current}
            else:
                current = []
                all_told = False
        if not all_told:
            left.append(paragraph)
    return "\n\n".join(left), told


def _goes_on(sentence: str, parameters: Mapping[str, object], about: Sequence[str]) -> bool:
    named = {each for each in _code(sentence) if each in parameters}
    return named <= {*about} and not sentence.startswith("Raises ")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _code(sentence: str) -> Iterator[str]:
    for code in re.findall(r"`([^`]+)`", sentence):
        yield from re.findall(r"\w+", code)


def _naming(text: str, name: str) -> str:
    sentences = _SENTENCE_ENDS.split(" ".join(text.split()))
    return " ".join(each for each in sentences if f"`{name}`" in each)


def _behind_fields(thing: type) -> dict[str, str]:
    """Return the text behind each field, those of a class that it is made of included."""
    found: dict[str, str] = {}
    for each in reversed(thing.__mro__):
        if not attrs.has(each) and not is_dataclass(each):
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(each))).body[0]
        found.update(_texts(tree.body if isinstance(tree, ast.ClassDef) else ()))
    return found


def _texts(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(told))):
                yield name, " ".join(told.split())
            case _:
                pass


def _summary(kind: object) -> str:
    """Return what a public class is, where the parameter is one of them, or none."""
    kinds = [each for each in get_args(kind) if each is not type(None)] if isinstance(kind, UnionType) else [kind]
    [only] = kinds if len(kinds) == 1 else [None]
    if only in _MEASURES:
        return ""
    if not inspect.isclass(only) or not only.__module__.startswith("examx_constructs."):
        return ""
    paragraph = " ".join((inspect.getdoc(only) or "").partition("\n\n")[0].split())
    return _SENTENCE_ENDS.split(paragraph)[0]
