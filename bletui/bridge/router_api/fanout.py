"""One outbox in front of many: what is put in once is in each client's, the same bytes."""

from __future__ import annotations

from bletui.bridge.router_api.outbox import Outbox


class Fanout(Outbox):
    """What a client loses is counted at that client; `lost` adds up those that have left."""

    def __init__(self) -> None:
        super().__init__(None)
        self.lost = 0
        self._clients: set[Outbox] = set()

    def __len__(self) -> int:
        return len(self._clients)

    def join(self, client: Outbox) -> None:
        self._clients.add(client)

    def leave(self, client: Outbox) -> None:
        client.close()
        if client in self._clients:
            self._clients.remove(client)
            self.lost += client.shed

    def put(self, chunk: bytes, events: int) -> None:
        for client in self._clients:
            client.put(chunk, events)

    def tell_shed(self, count: int) -> None:
        for client in self._clients:
            client.tell_shed(count)

    def beat(self, sign: bytes) -> None:
        """Of one of the feeds that put something in here; the clients have a beat of their own."""

    def beat_all(self, sign: bytes) -> None:
        for client in self._clients:
            client.beat(sign)

    def close(self) -> None:
        """One of the streams that put something in here has ended; the clients' streams go on."""

    def close_all(self) -> None:
        for client in self._clients:
            client.close()

    @property
    def all_lost(self) -> int:
        """Events that clients were too slow for."""
        return self.lost + sum(client.shed for client in self._clients)
