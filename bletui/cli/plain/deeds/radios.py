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
    await desk.session.reopen(_called(desk, args.radio))
    _tell(desk, args.radio)


async def close(desk: Desk, args: argparse.Namespace) -> None:
    """Its links of ours end with it. The only one stays."""
    name = _called(desk, args.radio)
    if len(desk.session.radios) < 2:
        raise invalid(f"{name} is the only radio: open another one first, or quit")
    await desk.session.remove(name)
    desk.printer.put(f"closed {visible(name)}", {"schema": "bletui.closed/1", "radio": name})


def _called(desk: Desk, name: str) -> str:
    if name not in desk.session.radios:
        raise invalid(f"no radio is called {name!r}; there are {', '.join(desk.session.radios)}")
    return name


def _tell(desk: Desk, radio: str) -> None:
    target = str(desk.session.radios[radio].target)
    desk.printer.put(f"opens {visible(radio)}", {"schema": "bletui.opening/1", "radio": radio, "target": target})


async def wait(desk: Desk, args: argparse.Namespace) -> None:
    await desk.until(lambda: None, args.seconds)
