"""The attribute under the cursor and how it is looked at: lens, picked field, alert, copy."""

from __future__ import annotations

from collections.abc import Mapping

from textual.message import Message

from bletui.console.known import Book, Known, Place
from bletui.console.looking import alert_check, alert_words, lens_check, lens_words
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.snippets import Action
from bletui.console.widgets.phy_keys import PhyKeys
from bletui.decode.attributes import Attribute, uuid_text
from bletui.decode.lenses import Lens, adopted
from bletui.decode.values.alert import Rule, Watch
from bletui.decode.values.alert import parse as parse_rule
from bletui.decode.values.numbers import numbers
from bletui.model import LinkChanged, Peer, Read, Request, Subscribe, Write
from bletui.session import Joined
from bletui.text import visible


class ValueKeys(PhyKeys):
    class Moved(Message):
        """The cursor stands on another attribute, or something was asked for."""

    class Looked(Message):
        """Values are looked at in another way."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.radio = ""
        self.peer: Peer | None = None
        self.attributes: Mapping[int, Attribute] = {}
        self.lenses: dict[str, Lens] = {}  # by UUID: the same for every device
        self.written: dict[int, Write] = {}  # the last one by handle, for copying

    def move(self, by: int) -> None:
        super().move(by)
        self.post_message(self.Moved())

    @property
    def radio_here(self) -> str:
        return self.radio

    @property
    def lane_here(self) -> str:
        return self.peer.lane if self.peer is not None else ""

    @property
    def book(self) -> Book:
        """The console's: values come in while another mode is in sight."""
        return self.console_app.values.alerts.book

    @property
    def joined(self) -> Joined | None:
        """The radio of the device; another one in its place after it was opened again."""
        session = self.console_app.session
        return session.radios.get(self.radio) if session else None

    def linked(self) -> tuple[Joined, LinkChanged] | None:
        joined, peer = self.joined, self.peer
        link = joined.state.links.get(peer) if joined is not None and peer is not None else None
        return None if joined is None or link is None else (joined, link)

    @property
    def attribute(self) -> Attribute | None:
        """The one under the cursor."""
        return self.attributes.get(self.row.key) if self.row and isinstance(self.row.key, int) else None

    def known(self, handle: int) -> Known:
        assert self.peer is not None
        return self.book[Place(self.radio, self.peer, handle)]

    def reading(self, one: Attribute) -> Read:
        assert self.peer is not None
        return Read(self.peer.address, self.peer.lane, handle=one.handle)

    # -- looking at a value

    def action_lens(self) -> None:
        one = self._value()
        if one is None:
            return
        known, now = self.known(one.handle), self.lenses.get(one.uuid)

        def chosen(text: str | None) -> None:
            if text is not None:
                lens = _lens(text)
                self.lenses.pop(one.uuid, None)
                if lens is not None:
                    self.lenses[one.uuid] = lens
                self.post_message(self.Looked())

        self.app.push_screen(
            TextDialogue(
                f"Lens for {one.name or uuid_text(one.uuid)}",
                lambda: lens_words(adopted().named),
                lambda text: lens_check(_lens(text), known.value),
                value=now.name if now is not None else "",
            ),
            chosen,
        )

    def action_pick(self) -> None:
        one = self._value()
        if one is not None:
            self.known(one.handle).picked += 1
            self.post_message(self.Looked())

    def action_alert(self) -> None:
        one = self._value()
        if one is None or self.peer is None:
            return
        place, known, lens = Place(self.radio, self.peer, one.handle), self.known(one.handle), self.lenses.get(one.uuid)
        fields = numbers(one.uuid, known.value, lens) if known.value is not None else ()
        called = self._called(one)

        def watch(rule: Rule | None) -> Watch | None:
            return None if rule is None else Watch(rule, one.uuid, lens, known.picked)

        def check(text: str) -> str:
            rule = parse_rule(text)
            return alert_check(rule, watch(rule), known.value)

        def chosen(text: str | None) -> None:
            if text is not None:
                self.console_app.values.alerts.watch(place, watch(parse_rule(text)), called)
                self.post_message(self.Looked())

        self.app.push_screen(
            TextDialogue(
                f"Alert at {one.handle:04X} {one.name or uuid_text(one.uuid)}",
                lambda: alert_words(fields, known.picked),
                check,
                value=known.alarm.watch.rule.text if known.alarm is not None else "",
            ),
            chosen,
        )

    def _called(self, one: Attribute) -> str:
        """Device and attribute, for whoever looks at something else meanwhile."""
        assert self.peer is not None
        session = self.console_app.session
        device = session.store.devices.get(self.peer.address) if session else None
        who = (device.name if device is not None else None) or self.peer.address
        return f"{visible(who)} {one.handle:04X} {one.name}".rstrip()

    def action_copy(self) -> None:
        """What was last done at the attribute: written, subscribed to, else read."""
        one, joined, peer = self._value(), self.joined, self.peer
        if one is None or joined is None or peer is None:
            return
        on = joined.state.subscriptions.get((peer, one.handle))
        request: Request = self.reading(one)
        if on is not None:
            request = Subscribe(peer.address, peer.lane, handle=one.handle, mode=on.mode)
        elif one.handle in self.written:
            request = self.written[one.handle]
        below = [each for each in self.attributes.values() if each.characteristic == one.handle]
        cccd = next((each.handle for each in below if uuid_text(each.uuid) == "2902"), None)
        self.app.push_screen(
            CopyDialogue(self._action(joined, request, one, cccd), self.app.copy_to_clipboard),
            self._copied,
        )

    def _action(self, joined: Joined, request: Request, one: Attribute, cccd: int | None) -> Action:
        """With how its values are read and watched here."""
        lens, alarm = self.lenses.get(one.uuid), self.known(one.handle).alarm
        rule = "" if alarm is None else alarm.watch.named(self.known(one.handle).value)
        return Action(joined.target, request, one.uuid, cccd, lens.name if lens is not None else "", rule)

    def _copied(self, said: str | None) -> None:
        if said is not None:
            self.note(said)

    def _value(self) -> Attribute | None:
        """The attribute under the cursor, if it has a value; else that is said."""
        one = self.attribute
        if one is None or one.kind == "service" or self.peer is None:
            self.note("no value under the cursor")
            return None
        return one


def _lens(text: str) -> Lens | None:
    """By its name, or as a layout; None for an empty text. `request.invalid`: it is neither."""
    return adopted().called(text.strip()) if text.strip() else None
