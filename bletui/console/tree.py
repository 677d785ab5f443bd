"""A device's attributes as rows, and the value of one of them in every view. Pure: values in, lines out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bletui.console.changed import marks
from bletui.console.glyphs import Glyphs
from bletui.console.known import Book, Known, Place
from bletui.console.links import Row, age
from bletui.console.spans import Line, Span, cell, cell_len, fit, line, ruled, wrapped
from bletui.console.sparkline import scaled
from bletui.decode.attributes import Attribute, uuid_text
from bletui.decode.lenses import Lens, adopted
from bletui.decode.values import meaning
from bletui.decode.values.numbers import numbers
from bletui.decode.values.views import views
from bletui.model import NotifyMode, Peer, Properties

_INDENT = {"service": 0, "characteristic": 1, "descriptor": 3}
_NAME, _NAME_LEAST = 38, 24  # columns of indent and name
_BESIDE_NAME = 40  # columns of handle, letters and state
_BESIDE = 11  # columns of a value that has its rate beside it
_BARS_LEAST = 8  # of a curve
_SHOWN = 16  # bytes of a value in its row
CCCD = "00002902-0000-1000-8000-00805f9b34fb"
_SET: Mapping[NotifyMode, bytes] = {"notify": b"\x01\x00", "indicate": b"\x02\x00"}  # Core Vol 3, Part G, 3.3.3.3


@dataclass(frozen=True, slots=True)
class Looks:
    """How a tree is looked at: `modes`: what is subscribed to, by handle; `shown`: which handles, None for all.

    `lenses`: how a person wants the values of an attribute type to be read, by UUID; `size`: cells of a row.
    """

    modes: Mapping[int, NotifyMode]
    shown: Container[int] | None = None
    lenses: Mapping[str, Lens] = field(default_factory=dict)
    size: int = 80


class TreeRows:
    """One row per attribute, made anew only when something that it says has changed: hundreds stand in every frame."""

    def __init__(self) -> None:
        self._made: dict[Place, tuple[object, Row]] = {}

    def rows(self, radio: str, peer: Peer, every: Iterable[Attribute], book: Book, looks: Looks) -> list[Row]:
        columns = max(_NAME_LEAST, min(_NAME, looks.size - _BESIDE_NAME))
        shown = looks.shown
        made = []
        above = 0  # the characteristic that the descriptors belong to
        for one in every:
            above = one.handle if one.kind == "characteristic" else above
            if shown is None or one.handle in shown:
                written = looks.modes.get(above, "off") if one.uuid == CCCD else "off"
                made.append(self._row(radio, peer, one, book, looks, columns, _SET.get(written)))
        return made

    def forget(self) -> None:
        """Another tree has come: its handles may be other attributes."""
        self._made.clear()

    def _row(
        self, radio: str, peer: Peer, one: Attribute, book: Book, looks: Looks, columns: int, written: bytes | None
    ) -> Row:
        """`written`: what the radio itself has written there since it was read, if it has."""
        place = Place(radio, peer, one.handle)
        known, mode, lens = book.get(place, _NOTHING), looks.modes.get(one.handle, "off"), looks.lenses.get(one.uuid)
        if written is not None and known.value != written:
            known = replace(known, value=written)
        told = known.value, known.failure, known.busy, known.alert, mode, lens, columns, adopted()
        says = (*told, known.count, known.rate.value) if mode != "off" else told
        made = self._made.get(place)
        if made is None or made[0] != says:
            row = Row(radio, _node(one, known, mode, lens, columns), one.handle, failure=known.failure)
            made = self._made[place] = says, row
        return made[1]


_NOTHING = Known()


def _named(one: Attribute, columns: int) -> str:
    """The name; else the UUID, without its middle where it has no room: a vendor's differ at either end."""
    uuid = uuid_text(one.uuid)
    if one.name or len(uuid) + 2 <= columns:
        return one.name or f"({uuid})"
    return f"({uuid[:8]}…{uuid[-12:]})"


def _node(one: Attribute, known: Known, mode: NotifyMode, lens: Lens | None, columns: int) -> Line:
    name = " " * _INDENT[one.kind] + _named(one, columns - _INDENT[one.kind])
    return line(
        f" {one.handle:04X} ",
        Span(f"{one.letters if one.kind == 'characteristic' else '':<6}", "dim"),
        Span(cell(name, columns), "strong" if one.kind == "service" else "plain"),
        " ",
        *_state(one, known, mode, lens),
    )


def _state(one: Attribute, known: Known, mode: NotifyMode, lens: Lens | None) -> Iterator[Span]:
    if known.busy:
        yield Span(f"{known.busy}  ", "dim")
    elif known.failure is not None:
        yield Span(f"{known.failure.kind.value}  ", "error")
    elif known.value is not None:
        words = brief(one, known.value, lens)
        yield Span(f"{cell(words, _BESIDE)} " if mode != "off" else words)
    if known.alert:
        yield Span(" ALERT ", "mark")
    if mode != "off":
        yield Span(f"{mode} {known.count} {known.rate.value:.1f}/s", "accent")


def brief(one: Attribute, value: bytes, lens: Lens | None) -> str:
    """What the value means where that is known, else its text or its first bytes."""
    looked = meaning(one.uuid, value, lens)
    if looked is not None and looked.text:
        return looked.text
    text = value.decode(errors="replace")
    if value and text.isprintable() and "\ufffd" not in text:
        return f'"{text}"'
    more = f" … {len(value)} bytes" if len(value) > _SHOWN else ""
    return f"{value[:_SHOWN].hex(' ')}{more}" if value else "(empty)"


def value_lines(
    one: Attribute, known: Known, *, now: float, size: int, glyphs: Glyphs, lens: Lens | None = None, rows: int = 8
) -> Iterator[Line]:
    """The attribute under the cursor: what may be done with it, its bytes, and every view of them, in about `rows`
    lines: a long value takes what the views leave."""
    yield ruled((Span(f"{one.handle:04X} {one.name or uuid_text(one.uuid)}", "title"),), size, glyphs.dash)
    facts = f"{uuid_text(one.uuid)}  {permitted(one)}"
    if known.value is None:
        yield from _told(facts, size)
        return
    looks = list(_looks(one, known, size, glyphs, lens))
    if len(known.value) <= _fits(size):
        yield _hex(known, now)
        below = marks(known.changed(), 0, len(known.value))
        if len(below) + len(facts) + 2 <= size:
            yield line(" ", Span(below, "accent"), Span(f" {facts}", "dim"))
        else:
            yield from ([line(" ", Span(below, "accent"))] if known.changed() else [])
            yield from _told(facts, size)
    else:
        yield from _dump(known, size, now, facts, rows - 1 - len(looks))
    yield from looks


def _looks(one: Attribute, known: Known, size: int, glyphs: Glyphs, lens: Lens | None) -> Iterator[Line]:
    """The value as what it means, as a curve, and in every other view."""
    assert known.value is not None
    looked = meaning(one.uuid, known.value, lens)
    if looked is not None:
        words = " ".join(part for part in (looked.text, f"({looked.problem})" if looked.problem else "") if part)
        through = f"  through {looked.lens}" if looked.lens else ""
        for text in wrapped(words + through, size - 2):
            yield line(" ", Span(text, "strong"))
    yield from _curve(one, known, size, glyphs, lens)
    told = [(view.name, view.text) for view in views(known.value)[1:] if view.text is not None]
    yield from _columns(told, size)


def _curve(one: Attribute, known: Known, size: int, glyphs: Glyphs, lens: Lens | None) -> Iterator[Line]:
    """The picked field over the newest values, with its bounds and what is watched; nothing for a single value."""
    field = picked(one.uuid, known, lens)
    if field is None:
        return
    every = [numbers(one.uuid, value, lens) for value in known.history]
    values = [of[field].value for of in every if field < len(of)]
    if len(values) < 2 and known.alarm is None:
        return
    now = every[-1][field]
    bounds = Span(f"  {now.name} {min(values):g}..{max(values):g} {now.unit}".rstrip(), "dim")
    alert = Span(f"  ALERT {known.alert}", "mark") if known.alert else Span(_watched(known), "dim")
    room = size - 2 - cell_len(bounds.text) - cell_len(alert.text)
    if room >= _BARS_LEAST:
        yield line(" ", Span(scaled(values, room, glyphs.levels), "accent"), bounds, alert)
        return
    yield line(
        " ", Span(scaled(values, max(_BARS_LEAST, room + cell_len(alert.text)), glyphs.levels), "accent"), bounds
    )
    if alert.text:
        yield fit(line(" ", Span(alert.text.strip(), alert.role)), size, ellipsis=glyphs.ellipsis)


def _watched(known: Known) -> str:
    return f"  alert {known.alarm.watch.rule.text}" if known.alarm is not None else ""


def picked(uuid: str, known: Known, lens: Lens | None) -> int | None:
    """Which numeric field of the value is drawn and watched; None where it has none."""
    fields = numbers(uuid, known.value, lens) if known.value is not None else ()
    return known.picked % len(fields) if fields else None


def _hex(known: Known, now: float) -> Line:
    """The bytes, and how old they are."""
    assert known.value is not None
    bytes_ = _bytes(known.value, 0, known.changed())
    return line(" ", *(bytes_ or [Span("(empty) ")]), Span(f" {age(now - known.at)} ago", "dim"))


def _bytes(value: bytes, start: int, changed: Container[int]) -> list[Span]:
    return [Span(f"{byte:02x} ", "accent" if n in changed else "plain") for n, byte in enumerate(value, start)]


def _dump(known: Known, size: int, now: float, facts: str, rows: int) -> Iterator[Line]:
    """A long value in rows with their offsets, marks under what changed; `rows` lines, two at least, of bytes and the
    facts below them."""
    value, changed = known.value or b"", known.changed()
    whole = list(_told(f"{len(value)} bytes  {age(now - known.at)} ago  {facts}", size))
    columns = max(4, (size - 8) // 3 // 4 * 4)
    lines: list[Line] = []
    shown = 0
    while shown < len(value):
        row = value[shown : shown + columns]
        here = [line(Span(f" {shown:4} ", "dim"), *_bytes(row, shown, changed))]
        if any(n in changed for n in range(shown, shown + len(row))):
            here.append(line(" " * 6, Span(marks(changed, shown, shown + len(row)), "accent")))
        if lines and len(lines) + len(here) > rows - len(whole):
            break
        lines += here
        shown += len(row)
    yield from lines
    if shown < len(value):
        yield from _told(f"first {shown} of {len(value)} bytes  {age(now - known.at)} ago  {facts}", size)
    else:
        yield from whole


def _told(words: str, size: int) -> Iterator[Line]:
    return (line(" ", Span(text, "dim")) for text in wrapped(words, size - 2))


def _fits(size: int) -> int:
    """Bytes that have room in a line."""
    return max(1, (size - 20) // 3)


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
