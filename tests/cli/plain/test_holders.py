"""Links that others at the same radio hold, in plain mode."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.model import Connect, Disconnect, Owner
from bletui.radio.attachment import LocalAttachment
from bletui.testing.virtual_time import in_virtual_time
from tests.cli.plain.typist import typist

THERMOMETER = address("thermometer")


@in_virtual_time
async def test_whose_a_link_is_and_who_took_it_is_told() -> None:
    async with typist("sim:lab?lanes=1&speed=20") as desk:
        (joined,) = desk.desk.session.radios.values()
        await desk.until(lambda: joined.attachment is not None)
        assert isinstance(joined.attachment, LocalAttachment)
        other = await joined.attachment._radio.attach(Owner("session-2"))
        await other.perform(Connect(THERMOMETER))
        await desk.until(lambda: "linked by session-2" in desk.paper.said)
        await desk.type(f"disconnect {THERMOMETER}", "session-2 asked for this link too")
        await desk.type("disconnect all")  # of ours there is none
        assert "held by session-2" in await desk.type("queue", "held by session-2")
        await desk.type(f"connect {THERMOMETER}", "held by session-2, plain")
        await other.perform(Disconnect(THERMOMETER, force=True))
        await desk.until(lambda: "disconnected, session-2 took it" in desk.paper.said)
