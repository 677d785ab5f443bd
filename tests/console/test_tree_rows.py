"""The rows of a tree: made anew where something changed, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

from bletui.console.known import Book, Place
from bletui.console.links import Row
from bletui.console.spans import words
from bletui.console.tree import Looks, TreeRows
from bletui.decode.attributes import Attribute
from bletui.decode.lenses import written
from bletui.decode.values.alert import Alarm, Rule, Watch
from bletui.failure import ErrorKind, Failure
from bletui.model import Peer, Properties
from tests.console.two_services import TREE

PEER = Peer("a", "A4:C1:38:0B:7F:2A")
LEVEL = 3
UUID = "00002a19-0000-1000-8000-00805f9b34fb"


class Drawn:
    def __init__(self) -> None:
        self.book, self.rows = Book(), TreeRows()
        self.known = self.book[Place("r", PEER, LEVEL)]

    def now(self, looks: Looks | None = None) -> list[Row]:
        return self.rows.rows("r", PEER, TREE, self.book, looks or Looks({}))


def level(rows: list[Row]) -> str:
    return next(words(row.line) for row in rows if row.key == LEVEL)


def anew(before: list[Row], after: list[Row]) -> set[object]:
    return {row.key for old, row in zip(before, after, strict=True) if old is not row}


def test_only_what_changed_is_made_anew() -> None:
    drawn = Drawn()
    before = drawn.now()
    assert anew(before, drawn.now()) == set()
    drawn.known.take(b"\x64", 1.0)
    read = drawn.now()
    assert anew(before, read) == {LEVEL}
    assert level(read).endswith("100 %")
    drawn.known.failure = Failure(kind=ErrorKind.GATT_TIMEOUT)
    assert level(drawn.now()).rstrip().endswith("gatt.timeout")


def test_what_is_subscribed_to_says_value_count_and_rate_and_an_alert() -> None:
    drawn = Drawn()
    drawn.known.take(b"\x64", 1.0)
    drawn.known.count = 7
    on = Looks({LEVEL: "notify"})
    assert level(drawn.now(on)).endswith("100 %       notify 7 0.0/s")
    drawn.known.alarm = Alarm(Watch(Rule(">50", high=50.0), UUID))
    drawn.known.take(b"\x64", 2.0)
    assert " ALERT notify 7" in level(drawn.now(on))


def test_a_cccd_says_what_the_radio_wrote_there_not_what_was_read_before() -> None:
    drawn = Drawn()
    drawn.book[Place("r", PEER, LEVEL + 1)].take(b"\x00\x00", 1.0)

    def cccd(looks: Looks) -> str:
        return next(words(row.line) for row in drawn.now(looks) if row.key == LEVEL + 1).strip()

    assert cccd(Looks({})).endswith("off")
    assert cccd(Looks({LEVEL: "notify"})).endswith("notifications")
    assert cccd(Looks({LEVEL: "indicate"})).endswith("indications")
    assert cccd(Looks({})).endswith("off")


def test_a_lens_a_filter_and_the_width_are_part_of_it() -> None:
    drawn = Drawn()
    drawn.known.take(b"\x64", 1.0)
    lens = written("u8 /10 V")
    assert lens is not None
    assert level(drawn.now(Looks({}, lenses={UUID: lens}))).endswith("10.0 V")
    assert [row.key for row in drawn.now(Looks({}, shown={LEVEL}))] == [LEVEL]
    assert level(drawn.now(Looks({}, size=60))).endswith("Battery Level           100 %")


def test_another_tree_is_not_taken_for_the_one_before() -> None:
    drawn = Drawn()
    before = drawn.now()
    drawn.rows.forget()
    assert anew(before, drawn.now()) == {row.key for row in before}


def test_what_tells_a_vendors_uuids_apart_is_in_sight() -> None:
    """They differ in their first digits (Nordic) or in their last, and neither may be what is cut."""
    vendors = ("ab340002-b5a3-f393-e0a9-e50e24dcca9e", "b1e70000-51a1-4c0d-9000-000000000027")
    for uuid in vendors:
        one = Attribute("characteristic", 0x12, uuid, uuid, properties=Properties.READ)
        for size in (60, 80):
            (row,) = TreeRows().rows("r", PEER, [one], Book(), Looks({}, size=size))
            assert f"({uuid[:8]}…{uuid[-12:]})" in words(row.line)
        (row,) = TreeRows().rows("r", PEER, [replace(one, kind="service", properties=None)], Book(), Looks({}, size=80))
        assert f"({uuid})" in words(row.line)
