"""`bletui bridge`: radios served to other programs."""

from __future__ import annotations

import argparse
from contextlib import AsyncExitStack, ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bletui.bridge.publishing.broker import Broker
    from bletui.bridge.router_api.server import Listen
    from bletui.cli.bridging import Doors
    from bletui.cli.configured import Configuration
    from bletui.target import Target

    Serving = Callable[..., Coroutine[None, None, None]]

_EXAMPLES = """\
  bletui bridge run local:     (then in any terminal: bletui bridge:)
  bletui bridge run sim: --router-api 127.0.0.1:8080
  curl -N 'http://127.0.0.1:8080/gap/nodes?event=1&filter_rssi=-70'
  bletui bridge run local: --publish mqtts://SITE@broker.example/plant7

Writes are GETs in that API, so requests for foreign hosts and from web pages
are refused. Beyond loopback TLS and a token are needed.

exit codes
  0 bletui bridge stop ended it; 143 SIGTERM, 130 ctrl+c; SIGHUP reloads
  otherwise that of what could not be opened, read or listened on

docs/bridge.md describes the bridge, docs/router-simulator.md the router's API.
"""
_ABOUT = """\
Radios that stay up while terminals come and go, and that several may use:
served to consoles and commands (bridge:), to software that speaks a router's
HTTP API, and told to MQTT brokers. docs/bridge.md has all of it.
"""
_RUN = """\
Opens each TARGET and keeps it: its scan, links, notifications, queue, and the
last minutes of events. Several at once are lanes beside each other.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli import bridgeverbs, bridging
    from bletui.cli.configured import add_options

    parser = subparsers.add_parser("bridge", help="serve radios to other programs", description=_ABOUT)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    bridgeverbs.add_parsers(verbs)
    run = verbs.add_parser("run", help="serve until a signal ends it", description=_RUN, epilog=_EXAMPLES)
    run.add_argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="what to serve, as sim: or local:hci0; else the file's [bridge]; else local:",
    )
    bridging.add_options(run)
    run.add_argument(
        "--publish",
        action="append",
        metavar="URL",
        help="tell an MQTT broker what is heard and happens: mqtt://KEY@host/prefix or mqtts://… (docs/mqtt.md)",
    )
    _add_router_api(run)
    add_options(run)


def _add_router_api(run: argparse.ArgumentParser) -> None:
    run.add_argument("--router-api", metavar="HOST:PORT", help="speak a Cassia router's HTTP API there")
    run.add_argument(
        "--access-controller",
        action="store_true",
        help="speak as an access controller: each TARGET is one of its routers",
    )
    run.add_argument(
        "--router-mac",
        action="append",
        default=[],
        metavar="MAC",
        help="(--access-controller) of the first router, the second …; else 02:B1:E7:00:00:01 and so on",
    )
    run.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM")
    run.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, PEM, without a passphrase")
    run.add_argument(
        "--token-file", type=Path, metavar="FILE", help="one line, mode 0600: what every request must show"
    )
    run.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="a Host name that is ours too")
    run.add_argument("--allow-origin", action="append", default=[], metavar="URL", help="a web page's origin to serve")
    run.add_argument(
        "--firmware", metavar="VERSION", help="speak as this line of firmware: 1.3, 1.4, 2.0.3, 2.1.1 (default) or 2.2"
    )
    run.add_argument(
        "--model", metavar="NAME", help="(sim:) a router alone: S1000, C1000, X1000, E1000, X2000 or CHIPSxSLOTS"
    )
    run.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="FAULT",
        help="what goes wrong, as connect:busy:20%%, router:reboot@30s or sse:stall:3x[/gatt/nodes]",
    )
    run.add_argument("--seed", type=int, metavar="N", help="of faults, and of sim: (default 1)")
    run.add_argument("--speed", type=float, default=1.0, metavar="N", help="simulated seconds per second (default 1)")


def run(args: argparse.Namespace) -> int:
    """Serves until a signal; raises `BleError` for what can't be opened, read or listened on."""
    from bletui.cli import bridgeverbs, bridging, publishing, reloading, signals
    from bletui.cli.configured import configuration
    from bletui.target import invalid

    if args.verb != "run":
        return bridgeverbs.run(args)
    if not 0.001 <= args.speed <= 100_000:
        raise invalid(f"--speed {args.speed:g} is not a number from 0.001 to 100000")
    here = configuration(args)
    asked = reloading.serving(args, here)
    targets = reloading.targets(asked, here)
    brokers = publishing.brokers(args, here)
    with ExitStack() as stack:  # every address is taken before any radio is touched
        serving: Serving | None = None
        if args.router_api:
            targets, serving = _router(args, targets, stack)
        else:
            _refuse_router_options(args)
        doors = stack.enter_context(bridging.doors(args, asked.group))
        return signals.run(lambda: _serve(args, targets, serving, doors, here, brokers))


def _refuse_router_options(args: argparse.Namespace) -> None:
    from bletui.target import invalid

    given = [
        f"--{name.replace('_', '-')}"
        for name in ("firmware", "model", "fault", "access_controller", "token_file", "allow_host", "allow_origin")
        if getattr(args, name)
    ]
    if given:
        raise invalid(f"{', '.join(given)}: of the router's API, which --router-api HOST:PORT serves")


def _router(args: argparse.Namespace, targets: list[Target], stack: ExitStack) -> tuple[list[Target], Serving]:
    listen = _listen(args)
    from bletui.bridge.router_api.server import bind

    targets, serving = _as_asked(args, targets)
    listener = stack.enter_context(closing(bind(listen)))
    return targets, partial(serving, listener=listener, ready=_say_where)


def _as_asked(args: argparse.Namespace, targets: list[Target]) -> tuple[list[Target], Serving]:
    """The targets as `--model`, `--fault` and `--seed` make them, and how they are served."""
    from bletui.bridge.router_api.faults import Scenario, read
    from bletui.bridge.router_api.models import model
    from bletui.bridge.router_api.profiles import profile
    from bletui.bridge.router_api.rows import OURS
    from bletui.bridge.router_api.server import serve
    from bletui.cli.simulated import simulated

    ours, sites = read(args.fault)
    box = None if args.model is None else model(args.model)
    serving = partial(
        serve,
        speed=args.speed,
        profile=None if args.firmware is None else profile(args.firmware),
        scenario=Scenario(ours, 1 if args.seed is None else args.seed),
        model=box.name if box else OURS,
        macs=_macs(args),
    )
    return simulated(targets, model=box, faults=sites, seed=args.seed), serving


def _macs(args: argparse.Namespace) -> tuple[str, ...] | None:
    """None: a router alone."""
    from bletui.bridge.router_api.macs import macs
    from bletui.target import invalid

    if not args.access_controller:
        if args.router_mac:
            raise invalid("--router-mac names the routers of --access-controller")
        return None
    return macs(args.router_mac, len(args.targets))


def _listen(args: argparse.Namespace) -> Listen:
    try:
        from bletui.bridge.router_api.server import Listen, parse_listen
        from bletui.bridge.router_api.tokens import read_token_file
    except ModuleNotFoundError as missing:
        raise _not_installed(missing) from missing
    host, port = parse_listen(args.router_api)
    return Listen(
        host,
        port,
        cert=args.tls_cert,
        key=args.tls_key,
        token=read_token_file(args.token_file) if args.token_file else None,
        hosts=frozenset(name.lower() for name in args.allow_host),
        origins=frozenset(args.allow_origin),
    )


def _not_installed(missing: ModuleNotFoundError) -> Exception:
    """The extra's modules are named with what installs them; any other missing module is a bug."""
    from bletui.failure import BleError, ErrorKind, Failure

    if missing.name not in ("starlette", "uvicorn", "h11", "anyio"):
        return missing
    detail = f"{missing.name} is not installed"
    needed = (("package", "bletui[router-api]"),)
    return BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="bridge run", detail=detail, evidence=needed))


async def _serve(
    args: argparse.Namespace,
    targets: list[Target],
    serving: Serving | None,
    doors: Doors,
    configuration: Configuration,
    brokers: list[Broker],
) -> int:
    import asyncio

    from bletui.bridge.refusals import Refusals
    from bletui.cli import bridging
    from bletui.cli.publishing import Publishing
    from bletui.cli.served import Served

    served = Served(bridging.bridge_name(args) if doors.places else "", args.speed)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(served.close)
        radios = await served.start(targets, configuration)
        publishing = Publishing(radios, configuration, name=bridging.bridge_name(args), scans=not args.no_scan)
        served.joined, served.parted = publishing.join, publishing.part
        refusals = Refusals(served.log.record)
        asyncio.get_running_loop().set_exception_handler(refusals.no_room)
        works = (
            [bridging.serve(args, radios, doors, publishing, served, configuration, refusals)] if doors.places else []
        )
        works += [serving(radios, refused=refusals.note)] if serving else []
        works += [publishing.run(brokers)]
        await bridging.side_by_side(works[0], works[1:])
    return 0


def _say_where(url: str) -> None:
    from bletui.cli.narration import say

    say(f"bletui: the router's API listens on {url}", {}, json=False)
