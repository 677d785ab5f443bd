"""Attribute tables and values as lines of text; everything from outside is visible text."""

from __future__ import annotations

import time
from collections.abc import Iterable

from bletui.decode.attributes import Attribute, uuid_text
from bletui.decode.lenses import Lens
from bletui.decode.values import meaning
from bletui.decode.values.views import text as text_view
from bletui.errors.card import one_line
from bletui.failure import Failure
from bletui.model import Notification

_INDENT = {"service": "", "characteristic": "  ", "descriptor": "    "}
_NAME_MAX = 60  # columns up to the UUID
TREE_MAX = 16  # bytes of a value shown in a tree


def name_width(nodes: Iterable[Attribute]) -> int:
    """Columns that the longest handle, letters and name of a table take."""
    return min(_NAME_MAX, max((len(_head(one)) for one in nodes), default=0))


def attribute_line(attribute: Attribute, value: bytes | Failure | None = None, width: int = 0) -> str:
    """One node: indent, handle, letters, name up to `width`, UUID, and its value or why it has none."""
    line = f"{_head(attribute):<{width}}  {uuid_text(attribute.uuid)}"
    match value:
        case None:
            return line
        case Failure():
            return f"{line}  ! {one_line(value)}"
        case _:
            return f"{line}  = {value_text(attribute.uuid, value, TREE_MAX)}"


def _head(attribute: Attribute) -> str:
    letters = f" {attribute.letters}" if attribute.kind == "characteristic" else ""
    return f"{_INDENT[attribute.kind]}0x{attribute.handle:04x}{letters}  {attribute.name or '(no name)'}"


def value_line(attribute: Attribute, value: bytes, lens: Lens | None = None) -> str:
    return f"{attribute}  {value_text(attribute.uuid, value, lens=lens)}"


def notification_line(attribute: Attribute, notification: Notification, lens: Lens | None = None) -> str:
    """Clock time with milliseconds, the attribute, the value."""
    at = notification.at
    clock = time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at * 1000) % 1000:03d}"
    return f"{clock}  {value_line(attribute, notification.value, lens)}"


def value_text(uuid: str, value: bytes, most: int | None = None, lens: Lens | None = None) -> str:
    """The bytes, and what they mean; text in quotes where nothing is known but that it is text.

    Of more than `most` bytes the first ones are shown, and how many they are.
    """
    shown = value.hex(" ") or "(empty)"
    if most is not None and len(value) > most:
        shown = f"{value[:most].hex(' ')} … ({len(value)} bytes)"
    decoded = meaning(uuid, value, lens)
    if decoded is not None:
        told = f"{decoded.text} ({decoded.problem})" if decoded.problem and decoded.text else decoded.text
        told = told or decoded.problem or ""
    else:
        told = _quoted(value)
    return f"{shown}  {told}" if told else shown


def _quoted(value: bytes) -> str:
    """Only what is printable throughout: bytes that merely happen to be UTF-8 are no text."""
    view = text_view(value).text
    return f'"{view}"' if value and view is not None and value.decode(errors="replace").isprintable() else ""
