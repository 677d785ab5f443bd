"""From a value's type to its plain form (lists, numbers, text, bytes, None) and strictly back.

A dataclass or named tuple is the list of its fields in their order, trailing defaults left out: fields may be appended
later, with a default, and both ends still understand each other. A mapping is a list of pairs, since msgpack's own maps
refuse integer keys at many readers. Anything that does not fit raises `ShapeError`, whose text is the path to the spot.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import repeat
from operator import attrgetter
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

ARRAY = (tuple, list)  # what an array of msgpack may be unpacked as; tuples are the cheaper


class ShapeError(ValueError):
    """A plain value that does not have the shape of the type it was read as."""


class Codec(NamedTuple):
    plain: Callable[[Any], Any]
    value: Callable[[Any], Any]


def tagged(variants: Mapping[int, Any], *, optional: bool = False) -> Codec:
    """One of several types as `[number, plain form]`; also None, if `optional`."""
    codecs = {tag: codec_of(kind) for tag, kind in variants.items()}
    tags = {get_origin(kind) or kind: tag for tag, kind in variants.items()}

    def plain(value: object) -> list[object] | None:
        if value is None and optional:
            return None
        tag = tags[type(value)]
        return [tag, codecs[tag].plain(value)]

    def back(data: object) -> object:
        if data is None and optional:
            return None
        if not isinstance(data, ARRAY) or len(data) < 2 or type(data[0]) is not int or data[0] not in codecs:
            raise ShapeError("[number of a known variant, its fields] expected")
        return codecs[data[0]].value(data[1])

    return Codec(plain, back)


@cache
def codec_of(kind: Any) -> Codec:
    """The codec for a type as it stands in an annotation."""
    if kind in _SCALARS:
        return _scalar(*_SCALARS[kind])
    if kind in _VARIANTS:
        return tagged(_VARIANTS[kind], optional=type(None) in get_args(kind))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _literal(arguments)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*arguments)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    return _fields(kind)


def variants(base: Any, table: Mapping[int, Any]) -> None:
    """Says that a field annotated `base` holds one of `table`'s types. Before any codec that contains it is made."""
    _VARIANTS[base] = table


_VARIANTS: dict[Any, Mapping[int, Any]] = {}

_SCALARS: dict[Any, tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (float, int),
    str: (str,),
    bytes: (bytes,),
    type(None): (type(None),),
}


def _scalar(*kinds: type) -> Codec:
    def check(data: object) -> object:
        if type(data) not in kinds:
            raise ShapeError(f"{kinds[0].__name__} expected, {type(data).__name__} found")
        return float(data) if kinds[0] is float else data  # type: ignore[arg-type]

    return Codec(_same, check)


def _literal(allowed: tuple[object, ...]) -> Codec:
    def check(data: object) -> object:
        if data not in allowed:
            raise ShapeError(f"one of {', '.join(map(str, allowed))} expected")
        return data

    return Codec(_same, check)


def _enum(kind: type[Enum]) -> Codec:
    def back(data: object) -> Enum:
        try:
            return kind(data)
        except (ValueError, TypeError):
            raise ShapeError(f"no such {kind.__name__}") from None

    return Codec(lambda value: value.value, back)


def _union(arguments: tuple[Any, ...]) -> Codec:
    """`X | None`, or alternatives told apart by their plain type."""
    rest = [codec_of(kind) for kind in arguments if kind is not type(None)]

    def plain(value: object) -> object:
        return None if value is None else rest[0].plain(value)

    def back(data: object) -> object:
        return None if data is None else rest[0].value(data)

    if len(rest) != 1 or len(arguments) != 2:
        raise TypeError(f"only `X | None` has a plain form, not {arguments}; give it variants()")
    return Codec(plain, back)


def _tuple(arguments: tuple[Any, ...]) -> Codec:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = codec_of(arguments[0])
        return Codec(
            lambda value: [item.plain(one) for one in value],
            lambda data: tuple(_read(repeat(item.value), data)),
        )
    items = [codec_of(kind) for kind in arguments]
    readers = [item.value for item in items]

    def back(data: object) -> tuple[object, ...]:
        if len(_listed(data)) != len(items):
            raise ShapeError(f"{len(items)} items expected")
        return tuple(_read(readers, data))

    return Codec(lambda value: [item.plain(one) for item, one in zip(items, value, strict=True)], back)


def _mapping(key_kind: Any, value_kind: Any) -> Codec:
    pair = _tuple((key_kind, value_kind))
    return Codec(
        lambda value: [pair.plain(item) for item in value.items()],
        lambda data: dict(_read(repeat(pair.value), data)),
    )


def _fields(kind: Any) -> Codec:
    hints = get_type_hints(kind)
    named = False
    if dataclasses.is_dataclass(kind):
        fields = dataclasses.fields(kind)
        defaults = {field.name: _default(field) for field in fields}
        named = any(field.kw_only for field in fields)
    elif hasattr(kind, "_fields"):
        defaults = {name: kind._field_defaults.get(name, _REQUIRED) for name in kind._fields}
    else:
        raise TypeError(f"{kind} has no plain form")
    names = list(defaults)
    codecs = [codec_of(hints[name]) for name in names]
    least = max((n for n, name in enumerate(names, 1) if defaults[name] is _REQUIRED), default=0)
    trailing = [defaults[name] for name in names[least:]]
    made = [(n, codec.plain) for n, codec in enumerate(codecs) if codec.plain is not _same]
    readers = [codec.value for codec in codecs]
    values = _getter(names)

    def plain(value: object) -> list[object]:
        told = list(values(value))
        for default in reversed(trailing):
            if told[-1] != default:
                break
            told.pop()
        for n, to_plain in made:
            if n < len(told):
                told[n] = to_plain(told[n])
        return told

    def back(data: object) -> object:
        told = _read(readers, data, names)
        for name in names[len(told) : least]:
            if defaults[name] is _REQUIRED:
                raise ShapeError(f"{name} is missing")
        return kind(**dict(zip(names, told, strict=False))) if named else kind(*told)

    return Codec(plain, back)


def _getter(names: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    """The values of several attributes, however many there are."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: [getattr(value, name) for name in names]


_REQUIRED = object()


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    return _REQUIRED if field.default_factory is dataclasses.MISSING else field.default_factory()


def _same(value: object) -> object:
    return value


def _listed(data: object) -> Sequence[object]:
    if not isinstance(data, ARRAY):
        raise ShapeError(f"list expected, {type(data).__name__} found")
    return data


def _read(readers: Iterable[Callable[[Any], Any]], data: object, names: Sequence[str] = ()) -> list[Any]:
    """Each item by its reader; what is more than there are readers is left. An error names the item."""
    listed, told = _listed(data), list[Any]()
    try:
        for read, one in zip(readers, listed, strict=False):
            told.append(read(one))  # how many there are says where it went wrong
    except ShapeError as wrong:
        n = len(told)
        raise ShapeError(f"{names[n] if names else n}: {wrong}") from None
    return told
