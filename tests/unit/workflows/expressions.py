"""The expressions of GitHub Actions: what is in `${{ }}` and behind `if:`.

Source: "Evaluate expressions in workflows and actions" of GitHub's documentation. Stricter in one point: a name that
its context does not declare is an error, where GitHub gives an empty text. So a renamed output fails a test.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).parents[3]
Contexts = Mapping[str, Any]

_TEMPLATE = re.compile(r"\$\{\{((?:(?!\}\}).)*)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>0x[0-9a-fA-F]+|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<text>'(?:[^']|'')*')
      | (?P<name>[A-Za-z_][\w-]*)
      | (?P<sign>\|\||&&|[!<>=]=|[!<>()\[\].,])
    )""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}
STATUS_FUNCTIONS = ("always", "cancelled", "failure", "success")


class ExpressionError(Exception):
    """An expression that GitHub would refuse, or that names something which is not there."""


class Declared(dict[str, Any]):
    """A context whose names are known: reading another one is an error, not an empty text."""

    def __init__(self, what: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.what = what


class _Token(NamedTuple):
    kind: str
    text: str


def interpolate(template: Any, contexts: Contexts) -> Any:
    """A value with its expressions evaluated: one expression alone keeps its type, inside a text it becomes text."""
    if not isinstance(template, str):
        return template
    whole = _TEMPLATE.fullmatch(template.strip())
    if whole:
        return evaluate(whole[1], contexts)
    return _TEMPLATE.sub(lambda match: as_text(evaluate(match[1], contexts)), template)


def condition(expression: Any, contexts: Contexts) -> bool:
    """Whether an `if:` holds. Without a status function it also asks for `success()`, as GitHub does."""
    text = as_text(expression).strip()
    whole = _TEMPLATE.fullmatch(text)
    inner = whole[1] if whole else text
    if not any(re.search(rf"\b{name}\s*\(", inner) for name in STATUS_FUNCTIONS):
        inner = f"success() && ({inner})"
    return truth(evaluate(inner, contexts))


def evaluate(expression: str, contexts: Contexts) -> Any:
    """The value of one expression."""
    parser = _Parser(list(_tokens(expression)), contexts)
    value = parser.alternative()
    if parser.rest:
        raise ExpressionError(f"`{expression.strip()}`: unexpected {parser.rest[0].text}")
    return value


def truth(value: Any) -> bool:
    """Whether a value counts as true: all but false, 0, the empty text and null."""
    return bool(value) or isinstance(value, Mapping | list)


def as_text(value: Any) -> str:
    """A value inside a text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case Mapping():
            return "Object"
        case list():
            return "Array"
        case _:
            return str(value)


def _tokens(expression: str) -> Iterator[_Token]:
    position = 0
    while expression[position:].strip():
        match = _TOKEN.match(expression, position)
        if not match or not match.lastgroup:
            raise ExpressionError(f"`{expression.strip()}`: cannot read {expression[position:].strip()!r}")
        yield _Token(match.lastgroup, match[match.lastgroup])
        position = match.end()


class _Parser:
    """Evaluates while it reads; the operators have no effects, so nothing is lost by evaluating both sides."""

    def __init__(self, tokens: Sequence[_Token], contexts: Contexts) -> None:
        self.rest = list(tokens)
        self.contexts = contexts

    def alternative(self) -> Any:
        value = self._both()
        while self._took("||"):
            other = self._both()
            value = value if truth(value) else other
        return value

    def _both(self) -> Any:
        value = self._comparison()
        while self._took("&&"):
            other = self._comparison()
            value = other if truth(value) else value
        return value

    def _comparison(self) -> Any:
        value = self._negation()
        for sign, holds in _COMPARISONS.items():
            if self._took(sign):
                return holds(value, self._negation())
        return value

    def _negation(self) -> Any:
        return not truth(self._negation()) if self._took("!") else self._access()

    def _access(self) -> Any:
        value = self._primary()
        while self.rest and self.rest[0].text in (".", "["):
            if self._took("."):
                key = self._next("name").text
            else:
                self._next("sign", "[")
                key = self.alternative()
                self._next("sign", "]")
            value = _member(value, key)
        return value

    def _primary(self) -> Any:
        if self._took("("):
            value = self.alternative()
            self._next("sign", ")")
            return value
        token = self._next()
        match token.kind:
            case "number":
                return float(int(token.text, 16)) if token.text.startswith("0x") else float(token.text)
            case "text":
                return token.text[1:-1].replace("''", "'")
            case "name" if self._took("("):
                return self._call(token.text)
            case "name" if token.text in _WORDS:
                return _WORDS[token.text]
            case "name":
                return _member(Declared("context", self.contexts), token.text)
            case _:
                raise ExpressionError(f"unexpected {token.text}")

    def _call(self, name: str) -> Any:
        arguments: list[Any] = []
        while not self._took(")"):
            arguments.append(self.alternative())
            if not self._took(","):
                self._next("sign", ")")
                break
        function = self.contexts.get(name) if name in STATUS_FUNCTIONS else _FUNCTIONS.get(name.lower())
        if function is None:
            raise ExpressionError(f"the function {name} is not known here")
        return function(*arguments)

    def _took(self, sign: str) -> bool:
        if self.rest and self.rest[0] == _Token("sign", sign):
            del self.rest[0]
            return True
        return False

    def _next(self, kind: str | None = None, text: str | None = None) -> _Token:
        if not self.rest:
            raise ExpressionError("the expression ends early")
        token = self.rest.pop(0)
        if kind not in (None, token.kind) or text not in (None, token.text):
            raise ExpressionError(f"unexpected {token.text}")
        return token


def _member(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name.lower() == as_text(key).lower():
                return member
        if isinstance(value, Declared):
            raise ExpressionError(f"{value.what} has no {as_text(key)}; it has {', '.join(value) or 'nothing'}")
        return None
    if isinstance(value, list) and _is_number(key):
        return value[int(key)] if 0 <= key < len(value) else None
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float:
    match value:
        case None | "":
            return 0
        case bool() | int() | float():
            return float(value)
        case str():
            try:
                return float(int(value, 16)) if value.startswith("0x") else float(value)
            except ValueError:
                return math.nan
        case _:
            return math.nan


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if isinstance(left, Mapping | list) or isinstance(right, Mapping | list):
        return left is right
    return left is right or _number(left) == _number(right)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<=": lambda left, right: _number(left) <= _number(right),
    ">=": lambda left, right: _number(left) >= _number(right),
    "<": lambda left, right: _number(left) < _number(right),
    ">": lambda left, right: _number(left) > _number(right),
}


def _contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(_equal(each, what) for each in where)
    return as_text(what).lower() in as_text(where).lower()


def _format(template: str, *values: Any) -> str:
    def replaced(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        if int(match[1]) >= len(values):
            raise ExpressionError(f"format has no value for {match[0]}")
        return as_text(values[int(match[1])])

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", replaced, template)


def _hash_files(*patterns: str) -> str:
    """Of the files of this checkout: a hash of their hashes, in the order of their paths; nothing where none match."""
    files = sorted({file for pattern in patterns for file in PROJECT.glob(pattern) if file.is_file()})
    digests = b"".join(sha256(file.read_bytes()).digest() for file in files)
    return sha256(digests).hexdigest() if files else ""


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "contains": _contains,
    "endswith": lambda text, end: as_text(text).lower().endswith(as_text(end).lower()),
    "format": _format,
    "fromjson": json.loads,
    "hashfiles": _hash_files,
    "startswith": lambda text, start: as_text(text).lower().startswith(as_text(start).lower()),
    "tojson": lambda value: json.dumps(value, indent=2),
}
