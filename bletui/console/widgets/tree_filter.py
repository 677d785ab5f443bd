"""The filter of the attribute tree, applied while it is typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from bletui.console.spans import Span, line, spread
from bletui.console.tree import permitted
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.lines import Lines
from bletui.decode.attributes import Attribute, uuid_text

HINT = line(Span("name, UUID, handle, notify …", "dim"))


class TreeFilter(Horizontal):
    """Stands in the place of the status line while it is open; `text` is the filter in force."""

    LANGUAGE = (
        ("battery", "in the name of a service, characteristic or descriptor"),
        ("2a19", "in the UUID"),
        ("0x002a", "the handle"),
        ("notify", "a property: read, write, notify, indicate"),
        ("battery notify", "several words: each of them"),
    )

    @dataclass
    class Changed(Message):
        text: str

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._before = ""

    def compose(self) -> ComposeResult:
        yield Lines((line(Span(" / ", "key")),), id="prompt")
        yield FilterInput(self.close)
        yield Lines((HINT,), id="tree-filter-hint")

    def count(self, shown: int, every: int) -> None:
        """How many of how many attributes it shows, at the right edge while it is typed."""
        hint = self.query_one("#tree-filter-hint", Lines)
        hint.show(spread((), line(f"{shown} of {every} "), hint.size.width) if self.text else HINT)

    def edit(self) -> None:
        """Opens the box on the filter in force."""
        self._before = self.text
        self.query_one(FilterInput).edit(self.text)

    def clear(self) -> None:
        self._take("")

    def close(self, *, keep: bool) -> None:
        """Back to the tree; without `keep` the filter that stood before is in force again."""
        self._take(self.query_one(FilterInput).value if keep else self._before)
        self.query_one(FilterInput).done()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.screen.has_class("-filtering"):
            self._take(event.value)

    def _take(self, text: str) -> None:
        self.text = text.strip()
        self.post_message(self.Changed(self.text))


def hits(attributes: Iterable[Attribute], text: str) -> tuple[int, ...]:
    """Handles of what has every word of `text` in its handle, UUID, name or properties; what has a value first."""
    wanted = text.lower().split()
    found = [one for one in attributes if all(word in _haystack(one) for word in wanted)]
    return tuple(one.handle for one in sorted(found, key=lambda one: one.kind == "service"))


def matching(attributes: Iterable[Attribute], text: str) -> frozenset[int]:
    """The hits, and what stands around them: a service is shown whole, a characteristic with its descriptors."""
    every = list(attributes)
    hit = frozenset(hits(every, text))
    services = {one.service for one in every if one.kind == "service" and one.handle in hit}
    kept = {one.handle for one in every if one.handle in hit or one.service in services or one.characteristic in hit}
    around = {one.characteristic for one in every if one.handle in kept and one.characteristic is not None} | kept
    used = {one.service for one in every if one.handle in around}
    return frozenset(around | {one.handle for one in every if one.kind == "service" and one.service in used})


def _haystack(one: Attribute) -> str:
    return f"{one.handle:04x} 0x{one.handle:04x} {uuid_text(one.uuid)} {one.uuid} {one.name} {permitted(one)}".lower()
