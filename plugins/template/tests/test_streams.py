import asyncio
from collections.abc import Sequence

from bletui_template import Template

from bletui.backend import Env
from bletui.model import Event, ScanRequest, StreamChanged


class Breaks(Template):
    async def _advertise(self) -> None:
        raise ConnectionResetError("the gateway hung up")


async def test_a_stream_that_breaks_says_so() -> None:
    broken = asyncio.Event()

    def told(events: Sequence[Event]) -> None:
        if any(isinstance(event, StreamChanged) and event.failure for event in events):
            broken.set()

    backend = Breaks(Env("template"))
    await backend.open(told)
    backend.scan(ScanRequest())
    async with asyncio.timeout(5):
        await broken.wait()
    await backend.aclose()
