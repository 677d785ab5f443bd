"""Reads of one attribute: those at the same offset share a request, as bluetoothd has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.att import Att, Request
from bletui.testing.fakebluez.objects import ObjectTree
from bletui.testing.fakebluez.refusals import IN_PROGRESS, INVALID, att


def option(options: Mapping[str, Variant], name: str, signature: str) -> object:
    """An entry of a{sv} options; None: not given. DBusError for one of another type."""
    if name not in options:
        return None
    if options[name].signature != signature:
        raise DBusError(*INVALID)
    value: object = options[name].value
    return value


def offset_of(options: Mapping[str, Variant]) -> int:
    found = option(options, "offset", "q")
    return found if isinstance(found, int) else 0


class Reading:
    """`perform` is the peer's part for an offset; `told` hears each whole value before it is answered."""

    def __init__(self, tree: ObjectTree, perform: Callable[[int], bytes], told: Callable[[bytes], None]) -> None:
        self._tree = tree
        self._perform = perform
        self._told = told
        self._offset = 0
        self._waiting: list[Message] = []

    def begin(self, att: Att, message: Message, seconds: float | None) -> None:
        offset = offset_of(message.body[0])
        if self._waiting:
            if offset != self._offset:
                raise DBusError(*IN_PROGRESS)
            self._waiting.append(message)
            return
        self._offset = offset
        self._waiting.append(message)
        att.request(Request(seconds, lambda: self._perform(offset), self._done, self._failed))

    def _done(self, value: bytes) -> None:
        waiting, self._waiting = self._waiting, []
        self._told(value)
        for message in waiting:
            self._tree.reply(message, ("ay", [value]))

    def _failed(self, code: int) -> None:
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._tree.refuse(message, att(code))
