"""`docs/messages.md`, written from the types: `python -m bletui.bridge.protocol.page docs/messages.md`."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import sys
import types
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.failure import ErrorKind
from bletui.model import AdvertisedFields, Extended, Request, Result
from bletui.wire import records
from bletui.wire.schema import codec_of

HEAD = """\
# Every message and value, field by field

Written by `make docs` from the types in `bletui/bridge/protocol/` and `bletui/model/`; what they are for stands in
[bridge.md](bridge.md), how bytes are made of them in [wire.md](wire.md). A value is a list of its fields in this order;
from the end, fields that have their default may be left out. Text is msgpack's `str`, in UTF-8, and bytes are its
`bin`; neither is taken for the other, nor a bool for an integer. A *float* has 64 bits; a whole number is taken for
one, too. *A verb*, *a request*, *a result* is `[number, value]`, with the number in the value's heading."""
SECTIONS = {
    "Messages from a client": ("message", codec.FROM_CLIENT),
    "Messages from a bridge": ("message", codec.FROM_BRIDGE),
    "Verbs": ("verb", codec.VERBS),
    "Requests": ("request", records.REQUESTS),
    "Results": ("result", codec.RESULTS),
    "Events": ("tag", records.EVENTS),
}
_SCALARS = {str: "text", int: "integer", float: "float", bool: "bool", bytes: "bytes", type(None): "nil"}
_CHOICES: dict[Any, str] = {
    m.Verb: "[a verb](#verbs)",
    Request: "[a request](#requests)",
    m.Result: "[a result](#results)",
    Result: "[a result](#results)",
}
_REQUIRED = object()


def page() -> str:
    """The page's Markdown."""
    return "\n".join([HEAD, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    numbered = {kind for _, table in SECTIONS.values() for kind in table.values()}
    for title, (sort, table) in SECTIONS.items():
        yield from ("", f"## {title}")
        for number, kind in table.items():
            yield from _value(kind, f" ({sort} {number})")
    yield from ("", "## Values that these hold")
    for kind in sorted(_held(numbered) - numbered, key=lambda kind: kind.__name__):
        yield from _value(kind, "")


def _value(kind: Any, number: str) -> Iterator[str]:
    if not _is_value(kind):
        yield from ("", f"### {_type(kind)}{number}")
        return
    yield from ("", f"### {kind.__name__}{number}")
    if told := _docstring(kind):
        yield from ("", told)
    fields, comments = _fields(kind), _comments(kind)
    if fields:
        yield from ("", "| # | field | type | default | |", "|---|---|---|---|---|")
    else:
        yield from ("", "No fields: `[]`.")
    for n, (name, hint, default) in enumerate(fields):
        yield f"| {n} | `{name}` | {_type(hint)} | {_plain(hint, default)} | {comments.get(name, '')} |"


def _is_value(kind: Any) -> bool:
    return dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")


def _docstring(kind: Any) -> str:
    """What is written above the fields; not what dataclasses write there by themselves."""
    text = inspect.cleandoc(kind.__doc__ or "")
    return "" if text.startswith(f"{kind.__name__}(") else _as_msgpack(text)


def _as_msgpack(text: str) -> str:
    return re.sub(r"\bNone\b", "nil", text)


def _fields(kind: Any) -> list[tuple[str, Any, object]]:
    hints = get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        return [(field.name, hints[field.name], _default(field)) for field in dataclasses.fields(kind)]
    return [(name, hints[name], kind._field_defaults.get(name, _REQUIRED)) for name in kind._fields]


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return _REQUIRED if field.default is dataclasses.MISSING else field.default


def _comments(kind: Any) -> dict[str, str]:
    """What stands behind the fields in the source, which is where this project says units and ranges."""
    found = re.findall(r"^    (\w+): [^#\n]*#\s*(.+)$", inspect.getsource(kind), re.MULTILINE)
    inherited = [_comments(base) for base in kind.__bases__ if dataclasses.is_dataclass(base)]
    return dict(pair for some in inherited for pair in some.items()) | {name: _as_msgpack(told) for name, told in found}


def _type(hint: Any) -> str:
    if hint in _CHOICES:
        return _CHOICES[hint]
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " / ".join(f'`"{word}"`' for word in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(map(_type, arguments))
    if origin is tuple and arguments[1:] == (...,):
        return f"list of {_type(arguments[0])}"
    if origin is tuple:
        return f"[{', '.join(map(_type, arguments))}]"
    if origin is not None and issubclass(origin, Mapping):
        return f"list of [{', '.join(map(_type, arguments))}]"
    if hint is ErrorKind:
        return "text: a [kind](errors/README.md)"
    if issubclass(hint, Enum):
        return "integer, a sum of " + ", ".join(f"{one.value} {one.name.lower().replace('_', ' ')}" for one in hint)
    return f"[{hint.__name__}](#{hint.__name__.lower()})"


def _plain(hint: Any, default: object) -> str:
    if default is _REQUIRED:
        return ""
    plain = codec_of(hint).plain(default)
    return "nil" if plain is None else f"`{json.dumps(plain)}`"


def _held(kinds: set[Any]) -> set[Any]:
    """All values within these, however deep, and the two that stand in columns of advertisements."""
    found: set[Any] = set()
    waiting = [*kinds, AdvertisedFields, Extended]
    while waiting:
        kind = waiting.pop()
        if kind in found or kind in _CHOICES:
            continue
        if not _is_value(kind):
            waiting += get_args(kind)
            continue
        found.add(kind)
        waiting += [hint for _, hint, _ in _fields(kind)]
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
