"""What runs in the pty: the console under a made-up load, its live table alone, a DataTable alone, the least of apps.

python -m benchmarks.console_programs console|live|table|least N PER_SECOND HZ [slow]
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle

STEP = 0.1  # seconds between batches of reports
DRAWN = 64  # batches drawn before the run and used in turn: the dice are not what is measured


def address(n: int) -> str:
    return f"C0:00:00:{n >> 16:02X}:{n >> 8 & 255:02X}:{n & 255:02X}"


def level(n: int) -> int:
    """A device's strongest RSSI: where it stands. Reports lie up to 11 dB below, as fading has it."""
    return -40 - n * 7 % 45


def reports(count: int, per_second: int, hz: float) -> Iterator[list[tuple[str, int]]]:
    """Batches of (address, RSSI), drawn before the run. `per_second` below 0: every device in each."""
    chance = random.Random(7)
    devices = [(address(n), level(n)) for n in range(count)]

    def batch() -> list[tuple[str, int]]:
        some = devices if per_second < 0 else [chance.choice(devices) for _ in range(int(per_second * STEP))]
        return [(known, strongest - chance.randrange(12)) for known, strongest in some]

    return cycle([batch() for _ in range(DRAWN)])


def live(count: int, per_second: int, hz: float, slow: bool) -> int:
    """The live table alone, as the DataTable stands alone: over its store and listing, under the same load."""
    from textual.app import App, ComposeResult

    from bletui.console.listing import Listing, Sort
    from bletui.console.spans import line
    from bletui.console.themes import PALETTES
    from bletui.console.widgets.device_table import DeviceTable
    from bletui.console.widgets.lines import Lines
    from bletui.devices import DeviceStore
    from bletui.model import Advertisement

    store = DeviceStore()
    listing = Listing(store)
    listing.set_sort(Sort("address", descending=False))
    raw, lane = bytes.fromhex("02010603ff4c00"), "sim/hci0"

    class Live(App[None]):
        CSS = """
        DeviceTable { height: 1fr; width: 1fr; layout: horizontal; }
        #fixed, #changing { height: 1fr; width: 1fr; }
        #selected { height: 1; }
        """
        BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012  Textual's declaration
        palette = PALETTES["bletui"]

        def compose(self) -> ComposeResult:
            yield DeviceTable(self.show_selected, lambda: None)
            yield Lines(id="selected")

        def show_selected(self) -> None:
            device = self.query_one(DeviceTable).selected
            self.query_one("#selected", Lines).show(line(f"selected {device.address if device else ''}"))

        def on_mount(self) -> None:
            now = time.time()
            store.update(
                [Advertisement(now, lane, address(n), "random", level(n), "ADV_IND", raw) for n in range(count)]
            )
            batches, table = reports(count, per_second, hz), self.query_one(DeviceTable)
            table.focus()

            def feed() -> None:
                now = time.time()
                store.update(
                    [Advertisement(now, lane, known, "random", rssi, "ADV_IND", raw) for known, rssi in next(batches)]
                )
                listing.take()
                listing.apply()
                listing.rank()
                table.update(listing.rows, now, listing.take_changed())

            self.set_interval(1 / hz, feed)

    Live().run()
    return 0


def console(count: int, per_second: int, hz: float, slow: bool) -> int:
    import os

    from bletui.clock import Clock
    from bletui.console import Settings
    from bletui.console.app import Console
    from bletui.console.launch import prepare
    from bletui.console.settings import Look
    from bletui.model import Advertisement, Lane, LaneChanged, ScanRequest, StreamChanged
    from bletui.session import Session
    from bletui.target import Target, parse

    class Loaded(Session):
        """A session whose store is fed by a timer instead of radios; nothing is shed."""

        async def __aenter__(self) -> Session:
            (joined,) = self.radios.values()
            lane, now = "sim/hci0", time.time()
            self._take(joined, [LaneChanged(now, Lane(lane, "hci0")), StreamChanged(now, lane, "scan", "live")])
            raw = bytes.fromhex("02010603ff4c00")
            self.store.update(
                Advertisement(now, lane, address(n), "random", level(n), "ADV_IND", raw) for n in range(count)
            )
            batches = reports(count, per_second, hz)
            loop = asyncio.get_running_loop()
            step = STEP if per_second >= 0 else 1 / hz

            def feed(due: float) -> None:
                now = time.time()
                self.store.update(
                    [Advertisement(now, lane, known, "random", rssi, "ADV_IND", raw) for known, rssi in next(batches)]
                )
                loop.call_at(due + step, feed, due + step)  # as a radio's events come: not by a timer of the screen

            loop.call_soon(feed, loop.time())
            return self

        async def __aexit__(self, *_: object) -> None:
            return None

        async def scan(self, request: ScanRequest | None) -> None:
            return None

    class Timed(Look):
        frames = hz

    look = Timed(theme="ansi" if os.environ["TERM"] == "xterm-16color" else "bletui", ascii=False, slow=slow)
    prepare(look)

    def opener(targets: Sequence[Target], clock: Clock) -> Session:
        return Loaded(targets, clock=clock)

    app = Console([parse("sim:")], Settings(), look, opener)
    app.run()
    return app.return_code or 0


def table(count: int, per_second: int, hz: float, slow: bool) -> int:
    from textual.app import App, ComposeResult
    from textual.coordinate import Coordinate
    from textual.widgets import DataTable, Static

    class Table(DataTable[str]):
        def watch_cursor_coordinate(self, old: Coordinate, new: Coordinate) -> None:
            super().watch_cursor_coordinate(old, new)
            self.app.query_one("#selected", Static).update(f"selected {address(new.row)}")

    class Peer(App[None]):
        CSS = "DataTable { height: 1fr; } Static { height: 1; }"
        BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012  Textual's declaration

        def compose(self) -> ComposeResult:
            yield Table(cursor_type="row")
            yield Static("", id="selected", markup=False)

        def on_mount(self) -> None:
            rows = self.query_one(Table)
            for name, width in (("Name", 18), ("Address", 18), ("Company", 10), ("int", 6), ("RSSI", 4), ("Age", 4)):
                rows.add_column(name, key=name, width=width)
            for n in range(count):
                rows.add_row("(unnamed)", address(n), "Apple", "100", "-60", "0", key=str(n))
            chance = random.Random(7)

            def batch() -> list[tuple[str, str, str]]:
                return [
                    (str(chance.randrange(count)), str(-40 - chance.randrange(50)), str(chance.randrange(9)))
                    for _ in range(int(per_second / hz))
                ]

            batches = cycle([batch() for _ in range(DRAWN)])

            def feed() -> None:
                for key, rssi, age in next(batches):
                    rows.update_cell(key, "RSSI", rssi)
                    rows.update_cell(key, "Age", age)

            self.set_interval(1 / hz, feed)

    Peer().run()
    return 0


def least() -> int:
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Least(App[None]):
        def compose(self) -> ComposeResult:
            yield Static("bletui")

    Least().run()
    return 0


def main() -> int:
    kind, *numbers = sys.argv[1:]
    if kind == "least":
        return least()
    count, per_second, hz = int(numbers[0]), int(numbers[1]), float(numbers[2])
    return {"console": console, "table": table, "live": live}[kind](count, per_second, hz, "slow" in numbers)


if __name__ == "__main__":
    sys.exit(main())
