"""`bletui bridge status`, `clients`, `reload`, `stop`, `logs`, `token`: asked of one that runs, and of its files."""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bletui.bridge.places import Place
    from bletui.bridge.protocol import messages as m
    from bletui.cli.configured import Configuration

_VERBS = {
    "status": (
        "what a bridge serves and has counted",
        """\
Name, version, process, seconds up, radios, where it listens, and what it has
counted since it started: clients, shed, refused by kind.
""",
    ),
    "clients": (
        "who sits at a bridge, and who holds which link",
        """\
A line for each seat: owner, role, what sits there, the links that it holds, its
operations. A seat whose console has gone stays until it comes back, 12 hours.
""",
    ),
    "reload": (
        "put a change of a bridge's configuration in force",
        """\
The bridge reads [bridge] of its configuration again, as at SIGHUP, and says
what has changed. What stands on its command line stays.
""",
    ),
    "stop": (
        "end a bridge; its own links are released",
        """\
Ends the bridge within two seconds. Links that it made are released, those that
others made are left.
""",
    ),
}
_EXITS = """\
exit codes
  0 done; 1 a reload in which something failed; 2 wrong usage or configuration
  3 no bridge there; 5 it does not let you in, or your role may not do that

docs/bridge.md describes the bridge, docs/json.md the JSON objects.
"""
_LOGS = """\
The newest lines of the log of this user's bridge: `at`, `event`, `level` and
what belongs to it. It is kept in four files of 2 MiB in the state folder.
"""
_TOKEN = """\
Whoever comes over TCP (bletui bridge run --listen) shows a token: add makes one
and prints its secret once, rotate gives it another, revoke ends it and parts
with who came in by it. list prints names, roles and dates, never a secret.

  (umask 077; bletui bridge token add laptop --role operator > laptop.token)

The other machine names it as a credential: `bridge://KEY@host:7325`, with the
secret in BLETUI_SECRET_KEY, in the file that BLETUI_SECRET_KEY_FILE names, or
under [credentials] (docs/config.md).
"""
LOOK = 0.25  # seconds between two looks at a log that is followed
RELOADED_WITHIN = 60.0  # seconds; radios that go release their links first


def add_parsers(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.configured import add_options

    for name, (words, about) in _VERBS.items():
        one = verbs.add_parser(name, help=words, description=about, epilog=_EXITS)
        one.add_argument("target", nargs="?", default="bridge:", metavar="BRIDGE", help="which (default: bridge:)")
        one.add_argument("--json", action="store_true", help="one object per line")
        add_options(one)
    logs = verbs.add_parser(
        "logs", help="the last lines of this user's bridge's log, one object per line", description=_LOGS
    )
    logs.add_argument("-n", type=int, default=20, metavar="LINES", help="how many (default 20)")
    logs.add_argument("-f", "--follow", action="store_true", help="and every later one, until ctrl+c")
    token = verbs.add_parser("token", help="who may come over TCP", description=_TOKEN)
    token.add_argument("action", choices=("add", "rotate", "revoke", "list"), metavar="add|rotate|revoke|list")
    token.add_argument("name", nargs="?", metavar="NAME", help="what the token is called")
    token.add_argument(
        "--role", choices=("viewer", "reader", "operator"), default="viewer", help="(add) default viewer"
    )


def run(args: argparse.Namespace) -> int:
    """Raises `BleError`: no bridge there, not allowed, a wrong name."""
    match args.verb:
        case "logs":
            return _logs(args.n, follow=args.follow)
        case "token":
            return _token(args.action, args.name, args.role)
        case _:
            return _ask(args)


def _ask(args: argparse.Namespace) -> int:
    from bletui.bridge.places import place
    from bletui.bridge.protocol import messages as m
    from bletui.target import invalid

    here = _configuration(args)
    target = here.target(args.target)
    if target.scheme != "bridge":
        raise invalid(f"{args.target} is no bridge; one looks like bridge: or bridge://KEY@host:7325")
    where = place(target, here.env("bridge").secret)
    verbs: dict[str, m.Verb] = {
        "status": m.AskStatus(), "clients": m.ListSeats(), "reload": m.Reload(), "stop": m.Stop(),
    }  # fmt: skip
    result = _answer(where, args.verb, verbs[args.verb])
    lines = list(_lines(result, as_json=args.json))
    for line in lines:
        print(line)
    if not lines and args.verb == "clients":
        _say("nobody sits there")
    return 1 if isinstance(result, m.Reloaded) and result.failed else 0


def _configuration(args: argparse.Namespace) -> Configuration:
    """A reload is the bridge's to refuse: it reads the file itself, and tells everybody there what is wrong with it."""
    from bletui.cli.configured import Configuration, configuration
    from bletui.config.file import Config
    from bletui.failure import BleError

    try:
        return configuration(args)
    except BleError:
        if args.verb == "reload" and args.target.startswith("bridge:") and "@" not in args.target:
            return Configuration(Config(), os.environ)
        raise


def _answer(where: Place, seat: str, verb: m.Verb) -> m.Result:
    import asyncio

    from bletui import __version__
    from bletui.bridge.dialling import WITHIN, once
    from bletui.bridge.protocol import messages as m

    within = RELOADED_WITHIN if isinstance(verb, m.Reload) else WITHIN
    return asyncio.run(once(where, seat, verb, f"bletui {__version__}", within))


def _say(words: str) -> None:
    from bletui.cli.narration import say

    say(f"bletui: {words}", {}, json=False)


def _lines(result: m.Result, *, as_json: bool) -> Iterable[str]:
    from bletui.bridge.protocol import messages as m

    match result:
        case m.Status():
            told = status_object(result)
            yield _object(told) if as_json else "\n".join(_status_lines(told))
        case m.Seats(seats=seats):
            for seat in seats:
                if seat.owner != "clients":  # the seat that asks
                    yield _object(seat_object(seat)) if as_json else _seat_line(seat)
        case m.Reloaded(changed=changed, failed=failed):
            yield from _reloaded(changed, failed, as_json=as_json)
        case _:
            return


def _reloaded(changed: tuple[str, ...], failed: tuple[str, ...], *, as_json: bool) -> Iterable[str]:
    from bletui.text import visible

    if as_json:
        yield _object({"schema": "bletui.reloaded/1", "changed": list(changed), "failed": list(failed)})
        return
    yield from map(visible, changed or ("the same radios",))
    for line in failed:
        _say(visible(line))


def _object(told: dict[str, object]) -> str:
    from bletui.cli.narration import object_line

    return object_line(told)


def _status_lines(told: dict[str, object]) -> Iterable[str]:
    return (f"{name:<9}{_text(value)}" for name, value in told.items() if name != "schema")


def status_object(status: m.Status) -> dict[str, object]:
    return {
        "schema": "bletui.bridge/1",
        "bridge": status.bridge,
        "program": status.program,
        "pid": status.pid,
        "up": round(time.time() - status.started, 1),
        "epoch": status.epoch,
        "events": status.seq,
        "radios": list(status.radios),
        "listens": list(status.listens),
        "counts": dict(status.counts),
    }


def _text(value: object) -> str:
    from bletui.text import visible

    if isinstance(value, dict):
        return visible(", ".join(f"{name} {count}" for name, count in value.items()))
    return visible(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def seat_object(seat: m.SeatTaken) -> dict[str, object]:
    return {
        "schema": "bletui.seat/1",
        "owner": seat.owner,
        "role": seat.role,
        "user": seat.user,
        "client": seat.client,
        "since": seat.since,
        "links": [{"lane": peer.lane, "address": peer.address} for peer in seat.links],
        "operations": seat.operations,
        "scanning": seat.scanning,
        "shed": seat.shed,
        "waiting": seat.waiting,
    }


def _seat_line(seat: m.SeatTaken) -> str:
    from bletui.text import visible

    there = seat.client or "nobody there"
    holds = ", ".join(peer.address for peer in seat.links) or "no links"
    asked = "1 operation" if seat.operations == 1 else f"{seat.operations} operations"
    lost = f", {seat.shed} events lost" if seat.shed else ""
    scans = ", scans" if seat.scanning else ""
    return visible(f"{seat.owner:<16}{seat.role:<9}{there}: {holds}, {asked}{scans}{lost}")


def _logs(count: int, *, follow: bool) -> int:
    from bletui.bridge.log import Following, tail
    from bletui.cli.bridging import log_file

    later = Following(log_file())
    if not log_file().exists():
        _say(f"no bridge of this user has written {log_file()} yet")
    for line in tail(log_file(), count):
        print(line, flush=True)
    while follow:
        for line in later.lines():
            print(line, flush=True)
        time.sleep(LOOK)
    return 0


def _token(action: str, name: str | None, role: str) -> int:
    from bletui.bridge.credentials import Tokens
    from bletui.cli.bridging import tokens_file
    from bletui.target import invalid

    tokens = Tokens(tokens_file())
    if action == "list":
        every = tokens.all()
        for token in every:
            made = time.strftime("%Y-%m-%d %H:%M", time.gmtime(token.made))
            print(f"{token.name:<20}{token.role:<10}{made} UTC")
        if not every:
            _say("there are no tokens; bletui bridge token add NAME makes one")
        return 0
    if not name:
        raise invalid(f"bletui bridge token {action} NAME: which?")
    if action == "revoke":
        tokens.revoke(name)
        return 0
    secret = tokens.add(name, role, time.time()) if action == "add" else tokens.rotate(name, time.time())  # type: ignore[arg-type]
    print(secret)
    _say("this secret is not shown again; a client names it as bridge://KEY@host")
    return 0
