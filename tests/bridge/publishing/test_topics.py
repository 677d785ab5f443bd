"""No name from outside can mean anything to a broker."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from bletui.bridge.publishing.topics import LEVEL_MAX, PREFIX_MAX, checked_prefix, level, topic
from bletui.failure import BleError, ErrorKind

NAMES = st.text(max_size=300) | st.text(st.sampled_from("/+#$%\0\ud800:"), max_size=20)


@given(NAMES)
@example("")
@example("lab/CC:1B:E0:00:00:01/0")
@example("+/#\0$SYS")
@example("\ud800" * 200)
def test_a_level_is_one_level_of_plain_text(name: str) -> None:
    made = level(name)
    assert 0 < len(made) <= LEVEL_MAX
    assert made.isascii()
    assert made.isprintable()
    assert not set(made) & set("/+# $")
    assert topic_matches_sub("root/+", topic("root", name))


@given(NAMES, NAMES)
def test_two_names_are_two_levels(one: str, other: str) -> None:
    assert (level(one) == level(other)) is (one == other)


def test_addresses_stay_as_they_are_written() -> None:
    assert topic("bletui/host", "devices", "A4:C1:38:0B:7F:2A") == "bletui/host/devices/A4:C1:38:0B:7F:2A"
    assert level("sim/hci0") == "sim%2Fhci0"


@pytest.mark.parametrize("prefix", ["site", "a/b/c", "Werk 7", "é"])
def test_a_prefix_may_have_several_levels(prefix: str) -> None:
    assert checked_prefix(prefix) == prefix


@pytest.mark.parametrize(
    "prefix", ["a//b", "/a", "a/", "+", "a/#", "$SYS/x", "a\0b", "a\x1b[2J", "x" * (PREFIX_MAX + 1)]
)
def test_what_begins_no_topic_is_refused(prefix: str) -> None:
    with pytest.raises(BleError) as refused:
        checked_prefix(prefix)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
