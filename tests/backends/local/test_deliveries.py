"""Notifications told apart from what reads leave behind: pure, over every order in which they can come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.local.delivery import Delivery

VALUES = st.binary(max_size=1)


@given(before=st.lists(VALUES), during=st.lists(VALUES), late=st.lists(VALUES), read=VALUES)
def test_the_echo_of_a_read_is_taken_out_and_nothing_else(
    before: list[bytes], during: list[bytes], late: list[bytes], read: bytes
) -> None:
    told: list[bytes] = []
    delivery = Delivery(told.append)
    for value in before:
        delivery.heard(value)
    delivery.reading()
    for value in (*during, read, *late):  # notifications may come between the echo and the read's answer
        delivery.heard(value)
    assert told == before
    delivery.read(read)
    assert sorted(told) == sorted(before + during + late)
    if read not in late:
        assert told == before + during + late


@given(values=st.lists(VALUES))
def test_a_read_that_fails_takes_nothing(values: list[bytes]) -> None:
    told: list[bytes] = []
    delivery = Delivery(told.append)
    delivery.reading()
    for value in values:
        delivery.heard(value)
    delivery.read(None)
    assert told == values


@given(values=st.lists(VALUES, min_size=1))
def test_two_reads_at_once_hold_back_until_the_last_is_over(values: list[bytes]) -> None:
    told: list[bytes] = []
    delivery = Delivery(told.append)
    delivery.reading()
    delivery.reading()
    for value in values:
        delivery.heard(value)
    delivery.read(None)
    assert not told
    delivery.read(None)
    assert told == values
