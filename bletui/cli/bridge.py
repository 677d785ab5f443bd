"""`bletui bridge run`: radios served to other programs."""

from __future__ import annotations

import argparse
import sys
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.bridge.router_api.profiles import Profile
    from bletui.bridge.router_api.server import Listen, Listener
    from bletui.cli.configured import Configuration
    from bletui.target import Target

_EXAMPLES = """\
  bletui bridge run sim: --router-api 127.0.0.1:8080
  curl -N 'http://127.0.0.1:8080/gap/nodes?event=1&filter_rssi=-70'

Writes are GETs in this API, so requests for foreign hosts and from web pages
are refused. Beyond loopback TLS and a token are needed. A signal ends it.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.configured import add_options

    verbs = subparsers.add_parser("bridge", help="serve radios to other programs").add_subparsers(
        dest="verb", required=True, metavar="run"
    )
    run = verbs.add_parser("run", help="serve until a signal ends it", epilog=_EXAMPLES)
    run.add_argument("targets", nargs="+", metavar="TARGET", help="what to serve, as sim: or local:hci0")
    run.add_argument("--router-api", required=True, metavar="HOST:PORT", help="speak a Cassia router's HTTP API there")
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
    run.add_argument("--speed", type=float, default=1.0, metavar="N", help="simulated seconds per second (default 1)")
    add_options(run)


def run(args: argparse.Namespace) -> int:
    """Serves until a signal; raises `BleError` for what can't be opened, read or listened on."""
    from bletui.cli import signals
    from bletui.cli.configured import configuration
    from bletui.target import invalid

    if not 0.001 <= args.speed <= 100_000:
        raise invalid(f"--speed {args.speed:g} is not a number from 0.001 to 100000")
    here = configuration(args)
    targets = [here.target(target) for target in args.targets]
    listen = _listen(args)
    from bletui.bridge.router_api.profiles import profile
    from bletui.bridge.router_api.server import bind

    firmware = None if args.firmware is None else profile(args.firmware)
    with closing(bind(listen)) as listener:  # before any radio is touched
        return signals.run(lambda: _serve(targets, listener, args.speed, firmware, here))


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
    targets: list[Target], listener: Listener, speed: float, profile: Profile | None, configuration: Configuration
) -> int:
    from bletui import registry
    from bletui.bridge.router_api.server import serve
    from bletui.session import named

    async with AsyncExitStack() as stack:
        radios = []
        for name, target in named(targets):
            radio = await registry.open_radio(target, replace(configuration.env(name), speed=speed))
            stack.push_async_callback(radio.aclose)
            radios.append(radio)
        await serve(radios, listener, speed=speed, ready=_say_where, profile=profile)
    return 0


def _say_where(url: str) -> None:
    print(f"bletui: the router's API listens on {url}", file=sys.stderr, flush=True)
