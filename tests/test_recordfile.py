from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind
from bletui.recordfile import BLOCK_MAX, MAGIC, Damaged, block, blocks

payloads = st.lists(st.binary(min_size=1, max_size=40), max_size=6)


def file_of(written: list[bytes]) -> bytes:
    return MAGIC + b"".join(map(block, written))


def whole(data: bytes) -> list[bytes]:
    return [one for one in blocks(data) if isinstance(one, bytes)]


def lost(data: bytes) -> int:
    return sum(one.size for one in blocks(data) if isinstance(one, Damaged))


@given(payloads, st.data())
def test_a_file_that_was_cut_is_read_to_its_last_whole_block(written: list[bytes], data: st.DataObject) -> None:
    file = file_of(written)
    cut = data.draw(st.integers(0, len(file)))
    ends = [len(file_of(written[:n])) for n in range(len(written) + 1)]
    found = sum(end <= cut for end in ends[1:])
    assert whole(file[:cut]) == written[:found]
    if cut >= len(MAGIC):
        assert lost(file[:cut]) == cut - ends[found]


@given(payloads.filter(bool), st.data())
def test_what_is_spoilt_is_never_read_and_never_costs_more_than_what_is_behind_it(
    written: list[bytes], data: st.DataObject
) -> None:
    file = bytearray(file_of(written))
    spoilt = data.draw(st.integers(len(MAGIC), len(file) - 1))
    file[spoilt] ^= data.draw(st.integers(1, 255))
    hit = next(n for n in range(len(written)) if spoilt < len(file_of(written[: n + 1])))
    found = whole(bytes(file))
    assert found[:hit] == written[:hit]
    assert found[hit:] in ([], written[hit + 1 :])  # a length that was spoilt may lead nowhere
    assert sum(len(block(one)) for one in found) + lost(bytes(file)) == len(file) - len(MAGIC)


@given(payloads, st.binary(max_size=60))
def test_whatever_stands_behind_it_is_no_block(written: list[bytes], tail: bytes) -> None:
    assert whole(file_of(written) + tail)[: len(written)] == written


def test_a_payload_that_was_spoilt_costs_its_block_alone() -> None:
    file = bytearray(file_of([b"one", b"two", b"three"]))
    file[len(file_of([b"one"])) + 8] ^= 1
    assert list(blocks(bytes(file))) == [b"one", Damaged(len(file_of([b"one"])), 11), b"three"]


def test_a_length_that_leads_into_the_middle_of_things_leaves_one_damage_to_the_end() -> None:
    file = bytearray(file_of([b"one", b"y" * 40, b"three"]))
    at = len(file_of([b"one"]))
    file[at + 3] = 7
    assert list(blocks(bytes(file))) == [b"one", Damaged(at, len(file) - at)]


@pytest.mark.parametrize("tail", [b"\0" * 64, b"\0\0\0\0", b"\xff" * 64])
def test_zeros_and_ones_are_no_blocks(tail: bytes) -> None:
    """What a file system may show after a power failure."""
    assert list(blocks(file_of([b"one"]) + tail)) == [b"one", Damaged(len(file_of([b"one"])), len(tail))]


@pytest.mark.parametrize("data", [b"[settings]\n", b"\x89PNG\r\n\x1a\n", MAGIC.replace(b"\r\n", b"\n") + b"xxxxxxxx"])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(BleError) as refused:
        list(blocks(data))
    assert refused.value.failure.kind is ErrorKind.DATA_MALFORMED


@pytest.mark.parametrize("size", [0, BLOCK_MAX + 1])
def test_a_block_has_bounds(size: int) -> None:
    with pytest.raises(BleError):
        block(bytes(size))
