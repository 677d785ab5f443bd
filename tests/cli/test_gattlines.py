from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.gattlines import attribute_line, name_width, notification_line, value_line, value_text
from bletui.decode.attributes import attributes
from bletui.failure import ErrorKind, Failure
from bletui.model import Notification
from bletui.text import is_clean
from tests.cli.table import PEER, TREE, VENDOR, uuid

NODES = list(attributes(TREE))
BATTERY = next(one for one in NODES if one.uuid == uuid(0x2A19))


@given(st.sampled_from(NODES), st.binary(max_size=512))
def test_nothing_that_a_device_sends_acts_on_a_terminal(attribute: object, value: bytes) -> None:
    one = next(each for each in NODES if each is attribute)
    for line in (value_line(one, value), attribute_line(one, value), notification_line(one, _sent(value))):
        assert is_clean(line)
        assert "\n" not in line


@given(st.binary(max_size=16))
def test_the_bytes_are_always_shown(value: bytes) -> None:
    assert value_text(VENDOR, value).startswith(value.hex(" ") or "(empty)")


def test_text_is_quoted_only_where_it_is_printable_throughout() -> None:
    assert value_text(VENDOR, b"hello") == '68 65 6c 6c 6f  "hello"'
    assert value_text(VENDOR, b"hi\x00") == "68 69 00"
    assert value_text(VENDOR, b"\xff") == "ff"
    assert value_text(VENDOR, b"") == "(empty)"


def test_a_value_that_makes_no_sense_says_so_beside_what_it_held() -> None:
    assert value_text(uuid(0x2A19), b"\x60") == "60  96 %"
    assert value_text(uuid(0x2A19), b"").startswith("(empty)  ")


def test_columns_stand_under_each_other() -> None:
    width = name_width(NODES)
    lines = [attribute_line(one, width=width) for one in NODES]
    assert {line[width : width + 2] for line in lines} == {"  "}
    assert lines[0].startswith("0x0001  Generic Access ")
    assert lines[1].startswith("  0x0003 rw...  Device Name ")
    failed = attribute_line(BATTERY, Failure(kind=ErrorKind.GATT_TIMEOUT, message="\x1b[2J"))
    assert "  ! E0404 gatt.timeout" in failed
    assert is_clean(failed)


def _sent(value: bytes) -> Notification:
    return Notification(1.0, PEER, 18, value)
