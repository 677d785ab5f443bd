"""From a hello to a seat: who may sit where, and what is told first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bletui import __version__
from bletui.bridge import access, checks, holders
from bletui.bridge.access import Credential
from bletui.bridge.client import PASSING, Connection
from bletui.bridge.credentials import Tokens
from bletui.bridge.frames import Frame
from bletui.bridge.performing import Performing
from bletui.bridge.protocol import codec, states
from bletui.bridge.protocol import messages as m
from bletui.bridge.seats import Seat
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Owner

if TYPE_CHECKING:
    from bletui.bridge.server import Bridge

BEAT = 30.0  # seconds between two signs of life


class Greeting:
    """Seats whoever says hello, or parts with them."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    async def greet(self, client: Connection, hello: m.Hello) -> None:
        try:
            version = codec.common_version(hello.versions)
            checks.hello(hello)
            self._bridge.admission.seat()
            credential = client.credential or (client.place.tokens or _no_tokens()).credential(hello.token)
            seat = await self._seat(hello, credential)
        except BleError as failed:
            self._bridge.refused(client, failed.failure)
            client.goodbye(failed.failure, final=failed.failure.kind not in PASSING)
            return
        if client in self._bridge.clients():  # it may have gone meanwhile
            self._seated(client, seat, hello, credential, version)

    async def _seat(self, hello: m.Hello, credential: Credential) -> Seat:
        bridge = self._bridge
        name = bridge.seats.name_for(hello, credential)
        owner = Owner(name, access.lesser(hello.role, credential.role))
        seat = bridge.seats.get(name)
        if seat is None:
            if (old := bridge.seats.in_the_way(credential, self._is_idle)) is not None:
                await bridge.leave(old)
            sitting = await bridge.radios.sit(owner)
            performing = Performing(bridge.group, bridge.answers.maker(name), bridge.seats.pending(credential))
            seat = Seat(owner, credential, sitting, performing, bridge.wall())
            bridge.seats.add(seat)
        elif seat.owner != owner:
            before, seat.owner, seat.sitting = seat.sitting, owner, await bridge.radios.sit(owner)
            await before.leave(keep=True)
        seat.credential = credential
        return seat

    def _is_idle(self, seat: Seat) -> bool:
        """Whether whoever comes back there would find nothing of their own."""
        return not (
            seat.scanning or seat.performing.running() or holders.held(self._bridge.fanout.state(), seat.owner.id)
        )

    def _seated(self, client: Connection, seat: Seat, hello: m.Hello, credential: Credential, version: int) -> None:
        """All in one go, so that no event is told twice or not at all."""
        bridge = self._bridge
        before = bridge.seats.sit(seat, client, bridge.wall())
        client.credential, client.program = credential, hello.program
        bridge.record("seated", owner=seat.owner.id, role=seat.owner.role, client=client.name, program=hello.program)
        if before is not None:
            self._taken_over(before, seat, hello)
        bridge.fanout.flush()
        missed = None if hello.deaf else self._missed(hello)
        client.send(self._welcome(seat, version, resumed=missed is not None))
        if not hello.deaf:
            self._tell(client, missed)
            bridge.fanout.clients.add(client.offer)
        client.greeted()

    def _missed(self, hello: m.Hello) -> list[Frame] | None:
        """What was told since the client's connection was lost; None where only a snapshot will do."""
        bridge = self._bridge
        if hello.epoch != bridge.epoch or hello.since > bridge.fanout.seq:
            return None
        return bridge.fanout.ring.after(hello.since)

    def _tell(self, client: Connection, missed: list[Frame] | None) -> None:
        if missed is not None:
            client.send_all([frame.data for frame in missed])
            return
        fanout = self._bridge.fanout
        client.send_all([codec.logged(frame.packed) for frame in fanout.ring.log()])
        parts = states.parts(fanout.folding.snapshot(), self._bridge.wall())
        client.send_all([codec.from_bridge(part) for part in parts])

    def _taken_over(self, before: object, seat: Seat, hello: m.Hello) -> None:
        own = hello.take != "over"  # the same client, before we saw that its old connection was lost
        self._bridge.record("taken over", owner=seat.owner.id, by=hello.program, own=own)
        if isinstance(before, Connection):
            detail = (
                "reattached elsewhere"
                if own
                else f"the seat {seat.owner.id} was taken over by {hello.program or 'another client'}"
            )
            before.goodbye(Failure(kind=ErrorKind.OP_CANCELLED, source="bletui.bridge", detail=detail))

    def _welcome(self, seat: Seat, version: int, *, resumed: bool) -> m.Welcome:
        bridge = self._bridge
        return m.Welcome(
            version,
            bridge.name,
            f"bletui {__version__}",
            seat.owner.id,
            seat.owner.role,
            bridge.epoch,
            bridge.fanout.seq,
            bridge.wall(),
            seat.resume,
            resumed,
            codec.CLIENT_FRAME_MAX,
            BEAT,
        )


def _no_tokens() -> Tokens:
    raise access.refused("nobody may come in here by a token")
