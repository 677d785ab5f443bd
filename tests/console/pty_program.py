"""The process in the pty: the console on a tiny backend, whose events are chosen by name.

`TOKEN` stands for a secret that lives in a local variable when the bug strikes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

from bletui.backend import Env
from bletui.console import Settings, launch
from bletui.model import Advertisement, Event, Lane, LaneChanged, StreamChanged
from bletui.radio import QueuedRadio, Radio
from bletui.session import Session
from bletui.target import Target, parse
from tests.tiny import TinyBackend

TOKEN = "hunter2-" + "secret"
NASTY = (
    "\x1b]52;c;Y2xpcA==\x07", "\x1b]52;c;Y2xpcA==\x1b\\", "\x1b[2J\x1b[H", "\x9b31m\x9d0;t\x9c", "\x1bP$q\x1b\\",
    "a\rb\nc\x07\x08", "safe\u202egnp.exe", "zero\u200bwidth\ufeff", "[/b] [red", "[@click=app.quit]x[/]", "\x7f\x00",
    "\x1b[?1049l", "\ud800", "x" * 248,
)  # fmt: skip


class Doubles(TinyBackend):
    """Marks its clean end with a file, so that a test sees it from outside."""

    async def aclose(self) -> None:
        await super().aclose()
        if "CLOSED" in os.environ:
            with open(os.environ["CLOSED"], "w") as file:  # noqa: ASYNC230, PTH123  a few bytes, at the very end
                file.write("closed")


class Slow(Doubles):
    """As if it had links to release at a router that takes its time."""

    async def aclose(self) -> None:
        await asyncio.sleep(0.5)
        await super().aclose()


class Buggy(Doubles):
    def scan(self, request: object) -> None:
        password = TOKEN
        raise RuntimeError(f"a bug with {len(password)} letters\x1b]52;c;Y2xpcA==\x1b\\")


def events(*, hostile: bool) -> list[Event]:
    now = time.time()
    names = NASTY if hostile else ("Thermo", "Door", "Ruuvi 7F2A")
    lane = Lane("tiny/hci0", "\x1b]0;lane\x07" if hostile else "hci0", info={"\x1b[2J": "\x9b"} if hostile else {})
    adverts: list[Event] = [
        Advertisement(now, "tiny/hci0", f"C0:00:00:00:00:{n:02X}", "random", -40 - n, "ADV_IND", _named(name), name)
        for n, name in enumerate(names)
    ]
    if hostile:
        adverts.append(Advertisement(now, "tiny/hci0", "\x1b[31mADDRESS", None, -41, None, b"\x05\x09\x1b[2J"))
    return [LaneChanged(now, lane), StreamChanged(now, "tiny/hci0", "scan", "live"), *adverts]


def _named(name: str) -> bytes:
    text = name.encode("utf-8", "surrogatepass")[:200]
    return bytes((len(text) + 1, 0x09)) + text


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) > 1 else "calm"
    made = {"bug": Buggy, "slow": Slow}.get(kind, Doubles)

    async def open_radio(target: Target, env: Env) -> Radio:
        radio = QueuedRadio(made(*events(hostile=kind == "hostile")), env.radio)
        await radio.open()
        return radio

    expression = "rssi>=" if kind == "wrong" else ""
    settings = Settings(slow=False, ascii=True if "--ascii" in sys.argv else None, filter=expression)
    return launch.launch([parse("tiny:")], settings, lambda t, c: Session(t, clock=c, open_radio=open_radio))


if __name__ == "__main__":
    sys.exit(main())
