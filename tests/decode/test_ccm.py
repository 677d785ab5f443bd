"""AES-CCM against the packet vectors of RFC 3610, section 8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode import ccm

KEY = bytes(range(0xC0, 0xD0))
# nonce, how many bytes of 00 01 02 … are associated, where the plain text in that row ends, sealed, tag
PACKETS = [
    ("00000003020100a0a1a2a3a4a5", 8, 31, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384", "17e8d12cfdf926e0"),
    ("00000004030201a0a1a2a3a4a5", 8, 32, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3b", "a091d56e10400916"),
    ("00000005040302a0a1a2a3a4a5", 8, 33, "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da859657", "4adaa76fbd9fb0c5"),
    ("00000006050403a0a1a2a3a4a5", 12, 31, "a28c6865939a9a79faaa5c4c2a9d4a91cdac8c", "96c861b9c9e61ef1"),
    ("00000009080706a0a1a2a3a4a5", 8, 31, "0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c", "048c56602c97acbb7490"),
]


@pytest.mark.parametrize(("nonce", "associated", "end", "sealed", "tag"), PACKETS)
def test_the_packets_of_the_rfc_open(nonce: str, associated: int, end: int, sealed: str, tag: str) -> None:
    row = bytes(range(end))
    packet = bytes.fromhex(nonce), bytes.fromhex(sealed), bytes.fromhex(tag), row[:associated]
    assert ccm.opened(KEY, *packet) == row[associated:]


@given(st.integers(0, 3), st.integers(0, 100), st.integers(1, 255))
def test_one_changed_byte_anywhere_keeps_it_shut(which: int, at: int, change: int) -> None:
    nonce, associated, _, sealed, tag = PACKETS[0]
    parts = [bytearray.fromhex(nonce), bytearray.fromhex(sealed), bytearray.fromhex(tag), bytearray(range(associated))]
    parts[which][at % len(parts[which])] ^= change
    assert ccm.opened(KEY, *map(bytes, parts)) is None


def test_the_stream_alone_undoes_itself() -> None:
    nonce = bytes(13)
    assert ccm.streamed(KEY, nonce, ccm.streamed(KEY, nonce, b"a value of more than a block")) == (
        b"a value of more than a block"
    )
