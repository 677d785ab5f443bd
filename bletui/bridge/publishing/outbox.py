"""What waits to be published: bounded, and every message that is lost is counted."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable

from bletui.bridge.publishing.messages import Message, Sort

DEVICES_MAX = 4 * 1024 * 1024  # bytes of messages on devices
EVENTS_MAX = 4 * 1024 * 1024  # bytes of all others


class Outbox:
    """Events in order, then devices. Of a device and of a lane only the newest message waits.

    Messages on devices never push out an event; what has no room goes oldest first. `shed` counts by sort, those
    included that a newer one took the place of.
    """

    def __init__(self, devices_max: int = DEVICES_MAX, events_max: int = EVENTS_MAX) -> None:
        self.shed: Counter[Sort] = Counter()
        self._devices: OrderedDict[str, Message] = OrderedDict()
        self._events: deque[Message] = deque()
        self._lanes: dict[str, Message] = {}
        self._sizes = {True: 0, False: 0}  # of devices, of events
        self._most = {True: devices_max, False: events_max}
        self._untold: Counter[Sort] = Counter()
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._devices) + len(self._events) + len(self._lanes)

    def put(self, message: Message) -> None:
        match message.sort:
            case Sort.DEVICE:
                self._replace(self._devices, message)
                while self._sizes[True] > self._most[True]:
                    self._lose(self._devices.popitem(last=False)[1])
            case Sort.LANE:  # as many as there are lanes
                self._replace(self._lanes, message)
            case _:
                self._events.append(message)
                self._sizes[False] += _size(message)
                while self._sizes[False] > self._most[False]:
                    self._lose(self._events.popleft())
        self._some.set()

    def put_back(self, messages: Iterable[Message]) -> None:
        """What was taken and did not arrive, in its order, before all else; a newer one of its device stays."""
        for message in reversed(list(messages)):
            match message.sort:
                case Sort.DEVICE if message.topic in self._devices:
                    self._count(message)
                case Sort.DEVICE:
                    self._devices[message.topic] = message
                    self._devices.move_to_end(message.topic, last=False)
                    self._sizes[True] += _size(message)
                case Sort.LANE:
                    self._lanes.setdefault(message.topic, message)
                case _:
                    self._events.appendleft(message)
                    self._sizes[False] += _size(message)
        if len(self):
            self._some.set()

    async def next(self) -> Message:
        """The next one, as soon as there is one."""
        while not len(self):
            self._some.clear()
            await self._some.wait()
        if self._lanes:
            return self._lanes.pop(next(iter(self._lanes)))
        message = self._events.popleft() if self._events else self._devices.popitem(last=False)[1]
        self._sizes[message.sort is Sort.DEVICE] -= _size(message)
        return message

    def take_untold(self) -> Counter[Sort]:
        """What was lost since the last call."""
        untold, self._untold = self._untold, Counter()
        return untold

    def _replace(self, waiting: dict[str, Message], message: Message) -> None:
        """In the place of the older one, so that who talks most does not wait longest."""
        devices = message.sort is Sort.DEVICE
        older = waiting.get(message.topic)
        waiting[message.topic] = message
        if older is not None and devices:
            self._sizes[True] -= _size(older)
            self._count(older)
        if devices:
            self._sizes[True] += _size(message)

    def _lose(self, message: Message) -> None:
        self._sizes[message.sort is Sort.DEVICE] -= _size(message)
        self._count(message)

    def _count(self, message: Message) -> None:
        self.shed[message.sort] += 1
        self._untold[message.sort] += 1


def _size(message: Message) -> int:
    return len(message.topic) + len(message.payload)
