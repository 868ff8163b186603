"""What setting of an environment a refused value is of, and on which line it is written.

A value is refused where it is made, when there is no environment yet that it could have a path in. The traceback of
the error has the call, and the syntax trees tell the way to it from what the environment's function returns.
"""

import ast
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import attr
import attrs

from examx_constructs import settings
from examx_constructs._written.entrance import entrance, entrances
from examx_constructs._written.expression import Written
from examx_constructs._written.making import literal
from examx_constructs._written.parts import Place, field_of, places, with_value
from examx_constructs._written.trees import all_nodes, call_at, parent
from examx_constructs.settings import ConfigurationError, SettingError
from examx_constructs.settings.refusal import MissingError

_LIBRARIES = (*(str(Path(str(each.__file__)).parent) for each in (settings, attrs, attr)), "<attrs generated")
_INSIDE = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>")
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Refused:
    """Where a refused value is written, and the setting by its path, as far as the source tells."""

    written: Written
    setting: str
    said: str

    def __str__(self) -> str:
        return f"{shown(self.written)}: {self.setting}{self.said}"


def shown(written: Written) -> str:
    """Return a place as editors open it, its file as the checkout has it: `examx_constructs/environments/dev.py:33`."""
    file, root = Path(written.file), Path(__file__).parents[2]
    return f"{file.relative_to(root) if file.is_relative_to(root) else file}:{written.line}"


def refused(name: str, make: Callable[..., object], mistake: Exception) -> Refused | None:
    """Return what an error that came out of a function says of its environment; None where it came from elsewhere."""
    begins, results = entrances(make)
    call = _call(mistake.__traceback__, begins.file)
    if call is None:
        return None
    said, rest, owner = _said(mistake)
    every = [place for result in results for place in places(result)]
    found = _places_of(call, every)
    ends = [_end(place, rest, owner, _value(mistake)) for place in found]
    # Where a function is called for several, the one that it was called with the value for.
    ends = [each for each in ends if literal(each.written) == _value(mistake)] or ends
    if not ends:
        # Made on the way, or in a way that the source does not tell: what the error names itself is all.
        return Refused(call, f"{name}: {owner}.{rest}" if rest else name, said)
    known = {each.path for each in ends}
    paths = [f"{name}{path}" for path in dict.fromkeys(each.path for each in ends) if not _is_inside(path, known)]
    more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
    return Refused(ends[0].written, ", ".join(paths[:_MOST_NAMED]) + more, said)


def setting_of(name: str, make: Callable[..., object], setting: str, value: object) -> Refused:
    """Return a setting of an environment that could be made, by its path: `ingress.host`."""
    place = field_of(Place("", entrance(make)), "", setting, value)
    return Refused(place.written, f"{name}{place.path}", "")


def _is_inside(path: str, others: Collection[str]) -> bool:
    return any(path.startswith((f"{each}.", f"{each}[")) for each in others)


def refused_on_import(mistake: Exception) -> Refused | None:
    """Return what an error says of the constant of a module that was being read."""
    call = _call(mistake.__traceback__, "")
    if call is None:
        return None
    said, rest, owner = _said(mistake)
    node = call.node
    while node and not isinstance(node, ast.Assign | ast.AnnAssign):
        node = parent(node)
    stored = [each for each in all_nodes(node) if isinstance(each, ast.Name)] if node else []
    targets = [each.id for each in stored if isinstance(each.ctx, ast.Store)]
    end = _end(Place("", call), rest, owner, _value(mistake))
    return Refused(end.written, f"{targets[0] if targets else owner}{end.path}", said)


def _said(mistake: Exception) -> tuple[str, str, str]:
    """Return what the message says, with the field and its class: " is 0; the least is 1", "replicas.minimum"."""
    if isinstance(mistake, SettingError | MissingError):
        owner, dot, rest = mistake.setting.partition(".")
        return f" {mistake.said}", rest if dot else "", owner if dot else ""
    text = " ".join(str(mistake).split())
    kind = "" if isinstance(mistake, ConfigurationError | TypeError) else f"{type(mistake).__name__}: "
    return f": {kind}{text}", "", ""


def _value(mistake: Exception) -> object:
    return mistake.value if isinstance(mistake, SettingError) else None


def _call(trace: TracebackType | None, file: str) -> Written | None:
    """Return the call that was refused, in the source outside of the settings, with those that it was made in."""
    call: Written | None = None
    began = not file
    while trace:
        code = trace.tb_frame.f_code
        if any(code.co_filename.startswith(each) for each in _LIBRARIES):
            break
        began = began or code.co_filename == file
        if began and not code.co_filename.startswith("<frozen"):
            node = call_at(code, trace.tb_lasti, trace.tb_lineno)
            # A comprehension may have a frame of its own, within the function that it is written in.
            outer = call.outer if call and code.co_name in _INSIDE else call
            line = getattr(node, "lineno", trace.tb_lineno)
            call = Written(code.co_filename, line, node, outer, scope=trace.tb_frame.f_globals)
        trace = trace.tb_next
    return call


def _places_of(call: Written, every: Sequence[Place]) -> list[Place]:
    """Return the settings that a call is for; where it is called in several ways, those of this way."""
    for wanted in call.calls():
        if wanted.node is None:
            continue
        way = [each.node for each in wanted.calls()]
        found = [each for each in every if each.written.node is wanted.node]
        same = [each for each in found if [step.node for step in each.written.calls()] == way]
        if around := same or found or _around(wanted, every):
            return around
    return []


def _around(call: Written, every: Sequence[Place]) -> list[Place]:
    """Return the settings whose expression has the call inside, where none is closer."""
    sizes = [(len(all_nodes(each.written.node)), each) for each in every if _has(each.written, call)]
    least = min((size for size, _ in sizes), default=0)
    return [replace(each, written=call) for size, each in sizes if size == least]


def _has(written: Written, call: Written) -> bool:
    return written.node is not None and call.node in all_nodes(written.node)


def _end(place: Place, rest: str, owner: str, value: object) -> Place:
    """Return the place of the field that the error names, or of the value itself where it names none."""
    return field_of(place, owner, rest, value) if rest else replace(place, written=with_value(place.written, value))
