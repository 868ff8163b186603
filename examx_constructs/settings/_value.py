"""How every setting is made: a frozen value whose fields are checked, in type and in range, when it is made."""

import functools
import types
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast, dataclass_transform, get_origin

import attrs

from examx_constructs.settings._types import described, matches
from examx_constructs.settings.refusal import Check, MissingError, SettingError

T = TypeVar("T")
_INT_LIMIT = 2**31


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def value(cls: type[T]) -> type[T]:
    """Make a class a setting: immutable, keyword-only, compared by value, every field's type checked.

    Rules between fields go in `__attrs_post_init__`, which raises SettingError.
    """
    return _with_named_arguments(attrs.frozen(kw_only=True, field_transformer=_with_type_checks)(cls))


def setting(*checks: Check, default: Any = attrs.NOTHING) -> Any:
    """Return a field of a value with rules of its own beside its type."""

    def validate(instance: object, attribute: "attrs.Attribute[object]", given: object) -> None:
        if given is None:
            return
        for item in cast("tuple[object, ...]", given) if isinstance(given, tuple) else (given,):
            for check in checks:
                if allowed := check(item):
                    raise SettingError(_path(instance, attribute), item, allowed)

    return attrs.field(default=default, validator=validate)


def _with_named_arguments(cls: type[T]) -> type[T]:
    fields = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
    required = [field.name for field in fields if field.default is attrs.NOTHING]
    known = [field.name for field in fields]
    make: Callable[..., None] = cls.__init__

    @functools.wraps(make)
    def init(self: object, /, *unnamed: object, **given: object) -> None:
        for value in unnamed:
            raise SettingError(f"{cls.__name__} argument", value, f"it must be named, as one of {', '.join(known)}")
        for name in sorted(given.keys() - known):
            raise SettingError(
                f"{cls.__name__}.{name}", given[name], f"there is no such setting: it must be one of {', '.join(known)}"
            )
        for name in required:
            if name not in given:
                raise MissingError(f"{cls.__name__}.{name}")
        make(self, **given)

    setattr(cls, "__init__", init)  # noqa: B010 - assigning to __init__ is what type checkers refuse
    return cls


def _with_type_checks(_cls: type, fields: "list[attrs.Attribute[object]]") -> "list[attrs.Attribute[object]]":
    return [_with_type_check(field) for field in fields]


def _with_type_check(field: "attrs.Attribute[object]") -> "attrs.Attribute[object]":
    own_rules = field.validator
    hint: Any = field.type

    def validate(instance: object, attribute: "attrs.Attribute[object]", given: object) -> None:
        if not matches(given, hint):
            raise SettingError(_path(instance, attribute), given, f"it must be {described(hint)}")
        if isinstance(given, int | float) and not -_INT_LIMIT <= given < _INT_LIMIT:
            raise SettingError(
                _path(instance, attribute), given, "it must fit into 32 bits: so Kubernetes keeps numbers"
            )
        if own_rules is not None:
            own_rules(instance, attribute, given)

    return field.evolve(validator=validate, converter=_frozen_mapping if get_origin(hint) is Mapping else None)


def _frozen_mapping(given: object) -> object:
    """Return a copy that cannot be written to; what is no mapping stays for the type check to refuse."""
    return types.MappingProxyType(dict(cast("Mapping[object, object]", given))) if isinstance(given, Mapping) else given


def _path(instance: object, attribute: "attrs.Attribute[object]") -> str:
    return f"{type(instance).__name__}.{attribute.name}"
