"""ATT over one link: one request at a time, and what becomes of those that get no answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bletui.testing.fakebluez.peer import AttError
from bletui.testing.fakebluez.refusals import UNLIKELY
from bletui.testing.fakebluez.timers import Timers

SECURITY = frozenset({0x05, 0x0F})  # BlueZ raises the link's security for these, and asks again


@dataclass(frozen=True, slots=True)
class Request:
    """`seconds` until the peer acts, None: never. `perform` is its part, and may raise AttError."""

    seconds: float | None
    perform: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[int], None]


class Att:
    """Requests wait for one another (Core, Vol 3 Part F, 3.3.2). `expired` ends a link whose peer did not answer in
    `timeout` seconds (3.3.3); `elevate` raises the link's security and tells whether it did, or says at once that it
    can't."""

    def __init__(
        self,
        timers: Timers,
        timeout: float,
        expired: Callable[[], None],
        elevate: Callable[[Callable[[bool], None]], bool],
    ) -> None:
        self._timers = timers
        self._timeout = timeout
        self._expired = expired
        self._elevate = elevate
        self._waiting: deque[Request] = deque()
        self._closed = False

    def request(self, request: Request) -> None:
        if self._closed:
            request.failed(UNLIKELY)
            return
        self._waiting.append(request)
        if len(self._waiting) == 1:
            self._ask()

    def close(self) -> None:
        """The link is over: everything that waits fails as BlueZ then says."""
        self._closed = True
        waiting, self._waiting = self._waiting, deque()
        for request in waiting:
            request.failed(UNLIKELY)

    def _ask(self) -> None:
        seconds = self._waiting[0].seconds
        if seconds is None or seconds >= self._timeout:
            self._timers.after(self._timeout, self._expired)
        else:
            self._timers.after(seconds, self._act)

    def _act(self) -> None:
        request = self._waiting[0]
        try:
            found = request.perform()
        except AttError as error:
            if error.code in SECURITY and self._elevate(self._elevated):
                return
            self._next()
            request.failed(error.code)
        else:
            self._next()
            request.done(found)

    def _elevated(self, raised: bool) -> None:
        if self._closed:
            return
        if raised:
            self._ask()
        else:
            self._expired()

    def _next(self) -> None:
        self._waiting.popleft()
        if self._waiting:
            self._ask()
