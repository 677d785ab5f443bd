"""The bridge's own side of `bletui bridge run`: where it listens for consoles, and what it serves there."""

from __future__ import annotations

import argparse
import os
import socket
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from bletui.cli.narration import say

if TYPE_CHECKING:
    from asyncio import Event

    from bletui.bridge.listening import Listening
    from bletui.bridge.log import Record
    from bletui.bridge.refusals import Refusals
    from bletui.bridge.ringfile import RingFile
    from bletui.bridge.server import Bridge
    from bletui.cli.configured import Configuration
    from bletui.cli.publishing import Publishing
    from bletui.cli.served import Served
    from bletui.radio import Radio
    from bletui.radio.journal import Journal

TOKENS, LOG = "bridge-tokens", "bridge.log"


def add_options(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "--socket",
        nargs="?",
        const=True,
        metavar="PATH",
        help="serve consoles there; without it only where no other way to serve is asked for (default: bridge:)",
    )
    run.add_argument(
        "--listen", metavar="HOST:PORT", help="serve consoles over TCP too, by token (bletui bridge token)"
    )
    run.add_argument(
        "--group", metavar="NAME[:ROLE]", help="who else may use the socket, as operator, reader or viewer"
    )
    run.add_argument("--name", metavar="NAME", help="what the bridge calls itself (default: this host's name)")
    run.add_argument("--metrics", metavar="HOST:PORT", help="counts for Prometheus there, at /metrics")
    run.add_argument(
        "--keep", type=float, metavar="MINUTES", help="events of so long for who was away, 32 MiB at most (default 10)"
    )
    run.add_argument("--no-ring-file", action="store_true", help="keep them in memory only: a restart forgets them")
    run.add_argument("--no-scan", action="store_true", help="listen to the air only while somebody asks for it")


def wants_socket(args: argparse.Namespace) -> bool:
    return bool(args.socket) or not (args.router_api or args.listen)


def bridge_name(args: argparse.Namespace) -> str:
    """What qualifies this bridge's lanes, so that two bridges' adapters are two lanes in one console."""
    from bletui.text import bounded, visible

    return bounded(visible(args.name or socket.gethostname().partition(".")[0]), 32) or "bridge"


class Doors(NamedTuple):
    places: list[Listening]
    metrics: socket.socket | None = None


@contextmanager
def doors(args: argparse.Namespace, shared: str) -> Iterator[Doors]:
    """Every place where it listens, taken before any radio is touched; `BleError` for what can't be had."""
    from bletui.bridge import tcp
    from bletui.bridge.listening import Listening
    from bletui.bridge.sockets import activated, default_socket, group_called, listening
    from bletui.target import invalid

    with ExitStack() as stack:
        found: list[Listening] = []
        group = group_called(shared) if shared else None
        if handed := activated(os.environ):
            found += [Listening(stack.enter_context(one), f"fd {one.fileno()}", group=group) for one in handed]
        elif wants_socket(args):
            path = default_socket(os.environ) if args.socket in (None, True) else Path(args.socket).absolute()
            held = stack.enter_context(ExitStack())
            found.append(Listening(held.enter_context(listening(path, group)), str(path), group=group, held=held))
        if args.listen:
            found.append(_tcp(args, stack))
        metrics = stack.enter_context(tcp.bound(args.metrics, tls=False)) if args.metrics else None
        if metrics is not None and not found:
            raise invalid("--metrics counts what consoles are served: give --socket or --listen too")
        yield Doors(found, metrics)


def _tcp(args: argparse.Namespace, stack: ExitStack) -> Listening:
    from bletui.bridge import tcp
    from bletui.bridge.credentials import Tokens
    from bletui.bridge.listening import Listening

    context = tcp.context(args.tls_cert, args.tls_key)
    made = stack.enter_context(tcp.bound(args.listen, tls=context is not None))
    return Listening(made, where_of(made), Tokens(tokens_file()), context)


def state() -> Path:
    from bletui.crash import state_folder

    return state_folder(os.environ)


def tokens_file() -> Path:
    return state() / TOKENS


@contextmanager
def journal(radio: str, record: Record) -> Iterator[Journal]:
    """Of one radio's own links: what a bridge that was killed left is released at the next start.

    `busy.capacity`: a bridge that runs has it, whose links these are; another `--name` gives a journal of its own.
    `request.invalid`: it can't be read.
    """
    from bletui.bridge import folders
    from bletui.radio.journal import Journal

    path = state() / f"{quote(radio, safe='')}.links"
    folders.made(path.parent)
    with folders.locked(path.with_name(f"{path.name}.lock"), "of this --name keeps its links there"):
        try:
            made = Journal(path, lambda why: record("journal not written", radio=radio, why=why.strerror or str(why)))
        except OSError as failed:
            raise folders.unusable(path, failed) from failed
        yield made


def log_file() -> Path:
    folder = os.environ.get("LOGS_DIRECTORY", "").partition(":")[0]
    return (Path(folder) if folder else state()) / LOG


async def serve(
    args: argparse.Namespace,
    radios: Sequence[Radio],
    opened: Doors,
    publishing: Publishing,
    served: Served,
    here: Configuration,
    refusals: Refusals,
) -> None:
    """Until a client asks for the end, or this is cancelled."""
    import asyncio

    from bletui.bridge import reachable, systemd
    from bletui.bridge.server import Bridge
    from bletui.cli import reloading, signals

    log = served.log
    bridge = Bridge(radios, name=bridge_name(args), record=log.record, scans=not args.no_scan, refusals=refusals)
    again = reloading.Reloading(args, bridge, log, served, publishing)
    again.begin(here)
    bridge.reload = again.reload
    ready = asyncio.Event()
    publishing.record = log.record
    pages = (bridge.metrics, publishing.metrics)
    beside = [_metrics(opened.metrics, lambda: "".join(page() for page in pages), ready)] if opened.metrics else []
    beside += [_tell(bridge.listening, ready), again.follow()]
    beside += [reachable.stay(bridge, place, place.held) for place in opened.places if place.held]
    beside += [systemd.watch(os.environ, ready, lambda: f"{len(bridge.clients())} clients")]
    signals.on_hangup(again.asked.set)
    with ExitStack() as stack:
        if not args.no_ring_file:
            beside += [file.run() for file in _ring_file(bridge, served.began, stack)]
        try:
            await side_by_side(bridge.run(opened.places, ready), beside)
        finally:
            systemd.notify(os.environ, "STOPPING=1")


def _ring_file(bridge: Bridge, began: float, stack: ExitStack) -> list[RingFile]:
    """The one, or none where it can't be kept, which is said."""
    from bletui.bridge import folders
    from bletui.bridge.ringfile import kept
    from bletui.bridge.segments import Head
    from bletui.failure import BleError

    head = Head(bridge.name, bridge.epoch, began)
    folder = state() / f"{quote(bridge.name, safe='')}.ring"
    try:
        return [stack.enter_context(kept(folder, head, bridge.fanout.ring, bridge.record, bridge.wall))]
    except BleError as failed:
        why = folders.reason(failed.failure)
        bridge.record("ring not kept", why=why)
        say(f"bletui: the last events are kept in memory only: {why}", {}, json=False)
        return []


async def side_by_side(work: Coroutine[None, None, None], others: Iterable[Coroutine[None, None, None]]) -> None:
    """`work` until its end, which ends the others; a failure of any comes out as it is."""
    import asyncio

    from bletui.cli.attached import ending

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(other) for other in others]
            await work
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as several:
        failed: BaseException = several
        while isinstance(failed, BaseExceptionGroup) and failed is not (inner := ending(failed)):
            failed = inner
    else:
        return
    raise failed


async def _metrics(made: socket.socket, page: Callable[[], str], ready: Event) -> None:
    import asyncio

    from bletui.bridge import metrics

    await ready.wait()
    server = await asyncio.start_server(
        lambda reader, writer: metrics.serve(reader, writer, page), sock=made, limit=metrics.REQUEST_MAX
    )
    say(f"bletui: metrics at http://{where_of(made)}/metrics", {}, json=False)
    async with server:
        await server.serve_forever()


def where_of(made: socket.socket) -> str:
    host, port = made.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _tell(places: Sequence[Listening], ready: Event) -> None:
    await ready.wait()
    for place in places:
        say(f"bletui: the bridge listens on {place.name}", {}, json=False)
