"""T1, T2, T3: a router's scan stream from the wire to the device store, against what a careful beginner would write.

T1 and T2: a paced server sends each event alone, in an HTTP chunk of its own. One client process at a time reads it,
bletui and httpx with httpx-sse by turns; the CPU time of its process counts, from the request to the end of the stream.
T3: bytes to store in one process, by turns. In all of them the peer decodes, parses and stores event by event, into the
same store.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.beginner import take_event
from benchmarks.routerload import events
from bletui.backends.cassia.adverts import ScanReader
from bletui.backends.cassia.happenings import EventReader
from bletui.devices import DeviceStore
from bletui.model import Advertisement

READ = 16_384  # bytes of one read


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table. `figure` is bletui over its peer, or the peer over bletui where more is better."""

    name: str
    figure: float
    bar: float
    more_is_better: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        return self.figure >= self.bar if self.more_is_better else self.figure <= self.bar


# -- T3


def beginner(blocks: list[bytes]) -> int:
    """Event by event, into the same store."""
    store = DeviceStore()
    rest = b""
    for number, block in enumerate(blocks):
        *whole, rest = (rest + block).split(b"\n\n")
        for one in whole:
            take_event(store, one[6:], 1e9 + number / 20)
        store.take_dirty()
    return store.received


def ours(blocks: list[bytes]) -> int:
    stream, reader = EventReader(), ScanReader(lambda chip: f"bench/router/{chip}")
    store = DeviceStore()
    for number, block in enumerate(blocks):
        events, malformed = stream.feed(block)
        heard, wrong = reader.read(events, 1e9 + number / 20)
        assert malformed == wrong == 0
        adverts = [event for event in heard if type(event) is Advertisement]
        assert len(adverts) == len(heard)  # nothing shed
        store.update(adverts)
        store.take_dirty()
    return store.received


def timed(run: Callable[[list[bytes]], int], blocks: list[bytes], count: int) -> float:
    """CPU microseconds an event."""
    gc.collect()
    began = time.process_time()
    received = run(blocks)
    taken = time.process_time() - began
    assert received == count, (received, count)
    return taken / count * 1e6


def bytes_to_store(count: int, rounds: int) -> list[Bar]:
    bars = []
    for changed, bar in ((0.0, 2.3), (0.2, 0.0), (1.0, 0.0)):
        stream = b"".join(events(count, changed))
        blocks = [stream[at : at + READ] for at in range(0, len(stream), READ)]
        pairs = [(timed(beginner, blocks, count), timed(ours, blocks, count)) for _ in range(rounds)]
        theirs, mine = (statistics.median(column) for column in zip(*pairs, strict=True))
        note = f"{theirs:.1f} / {mine:.1f} us an event"
        ratio = statistics.median(a / b for a, b in pairs)
        bars.append(Bar(f"T3 {changed:.0%} of payloads changed, times faster", ratio, bar, True, note))
    return bars


# -- T1, T2


def client(kind: str, url: str, ca: Path | None) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.stream_client", kind, url, *([str(ca)] if ca else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=300)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def stream(name: str, rate: int, seconds: float, pairs: int, tls: Path | None, bar: float) -> Bar:
    count = round(rate * seconds)
    command = [sys.executable, "-m", "benchmarks.paced_server", str(rate), str(count), *([str(tls)] if tls else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            ratios, shares = [], []
            for _ in range(pairs):
                theirs, mine = client("peer", url, tls), client("bletui", url, tls)
                for found in (theirs, mine):
                    assert found["delivered"] + found["shed"] == count, (found, count)
                    assert found["shed"] == 0
                ratios.append(mine["cpu"] / theirs["cpu"])
                shares.append((theirs["cpu"] / seconds, mine["cpu"] / seconds))
        finally:
            server.terminate()
    theirs_share, mine_share = (statistics.median(column) for column in zip(*shares, strict=True))
    note = f"1/{1 / statistics.median(ratios):.1f}; {theirs_share:.1%} / {mine_share:.1%} of a core"
    return Bar(name, statistics.median(ratios), bar, note=note)


def certificate(folder: Path) -> Path:
    """A PEM file with key, certificate and authority for 127.0.0.1."""
    import trustme

    authority = trustme.CA()
    pem = folder / "router.pem"
    issued = authority.issue_cert("127.0.0.1")
    pem.write_bytes(issued.private_key_and_cert_chain_pem.bytes() + authority.cert_pem.bytes())
    return pem


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short pair of each")
    quick = parser.parse_args().quick
    seconds, pairs = (3.0, 1) if quick else (8.0, 3)
    bars = bytes_to_store(20_000 if quick else 60_000, 3 if quick else 7)
    with TemporaryDirectory() as folder:
        pem = certificate(Path(folder))
        for title, rate, tls, bar in (
            ("T1 1,000 ev/s http, CPU share of the peer's", 1000, None, 1 / 5),
            ("T1 1,000 ev/s https, CPU share of the peer's", 1000, pem, 1 / 3),
            ("T2 4,000 ev/s http, CPU share of the peer's", 4000, None, 1 / 3.5),
            ("T2 4,000 ev/s https, CPU share of the peer's", 4000, pem, 1 / 1.6),
        ):
            bars.append(stream(title, rate, seconds if rate == 1000 else seconds / 2, pairs, tls, bar))
    for one in bars:
        verdict = "" if not one.bar else "ok" if one.met else "MISSED"
        print(f"{one.name:<46} {one.figure:6.3f}   bar {one.bar:5.3f}   {verdict:<6}  peer / bletui: {one.note}")
    return int(any(one.bar and not one.met for one in bars))


if __name__ == "__main__":
    sys.exit(main())
