"""What the commands that work at one radio have in common: their arguments, and these as one value."""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bletui.cli.configured import Configuration, add_options, configuration
from bletui.config.file import Config
from bletui.config.settings import DEADLINE, LIMIT
from bletui.model import AddressType
from bletui.target import Target, invalid, is_address
from bletui.text import is_clean

if TYPE_CHECKING:
    from bletui.config.structs import StructsFile

EXITS = """\
exit codes
  0 done; otherwise that of the failure (bletui explain KIND says which)
  130 ctrl+c, 143 SIGTERM, 141 the reader of stdout went away

docs/commands.md describes the commands, docs/json.md the JSON objects.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`limit` bounds one attempt, `deadline` everything with waiting and retries; seconds."""

    target: Target
    address: str = ""
    lane: str | None = None
    address_type: AddressType | None = None
    limit: float = LIMIT
    deadline: float = DEADLINE
    json: bool = False
    passkey: str | None = None
    structs: StructsFile | None = None
    configuration: Configuration = field(default_factory=lambda: Configuration(Config(), os.environ))


def add_radio(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET", help="local:, sim:, cassia://HOST, a name …")
    parser.add_argument("--json", action="store_true", help="one object per line, narration too")
    parser.add_argument("--lane", metavar="LANE", help="the adapter or router chip to use, as hci0")
    add_limits(parser)
    add_options(parser)


def add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=seconds, metavar="S", help=f"for one attempt (default {LIMIT:g} s)")
    parser.add_argument(
        "--deadline",
        type=seconds,
        metavar="S",
        help=f"for everything, waiting and retries included (default {DEADLINE:g} s)",
    )


def add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="of the device, as A4:C1:38:0B:7F:2A, or your name for it")


def add_device(parser: argparse.ArgumentParser) -> None:
    add_radio(parser)
    add_address(parser)
    parser.add_argument(
        "--type", choices=("public", "random"), help="of the address; without it the device is listened for first"
    )
    parser.add_argument("--passkey", metavar="NNNNNN", help="answers a device that wants one typed")


def wanted(args: argparse.Namespace) -> Wanted:
    """`request.invalid` for what is no target, address or passkey."""
    passkey = getattr(args, "passkey", None)
    if passkey is not None and not re.fullmatch(r"[0-9]{6}", passkey):
        raise invalid("--passkey has six digits")
    here = configuration(args)
    return Wanted(
        target=here.target(args.target),
        address=address(args.address, here.config.addresses) if "address" in args else "",
        lane=args.lane,
        address_type=getattr(args, "type", None),
        limit=here.seconds("limit", args.limit),
        deadline=here.seconds("deadline", args.deadline),
        json=args.json,
        passkey=passkey,
        configuration=here,
    )


def address(text: str, names: Mapping[str, str]) -> str:
    """Upper case with colons; anything else may be an operating system's own id and stays as it is.

    `names`: a person's own, by address, each as good as the address.
    """
    called = [address for address, name in names.items() if name.casefold() == text.casefold()]
    if len(called) > 1:
        raise invalid(f"{text!r} is {' and '.join(called)}")
    if called:
        return called[0]
    if is_address(text):
        plain = re.sub("[:-]", "", text).upper()
        return ":".join(plain[at : at + 2] for at in range(0, 12, 2))
    if not text or len(text) > 64 or not is_clean(text) or re.search(r"[\s/:]", text):
        raise invalid(f"{text!r} is no address; one looks like A4:C1:38:0B:7F:2A")
    return text


def seconds(text: str) -> float:
    """An argument's positive, finite number of seconds."""
    with suppress(ValueError):
        if math.isfinite(value := float(text)) and value > 0:
            return value
    raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")


def count(text: str) -> int:
    """An argument's whole number from 1."""
    with suppress(ValueError):
        if (value := int(text)) >= 1:
            return value
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number that counts from 1")
