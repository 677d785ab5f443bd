"""What each verb does: `(desk, args)`; raises `BleError`."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable

from bletui.cli.plain.deeds import air, asking, configuring, history, knowledge, links, picking, queue, radios, values
from bletui.cli.plain.desk import Desk

Deed = Callable[[Desk, argparse.Namespace], Awaitable[None]]

DEEDS: dict[str, Deed] = {
    "scan": air.scan,
    "filter": air.choose,
    "list": air.show,
    "walk": air.walk,
    "pin": picking.pin,
    "hide": picking.hide,
    "baseline": air.baseline,
    "connect": links.connect,
    "disconnect": links.disconnect,
    "gatt": links.gatt,
    "read": links.read,
    "write": links.write,
    "notify": links.notify,
    "lens": values.lens,
    "alert": values.alert,
    "rssi": links.rssi,
    "phy": links.phy,
    "adopt": links.adopt,
    "pair": asking.pair,
    "unpair": asking.unpair,
    "bonds": asking.bonds,
    "answer": asking.answer,
    "queue": queue.show,
    "cancel": queue.cancel,
    "raise": queue.promote,
    "retry": queue.retry,
    "pause": queue.pause,
    "resume": queue.resume,
    "problems": knowledge.problems,
    "log": history.show,
    "mark": history.mark,
    "explain": knowledge.explain,
    "help": knowledge.show_help,
    "open": radios.add,
    "reopen": radios.reopen,
    "close": radios.close,
    "reload": configuring.reload,
    "wait": radios.wait,
}
AT_ONCE = frozenset({"answer", "cancel", "raise", "retry", "pause", "resume", "quit"})  # these wait for nobody
