"""One HTTP connection: it says what it wants within its time, and makes room for others while it does not."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

ASKED_WITHIN = 10.0  # seconds for a whole request, from when one is waited for
CONNECTIONS_MAX = 128

_ASKING = (h11.IDLE, h11.SEND_BODY)
_LATE = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n"
    b"the request was not finished in time\n"
)


class Connection(H11Protocol):
    """Tells the application its transport, which it may have to end in ways that HTTP has no words for.

    uvicorn bounds the time between requests only. Here that for a request is bounded too, whatever comes bit by bit
    meanwhile; and of `CONNECTIONS_MAX` that are open, who has been asking longest goes when one more comes.
    """

    asking_since: float | None = None
    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        if len(self.connections) >= CONNECTIONS_MAX:
            _make_room([one for one in self.connections if isinstance(one, Connection) and one is not self])
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._asked()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state not in _ASKING or self.transport.is_closing():
            self._asked()
        elif self._overdue is None:
            self.asking_since = self.loop.time()
            self._overdue = self.loop.call_later(ASKED_WITHIN, self._part)

    def _asked(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
        self._overdue = self.asking_since = None

    def _part(self) -> None:
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(_LATE)
        self.transport.close()


def _make_room(others: list[Connection]) -> None:
    asking = [(one.asking_since, n) for n, one in enumerate(others) if one.asking_since is not None]
    if asking:
        others[min(asking)[1]].transport.abort()
