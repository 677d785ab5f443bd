"""One client of many is stopped by a signal for a while: what that costs the others, the bridge and itself.

`python -m benchmarks.bridge.stopped SOCKET` is the one that gets stopped: it prints a line once it is attached, and
what it was told, as JSON, once the last link has come up.
"""

from __future__ import annotations

import asyncio
import json
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bridge.serving import END, running
from bletui.bridge.places import Place
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.remote import RemoteRadio
from bletui.model import Advertisement, Event, LinkChanged, Owner, Shed


@dataclass(frozen=True, slots=True)
class Load:
    """For each of two halves of `seconds`: advertisements a second, bytes of their payloads, links that come and go."""

    seconds: float = 60.0
    clients: int = 64
    rate: int = 2_000
    size: int = 22
    links: int = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds and bytes; `told` and `got` are counts of events, `got` with what was told as shed."""

    before: float  # the others' p99 from hearing to telling, in the first half
    during: float  # in the half in which one was stopped
    waiting: int  # most bytes that the bridge kept for it
    grown: tuple[int, int]  # the bridge's memory in either half
    told: Counter[str]
    got: Counter[str]
    others: list[Counter[str]]


class Watcher(asyncio.Protocol):
    """One of the others: how long everything took to come, and how much of it came."""

    def __init__(self, seat: str) -> None:
        self.delays: list[float] = []
        self.got: Counter[str] = Counter()
        self.attached, self.complete = asyncio.Event(), asyncio.Event()
        self._hello = codec.from_client(m.Hello(codec.VERSIONS, seat))
        self._reader = codec.BridgeReader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        for message in self._reader.feed(data):
            match message:
                case m.Beat(now=theirs):
                    self._transport.write(codec.from_client(m.Beat(theirs)))
                case m.SnapshotPart(more=False):
                    self.attached.set()
                case m.Told(batch=batch):
                    self.delays.append(now - batch.events[0].at)
                    count(self.got, batch.events)
                case _:
                    pass
        if self.got["last"]:
            self.complete.set()

    def close(self) -> None:
        self._transport.close()


def count(got: Counter[str], events: Sequence[Event]) -> None:
    heard = list(map(type, events)).count(Advertisement)
    got["advertisements"] += heard
    for event in events if heard < len(events) else ():
        match event:
            case LinkChanged(peer=peer) if peer == END:
                got["last"] += 1
            case LinkChanged():
                got["links"] += 1
            case Shed(what=what, count=lost):
                got[f"shed {what}"] += lost
            case _:
                pass


async def stopped(folder: Path, load: Load) -> Outcome:
    """Half of the time all read, half of it one of them is stopped; then it goes on, and everybody reads to the end."""
    arguments = {"seconds": load.seconds, "rate": load.rate, "size": load.size, "links": load.links}
    async with running("bridge", str(folder / "stopped")) as far:
        victim = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.bridge.stopped", far.where, stdout=asyncio.subprocess.PIPE
        )
        assert victim.stdout is not None
        await victim.stdout.readline()
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_unix_connection(lambda n=n: Watcher(f"w{n}"), far.where)  # type: ignore[misc]
            for n in range(load.clients - 1)
        ]
        watchers: list[Watcher] = [watcher for _, watcher in made]
        for watcher in watchers:
            await watcher.attached.wait()
        first = await far.ask("live", **arguments)
        before = p99(watchers)
        victim.send_signal(signal.SIGSTOP)
        second = await far.ask("live", **arguments, last=True)
        await asyncio.gather(*(watcher.complete.wait() for watcher in watchers))
        during = p99(watchers)
        victim.send_signal(signal.SIGCONT)
        got: Counter[str] = Counter(json.loads(await victim.stdout.readline()))
        await victim.wait()
        for watcher in watchers:
            watcher.close()
    told = Counter({name: first[name] + second[name] for name in ("advertisements", "links")})
    grown = (first["grown"], second["grown"])
    return Outcome(before, during, second["waiting"], grown, told, got, [watcher.got for watcher in watchers])


def p99(watchers: Sequence[Watcher]) -> float:
    """Of all their delays since this was asked last."""
    delays = [delay for watcher in watchers for delay in watcher.delays]
    for watcher in watchers:
        watcher.delays.clear()
    return statistics.quantiles(delays, n=100)[98]


def faults_of(outcome: Outcome) -> list[str]:
    """What was lost without being counted; empty when nothing was."""
    told, got, wrong = outcome.told, outcome.got, []
    if not got["shed advertisements"]:
        wrong.append("nothing was shed: the client was not stopped for long enough")
    if got["advertisements"] + got["shed advertisements"] != told["advertisements"]:
        wrong.append(f"advertisements of the stopped client: {dict(got)} of {dict(told)}")
    if got["links"] != told["links"]:
        wrong.append(f"links of the stopped client: {got['links']} of {told['links']}")
    for other in outcome.others:
        if other - Counter(last=1) != told:
            wrong.append(f"another client was told {dict(other)} of {dict(told)}")
    return wrong


async def victim(where: str) -> None:
    radio = RemoteRadio(Place(socket=Path(where)), "b")
    seat = await radio.attach(Owner("victim"))
    print("attached", flush=True)
    got: Counter[str] = Counter()
    async for batch in seat.events():
        count(got, batch.events)
        if got["last"]:
            break
    print(json.dumps(got), flush=True)
    await radio.aclose()


if __name__ == "__main__":
    asyncio.run(victim(sys.argv[1]))
