"""The scan's summary: a line a second at most, what is back told from what is new, silence no departure."""

from __future__ import annotations

import re

from bletui.cli.plain.heard import GONE, NAMED, ScanNews
from bletui.cli.plain.numbers import Numbers
from bletui.devices import Device, DeviceStore
from bletui.model import Advertisement


def heard(store: DeviceStore, at: float, *addresses: str, name: str | None = None) -> set[Device]:
    store.update(Advertisement(at, "l", one, "random", -50, name=name) for one in addresses)
    return store.take_dirty()


def test_one_line_a_second_at_most() -> None:
    store, news = DeviceStore(), ScanNews(Numbers())
    news.take(heard(store, 0.0, "A", name="door"))
    told = news.tell(0.0, {})
    assert told is not None
    assert told[0].startswith("#1  ")
    news.take(heard(store, 0.1, "A", *(f"B{n}" for n in range(8)), name="door"))
    assert news.tell(0.5, {}) is None
    told = news.tell(1.0, {})
    assert told is not None
    assert told[0].startswith("8 new: #")
    assert told[0].endswith(f"and {8 - NAMED} more")
    assert "\n" not in told[0]
    assert news.tell(9.0, {}) is None


def test_where_not_all_are_named_the_pinned_one_is() -> None:
    store, pins = DeviceStore(), {"A9": None}
    news = ScanNews(Numbers(), pins)
    news.take(heard(store, 0.0, *(f"A{n}" for n in range(9))))
    news.take(heard(store, 0.1, "A9"))
    told = news.tell(0.2, {})
    assert told is not None
    assert " A9 -50 dBm" in told[0].split(",")[0]
    assert told[0].endswith(f"and {10 - NAMED} more")


def test_gone_and_back() -> None:
    store, news = DeviceStore(), ScanNews(Numbers())
    news.take(heard(store, 0.0, "A", "B", "C"))
    news.tell(0.0, {})
    late = GONE + 10
    news.take(heard(store, late, "B"))
    news.look(late, store.received, {"C"})
    told = news.tell(late, {})
    assert told is not None
    assert re.fullmatch("1 gone: #[123] A -50 dBm", told[0])
    news.take(heard(store, late + 1, "A"))
    told = news.tell(late + 1, {})
    assert told is not None
    assert "  back  A" in told[0]


def test_a_deaf_radio_makes_nothing_go() -> None:
    store, news = DeviceStore(), ScanNews(Numbers())
    news.take(heard(store, 0.0, "A"))
    news.look(0.0, store.received, ())
    news.tell(0.0, {})
    news.look(GONE * 3, store.received, ())
    assert news.tell(GONE * 3, {}) is None
