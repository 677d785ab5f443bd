"""A device's attributes as rows, and the value of one of them in every view. Pure: values in, lines out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from bletui.console.known import Book, Known, Place
from bletui.console.links import Row, age
from bletui.console.spans import Line, Span, cell, line, ruled, wrapped
from bletui.decode.attributes import Attribute, attributes, uuid_text
from bletui.decode.values import meaning
from bletui.decode.values.views import views
from bletui.model import GattTree, NotifyMode, Properties

_INDENT = {"service": 0, "characteristic": 1, "descriptor": 3}
_NAME = 38  # columns of indent and name
_SHOWN = 16  # bytes of a value in its row


def tree_rows(
    radio: str, tree: GattTree, book: Book, modes: Mapping[int, NotifyMode], shown: Container[int] | None = None
) -> Iterator[Row]:
    """One row per attribute; `modes`: what is subscribed to, by handle; `shown`: which handles, None for all."""
    for one in attributes(tree):
        if shown is not None and one.handle not in shown:
            continue
        known = book.get(Place(radio, tree.peer, one.handle), Known())
        yield Row(radio, _node(one, known, modes.get(one.handle, "off")), one.handle, failure=known.failure)


def _node(one: Attribute, known: Known, mode: NotifyMode) -> Line:
    name = " " * _INDENT[one.kind] + (one.name or f"({uuid_text(one.uuid)})")
    return line(
        f" {one.handle:04X} ",
        Span(f"{one.letters if one.kind == 'characteristic' else '':<6}", "dim"),
        Span(cell(name, _NAME), "strong" if one.kind == "service" else "plain"),
        " ",
        *_state(one, known, mode),
    )


def _state(one: Attribute, known: Known, mode: NotifyMode) -> Iterator[Span]:
    if mode != "off":
        yield Span(f"{mode} {known.count} {known.rate.value:.1f}/s  ", "accent")
    if known.busy:
        yield Span(known.busy, "dim")
    elif known.failure is not None:
        yield Span(known.failure.kind.value, "error")
    elif known.value is not None:
        yield Span(brief(one, known.value))


def brief(one: Attribute, value: bytes) -> str:
    """What the value means where that is known, else its text or its first bytes."""
    decoded = meaning(one.uuid, value)
    if decoded is not None and decoded.text:
        return decoded.text
    text = value.decode(errors="replace")
    if value and text.isprintable() and "\ufffd" not in text:
        return f'"{text}"'
    more = f" … {len(value)} bytes" if len(value) > _SHOWN else ""
    return f"{value[:_SHOWN].hex(' ')}{more}" if value else "(empty)"


def value_lines(one: Attribute, known: Known, *, now: float, size: int, dash: str) -> Iterator[Line]:
    """The attribute under the cursor: what may be done with it, its bytes, and every view of them."""
    yield ruled((Span(f"{one.handle:04X} {one.name or uuid_text(one.uuid)}", "title"),), size, dash)
    yield line(" ", Span(f"{uuid_text(one.uuid)}  {permitted(one)}", "dim"))
    if known.value is None:
        return
    yield _hex(known, size, now)
    decoded = meaning(one.uuid, known.value)
    if decoded is not None:
        words = " ".join(part for part in (decoded.text, f"({decoded.problem})" if decoded.problem else "") if part)
        for text in wrapped(words, size - 2):
            yield line(" ", Span(text, "strong"))
    told = [(view.name, view.text) for view in views(known.value)[1:] if view.text is not None]
    yield from _columns(told, size)


def _hex(known: Known, size: int, now: float) -> Line:
    """The bytes, those that changed last marked, and how old they are."""
    assert known.value is not None
    fits = max(1, (size - 20) // 3)
    changed = known.changed()
    bytes_ = [Span(f"{byte:02x} ", "accent" if n in changed else "plain") for n, byte in enumerate(known.value[:fits])]
    rest = f"… {len(known.value)} bytes  " if len(known.value) > fits else " "
    return line(" ", *(bytes_ or [Span("(empty) ")]), Span(f"{rest}{age(now - known.at)} ago", "dim"))


def _columns(told: list[tuple[str, str]], size: int) -> Iterator[Line]:
    """Short views side by side, long ones alone."""
    row: list[str | Span] = []
    used = 0
    for name, text in told:
        room = len(name) + len(text) + 5
        if row and used + room > size:
            yield line(*row)
            row, used = [], 0
        row += [" ", Span(f"{name} ", "dim"), Span(f"{text}   ")]
        used += room
    if row:
        yield line(*row)


_WORDS = (
    (Properties.BROADCAST, "broadcast"), (Properties.READ, "read"), (Properties.WRITE, "write"),
    (Properties.WRITE_WITHOUT_RESPONSE, "write command"), (Properties.NOTIFY, "notify"),
    (Properties.INDICATE, "indicate"), (Properties.SIGNED_WRITE, "signed write"), (Properties.EXTENDED, "extended"),
)  # fmt: skip


def permitted(one: Attribute) -> str:
    """The properties in words; a descriptor has none of its own."""
    if one.properties is None:
        return one.kind
    return ", ".join(word for flag, word in _WORDS if one.properties & flag) or "no properties"


def readable(one: Attribute) -> bool:
    """Descriptors are tried: whether they may be read is known only by reading (Core, Vol 3 Part G, 3.3.3)."""
    return one.kind == "descriptor" or bool((one.properties or 0) & Properties.READ)
