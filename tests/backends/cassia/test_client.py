"""The backend against a router over real sockets: lanes, links, the scan and its states."""

from __future__ import annotations

from bletui.model import ScanRequest
from tests.backends.cassia.heard import opened, target_of
from tests.backends.cassia.recorded_router import RecordedRouter, Stream, data_event, samples

SAMPLES = [data_event(event) for event in samples()]


async def test_every_recorded_event_is_heard() -> None:
    async with (
        RecordedRouter({"/gap/nodes?event=1": Stream(SAMPLES)}) as router,
        opened(target_of(router.url)) as (backend, heard),
    ):
        backend.scan(ScanRequest())
        await heard.until(lambda: len(heard.adverts) == len(SAMPLES))
        assert heard.shed == 0
        assert heard.states == ["opening", "live"]
