"""What may be typed: every verb once, and a line taken apart. Pure: a line in, an order or a clear refusal out."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from bletui.cli import gatt, read, write
from bletui.cli.arguments import alone, nearest
from bletui.cli.attribute import typed
from bletui.cli.wanted import count, seconds
from bletui.target import invalid
from bletui.text import bounded, visible

Parser = argparse.ArgumentParser
_DEVICE = "address, name or number of the list"


@dataclass(frozen=True, slots=True)
class Order:
    """`args` holds what the verb's parser took; `text` is the line as it may be shown."""

    verb: str
    args: argparse.Namespace
    text: str


@dataclass(frozen=True, slots=True)
class Verb:
    """`whole`: the rest of the line is one argument as it stands, quotes and all."""

    help: str
    arguments: Callable[[Parser], None] | None = None
    whole: str = ""


def _scan(parser: Parser) -> None:
    parser.add_argument("how", nargs="?", choices=("on", "off", "active", "again"), default="on")


def _list(parser: Parser) -> None:
    parser.add_argument("count", nargs="?", type=count, default=20, metavar="N", help="how many, the strongest first")


def _connect(parser: Parser) -> None:
    parser.add_argument("devices", nargs="+", metavar="DEVICE", help=_DEVICE)
    parser.add_argument("--type", choices=("public", "random"), help="of the address (default: as heard)")
    parser.add_argument("--lane", metavar="LANE", help="the adapter or router chip to use")


def _device(parser: Parser) -> None:
    parser.add_argument("device", metavar="DEVICE", help=_DEVICE)


def _disconnect(parser: Parser) -> None:
    parser.add_argument("device", metavar="DEVICE|all", help=_DEVICE + "; all: every link of ours")
    parser.add_argument("--force", action="store_true", help="also a link that somebody else opened")


def _of_device(rest: Callable[[Parser], None]) -> Callable[[Parser], None]:
    """The arguments of the headless command, after the device."""

    def add(parser: Parser) -> None:
        _device(parser)
        rest(parser)

    return add


def _notify(parser: Parser) -> None:
    _device(parser)
    parser.add_argument("attribute", type=typed, metavar="ATTRIBUTE", help="handle, UUID or name")
    parser.add_argument("how", nargs="?", choices=("on", "off"), default="on")
    parser.add_argument("--indicate", action="store_true", help="indications, where it offers both")


def _walk(parser: Parser) -> None:
    parser.add_argument("device", metavar="DEVICE|off", help=_DEVICE)


def _picked(parser: Parser) -> None:
    parser.add_argument("device", nargs="?", metavar="DEVICE", help=_DEVICE)
    parser.add_argument("how", nargs="?", choices=("on", "off"), default="on")


def _baseline(parser: Parser) -> None:
    parser.add_argument("how", nargs="?", choices=("on", "off", "show"), default="show")


def _lens(parser: Parser) -> None:
    _device(parser)
    parser.add_argument("attribute", type=typed, metavar="ATTRIBUTE", help="handle, UUID or name")
    parser.add_argument("layout", nargs="+", metavar="NAME|LAYOUT|off", help="a struct of structs.toml, or a layout")


def _alert(parser: Parser) -> None:
    parser.add_argument("device", nargs="?", metavar="DEVICE", help=_DEVICE)
    parser.add_argument("attribute", nargs="?", type=typed, metavar="ATTRIBUTE", help="handle, UUID or name")
    parser.add_argument("rule", nargs="*", metavar="RULE|off", help="change, <20, >30, 20..30, level<20")


def _phy(parser: Parser) -> None:
    _device(parser)
    parser.add_argument("phy", nargs="+", metavar="PHY", help="2M; 1M,CODED: either; tx=2M rx=1M")


def _answer(parser: Parser) -> None:
    parser.add_argument("value", metavar="DIGITS|yes|no", help="no refuses any question")
    parser.add_argument("device", nargs="?", metavar="DEVICE", help="whose question, where several are open")


def _queued(parser: Parser) -> None:
    parser.add_argument("device", metavar="DEVICE|all", help="whose operations: " + _DEVICE)


def _lane(parser: Parser) -> None:
    parser.add_argument("lane", metavar="LANE")


def _radio(parser: Parser) -> None:
    parser.add_argument("radio", metavar="RADIO")


def _open(parser: Parser) -> None:
    parser.add_argument("target", metavar="TARGET", help="sim:, cassia://HOST, a name …")


def _wait(parser: Parser) -> None:
    parser.add_argument("seconds", type=seconds, metavar="S")


def _help(parser: Parser) -> None:
    parser.add_argument("of", nargs="?", metavar="VERB")


VERBS: dict[str, Verb] = {
    "scan": Verb("listen, stop listening, ask for scan responses, or open every stream again", _scan),
    "filter": Verb("tell only of devices that an expression matches; off: of all", whole="expression"),
    "list": Verb("the devices with their numbers", _list),
    "walk": Verb("one device's signal, a line a second", _walk),
    "pin": Verb("a device comes first in list, at the next start too; off: no longer; alone: which are", _picked),
    "hide": Verb("tell no more of a device; off: again; alone: which are", _picked),
    "baseline": Verb("take what there is now, tell what differs from it, drop it", _baseline),
    "connect": Verb("make links; several wait their turn", _connect),
    "disconnect": Verb("end a link", _disconnect),
    "gatt": Verb("services, characteristics, descriptors", _of_device(gatt.add_arguments)),
    "read": Verb("what attributes hold, and what it means", _of_device(read.add_arguments)),
    "write": Verb("a value into an attribute, its bytes shown before", _of_device(write.add_arguments)),
    "notify": Verb("tell what an attribute sends, or no longer", _notify),
    "lens": Verb("read a type of value as a struct of your own", _lens),
    "alert": Verb("a line and a bell when a value changes or leaves its bounds; alone: all of them", _alert),
    "rssi": Verb("how strong a link is", _device),
    "phy": Verb("ask for another PHY of a link", _phy),
    "pair": Verb("bond with a device; answer takes what it asks", _device),
    "unpair": Verb("remove a bond", _device),
    "bonds": Verb("the devices that the radios have keys of"),
    "adopt": Verb("make a link that somebody else opened ours", _device),
    "answer": Verb("what pairing asks: digits, yes or no", _answer),
    "queue": Verb("lanes and slots, links, what runs and waits"),
    "cancel": Verb("stop what runs or waits", _queued),
    "raise": Verb("to the front of the queue", _queued),
    "retry": Verb("at once, not after the countdown", _queued),
    "pause": Verb("start nothing new on a lane", _lane),
    "resume": Verb("let a lane go on", _lane),
    "problems": Verb("what is wrong now, what to do, and what has failed so far"),
    "log": Verb(
        "what happened, as far as an expression matches; first: --anonymous, and how many lines", whole="expression"
    ),
    "mark": Verb("this moment in the log", whole="name"),
    "explain": Verb("a code, kind, message or number", whole="what"),
    "open": Verb("one more radio beside the others", _open),
    "reopen": Verb("close a radio and open it again", _radio),
    "close": Verb("end a radio and its links; the others stay", _radio),
    "reload": Verb("the configuration, as its file is now"),
    "wait": Verb("let time pass before the next line", _wait),
    "help": Verb("all verbs, or one", _help),
    "quit": Verb("leave, and let every radio go"),
}


def parse(line: str) -> Order | None:
    """None for an empty line and a comment (`# …`). A verb may be cut short as long as it stays one of its kind.

    `request.invalid` says what is wrong.
    """
    words = line.split(maxsplit=1)
    if not words or words[0] == "#":
        return None
    name = verb_called(words[0])
    rest = words[1].strip() if len(words) > 1 else ""
    text = bounded(visible(line.strip()), 200)
    if whole := VERBS[name].whole:
        if rest == "--help":
            return _help_on(name, text)
        return Order(name, argparse.Namespace(**{whole: rest}), text)
    try:
        arguments = shlex.split(rest)
    except ValueError as wrong:
        raise invalid(f"{name}: {str(wrong).lower()}") from None
    if "--help" in arguments:
        return _help_on(name, text)
    return Order(name, _parser(name).parse_args(arguments), text)


def verb_called(word: str) -> str:
    """The verb that `word` is, or begins and no other does."""
    said = word.casefold()
    if said in VERBS:
        return said
    meant = [name for name in VERBS if name.startswith(said)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise invalid(f"{word!r} may be {' or '.join(meant)}")
    near = nearest(said, VERBS)
    raise invalid(f"{bounded(word, 60)!r} is no verb; " + (f"did you mean {near}?" if near else "help lists them"))


def usage(name: str) -> str:
    """How the verb is typed, on one line."""
    if whole := VERBS[name].whole:
        return f"{name} {whole.upper()}"
    return " ".join(_parser(name).format_usage().removeprefix("usage: ").split())


def _help_on(name: str, text: str) -> Order:
    return Order("help", argparse.Namespace(of=name), text)


@cache
def _parser(name: str) -> Parser:
    parser = alone(name)
    add = VERBS[name].arguments
    if add is not None:
        add(parser)
    return parser
