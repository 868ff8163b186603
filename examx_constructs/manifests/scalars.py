"""Scalars of YAML as kubectl reads them: which are numbers, truth values and nulls, and what keys become.

kubectl makes JSON of YAML (sigs.k8s.io/yaml 1.6.0, over go.yaml.in/yaml/v2 2.4.2, resolve.go) and reads numbers out of
that (sigs.k8s.io/json). So `y` is true, `0o22` is 18, `08` is 8, `1234e56` a fraction, `22:30` and dates are texts.
`tests/unit/manifests/facts.json` holds what the real one says of some five hundred of them.
"""

import math
import re
import struct
from collections.abc import Callable
from typing import Any

from examx_constructs._regex import regex

_PREFIX = "tag:yaml.org,2002:"
_STR, _BOOL, _INT, _FLOAT, _NULL = (f"{_PREFIX}{name}" for name in ("str", "bool", "int", "float", "null"))
_TIMESTAMP, _BINARY = f"{_PREFIX}timestamp", f"{_PREFIX}binary"
MERGE = f"{_PREFIX}merge"

_INFINITY = math.inf
_WORDS: dict[str, object] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), _INFINITY),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -_INFINITY),
}
_FIRST_OF_NUMBERS = frozenset("0123456789+-.")
# strconv.ParseInt with base 0, once underscores are gone: a zero alone in front makes an octal number.
_WHOLE = regex(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9][0-9]*))",
    re.ASCII,
)
_BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}
_FRACTION = regex(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
# What begins with a point is given to strconv.ParseFloat as it is.
_POINTED = regex(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?", re.ASCII)
# Behind `0b` and `-0b` is whatever ParseInt takes with base 2, a sign too.
_SIGNED_BINARY = regex(r"0b(?P<digits>[-+][01]+)", re.ASCII)
_DAY = regex(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?:[Tt](?P<time>{time})(?:Z|[-+][0-9]{2}:[0-9]{2})|[ ]+(?P<spaced>{time})))?".replace(
        "{time}", r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?"
    ),
    re.ASCII,
)
_INT64 = range(-(1 << 63), 1 << 63)
_UINT64 = 1 << 64


class ScalarError(ValueError):
    """What kubectl refuses, as a reason to read."""


def plain(text: str) -> object:
    """Return what a scalar without quotation marks and without a tag is. Raises ScalarError."""
    return _as_json(resolved(text))


def tagged(tag: str, text: str) -> object:
    """Return what a scalar with a tag is. Tags of other tools mean nothing to kubectl. Raises ScalarError."""
    value = _tagged(tag, text)
    return _as_json(value)


def key(value: object, text: str) -> str:
    """Return the text that a key becomes. Raises ScalarError for one that cannot become any."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value in _INT64:
        return str(value)
    if isinstance(value, float):
        return _short(value)
    said = "null" if value is None else text
    raise ScalarError(f"{said} cannot be a key: put it into quotation marks")


def resolved(text: str) -> object:
    """Return the value before it becomes JSON: fractions are fractions, however whole."""
    if text in _WORDS:
        return _WORDS[text]
    if not text or text[0] not in _FIRST_OF_NUMBERS:
        return text
    number = _pointed(text) if text[0] == "." else _number(text.replace("_", ""))
    return text if number is None else number


def tagged_key(tag: str, text: str) -> str:
    """Return the text that a key with a tag becomes. Raises ScalarError."""
    return key(_tagged(tag, text), text)


def key_of(event: Any) -> str:  # noqa: ANN401 - PyYAML's events have no types
    """Return the text that a key becomes, from the event that it is read from.

    It is as written where it cannot be one.
    """
    try:
        if event.tag is not None:
            return tagged_key(event.tag, event.value)
        return key(resolved(event.value), event.value) if event.implicit[0] else event.value
    except ScalarError:
        return event.value


def number_of_json(value: float) -> float:
    """Return a fraction of YAML as it comes out of JSON: without one it is a whole number, if 64 bits hold it."""
    if not value.is_integer() or abs(value) >= _UINT64:
        return value
    # JSON has the shortest digits that mean this fraction, and zeros behind them.
    digits, _, power = f"{value!r}".partition("e")
    whole = int(digits.replace(".", "").ljust(int(power) + 1 + digits.startswith("-"), "0")) if power else int(value)
    return whole if whole in _INT64 else value


def _as_json(value: object) -> object:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ScalarError(f"{_short(value)} is no number of JSON")
        return number_of_json(value)
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INT64:
        return float(value)
    return value


def _pointed(text: str) -> float | None:
    return _finite(text) if _POINTED.fullmatch(text) else None


def _number(text: str) -> float | None:
    """Return a number by Go's rules; None for what is none, or more than fits."""
    whole = _WHOLE.fullmatch(text)
    if whole:
        name = whole.lastgroup or "dec"
        # Of 400 digits none fits into 64 bits, unless they are zeros.
        digits = whole[name].lstrip("0") or "0"
        if len(digits) <= 64:  # noqa: PLR2004 - bits
            value = int(digits, _BASES[name])
            value = -value if whole["sign"] == "-" else value
            if value in _INT64 or (0 <= value < _UINT64 and not whole["sign"]):
                return value
    if _FRACTION.fullmatch(text):
        return _finite(text)
    signed = _SIGNED_BINARY.fullmatch(text)
    if signed and len(signed["digits"]) <= 64:  # noqa: PLR2004 - bits
        return int(signed["digits"], 2)
    return None


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _tagged(tag: str, text: str) -> object:
    if tag == _BINARY:
        return _binary(text)
    read = _READERS.get(tag)
    return read(text) if read else text


def _binary(text: str) -> str:
    import base64  # noqa: PLC0415 - nobody uses the tag, and everybody would load it

    try:
        # Go skips line breaks, and nothing else.
        content = base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except ValueError:
        raise ScalarError("!!binary holds no valid base64 text") from None
    return content.decode("utf-8", errors="replace")


def _is(name: str, fits: Callable[[object], bool]) -> Callable[[str], object]:
    def read(text: str) -> object:
        value = resolved(text)
        if not fits(value):
            raise ScalarError(f"{text!r:.40} is no !!{name}")
        return value

    return read


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fraction(text: str) -> float:
    value = resolved(text)
    if isinstance(value, float) or (_is_whole(value) and value in _INT64):
        return float(value)  # pyright: ignore[reportArgumentType] - a number
    raise ScalarError(f"{text!r:.40} is no !!float")


def _timestamp(text: str) -> str:
    if _DAY.fullmatch(text) is None:
        raise ScalarError(f"{text!r:.40} is no !!timestamp")
    return text


_READERS: dict[str, Callable[[str], object]] = {
    _STR: str,
    _BOOL: _is("bool", lambda value: isinstance(value, bool)),
    _INT: _is("int", _is_whole),
    _NULL: _is("null", lambda value: value is None),
    _FLOAT: _fraction,
    _TIMESTAMP: _timestamp,
}


def _short(value: float) -> str:
    """Return a fraction as a key: Go's format `g` of 32 bits."""
    if math.isnan(value):
        return ".nan"
    single = _single(value)
    if math.isinf(single):
        return ".inf" if single > 0 else "-.inf"
    digits = next(said for count in range(9) if _single(said := f"{single:.{count}e}") == single)
    mantissa, _, exponent = digits.partition("e")
    power = int(exponent)
    sign, mantissa = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    figures = mantissa.replace(".", "").rstrip("0") or "0"
    if power < -4 or power >= 6:  # noqa: PLR2004 - where strconv.FormatFloat writes an exponent
        return f"{sign}{figures[0]}{'.' if figures[1:] else ''}{figures[1:]}e{power:+03d}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{figures}"
    whole = figures.ljust(power + 1, "0")
    return f"{sign}{whole[: power + 1]}{'.' if whole[power + 1 :] else ''}{whole[power + 1 :]}"


def _single(number: float | str) -> float:
    """Return the nearest fraction of 32 bits."""
    try:
        return struct.unpack("f", struct.pack("f", float(number)))[0]
    except OverflowError:
        return math.copysign(_INFINITY, float(number))
