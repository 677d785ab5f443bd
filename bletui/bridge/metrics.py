"""The bridge's counts in the Prometheus text format, version 0.0.4, on a port of their own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from bletui.model import Advertisement, Advertisements, Event, OperationChanged, Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
WITHIN = 5.0  # seconds for a whole request
REQUEST_MAX = 8 * 1024  # bytes


class Tally:
    """What only the passing events tell: how many, and which failures."""

    def __init__(self) -> None:
        self.advertisements = 0
        self.failures: Counter[str] = Counter()

    def note(self, events: Sequence[Event]) -> None:
        only = type(events) is Advertisements
        heard = len(events) if only else list(map(type, events)).count(Advertisement)
        self.advertisements += heard
        for event in events if heard < len(events) else ():
            if isinstance(event, OperationChanged) and event.operation.state == "failed" and event.operation.failure:
                self.failures[event.operation.failure.kind.value] += 1


def text(tally: Tally, now: Snapshot, counts: Counter[str], clients: int, seats: int) -> str:
    """The page. Names follow Prometheus' conventions: a counter ends in `_total`."""
    running: Counter[str] = Counter(
        changed.operation.state for changed in now.operations.values() if not changed.operation.ended
    )
    refused = {name.removeprefix("refused "): count for name, count in counts.items() if name.startswith("refused ")}
    parts = [
        _one("advertisements_total", "counter", "Advertisements heard.", tally.advertisements),
        _many("failures_total", "counter", "Operations that failed, by kind.", "kind", tally.failures),
        _many("operations", "gauge", "Operations that wait or run, by state.", "state", running),
        _many("shed_total", "counter", "Events lost below the bridge, by what they were.", "what", _shed(now)),
        _one("client_shed_total", "counter", "Events lost by clients that read too slowly.", counts["shed"]),
        _one("ring_lost_total", "counter", "Events that the ring's file lacks.", counts["ring lost"]),
        _many("refused_total", "counter", "Clients and messages refused, by kind.", "kind", refused),
        _one("connections_total", "counter", "Connections since the start.", counts["clients"]),
        _one("clients", "gauge", "Connections now.", clients),
        _one("seats", "gauge", "Seats, those included that nobody sits at.", seats),
        _one("links", "gauge", "Links that are up.", sum(link.state == "up" for link in now.links.values())),
        _one("lanes", "gauge", "Lanes that can be used.", sum(c.lane.usable is None for c in now.lanes.values())),
    ]
    return "".join(parts)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, page: Callable[[], str]) -> None:
    """One request: `GET /metrics`, and nothing else."""
    try:
        async with asyncio.timeout(WITHIN):
            head = await reader.readuntil(b"\r\n\r\n")
            first = head.partition(b"\r\n")[0].split(b" ")
            known = len(first) == 3 and first[0] == b"GET" and first[1].partition(b"?")[0] == b"/metrics"
            body = page().encode() if known else b"see /metrics\n"
            status = "200 OK" if known else "404 Not Found"
            kind = CONTENT_TYPE if known else "text/plain"
            said = (
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(said.encode() + body)
            await writer.drain()
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return  # whoever asked did not finish asking, or did not wait for the answer
    finally:
        writer.close()


def _shed(now: Snapshot) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, what), count in now.shed.items():
        found[what] += count
    return found


def _one(name: str, kind: str, words: str, value: int) -> str:
    return f"{_head(name, kind, words)}bletui_{name} {value}\n"


def _many(name: str, kind: str, words: str, label: str, values: Counter[str] | dict[str, int]) -> str:
    rows = (f'bletui_{name}{{{label}="{_escaped(key)}"}} {value}\n' for key, value in sorted(values.items()))
    return _head(name, kind, words) + "".join(rows)


def _head(name: str, kind: str, words: str) -> str:
    return f"# HELP bletui_{name} {words}\n# TYPE bletui_{name} {kind}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
