"""How KEDA reads the texts of a trigger's metadata (pkg/scalers/scalersconfig/typed_config.go, 2.17 to 2.21).

A text is trimmed first; an empty one counts as absent. Whole and fractional numbers go through Go's JSON decoder, which
is stricter than it looks. It refuses "05", "+5", ".5" and, for whole numbers, "2.0" and "1e3". What a scaler reads by
hand goes through strconv, which takes "05" and "+5".
"""

import re
from collections.abc import Callable, Mapping

from examx_constructs._keda.scalers import Parameter
from examx_constructs._regex import regex

TRUTHS = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})
"""What strconv.ParseBool takes."""

_JSON_WHOLE = regex(r"-?(?:0|[1-9]\d*)", re.ASCII)
_JSON_NUMBER = regex(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE = regex(r"[+-]?\d+", re.ASCII)
_NUMBER = regex(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DURATION = regex(r"[+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_BITS = {"int": 64, "int64": 64, "int32": 32, "uint": 64, "uint64": 64, "uint32": 32}


def refused(text: str, parameter: Parameter) -> tuple[str, str] | None:
    """Return what is allowed instead of a text, and why; None where the scaler takes it."""
    trimmed = text.strip()
    if not trimmed:
        return None
    parts = [part.strip() for part in trimmed.split(parameter.separator)]
    if parameter.enum and (wrong := [part for part in parts if part not in parameter.enum]):
        listed = ", ".join(sorted(parameter.enum))
        return (f"one of {listed}", f"the scaler refuses {_quoted(wrong)}, and the trigger never works")
    if len(both := [part for part in parts if part in parameter.exclusive]) > 1:
        return f"one of {', '.join(sorted(parameter.exclusive))}", f"the scaler takes {_quoted(both)} only by itself"
    return _of_type(trimmed, parts, parameter)


def _of_type(text: str, parts: list[str], parameter: Parameter) -> tuple[str, str] | None:
    if parameter.type == "map":
        wrong = any(part.count("=") != 1 for part in parts)
        return ("key=value pairs, with a comma between them", "the scaler refuses anything else") if wrong else None
    if parameter.type.startswith("[]"):
        element = parameter.type.removeprefix("[]")
        texts = [end for part in parts for end in _ends(part, parameter.range)] if element in _BITS else parts
        return next(filter(None, (_single(each, element, parameter) for each in texts)), None)
    return _single(text, parameter.type, parameter)


def _ends(part: str, separator: str) -> list[str]:
    """Return the ends of a range such as 2-5, or the number by itself."""
    return part.split(separator, 1) if separator and separator in part[1:] else [part]


def _single(text: str, kind: str, parameter: Parameter) -> tuple[str, str] | None:
    reader = _READERS.get("whole" if kind in _BITS else kind)
    return None if reader is None else reader(text, kind, parameter)


def _whole(text: str, kind: str, parameter: Parameter) -> tuple[str, str] | None:
    lowest, highest = (0, 2 ** _BITS[kind] - 1) if kind.startswith("u") else _signed(_BITS[kind])
    grammar = _WHOLE if parameter.by_hand else _JSON_WHOLE
    if grammar.fullmatch(text) and lowest <= _number(text) <= highest:
        return None
    return "a whole number, such as 5", _why(text, parameter, "whole")


def _fraction(text: str, _kind: str, parameter: Parameter) -> tuple[str, str] | None:
    if (_NUMBER if parameter.by_hand else _JSON_NUMBER).fullmatch(text):
        return None
    return "a number, such as 5 or 0.5", _why(text, parameter, "")


def _why(text: str, parameter: Parameter, whole: str) -> str:
    if not parameter.by_hand and _NUMBER.fullmatch(text):
        spelling = (
            "no fraction and no exponent" if whole and _JSON_NUMBER.fullmatch(text) else "no leading zero or sign"
        )
        return f"KEDA reads it as JSON does, which takes {spelling} here, and the trigger never works"
    return "KEDA cannot read it, and the trigger never works"


def _truth(text: str, _kind: str, _parameter: Parameter) -> tuple[str, str] | None:
    if text in TRUTHS:
        return None
    return '"true" or "false"', "KEDA cannot read it, and the trigger never works"


def _duration(text: str, _kind: str, _parameter: Parameter) -> tuple[str, str] | None:
    if _DURATION.fullmatch(text) or re.fullmatch(r"\+?[0-9]+", text):
        return None
    return "a duration such as 30s, or milliseconds", "KEDA cannot read it, and the trigger never works"


_READERS: Mapping[str, Callable[[str, str, Parameter], tuple[str, str] | None]] = {
    "whole": _whole,
    "float64": _fraction,
    "float32": _fraction,
    "bool": _truth,
    "time.Duration": _duration,
}


def _signed(bits: int) -> tuple[int, int]:
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _number(text: str) -> int:
    """Return a whole number that is sure to be one; of absurd length it is beyond every bound."""
    return int(text) if len(text) <= _LONGEST else 2**_LONGEST


_LONGEST = 80


def _quoted(words: list[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def is_too_small(text: str) -> bool:
    """Return whether a number is no target for an HPA.

    The API server takes one above zero, and KEDA hands on thousandths.
    """
    return _NUMBER.fullmatch(text.strip()) is not None and int(_bounded(text) * 1000) < 1


def is_whole(text: str) -> bool:
    """Return whether a number has no fraction."""
    return _NUMBER.fullmatch(text.strip()) is not None and _bounded(text).is_integer()


def _bounded(text: str) -> float:
    return max(min(float(text), 1e15), -1e15)
