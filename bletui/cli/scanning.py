"""A headless scan from the targets to the exit code."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bletui import filters, registry, target
from bletui.backend import Env
from bletui.cli import signals
from bletui.cli.baseline import Differences, refuse_unwritable, save, text_of
from bletui.cli.configured import Configuration
from bletui.cli.forms import Form, JsonLines, News, Table
from bletui.cli.hearing import Hearing
from bletui.cli.listening import Listening
from bletui.cli.narration import complain, say
from bletui.cli.outlet import Outlet
from bletui.cli.rows import summary
from bletui.cli.sheet import Sheet
from bletui.cli.walking import EVERY, Walk
from bletui.clock import Clock
from bletui.devices.saved import Saved
from bletui.failure import ErrorKind, Failure
from bletui.model import ScanFilter, ScanRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for; None: no end."""

    form: Literal["json", "csv", "table", "news"]
    duration: float | None  # seconds
    count: int | None
    active: bool
    filter: str
    walk: str = ""  # the address of the one device that is told of
    against: Mapping[str, Saved] | None = None  # only what differs from it is told
    save: Path | None = None  # where the baseline goes
    strict: bool = False  # what differs is told by the exit code too


def scan_targets(texts: Sequence[str], wish: Wish, configuration: Configuration) -> int:
    """The exit code. `BleError` (`request.invalid`) for a target or filter that means nothing."""
    targets = configuration.targets(texts)
    if not targets:
        raise target.invalid(
            "bletui scan: which TARGET (local:, cassia://HOST, sim:)? None is given, and the configuration has no "
            "default_targets"
        )
    registry.refuse_unknown(targets)
    wanted = filters.parse(wish.filter, named=configuration.config.filters) if wish.filter else None
    if wish.save is not None:
        refuse_unwritable(wish.save)
    asked = filters.parse(f"addr={wish.walk}") if wish.walk else wanted
    request = ScanRequest(active=wish.active, filter=filters.push_down(asked) if asked else ScanFilter())
    hearing = Hearing(_form(wish), wanted, wish.count, configuration.config.addresses)
    if configuration.config.keys and wish.form != "json":  # objects hold the bytes as they are on the air
        _unseal(hearing, configuration)
    return signals.run(lambda: _scan(targets, request, hearing, wish, configuration.env()))


def _unseal(hearing: Hearing, configuration: Configuration) -> None:
    """A key that can't be had is complained of, and the scan goes on without it."""
    keys, failures = configuration.keyring()
    hearing.store.unseal(keys)
    for failure in failures:
        complain(failure, json=False)


def _form(wish: Wish) -> Form:
    if wish.walk:
        return Walk(wish.walk, json=wish.form == "json")
    if wish.against is not None:
        return Differences(wish.against, json=wish.form == "json")
    width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None
    match wish.form:
        case "json":
            return JsonLines()
        case "csv":
            return Sheet()
        case "table":
            return Table(width)
        case "news":
            return News(width)


async def _scan(targets: Sequence[target.Target], request: ScanRequest, hearing: Hearing, wish: Wish, env: Env) -> int:
    started = time.monotonic()
    outlet = Outlet()
    try:
        with outlet.ends_with_reader():
            async with Listening(targets, request, env) as listening:
                await _listen(listening, hearing, outlet, wish, env.clock)
    except asyncio.CancelledError:
        with suppress(OSError):  # a signal decides the exit code, also where the terminal is gone with it
            await outlet.write(hearing.end())  # ctrl+c is how most scans end; what was heard is still wanted
        _save(hearing, wish, env.clock)
        raise
    finally:
        _sum_up(hearing, time.monotonic() - started, wish, bounded=request.filter != ScanFilter())
    await outlet.write(hearing.end())
    _save(hearing, wish, env.clock)
    return _verdict(hearing, wish, time.monotonic() - started)


async def _listen(listening: Listening, hearing: Hearing, outlet: Outlet, wish: Wish, clock: Clock) -> None:
    """Until the count is reached, the time is over, or the last radio has ended."""
    try:
        async with asyncio.timeout(wish.duration) as limit:
            if isinstance(hearing.form, Walk):
                await _walk(listening, hearing, hearing.form, outlet, wish, clock)
            else:
                await _hear(listening, hearing, outlet, wish)
    except TimeoutError:
        if not limit.expired():
            raise


async def _hear(listening: Listening, hearing: Hearing, outlet: Outlet, wish: Wish) -> None:
    async for radio, events in listening.batches():
        for words, record in hearing.narrate(radio, events):
            if words or wish.form == "json":
                say(words, record, json=wish.form == "json")
        if text := hearing.take(events):
            await outlet.write(text)
        if hearing.done:
            return


async def _walk(listening: Listening, hearing: Hearing, form: Walk, outlet: Outlet, wish: Wish, clock: Clock) -> None:
    """Also while nothing is heard; nobody else writes meanwhile."""
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(_hear(listening, hearing, outlet, wish))
        while not heard.done() and not hearing.done:
            await asyncio.wait([heard], timeout=EVERY)
            await outlet.write(form.beat(clock.monotonic(), clock.wall(), hearing.lanes))
        heard.cancel()


def _save(hearing: Hearing, wish: Wish, clock: Clock) -> None:
    if wish.save is not None:
        save(wish.save, text_of(hearing.found(), clock.wall()))


def _verdict(hearing: Hearing, wish: Wish, seconds: float) -> int:
    worst = hearing.worst() or (None if hearing.live else _never_live(seconds))
    if hearing.store.received == 0 and worst is not None:
        complain(worst, json=wish.form == "json")
        return worst.kind.exit_code
    if isinstance(hearing.form, Walk) and hearing.form.device is None:
        complain(_not_seen(wish.walk), json=wish.form == "json")
        return ErrorKind.LINK_NOT_SEEN.exit_code
    if wish.count is not None and not hearing.done:
        found = f"{hearing.form.counted} of {wish.count} within {wish.duration:g} s" if wish.duration else "the end"
        complain(Failure(kind=ErrorKind.LINK_NOT_SEEN, operation="scan", detail=found), json=wish.form == "json")
        return ErrorKind.LINK_NOT_SEEN.exit_code
    return 1 if wish.strict and isinstance(hearing.form, Differences) and hearing.form.differing else 0


def _not_seen(walk: str) -> Failure:
    hint = (
        ""
        if target.is_address(walk)
        else f"{walk!r} is no address like A4:C1:38:0B:7F:2A; what a device calls itself is none"
    )
    return Failure(kind=ErrorKind.LINK_NOT_SEEN, operation="scan", address=walk, detail=hint)


def _never_live(seconds: float) -> Failure:
    """Nothing heard is a finding only where something listened."""
    return Failure(kind=ErrorKind.NET_TIMEOUT, operation="scan", detail="no scan has begun", elapsed=seconds)


def _sum_up(hearing: Hearing, seconds: float, wish: Wish, *, bounded: bool) -> None:
    hidden, unknown = hearing.unmatched()
    store = hearing.store
    record = {
        "schema": "bletui.scan-end/1",
        "seconds": round(seconds, 3),
        "advertisements": store.received,
        "devices": len(store.devices),
        "shed": hearing.shed.total(),
        "shed_by": dict(hearing.shed),
        "hidden": hidden,
        "unknown": unknown,
    }
    words = summary(
        store.received, len(store.devices), seconds, hearing.shed, hidden, unknown, bounded=bounded and not wish.walk
    )
    say(words, record, json=wish.form == "json")
