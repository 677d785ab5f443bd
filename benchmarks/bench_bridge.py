"""The bridge against HTTP on this host: requests and streams (T11), fan-out (T12), a stopped client, reattaching.

All serve the same radio over the same backend, each in a process of its own; runs take turns, and ratios count. The
stream's figure is what one core could carry: a second over the dearer end's CPU time per advertisement.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bridge.bare import bare, bare_bridge, bare_sse
from benchmarks.bridge.reattaching import first_screen
from benchmarks.bridge.serving import BATCH, Far, running
from benchmarks.bridge.stopped import Load, faults_of, stopped
from benchmarks.bridge.streams import (
    Cost,
    Took,
    bridge_stream,
    fanned_out,
    over_bridge,
    over_echo,
    over_http,
    sse_stream,
)
from bletui.bridge.outbox import DROPPABLE_MAX

DEVICES = 5_000
CHUNKS = (1, 16, 128)  # events of the peer's stream in one HTTP chunk
OURS = "/gap/nodes?event=1"
RPC, STREAM, FANOUT, REATTACH = 1 / 10, 8.0, 10.0, 0.3
P99, WAITING, GROWN = 1.2, 1.25 * DROPPABLE_MAX, 8 * 1024 * 1024


def told(name: str, figure: float, bar: float, *, most: bool, unit: str = "") -> bool:
    missed = figure > bar if most else figure < bar
    print(f"{name}: {figure:.3g}{unit} (bar {'<=' if most else '>='} {bar:.3g}{unit}){' MISSED' if missed else ''}")
    return missed


async def requests(bridge: Far, http: Far, echo: Far, rounds: int, calls: int) -> bool:
    ours: list[Took] = []
    theirs: list[Took] = []
    floor: list[float] = []
    for _ in range(rounds):
        ours.append(await over_bridge(bridge, calls))
        floor += await over_echo(echo, calls)
        theirs.append(await over_http(http, calls // 2))
    print(f"request  a byte there and back, with nothing behind it {statistics.median(floor) * 1e6:8.0f} us p50")
    (plain, read), (peer, peer_read) = medians(ours), medians(theirs)
    print(f"request  bridge {plain * 1e6:8.0f} us p50   httpx {peer * 1e6:8.0f} us p50")
    print(f"read     bridge {read * 1e6:8.0f} us p50   httpx {peer_read * 1e6:8.0f} us p50   {read / peer_read:.2f}")
    return told("T11 plain requests, p50 over p50", plain / peer, RPC, most=True)


def medians(rounds: Sequence[Took]) -> tuple[float, float]:
    plain, read = ([one for took in rounds for one in took[n]] for n in (0, 1))
    return statistics.median(plain), statistics.median(read)


async def bare_streams(folder: Path, rounds: int, batches: int) -> bool:
    costs: dict[str, list[Cost]] = {}
    async with bare("bridge", str(folder / "bare")) as bridge, bare("sse") as sse:
        for _ in range(rounds):
            costs.setdefault("bridge", []).append(await bare_bridge(bridge, 5 * batches * BATCH))
            for size in CHUNKS:
                count = batches * BATCH // (4 if size == 1 else 1)
                costs.setdefault(f"SSE of {size}", []).append(await bare_sse(sse, count, size))
    return told("T11 stream, rate over the fastest plain SSE's", compared("bare", costs), STREAM, most=False)


def compared(what: str, costs: dict[str, list[Cost]]) -> float:
    """Prints the middle run of each; the bridge's rate over that of the fastest plain SSE."""
    dearer = {name: statistics.median(cost.dearer for cost in some) for name, some in costs.items()}
    ours = dearer["bridge"]
    for name, some in costs.items():
        middle = sorted(some, key=lambda cost: cost.dearer)[len(some) // 2]
        print(f"{what:8} {name:10} {middle}   {dearer[name] / ours:5.2f}")
    return min(cost for name, cost in dearer.items() if name.startswith("SSE of")) / ours


async def streams(bridge: Far, sse: Far, http: Far, rounds: int, batches: int) -> None:
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        costs.setdefault("bridge", []).append(await bridge_stream(bridge, 5 * batches * BATCH))
        for size in CHUNKS:
            count = batches * BATCH // (4 if size == 1 else 1)
            costs.setdefault(f"SSE of {size}", []).append(await sse_stream(sse, count, f"/?chunk={size}"))
        costs.setdefault("our SSE", []).append(await sse_stream(http, batches * BATCH, OURS, 20_000))
    whole = compared("stream", costs)
    print(f"stream   from a radio to a seat, rate over the fastest plain SSE's: {whole:.3g} (no bar)")


async def fan_out(bridge: Far, rounds: int, batches: int) -> bool:
    """As fast as one process can read for 64, and paced as a router's stream is."""
    missed = False
    for rate, name in ((0, "as fast as it is taken"), (2_560, "2,560/s")):
        costs: dict[int, list[float]] = {1: [], 64: []}
        for _ in range(rounds):
            for clients, some in costs.items():
                some.append(await fanned_out(bridge, clients, (batches if rate == 0 else batches // 3) * BATCH, rate))
        one, many = (statistics.median(some) for some in costs.values())
        print(f"fan-out  1 client {one:6.2f} us/adv   64 clients {many:6.2f} us/adv   {name}")
        missed |= told(f"T12 64 clients over one, server CPU, {name}", many / one, FANOUT, most=True)
    return missed


async def stopping(folder: Path, load: Load) -> bool:
    outcome = await stopped(folder, load)
    wrong = faults_of(outcome)
    for line in wrong:
        print(f"stopped  MISSED {line}")
    got = outcome.got
    print(f"stopped  one of {load.clients} for {load.seconds:g} s: told {dict(outcome.told)}, it got {dict(got)}")
    print(f"stopped  p99 of the others {outcome.before * 1e3:.1f} ms before, {outcome.during * 1e3:.1f} ms during")
    first, second = outcome.grown
    print(f"stopped  memory of the bridge +{first / 1e6:.1f} MB before, +{second / 1e6:.1f} MB during")
    missed = told(
        "a stopped client: the others' p99, during over before", outcome.during / outcome.before, P99, most=True
    )
    missed |= told("what waits for it, most", outcome.waiting / 1e6, WAITING / 1e6, most=True, unit=" MB")
    missed |= told("what it costs in memory", (second - first) / 1e6, GROWN / 1e6, most=True, unit=" MB")
    return missed or bool(wrong)


async def reattaching(folder: Path, rounds: int) -> bool:
    async with running("bridge", str(folder / "full")) as bridge:
        await bridge.ask("fill", devices=DEVICES)
        taken = [await first_screen(bridge, DEVICES, folder) for _ in range(rounds)]
    attached, cpu, began = (
        statistics.median(getattr(one, name) for one in taken) * 1e3 for name in ("attached", "cpu", "began")
    )
    fastest = min(one.attached for one in taken) * 1e3
    print(f"reattach fastest {fastest:.0f} ms, median {attached:.0f} ms, of which {cpu:.0f} ms CPU of the console")
    print(f"reattach with the start of the console's process {began:.0f} ms")
    name = f"reattach to {DEVICES:,} devices, from connecting to a full screen, median"
    return told(name, attached, REATTACH * 1e3, most=True, unit=" ms")


async def measure(*, quick: bool) -> int:
    rounds, calls, batches = (1, 100, 80) if quick else (5, 400, 240)
    with tempfile.TemporaryDirectory(prefix="bletui-") as name:
        folder = Path(name)
        async with running("bridge", f"{name}/s") as bridge, running("http") as http, running("sse") as sse:
            async with running("echo", f"{name}/e") as echo:
                missed = await requests(bridge, http, echo, rounds, calls)
            await streams(bridge, sse, http, rounds, batches)
            missed |= await fan_out(bridge, rounds, batches)
        missed |= await bare_streams(folder, rounds, batches)
        missed |= await reattaching(folder, 3 * rounds)
        missed |= await stopping(folder, Load(seconds=20.0 if quick else 60.0))
    return int(missed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    return asyncio.run(measure(quick=parser.parse_args().quick))


if __name__ == "__main__":
    sys.exit(main())
