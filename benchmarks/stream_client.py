"""`python -m benchmarks.stream_client bletui|peer URL [PEM]`: reads one scan stream to its end, prints what it cost."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Sequence


async def peer(url: str, pem: str | None) -> tuple[float, int, int]:
    """httpx with httpx-sse; decoding and storing as `benchmarks.beginner` does."""
    import httpx
    from httpx_sse import aconnect_sse

    from benchmarks.beginner import take_event
    from bletui.devices import DeviceStore

    verify = ssl.create_default_context(cafile=pem) if pem else False
    async with httpx.AsyncClient(verify=verify, trust_env=False, timeout=30) as session:
        began = time.process_time()
        store = DeviceStore()
        async with aconnect_sse(session, "GET", f"{url}/gap/nodes?event=1") as source:
            async for event in source.aiter_sse():
                take_event(store, event.data, time.time())
        return time.process_time() - began, store.received, 0


async def bletui(url: str, pem: str | None) -> tuple[float, int, int]:
    """The backend as it is used, into the device store."""
    from bletui.backend import Env
    from bletui.backends.cassia import open_target
    from bletui.devices import DeviceStore
    from bletui.model import Advertisement, Event, ScanRequest, Shed, StreamChanged
    from bletui.target import parse

    scheme, _, host = url.partition("://")
    target = f"cassia+https://{host}?ca={pem}" if scheme == "https" else f"cassia://{host}"
    backend = open_target(parse(target), Env("bench"))
    store, ended = DeviceStore(), asyncio.Event()
    shed = 0

    def emit(happened: Sequence[Event]) -> None:
        nonlocal shed
        if type(happened[0]) is Advertisement:
            store.update([event for event in happened if type(event) is Advertisement])
            store.take_dirty()
        for event in happened:
            if type(event) is Shed:
                shed += event.count
            elif type(event) is StreamChanged and (event.stream, event.state) == ("scan", "broken"):
                ended.set()

    await backend.open(emit)
    began = time.process_time()
    backend.scan(ScanRequest())
    await ended.wait()
    taken = time.process_time() - began
    await backend.aclose()
    return taken, store.received, shed


def main(kind: str, url: str, pem: str | None) -> None:
    cpu, delivered, shed = asyncio.run((peer if kind == "peer" else bletui)(url, pem))
    print(json.dumps({"cpu": cpu, "delivered": delivered, "shed": shed}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
