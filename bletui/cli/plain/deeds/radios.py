"""Radios opened beside the others, and anew; and time that passes."""

from __future__ import annotations

import argparse

from bletui.cli.plain.desk import Desk
from bletui.registry import refuse_unknown
from bletui.target import invalid
from bletui.text import visible


async def add(desk: Desk, args: argparse.Namespace) -> None:
    target = desk.configuration.target(args.target)
    refuse_unknown([target])
    _tell(desk, desk.session.add(target))


async def reopen(desk: Desk, args: argparse.Namespace) -> None:
    if args.radio not in desk.session.radios:
        raise invalid(f"no radio is called {args.radio!r}; there are {', '.join(desk.session.radios)}")
    await desk.session.reopen(args.radio)
    _tell(desk, args.radio)


def _tell(desk: Desk, radio: str) -> None:
    target = str(desk.session.radios[radio].target)
    desk.printer.put(f"opens {visible(radio)}", {"schema": "bletui.opening/1", "radio": radio, "target": target})


async def wait(desk: Desk, args: argparse.Namespace) -> None:
    await desk.until(lambda: None, args.seconds)
