"""A line of the log in full: what it is about, its words unbroken, what a value means, what a failure was told as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bletui.console.commands import BY_ID
from bletui.console.glyphs import Glyphs
from bletui.console.spans import Line, Span, broken, fit, line, ruled
from bletui.console.status import lane_name, lane_names
from bletui.decode.attributes import attributes
from bletui.decode.values import meaning
from bletui.errors.card import one_line
from bletui.log import Entry, Mark
from bletui.log.about import SORTS, about
from bletui.log.narration import log_parts, told
from bletui.model import Notification, Operation, OperationChanged
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Session

LINES = 3  # below the rule


def told_lines(entry: Entry, session: Session, size: int, glyphs: Glyphs) -> list[Line]:
    """A rule that says what it is about, and `LINES` lines of `size` cells."""
    title = fit(line(Span(_title(entry, session), "dim")), max(0, min(size - 6, 200)), ellipsis=glyphs.ellipsis)
    head = ruled(_stripped(title), size, glyphs.dash)
    rows = [row for part in _body(entry, session) for row in broken(part, size)]
    return [head, *(fit(row, size, ellipsis=glyphs.ellipsis) for row in [*rows, *[()] * LINES][:LINES])]


def _stripped(title: Line) -> Line:
    return line(*(Span(span.text.rstrip(), span.role) for span in title))


def _title(entry: Entry, session: Session) -> str:
    """Sort of line, device, lane."""
    event, found = entry.event, about(entry.event)
    joined = session.radios.get(entry.radio)
    lane = lane_name(found.lane, joined.state.lanes if joined else {}) if found.lane else ""
    name = (session.store.called(found.address) or "") if found.address else ""
    owner = event.operation.id.owner if isinstance(event, OperationChanged) else ""
    owner = "" if joined and owner.partition("/")[0] == joined.owner else owner
    parts = (SORTS.get(type(event), ""), visible(name), found.address or "", lane, f"asked by {owner}" if owner else "")
    return "  ".join(visible(part) for part in parts if part)


def _body(entry: Entry, session: Session) -> Iterator[Line]:
    _, *said = (Span(*part) for part in log_parts(entry, lane_names(session.radios.values())))
    failure = told(entry.event)
    if isinstance(entry.event, Mark):
        yield line(" ", *said)
        yield _keys("log.go", "names it  ", "log.next", "log.previous", "go from mark to mark")
        return
    if failure is None:
        yield line(" ", *said)
        value = _value(entry, session)
        if value:
            yield line(" ", Span(value, "accent"))
        return
    kind = next(n for n, span in enumerate(said) if span.text.startswith(failure.kind.code))
    yield line(" ", " ".join(span.text.strip(" :") for span in (*said[:kind], *said[kind + 1 : -1])))
    yield line(" ", Span(one_line(failure), said[kind].role))


def _keys(*parts: str) -> Line:
    """Commands by their ids as keys, with the words between them."""
    keys = {part: Span(f"{BY_ID[part].shown_key} ", "key") for part in parts if part in BY_ID}
    return line(" ", *(keys.get(part, Span(part, "dim")) for part in parts))


def _value(entry: Entry, session: Session) -> str:
    """The name of the attribute and what its value means, as far as they are known."""
    found, joined = about(entry.event), session.radios.get(entry.radio)
    tree = joined.state.trees.get(found.peer) if joined is not None and found.peer is not None else None
    value = _bytes(entry)
    one = next((each for each in attributes(tree.tree) if each.handle == found.handle), None) if tree else None
    if one is None or value is None:
        return ""
    meant = meaning(one.uuid, value)
    return f"{one.name or one.uuid}: {visible(meant.text) if meant is not None else f'{len(value)} bytes'}"


def _bytes(entry: Entry) -> bytes | None:
    match entry.event:
        case Notification(value=value):
            return value
        case OperationChanged(operation=Operation(result=bytes() as result)):
            return result
        case _:
            return None
